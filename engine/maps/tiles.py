"""In which pieces and in which order a picture is computed: coarse to fine, the centre first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: How long a picture may take to be there as a whole, however coarse, in seconds.
AT_ONCE = 0.1
#: So much of it goes into pixels; the rest is for what is around them.
_SHARE = 0.6
#: Samples of the very first piece, which only finds out what a pixel costs.
PILOT = 64
SMALLEST, LARGEST = 8, 1024


class Tile(NamedTuple):
    """A rectangle of a picture, rows `top` to `bottom` and columns `left` to `right` (exclusive).

    Of its pixels those are computed that are `spacing` apart, see `sampled`.
    """

    spacing: int
    top: int
    bottom: int
    left: int
    right: int

    @property
    def region(self) -> tuple[slice, slice]:
        """The rows and columns of it."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


def sampled(low: int, high: int, spacing: int, count: int) -> NDArray[np.int64]:
    """Return which of the places `low` to `high` (exclusive) of `count` lie on a spacing's grid.

    The grid goes through the middle, so that a coarse grid is a part of every finer one (spacings
    are powers of two) and no side of a coarse picture is favoured.
    """
    first = low + (count // 2 - low) % spacing
    return np.arange(first, high, spacing, dtype=np.int64)


def affordable(width: int, height: int, cost: float, seconds: float = AT_ONCE) -> int:
    """Return the smallest spacing at which a whole picture takes no more than `seconds`.

    Parameters
    ----------
    width, height : pixels of the picture.
    cost : seconds per pixel, by all workers together.
    """
    spacing = 1
    while spacing < max(width, height):
        if math.ceil(width / spacing) * math.ceil(height / spacing) * cost <= _SHARE * seconds:
            break
        spacing *= 2
    return spacing


def pilot(width: int, height: int) -> int:
    """Return the spacing of a picture of no more than `PILOT` pixels."""
    spacing = 1
    while math.ceil(width / spacing) * math.ceil(height / spacing) > PILOT:
        spacing *= 2
    return spacing


def edge(cost: float, seconds: float, samples: float, workers: int) -> int:
    """Return how many samples wide a tile is: a power of two from `SMALLEST` to `LARGEST`.

    Parameters
    ----------
    cost : seconds per pixel of one worker.
    seconds : how long a tile may take.
    samples : pixels of the whole pass, which are shared out among `workers`.
    """
    most = min(seconds / max(cost, 1e-12), samples / (2 * workers))
    return int(2 ** math.floor(math.log2(min(max(math.sqrt(most), SMALLEST), LARGEST))))


def tiles(
    width: int, height: int, spacing: int, across: int, focus: tuple[float, float] = (0.5, 0.5)
) -> list[Tile]:
    """Return the tiles of a picture, those nearest to the focus first.

    Parameters
    ----------
    spacing : distance of the pixels that are computed.
    across : how many of them are in a row of a tile.
    focus : where to begin, as shares of width and height.
    """
    size = spacing * across
    found = [
        Tile(spacing, top, min(top + size, height), left, min(left + size, width))
        for top in range(0, height, size)
        for left in range(0, width, size)
    ]
    x, y = focus[0] * width, focus[1] * height
    found.sort(key=lambda t: math.hypot((t.left + t.right) / 2 - x, (t.top + t.bottom) / 2 - y))
    return found


def stand_ins(known: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return for each pixel the flat index of the one that is shown in its place.

    A known pixel stands for itself; else the nearest one of the finest grid that is known there
    does. −1 where nothing is known. Shape of `known`.
    """
    height, width = known.shape
    found = np.full(known.shape, -1, np.int64)
    spacing = 1
    count = int(np.count_nonzero(known))
    while count:
        coarser = _known_on_grid(known, 2 * spacing)
        # A grid on which no more is known than on the coarser one has nothing to add.
        if coarser != count:
            rows, columns = _nearest(height, spacing), _nearest(width, spacing)
            there = known[rows][:, columns] & (found < 0)
            found = np.where(there, rows[:, None] * width + columns, found)
            if (found >= 0).all():
                break
        spacing, count = 2 * spacing, coarser
    return found


def _known_on_grid(known: NDArray[np.bool_], spacing: int) -> int:
    height, width = known.shape
    if spacing > 2 * max(height, width):
        return 0
    grid = known[(height // 2) % spacing :: spacing, (width // 2) % spacing :: spacing]
    return int(np.count_nonzero(grid))


def _nearest(count: int, spacing: int) -> NDArray[np.int64]:
    """Return for each of `count` places the nearest one of a grid."""
    first = (count // 2) % spacing
    last = first + (count - 1 - first) // spacing * spacing
    steps = (np.arange(count, dtype=np.int64) - first + spacing // 2) // spacing
    places: NDArray[np.int64] = np.clip(first + steps * spacing, first, last)
    return places
