"""How many numbers are spread: a histogram of the finite ones, a count of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

BINS = 40
#: A curve of less than this factor from bottom to top would make much of nothing.
LEAST_FACTOR = 2.0


@dataclass(frozen=True, eq=False)
class Spread:
    """A histogram with bins of one width.

    Parameters
    ----------
    low, high : the least and the greatest finite number; NaN if there is none.
    counts : (BINS,) int64; of one value only, all are in the bin in the middle.
    total : how many numbers there are.
    broken : how many of them are not finite.
    """

    low: float
    high: float
    counts: NDArray[np.int64]
    total: int
    broken: int

    def bin(self, index: int) -> tuple[float, float]:
        """Return where a bin begins and ends."""
        if self.low == self.high:
            return self.low, self.high
        begin, end = (
            self.low * (1 - share) + self.high * share
            for share in (index / BINS, (index + 1) / BINS)
        )
        return begin, end

    def heights(self, *, log: bool) -> NDArray[np.float64]:
        """Return (BINS,) heights, the tallest 1; with `log` of log(1 + count), 0 stays 0."""
        counts = self.counts.astype(np.float64)
        if log:
            counts = np.log1p(counts)
        return counts / max(float(counts.max()), 1e-300)

    def place(self, value: float) -> float:
        """Return where a number lies between low (0) and high (1); NaN outside."""
        if not self.low <= value <= self.high:
            return float("nan")
        if 0.25 * self.high == 0.25 * self.low:
            return 0.5
        return (0.25 * value - 0.25 * self.low) / (0.25 * self.high - 0.25 * self.low)


def spread_of(values: NDArray[np.floating[Any]]) -> Spread:
    """Return the spread of numbers of any shape and size."""
    flat = values.ravel()
    finite = flat[np.isfinite(flat)].astype(np.float64)
    broken, counts = flat.size - finite.size, np.zeros(BINS, np.int64)
    if not finite.size:
        return Spread(np.nan, np.nan, counts, flat.size, broken)
    low, high = float(finite.min()), float(finite.max())
    # Quarters: the width of huge numbers would overflow.
    width = 0.25 * high - 0.25 * low
    if width == 0.0:
        counts[BINS // 2] = finite.size
    else:
        places = (0.25 * finite - 0.25 * low) / width
        bins = np.minimum((places * BINS).astype(np.int64), BINS - 1)
        counts += np.bincount(bins, minlength=BINS)
    return Spread(low, high, counts, flat.size, broken)


def log_places(values: ArrayLike) -> NDArray[np.float64]:
    """Return where sizes (n,) lie on a log scale from the least (0) to the greatest (1).

    A size of 0 lies at the bottom; what is not finite has no place (NaN). Sizes that differ by less
    than `LEAST_FACTOR` stay near the middle.
    """
    sizes = np.asarray(values, np.float64)
    found = np.full(sizes.shape, np.nan)
    found[sizes == 0] = 0.0
    drawn = np.isfinite(sizes) & (sizes > 0)
    if drawn.any():
        logs = np.log(sizes[drawn])
        low, high = float(logs.min()), float(logs.max())
        room = max(0.0, np.log(LEAST_FACTOR) - (high - low)) / 2
        found[drawn] = (logs - low + room) / (high - low + 2 * room)
    return found
