"""How rough the border between what converges and what does not is: its box-counting dimension."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.maps.outcomes import VERDICTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.maps.outcomes import Outcomes

    Mask = NDArray[np.bool_]

#: The smallest boxes, in pixels: smaller ones see the pixels, not the border.
_SMALLEST = 2
#: The largest boxes are this share of the shorter side: larger ones nearly all hold a border.
_LARGEST = 1 / 8
#: Fewer sizes of boxes than this make no slope.
_FEWEST = 3


class Dimension(NamedTuple):
    """A border's box-counting dimension in one frame.

    Attributes
    ----------
    value : 1 for a smooth border, up to 2 for one that fills the frame; NaN if there is none.
    error : standard error of the slope: how straight the line through the counts is.
    sizes, counts : sides of the boxes in pixels, and how many of them hold a border.
    sentence : the value with the limits of its estimation.
    """

    value: float
    error: float
    sizes: NDArray[np.int64]
    counts: NDArray[np.float64]
    sentence: str


def border(inside: Mask) -> Mask:
    """Return the pixels whose right or upper neighbour is on the other side; shape of `inside`."""
    edge = np.zeros_like(inside)
    edge[:, :-1] |= inside[:, :-1] != inside[:, 1:]
    edge[:-1, :] |= inside[:-1, :] != inside[1:, :]
    return edge


def dimension(outcomes: Outcomes) -> Dimension:
    """Return the dimension of the border between runs that converged and others.

    The slope of log N(s) over log 1/s, N(s) being how many boxes of side s hold a border pixel,
    the mean over four places of the grid; Falconer, Fractal Geometry (3rd ed.), §2.1.
    """
    return of_mask(outcomes.measure >= 0, bool((outcomes.verdict != len(VERDICTS)).all()))


def of_mask(inside: Mask, complete: bool = True) -> Dimension:
    """Return the dimension of the border of a set of pixels; see `dimension`."""
    edge = border(inside)
    sizes = _sizes(min(inside.shape))
    counts = np.array([_count(edge, int(size)) for size in sizes])
    if not edge.any():
        return Dimension(math.nan, math.nan, sizes, counts, "No border lies in this frame.")
    if sizes.size < _FEWEST:
        return Dimension(
            math.nan, math.nan, sizes, counts, "The frame has too few pixels to tell a dimension."
        )
    slope, error = _slope(-np.log(sizes), np.log(np.maximum(counts, 1e-9)))
    return Dimension(slope, error, sizes, counts, _sentence(slope, error, sizes, edge, complete))


def _sizes(side: int) -> NDArray[np.int64]:
    most = int(math.log2(max(side * _LARGEST, 1)))
    return 2 ** np.arange(int(math.log2(_SMALLEST)), most + 1, dtype=np.int64)


def _count(edge: Mask, size: int) -> float:
    """Return how many boxes hold a border pixel: whole boxes, mean over four places of the grid."""
    shares = []
    for down, across in ((0, 0), (0, size // 2), (size // 2, 0), (size // 2, size // 2)):
        rows, columns = (edge.shape[0] - down) // size, (edge.shape[1] - across) // size
        whole = edge[down : down + rows * size, across : across + columns * size]
        shares.append(whole.reshape(rows, size, columns, size).any(axis=(1, 3)).mean())
    return float(np.mean(shares)) * edge.size / size**2


def _slope(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    x, y = x - x.mean(), y - y.mean()
    slope = float(x @ y / (x @ x))
    rest = y - slope * x
    return slope, math.sqrt(float(rest @ rest / (x @ x)) / max(x.size - 2, 1))


def _sentence(
    slope: float, error: float, sizes: NDArray[np.int64], edge: Mask, complete: bool
) -> str:
    sentence = (
        f"Dimension {slope:.2f} ± {error:.2f}, from boxes of {sizes[0]} to {sizes[-1]} pixels. It "
        "describes this frame at this resolution and this number of steps: finer detail than a "
        "pixel is not seen, and the error says only how straight the line of counts is."
    )
    if np.count_nonzero(edge) < 20 * sizes[-1]:
        sentence += " The border is short here, so that the value is rough."
    if not complete:
        sentence += " The picture is not complete yet."
    return sentence
