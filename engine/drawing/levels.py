"""Chooses the values at which contour lines are drawn, from a coarse grid of what is visible."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: About so many lines between the lowest and the highest colour.
LINES = 24
#: With less than this between lowest and highest, a logarithm shows nothing that a line does not.
LEAST_DECADES = 0.6
#: The same where most of the area would have one colour: a plain with a few deep holes.
LEAST_SHARE = 0.16
#: Part of the visible area that may lie below and above the colours.
LOWEST, HIGHEST = 0.003, 0.985
#: Spacing of lines in decades, and every how many-th is a major one.
_SPACINGS = (
    (0.02, 5), (0.05, 5), (0.1, 5), (0.25, 4), (0.5, 2), (1.0, 5), (2.0, 5), (5.0, 4), (10.0, 5),
    (20.0, 5), (50.0, 4),
)  # fmt: skip
_LARGEST = 1e308
_LIMIT = float(np.finfo(float).max)


@dataclass(frozen=True, slots=True)
class Levels:
    """Where lines and colours lie on the axis u of a loss f.

    u is log10(max(f − base, floor)) if ``log``, else f. Lines lie at the multiples of
    ``spacing`` (0: none), every ``major``-th is stronger; colours go from ``low`` to ``high``.
    """

    log: bool
    base: float
    floor: float
    low: float
    high: float
    spacing: float
    major: int

    def at(self, loss: Any) -> Array:
        """Return u for losses of any shape."""
        values = np.asarray(loss, dtype=np.float64)
        if not self.log:
            return values
        with np.errstate(all="ignore"):
            return np.log10(np.maximum(values - self.base, self.floor))

    def loss(self, u: float) -> float:
        """Return the loss at u."""
        if not self.log:
            return u
        return self.base + 10.0**u if u < math.log10(_LARGEST) else math.inf

    def lines(self, every: int = 1) -> list[float]:
        """Return u of every `every`-th line within the colours, lowest first."""
        step = self.spacing * every
        if not step > 0:
            return []
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [step * k for k in range(first, min(last, first + 10 * LINES) + 1)]


def choose_levels(values: Array, log: bool, minimum: float | None = None) -> Levels:
    """Return levels for a grid of losses, any shape; infinities and NaN are passed over.

    Parameters
    ----------
    log : whether a logarithmic scale is wished. Where less than `LEAST_DECADES` are visible the
        scale is linear: deep in a slope the logarithm has nothing to add. So it is where most of
        the area would have one colour.
    minimum : the lowest value of the whole surface, if it is known.
    """
    finite = np.sort(values[np.isfinite(values)], axis=None)
    if not len(finite):
        return Levels(False, 0.0, 0.0, 0.0, 1.0, 0.0, 1)
    if log:
        found = _log_levels(finite, minimum)
        if found is not None:
            return found
    low, high = float(finite[0]), _at(finite, HIGHEST)
    spacing = nice(0.7 * (high / LINES - low / LINES))
    if high <= low:
        room = max(1.0, 1e-6 * abs(low))
        low, high = low - room, low + room
    return Levels(False, 0.0, 0.0, max(low, -_LIMIT), min(high, _LIMIT), spacing, 5)


def _log_levels(finite: Array, minimum: float | None) -> Levels | None:
    lowest, highest = float(finite[0]), _at(finite, HIGHEST)
    base = _base(lowest, highest, minimum)
    floor = max(4.0 * float(np.finfo(float).eps) * abs(base), 1e-300)
    with np.errstate(over="ignore"):
        u = np.log10(np.clip(finite - base, floor, _LARGEST))
    low, high = _at(u, LOWEST), _at(u, HIGHEST)
    middle = _at(u, 0.9) - _at(u, 0.1)
    if high - low < LEAST_DECADES or middle < LEAST_SHARE * (high - low):
        return None
    least = 0.7 * (high - low) / LINES
    spacing, major = next((pair for pair in _SPACINGS if pair[0] >= least), _SPACINGS[-1])
    return Levels(True, base, floor, low, high, spacing, major)


def _base(lowest: float, highest: float, minimum: float | None) -> float:
    if minimum is not None:
        return min(minimum, lowest)
    if lowest >= 0.0:
        return 0.0
    # Without a known minimum the lowest visible point must not become a pole of the logarithm.
    return lowest - 0.1 * min(highest - lowest, _LARGEST)


def _at(ordered: Array, share: float) -> float:
    # No interpolation: differences of huge losses overflow.
    return float(ordered[round(share * (len(ordered) - 1))])


def nice(wished: float) -> float:
    """Return 1, 2 or 5 times a power of ten, at least `wished`; 0 for 0."""
    if not 0.0 < wished < _LARGEST / 10:
        return 0.0
    size = 10.0 ** math.floor(math.log10(wished))
    return next((m * size for m in (1.0, 2.0, 5.0) if m * size >= wished), 10.0 * size)
