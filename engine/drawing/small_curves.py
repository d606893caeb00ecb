"""A few signed quantities of one run over its steps, as one small picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.drawing.curve_picture import Line, Picture, View, draw
from engine.drawing.curve_series import Prepared, spanning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    #: red, green, blue (0 to 255), width and dash in pixels.
    Style = tuple[tuple[int, int, int], float, tuple[float, ...]]


def draw_signed(
    arrays: Sequence[NDArray[np.float64]],
    styles: Sequence[Style],
    size: tuple[int, int],
    scale: str = "symlog",
) -> Picture | None:
    """Draw arrays over their indices; None if none of them holds a finite number.

    Parameters
    ----------
    arrays : each (n,), one length for all; a single value is a level line. However far they grow,
        their first values still stand apart from 0.
    styles : as many.
    size : width and height in device pixels.
    scale : "symlog" or "linear".
    """
    plain = (np.ascontiguousarray(a, dtype=np.float64) for a in arrays)
    series = tuple(spanning(np.repeat(a, 2) if len(a) == 1 else a, True) for a in plain)
    if all(s.highest == -math.inf for s in series):
        return None
    lines = tuple(Line(i, *style) for i, style in enumerate(styles))
    last = max(len(array) for array in arrays) - 1
    view = View(0.0, float(max(1, last)), max(1, size[0]), max(1, size[1]), scale, True, lines)
    lowest = min(s.lowest for s in series)
    starts = [abs(s.start) for s in series if 0 < abs(s.start) < math.inf]
    grain = max(starts, default=math.inf)
    return draw(Prepared("signed", series, 0.0, True, lowest < 0, grain=grain), view)
