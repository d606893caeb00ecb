"""A spectrum as bars or, of a density, as a curve: over a symmetric log axis, heights in decades.

No Numba.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.drawing.curve_scale import SYMLOG, Scale, symlog_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.drawing.curve_scale import Tick
    from engine.networks.explanation.spectrum_at import SpectrumAt

    Array = NDArray[np.float64]

BARS = 64
#: How wide a node of a quadrature is drawn, σ in bars.
WIDTH = 1.2
#: A limit is on the axis unless it is so many times the largest eigenvalue.
FARTHEST = 1e4


@dataclass(frozen=True, eq=False)
class SpectrumPicture:
    """What is drawn; places count from the left (0) to the right (1), heights from 0 to 1.

    Parameters
    ----------
    scale : the axis of eigenvalues.
    heights : (n,), of bars of one width, or of a curve at their centres; 0 where nothing is.
    counts : (n,), the numbers of eigenvalues that they stand for.
    levels : heights of 1, 10, 100, … eigenvalues in a bar, with these numbers.
    limit : where the limit stands; NaN if it is off the axis or there is none.
    """

    scale: Scale
    heights: Array
    counts: Array
    levels: tuple[tuple[float, int], ...]
    limit: float

    def place(self, value: float) -> float:
        """Return where an eigenvalue stands."""
        return 1.0 - self.scale.place(value)

    def ticks(self, most: int) -> list[Tick]:
        """Return about so many ticks at round eigenvalues, from the left."""
        return [tick._replace(place=1.0 - tick.place) for tick in self.scale.ticks(most)]

    def bar_at(self, place: float) -> tuple[float, float, float]:
        """Return from which eigenvalue to which a bar reaches, and how many it stands for."""
        n = len(self.counts)
        row, scale = min(max(int(place * n), 0), n - 1), self.scale
        ends = [scale.bottom + (scale.top - scale.bottom) * k / n for k in (row, row + 1)]
        return scale.backward(ends[0]), scale.backward(ends[1]), float(self.counts[row])


def spectrum_picture(seen: SpectrumAt) -> SpectrumPicture | None:
    """Return the picture of a spectrum; None if it is not finite."""
    values = seen.spectrum.values
    if not np.isfinite(values).all() or not np.isfinite(seen.largest):
        return None
    low, high = min(0.0, float(values[0])), max(0.0, seen.largest, float(values[-1]))
    size = max(-low, high)
    shown = 0 < seen.limit <= FARTHEST * max(high, 1e-300)
    if shown:
        high = max(high, seen.limit)
    scale = Scale(SYMLOG, unit=symlog_unit(size)).padded(low, high)
    counts = _counts(seen, scale)
    most = float(np.log1p(counts.max()))
    levels = [10**k for k in range(10) if np.log1p(10.0**k) <= most]
    return SpectrumPicture(
        scale, np.log1p(counts) / most, counts,
        tuple((float(np.log1p(level)) / most, level) for level in levels),
        1.0 - scale.place(seen.limit) if shown else float("nan"),
    )  # fmt: skip


def _counts(seen: SpectrumAt, scale: Scale) -> Array:
    """Return how many eigenvalues stand in each bar."""
    values, size = seen.spectrum.values, seen.size
    axis = np.sign(values) * np.log10(1.0 + np.abs(values) / scale.unit)
    rows = (axis - scale.bottom) / (scale.top - scale.bottom) * BARS
    if seen.spectrum.whole:
        at = np.clip(rows.astype(int), 0, BARS - 1)
        return np.bincount(at, minlength=BARS).astype(np.float64)
    gaps = (np.arange(BARS)[:, None] + 0.5 - rows) / WIDTH
    bells = np.exp(-0.5 * gaps**2) / (WIDTH * np.sqrt(2.0 * np.pi))
    counts: Array = size * (bells @ seen.spectrum.weights)
    return counts
