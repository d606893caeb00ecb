"""Rates that stand still, at once or after a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.parameter import Parameter
from engine.schedules.schedule import Schedule, numbered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


def _constant(base: float, steps: int, values: Mapping[str, float]) -> NDArray[np.float64]:
    return np.array([base], dtype=np.float64)


def _held_back(base: float, steps: int, values: Mapping[str, float]) -> NDArray[np.float64]:
    return np.where(numbered(steps) < values["total_iters"], base * values["factor"], base)


CONSTANT = Schedule(
    name="constant",
    title="Constant",
    help="The same learning rate at every step.",
    latex=(r"\eta_t = \eta",),
    rates=_constant,
)

CONSTANT_FACTOR = Schedule(
    name="constant_factor",
    title="Held back at first",
    help="A smaller rate for the first steps, then the full one.",
    latex=(r"\eta_t = f\, \eta \quad (t < n), \qquad \eta_t = \eta \quad (t \ge n)",),
    rates=_held_back,
    parameters=(
        Parameter(
            "factor",
            "f",
            1 / 3,
            0.01,
            1.0,
            "Share of the rate during the first steps.",
            minimum=1e-12,
            maximum=1.0,
        ),
        Parameter(
            "total_iters",
            "n",
            50,
            1,
            1000,
            "Number of steps held back.",
            kind="integer",
            minimum=1,
        ),
    ),
    torch=(
        "torch.optim.lr_scheduler.ConstantLR(optimizer, factor={factor}, total_iters={total_iters})"
    ),
)
