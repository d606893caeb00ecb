"""Marks along the bottom of a curve plot where a run is on ground that bends down."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.drawing.curve_picture import Line

#: Height of one run's mark, in widths of its line, and the part of the plot that marks may take.
LINES_HIGH, MOST_SHARE = 2.0, 0.25
#: Of so many pixels along the diagonal one half is drawn.
PERIOD = 4


def hatch(
    canvas: NDArray[np.uint32],
    low: float,
    per_step: float,
    bends: Sequence[tuple[NDArray[np.bool_], Line]],
) -> tuple[float, int]:
    """Draw one hatched strip per run where it bends down, from the bottom up.

    Parameters
    ----------
    canvas : written, premultiplied ARGB (width, height).
    low : step at the left edge.
    per_step : pixels per step.
    bends : for each run at which steps it bends down, and how its curve is drawn.

    Returns
    -------
    first shown step of any strip, NaN without one, and the height of all strips in pixels.
    """
    width, height = canvas.shape
    first, bottom = math.inf, height
    for steps, line in bends:
        thick = max(PERIOD, round(LINES_HIGH * line.width))
        columns = _columns(steps, low, per_step, width)
        if not len(columns) or height - bottom + thick > MOST_SHARE * height:
            continue
        rows = np.arange(bottom - thick, bottom - 1)
        drawn = (columns[:, np.newaxis] + rows) % PERIOD < PERIOD / 2
        red, green, blue = line.colour
        colour = np.uint32((255 << 24) | (red << 16) | (green << 8) | blue)
        canvas[np.ix_(columns, rows)] = np.where(drawn, colour, canvas[np.ix_(columns, rows)])
        first = min(first, low + float(columns[0]) / per_step)
        bottom -= thick
    return (first if bottom < height else math.nan), height - bottom


def _columns(
    steps: NDArray[np.bool_], low: float, per_step: float, width: int
) -> NDArray[np.int64]:
    """Return the pixel columns that marked steps cover, half a step to each side of them."""
    marked = np.flatnonzero(steps)
    left = np.clip(np.floor((marked - 0.5 - low) * per_step), 0, width).astype(np.int64)
    right = np.clip(np.ceil((marked + 0.5 - low) * per_step), 0, width).astype(np.int64)
    begun = np.bincount(left, minlength=width + 1) - np.bincount(right, minlength=width + 1)
    return np.flatnonzero(np.cumsum(begun)[:width] > 0)
