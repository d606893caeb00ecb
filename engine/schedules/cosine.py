"""Cosine annealing, once or with warm restarts (Loshchilov & Hutter 2017, eq. 5).

torch's CosineAnnealingLR multiplies from step to step and so drifts from its own closed form, by
some 1e-12 of η within a hundred half periods; here it is the closed form. Both rise again after
T steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.parameter import Parameter
from engine.schedules.schedule import Schedule, numbered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


def _between(base: float, lowest: float, share: NDArray[np.float64]) -> NDArray[np.float64]:
    return lowest + (base - lowest) * ((1.0 + np.cos(np.pi * share)) / 2.0)


def _cosine(base: float, steps: int, values: Mapping[str, float]) -> NDArray[np.float64]:
    half_period = values["T_max"] or max(steps, 1)
    return _between(base, values["eta_min"], numbered(steps) / half_period)


def _restarts(base: float, steps: int, values: Mapping[str, float]) -> NDArray[np.float64]:
    first, factor = int(values["T_0"]), int(values["T_mult"])
    if factor == 1:
        return _between(base, values["eta_min"], numbered(steps) % first / first)
    starts, lengths = [0], [first]
    while starts[-1] + lengths[-1] < steps:
        starts.append(starts[-1] + lengths[-1])
        lengths.append(lengths[-1] * factor)
    period = np.searchsorted(starts, np.arange(steps), side="right") - 1
    share = (numbered(steps) - np.array(starts)[period]) / np.array(lengths, np.float64)[period]
    return _between(base, values["eta_min"], share)


ETA_MIN = Parameter("eta_min", "η min", 0.0, 0.0, 1.0, "The lowest rate.", minimum=0.0)

COSINE = Schedule(
    name="cosine",
    title="Cosine",
    help="Falls along half a cosine: slowly, quickly, slowly.",
    latex=(r"\eta_t = \eta_{min} + (\eta - \eta_{min}) \frac{1 + \cos(\pi t/T)}{2}",),
    rates=_cosine,
    parameters=(
        Parameter(
            "T_max",
            "T",
            0,
            0,
            1000,
            "Steps from the highest to the lowest rate; 0 takes the whole run.",
            kind="integer",
            minimum=0,
        ),
        ETA_MIN,
    ),
    torch=(
        "torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max={T_max} or {steps}, "
        "eta_min={eta_min})"
    ),
)

COSINE_RESTARTS = Schedule(
    name="cosine_restarts",
    title="Cosine with restarts",
    help="Falls along half a cosine, jumps back to the full rate and falls again, ever longer.",
    latex=(
        r"\eta_t = \eta_{min} + (\eta - \eta_{min}) \frac{1 + \cos(\pi\, t_i/T_i)}{2}",
        r"T_{i+1} = m\, T_i, \quad t_i = \mathrm{steps\ since\ the\ restart}",
    ),
    rates=_restarts,
    parameters=(
        Parameter(
            "T_0", "T₀", 100, 1, 1000, "Steps to the first restart.", kind="integer", minimum=1
        ),
        Parameter(
            "T_mult",
            "m",
            2,
            1,
            4,
            "How many times longer each period is than the last.",
            kind="integer",
            minimum=1,
        ),
        ETA_MIN,
    ),
    torch=(
        "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0={T_0}, "
        "T_mult={T_mult}, eta_min={eta_min})"
    ),
)
