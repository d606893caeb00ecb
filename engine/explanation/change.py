"""What one step did to one loss, for any number of coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.explanation.objective import Objective

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Change:
    """What one step did to one loss: first + second + remainder = after − before."""

    before: float
    after: float
    first: float
    second: float

    @property
    def measured(self) -> float:
        """How much the loss rose."""
        return self.after - self.before

    @property
    def remainder(self) -> float:
        """What neither slope nor curvature explains; rounding on a squared error."""
        return self.measured - self.first - self.second


def change_of(objective: Objective, here: Array, there: Array) -> tuple[Change, Array]:
    """Return how a move between two points (d,) changes a loss, and its gradient (d,) before."""
    with np.errstate(all="ignore"):
        before, after = objective.value(np.array([here, there]))
        move, gradient = there - here, objective.gradient(here)
        second = 0.5 * float(move @ objective.product(here, move))
        return Change(float(before), float(after), float(gradient @ move), second), gradient


def cosines(vectors: Array, other: Array) -> Array:
    """Return the cosines between vectors (k, d) and one (d,), (k,); no product overflows.

    NaN where a vector is zero or not finite.
    """
    with np.errstate(all="ignore"):
        found: Array = _units(vectors) @ _units(other)
    return np.clip(found, -1.0, 1.0)


def _units(vectors: Array) -> Array:
    vectors = vectors / np.abs(vectors).max(axis=-1, keepdims=True)
    units: Array = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return units
