"""Cyclic learning rates (Smith 2017): up and down between a share of η and η.

The highest rate is η, torch's ``max_lr``. torch cycles the momentum too unless told not to;
here momentum stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.parameter import Parameter
from engine.schedules.schedule import Schedule, numbered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


def _height(steps: int, values: Mapping[str, float]) -> tuple[NDArray[np.float64], float]:
    """Return the height of each step on its triangle, from 0 to 1, and the triangle's length."""
    up = values["step_size_up"]
    down = values["step_size_down"] or up
    position = numbered(steps) % (up + down)
    return np.minimum(position / up, (up + down - position) / down), up + down


def _triangles(
    base: float, values: Mapping[str, float], height: NDArray[np.float64]
) -> NDArray[np.float64]:
    lowest = base * values["low"]
    return lowest + (base - lowest) * height


def _even(base: float, steps: int, values: Mapping[str, float]) -> NDArray[np.float64]:
    return _triangles(base, values, _height(steps, values)[0])


def _halving(base: float, steps: int, values: Mapping[str, float]) -> NDArray[np.float64]:
    height, length = _height(steps, values)
    return _triangles(base, values, height * np.exp2(-(numbered(steps) // length)))


def _decaying(base: float, steps: int, values: Mapping[str, float]) -> NDArray[np.float64]:
    height, _ = _height(steps, values)
    return _triangles(base, values, height * values["gamma"] ** numbered(steps))


PARAMETERS = (
    Parameter(
        "low", "low", 0.1, 0.0, 1.0, "Share of η at the foot of a cycle.", minimum=0.0, maximum=1.0
    ),
    Parameter(
        "step_size_up", "up", 50, 1, 1000, "Steps from the foot to η.", kind="integer", minimum=1
    ),
    Parameter(
        "step_size_down",
        "down",
        0,
        0,
        1000,
        "Steps from η back to the foot; 0 takes as many as up.",
        kind="integer",
        minimum=0,
    ),
)
_CALL = (
    "torch.optim.lr_scheduler.CyclicLR(optimizer, base_lr={base} * {low}, max_lr={base}, "
    "step_size_up={step_size_up}, step_size_down={step_size_down} or None, "
)

CYCLIC = Schedule(
    name="cyclic",
    title="Cyclic",
    help="Up to η and down again in even triangles: it tries rates while it trains.",
    latex=(r"\eta_t = \eta_{low} + (\eta - \eta_{low})\, h(t), \quad 0 \le h \le 1",),
    rates=_even,
    parameters=PARAMETERS,
    torch=_CALL + "mode='triangular', cycle_momentum=False)",
)

CYCLIC_HALVING = Schedule(
    name="cyclic_halving",
    title="Cyclic, halving",
    help="Triangles whose height is halved after each cycle.",
    latex=(
        r"\eta_t = \eta_{low} + (\eta - \eta_{low})\, h(t) / 2^c",
        r"c = \mathrm{number\ of\ whole\ cycles\ before\ } t",
    ),
    rates=_halving,
    parameters=PARAMETERS,
    torch=_CALL + "mode='triangular2', cycle_momentum=False)",
)

CYCLIC_DECAYING = Schedule(
    name="cyclic_decaying",
    title="Cyclic, decaying",
    help="Triangles whose height falls by γ with every step.",
    latex=(r"\eta_t = \eta_{low} + (\eta - \eta_{low})\, h(t)\, \gamma^t",),
    rates=_decaying,
    parameters=(
        *PARAMETERS,
        Parameter("gamma", "γ", 0.995, 0.9, 1.0, "Factor from step to step.", minimum=0.0),
    ),
    torch=_CALL + "mode='exp_range', gamma={gamma}, cycle_momentum=False)",
)
