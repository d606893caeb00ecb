"""A linear warm-up: on its own, or before any other schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.parameter import Parameter
from engine.schedules.schedule import Schedule, numbered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


def warmed(rates: NDArray[np.float64], length: int, steps: int) -> NDArray[np.float64]:
    """Return `rates` with step t of the first `length` steps multiplied by (t + 1)/length.

    `rates` has shape (steps,) or (1,); the answer has shape (steps,) unless `length` is 0 or 1.
    """
    if length <= 1:
        return rates
    return rates * np.minimum((numbered(steps) + 1.0) / length, 1.0)


def _warm_up(base: float, steps: int, values: Mapping[str, float]) -> NDArray[np.float64]:
    return base * np.minimum((numbered(steps) + 1.0) / values["length"], 1.0)


WARM_UP = Schedule(
    name="warm_up",
    title="Warm-up",
    help="Rises in a straight line to the full rate and stays there.",
    latex=(r"\eta_t = \eta\, \min((t+1)/n, 1)",),
    rates=_warm_up,
    parameters=(
        Parameter(
            "length",
            "n",
            50,
            1,
            1000,
            "Step at which the rate is full.",
            kind="integer",
            minimum=1,
        ),
    ),
    torch=(
        "torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=1 / {length}, "
        "total_iters={length} - 1)"
    ),
)
