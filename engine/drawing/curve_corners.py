"""The corners of a curve's line; columns that it crosses from far to far are filled at once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import float64, int64, uint8

from engine.compile import jit
from engine.drawing.curve_groups import FIRST, GAP, HIGHEST, LAST, LOWEST
from engine.drawing.curve_mask import FAR, touch
from engine.drawing.curve_scale import LOG, SYMLOG
from engine.inlining import inlined, larger, pasted, smaller

#: Columns whose values differ by less than this many pixels are drawn as one point.
_FLAT = 0.75
#: Spans taller than this many half widths are filled, never dashed: a dash would hide a spike.
_TALL = 3.0


@pasted
def _span(mask: Any, touched: Any, x: float, y0: float, y1: float, half: float) -> None:
    """Cover a vertical bar about one column, its ends antialiased."""
    width, height = mask.shape
    top, bottom = smaller(y0, y1) - half, larger(y0, y1) + half
    if bottom < 0 or top > height:
        return
    first = larger(0, int64(larger(top, 0.0)))
    last = smaller(height - 1, int64(smaller(bottom, float(height))))
    column, reach = math.floor(x), math.ceil(half - 0.5)
    for i in range(larger(0, column - reach), smaller(width - 1, column + reach) + 1):
        across = smaller(1.0, half + 0.5 - abs(i - column))
        full = np.uint8(255.0 * across)
        touch(touched, i, first, last)
        for j in range(first + 1, last):
            mask[i, j] = larger(mask[i, j], full)
        for j in (first, last):
            end = larger(0.0, smaller(1.0, smaller(j + 1.0 - top, bottom - j)))
            mask[i, j] = larger(mask[i, j], np.uint8(255.0 * across * end))


@inlined
def axis_value(v: float, scale: Any) -> float:
    """Return where `v` lies on an axis `scale` = (kind, base, floor, unit).

    Linear: v. Log: log10(max(v - base, floor)). Symlog: sign(v) log10(1 + |v| / unit).
    """
    kind = scale[0]
    if kind == LOG:
        above = v - scale[1]
        return math.log10(scale[2] if scale[2] > above else above)
    if kind == SYMLOG:
        size = math.log10(1.0 + abs(v) / scale[3])
        return size if v >= 0 else -size
    return v


@inlined
def _row(value: float, scale: Any, top: float, per_unit: float) -> Any:
    return smaller(FAR, larger(-FAR, (top - axis_value(value, scale)) * per_unit))


@inlined
def _put(line: Any, k: int, x: float, y: float, draws: float) -> int:
    line[k, 0], line[k, 1], line[k, 2] = x, y, draws
    return k + 1


@jit(
    int64(
        uint8[:, ::1], int64[:, ::1], float64[:, ::1], int64, float64[::1], float64[::1],
        float64, float64[:, ::1],
    )
)  # fmt: skip
def corners(
    mask: Any, touched: Any, groups: Any, count: int, scale: Any, window: Any, half: float,
    line: Any,
) -> int:  # fmt: skip
    """Fill the columns that are tall and write the corners of the line between them.

    Parameters
    ----------
    mask, touched : written; see `engine.drawing.curve_mask`.
    groups, count : see `engine.drawing.curves.reduce_columns`.
    scale : see `axis_value`.
    window : step at the left edge, pixels per step, axis value at the top edge, pixels per unit.
    half : half of the line's width in pixels.
    line : written, (4 count or more, 3): x, y, and whether a stroke leads here from before.

    Returns
    -------
    number of corners.
    """
    low, per_step, top, per_unit = window[0], window[1], window[2], window[3]
    span_top, span_bottom = np.inf, -np.inf
    number: int = int64(0)
    for g in range(count):
        first, lowest = groups[g, FIRST], groups[g, LOWEST]
        highest, last = groups[g, HIGHEST], groups[g, LAST]
        # Most columns rise or fall throughout: a logarithm less for each end that is an extreme.
        first_y = _row(groups[g, FIRST + 1], scale, top, per_unit)
        last_y = first_y
        if last != first:
            last_y = _row(groups[g, LAST + 1], scale, top, per_unit)
        lowest_y = first_y if lowest == first else last_y
        if lowest != first and lowest != last:
            lowest_y = _row(groups[g, LOWEST + 1], scale, top, per_unit)
        highest_y = first_y if highest == first else last_y
        if highest != first and highest != last:
            highest_y = _row(groups[g, HIGHEST + 1], scale, top, per_unit)
        first_x, last_x = (first - low) * per_step, (last - low) * per_step
        tall = lowest_y - highest_y > _TALL * half
        inside = tall and highest_y <= span_bottom and lowest_y >= span_top
        joined = groups[g, GAP] == 0.0 and not inside
        if joined or not tall:
            number = _put(line, number, first_x, first_y, 1.0 if joined else 0.0)
        if tall:
            _span(mask, touched, first_x, lowest_y, highest_y, half)
            number = _put(line, number, last_x, last_y, 0.0)
        else:
            if lowest_y - highest_y > _FLAT:
                x, y = (lowest - low) * per_step, lowest_y
                other_x, other_y = (highest - low) * per_step, highest_y
                if lowest > highest:
                    x, y, other_x, other_y = other_x, other_y, x, y
                number = _put(line, number, x, y, 1.0)
                number = _put(line, number, other_x, other_y, 1.0)
            # A lone point becomes a dot, but a dot must not fill the gap of a dash.
            if not joined or first != last:
                number = _put(line, number, last_x, last_y, 1.0)
        span_top, span_bottom = (highest_y, lowest_y) if tall else (np.inf, -np.inf)
    return number
