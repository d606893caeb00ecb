"""Curves as 2-pixel antialiased dashed lines: coverage masks, laid over each other in colour."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import float64, int64, types, uint8, uint32

from engine.compile import jit
from engine.drawing.curves import FIRST, GAP, HIGHEST, LAST, LOWEST, axis_value
from engine.drawing.inlining import inlined, pasted

#: Pixels beyond which a point is simply "far out": keeps slopes and arithmetic finite.
_FAR = 1e5
#: Columns whose values differ by less than this many pixels are drawn as one point.
_FLAT = 0.75
#: Corners this close to the line are passed over, while the piece of it stays this short.
_OFF_LINE, _LONGEST = 0.1, 8.0
#: Spans taller than this many half widths are filled, never dashed: a dash would hide a spike.
_TALL = 3.0


@inlined
def _touch(touched: Any, i: int, top: int, bottom: int) -> None:
    touched[0, i] = min(touched[0, i], top)
    touched[1, i] = max(touched[1, i], bottom)


@pasted
def _capsule(
    mask: Any, touched: Any, x0: float, y0: float, x1: float, y1: float, half: float
) -> None:
    """Cover the pixels within `half` of a segment, by their distance from it."""
    width, height = mask.shape
    reach = half + 0.5
    left, right = min(x0, x1) - reach, max(x0, x1) + reach
    if right < 0 or left > width or max(y0, y1) + reach < 0 or min(y0, y1) - reach > height:
        return
    dx, dy = x1 - x0, y1 - y0
    squared = dx * dx + dy * dy
    inverse = 1.0 / squared if squared > 0 else 0.0
    for i in range(max(0, int(left)), min(width - 1, int(right)) + 1):
        x = i + 0.5 - x0
        # Only the piece of the segment that can reach this column.
        near, far = 0.0, 1.0
        if dx != 0.0:
            near, far = (x - reach) / dx, (x + reach) / dx
            near, far = max(0.0, min(near, far)), min(1.0, max(near, far))
        ya, yb = y0 + near * dy, y0 + far * dy
        top = max(0, int(max(min(ya, yb) - reach, 0.0)))
        bottom = min(height - 1, int(min(max(ya, yb) + reach, float(height))))
        _touch(touched, i, top, bottom)
        for j in range(top, bottom + 1):
            y = j + 0.5 - y0
            along = min(1.0, max(0.0, (x * dx + y * dy) * inverse))
            gx, gy = x - along * dx, y - along * dy
            coverage = min(1.0, reach - math.sqrt(gx * gx + gy * gy))
            if coverage > 0.0:
                mask[i, j] = max(mask[i, j], np.uint8(255.0 * coverage))


@pasted
def _span(mask: Any, touched: Any, x: float, y0: float, y1: float, half: float) -> None:
    """Cover a vertical bar about one column, its ends antialiased."""
    width, height = mask.shape
    top, bottom = min(y0, y1) - half, max(y0, y1) + half
    if bottom < 0 or top > height:
        return
    first = max(0, int(max(top, 0.0)))
    last = min(height - 1, int(min(bottom, float(height))))
    column, reach = math.floor(x), math.ceil(half - 0.5)
    for i in range(max(0, column - reach), min(width - 1, column + reach) + 1):
        across = min(1.0, half + 0.5 - abs(i - column))
        full = np.uint8(255.0 * across)
        _touch(touched, i, first, last)
        for j in range(first + 1, last):
            mask[i, j] = max(mask[i, j], full)
        for j in (first, last):
            end = max(0.0, min(1.0, j + 1.0 - top, bottom - j))
            mask[i, j] = max(mask[i, j], np.uint8(255.0 * across * end))


@inlined
def _row(value: float, scale: Any, top: float, per_unit: float) -> float:
    return min(_FAR, max(-_FAR, (top - axis_value(value, scale)) * per_unit))


@pasted
def _dashed(
    mask: Any, touched: Any, x0: float, y0: float, x1: float, y1: float,
    half: float, dash: Any, period: float, start: float,
) -> float:  # fmt: skip
    """Draw a segment whose dash pattern begins at length `start`; return the length at its end."""
    length = min(math.hypot(x1 - x0, y1 - y0), _FAR)
    solid = dash.shape[0] == 0 or length == 0.0 or (y0 < 0 and y1 < 0)
    place, piece = 0.0, 0
    if not solid:
        place = start % period
        while piece < dash.shape[0] - 1 and place >= dash[piece]:
            place -= dash[piece]
            piece += 1
    done = 0.0
    while True:
        take = length - done
        if not solid:
            take = min(dash[piece] - place, take)
        if piece % 2 == 0:
            a = done / length if length > 0 else 0.0
            b = (done + take) / length if length > 0 else 0.0
            _capsule(
                mask, touched, x0 + a * (x1 - x0), y0 + a * (y1 - y0),
                x0 + b * (x1 - x0), y0 + b * (y1 - y0), half,
            )  # fmt: skip
        done += max(take, 1e-6)
        if done >= length:
            return start + length
        place, piece = 0.0, (piece + 1) % dash.shape[0]


@inlined
def _put(line: Any, k: int, x: float, y: float, draws: bool) -> int:
    line[k, 0], line[k, 1], line[k, 2] = x, y, 1.0 if draws else 0.0
    return k + 1


@pasted
def _corners(
    mask: Any, touched: Any, groups: Any, count: int, scale: Any, window: Any, half: float,
    line: Any,
) -> int:  # fmt: skip
    """Fill the tall columns and write the corners of the line between; return their number.

    `line` is (4 count, 3): x, y, and whether a stroke leads here from the corner before.
    """
    low, per_step, top, per_unit = window[0], window[1], window[2], window[3]
    span_top, span_bottom = np.inf, -np.inf
    corners = 0
    for g in range(count):
        group = groups[g]
        first, lowest, highest, last = group[FIRST], group[LOWEST], group[HIGHEST], group[LAST]
        # Most columns rise or fall throughout: a logarithm less for each end that is an extreme.
        first_y = _row(group[FIRST + 1], scale, top, per_unit)
        last_y = first_y
        if last != first:
            last_y = _row(group[LAST + 1], scale, top, per_unit)
        lowest_y = first_y if lowest == first else last_y
        if lowest not in (first, last):
            lowest_y = _row(group[LOWEST + 1], scale, top, per_unit)
        highest_y = first_y if highest == first else last_y
        if highest not in (first, last):
            highest_y = _row(group[HIGHEST + 1], scale, top, per_unit)
        first_x, last_x = (first - low) * per_step, (last - low) * per_step
        tall = lowest_y - highest_y > _TALL * half
        inside = tall and highest_y <= span_bottom and lowest_y >= span_top
        joined = group[GAP] == 0.0 and not inside
        if joined or not tall:
            corners = _put(line, corners, first_x, first_y, joined)
        if tall:
            _span(mask, touched, first_x, lowest_y, highest_y, half)
            corners = _put(line, corners, last_x, last_y, False)
        else:
            if lowest_y - highest_y > _FLAT:
                x, y = (lowest - low) * per_step, lowest_y
                other_x, other_y = (highest - low) * per_step, highest_y
                if lowest > highest:
                    x, y, other_x, other_y = other_x, other_y, x, y
                corners = _put(line, corners, x, y, True)
                corners = _put(line, corners, other_x, other_y, True)
            # A lone point becomes a dot, but a dot must not fill the gap of a dash.
            if not joined or first != last:
                corners = _put(line, corners, last_x, last_y, True)
        span_top, span_bottom = (highest_y, lowest_y) if tall else (np.inf, -np.inf)
    return corners


@jit(
    types.void(
        uint8[:, ::1], int64[:, ::1], float64[:, ::1], int64, float64[::1], float64[::1],
        float64, float64[::1],
    )
)  # fmt: skip
def stroke(
    mask: Any, touched: Any, groups: Any, count: int, scale: Any, window: Any, half: float,
    dash: Any,
) -> None:  # fmt: skip
    """Draw one curve's groups into a coverage mask.

    Parameters
    ----------
    mask : written, (width, height); the largest coverage of each pixel, 0 to 255.
    touched : written, (2, width); lowest and highest row covered in each column.
    scale : see `axis_value`.
    window : step at the left edge, pixels per step, axis value at the top edge, pixels per unit.
    half : half of the line's width in pixels.
    dash : lengths of stroke and gap in pixels; empty is solid.
    """
    period = 0.0
    for k in range(dash.shape[0]):
        period += dash[k]
    line = np.empty((4 * count, 3))
    corners = _corners(mask, touched, groups, count, scale, window, half, line)
    travelled, x0, y0 = 0.0, 0.0, 0.0
    for i in range(corners):
        x, y = line[i, 0], line[i, 1]
        if line[i, 2] != 0.0:
            if i + 1 < corners and line[i + 1, 2] != 0.0:
                # A corner that lies on the way to the next one needs no segment of its own.
                dx, dy = line[i + 1, 0] - x0, line[i + 1, 1] - y0
                square, turn = dx * dx + dy * dy, dx * (y - y0) - dy * (x - x0)
                if square < _LONGEST**2 and turn * turn <= _OFF_LINE**2 * square:
                    continue
            travelled = _dashed(mask, touched, x0, y0, x, y, half, dash, period, travelled)
        x0, y0 = x, y


@jit(types.void(uint32[:, ::1], uint8[:, ::1], int64[:, ::1], int64, int64, int64))
def compose(image: Any, mask: Any, touched: Any, red: int, green: int, blue: int) -> None:
    """Lay a mask in one colour over a premultiplied ARGB picture (width, height) and clear it."""
    width, height = mask.shape
    solid = np.uint32((255 << 24) | (red << 16) | (green << 8) | blue)
    for i in range(width):
        for j in range(touched[0, i], touched[1, i] + 1):
            a = int64(mask[i, j])
            mask[i, j] = 0
            if a == 255:
                image[i, j] = solid
            elif a > 0:
                under, rest = int64(image[i, j]), 255 - a
                alpha = a + ((under >> 24) & 255) * rest // 255
                r = (red * a + ((under >> 16) & 255) * rest) // 255
                g = (green * a + ((under >> 8) & 255) * rest) // 255
                b = (blue * a + (under & 255) * rest) // 255
                image[i, j] = (alpha << 24) | (r << 16) | (g << 8) | b
        touched[0, i], touched[1, i] = height, -1
