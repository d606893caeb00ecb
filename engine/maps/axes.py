"""The axes of a map: which setting, from where to where, and the value at each pixel."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.experiment import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Axis(Settings, frozen=True):
    """A setting that varies from ``low`` to ``high``, evenly or by equal factors.

    ``name`` is the setting's path, such as ``"x"``, ``"learning_rate"`` or
    ``"hyperparameters.momentum"``; which names a map knows, the map says.
    """

    name: str
    low: float
    high: float
    scale: Literal["linear", "log"] = "linear"

    def __post_init__(self) -> None:
        """Raise ValueError, naming the field and the fix, for a range that is none."""
        for field in ("low", "high"):
            value = getattr(self, field)
            if not math.isfinite(value):
                raise ValueError(f"{self.name}.{field} is {value}; give a finite number.")
        if self.low >= self.high:
            raise ValueError(
                f"{self.name} goes from {self.low:g} to {self.high:g}; give a low end that is "
                "below the high one."
            )
        if self.scale == "log" and self.low <= 0:
            raise ValueError(
                f"{self.name} begins at {self.low:g} on a log axis; give a low end above 0, or "
                "a linear axis."
            )

    def at(self, places: NDArray[np.int64], count: int) -> NDArray[np.float64]:
        """Return the values at the middles of pixels `places` of `count`, shape of `places`.

        A pixel's value depends on nothing but its place, the count and the range.
        """
        share = (np.asarray(places, np.float64) + 0.5) / count
        if self.scale == "log":
            low, high = math.log(self.low), math.log(self.high)
            return np.asarray(np.exp(low * (1.0 - share) + high * share))
        return np.asarray(self.low * (1.0 - share) + self.high * share)

    def step(self, count: int) -> float:
        """Return how far apart the values of two pixels are at the least, of `count`."""
        first, second = self.at(np.array([0, 1]), count)
        return float(second - first)

    @property
    def deepest(self) -> float:
        """The spacing of float64 numbers at the far end: no pixel can be narrower."""
        return float(np.spacing(max(abs(self.low), abs(self.high))))
