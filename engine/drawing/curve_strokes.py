"""Curves as 2-pixel antialiased dashed lines: coverage masks, laid over each other in colour."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import float64, int64, types, uint8, uint32

from engine.compile import jit
from engine.drawing.curve_mask import FAR, touch
from engine.inlining import inlined, larger, pasted, smaller

#: Corners this close to the line are passed over, while the piece of it stays this short.
_OFF_LINE, _LONGEST = 0.1, 8.0


@inlined
def _capsule(
    mask: Any, touched: Any, x0: float, y0: float, x1: float, y1: float, half: float
) -> None:
    """Cover the pixels within `half` of a segment, by their distance from it."""
    width, height = mask.shape
    reach = half + 0.5
    left, right = smaller(x0, x1) - reach, larger(x0, x1) + reach
    if right < 0 or left > width or larger(y0, y1) + reach < 0 or smaller(y0, y1) - reach > height:
        return
    dx, dy = x1 - x0, y1 - y0
    squared = dx * dx + dy * dy
    inverse = 1.0 / squared if squared > 0 else 0.0
    for i in range(larger(0, int64(left)), smaller(width - 1, int64(right)) + 1):
        x = i + 0.5 - x0
        # Only the piece of the segment that can reach this column.
        near, far = 0.0, 1.0
        if dx != 0.0:
            near, far = (x - reach) / dx, (x + reach) / dx
            near, far = larger(0.0, smaller(near, far)), smaller(1.0, larger(near, far))
        ya, yb = y0 + near * dy, y0 + far * dy
        top = larger(0, int64(larger(smaller(ya, yb) - reach, 0.0)))
        bottom = smaller(height - 1, int64(smaller(larger(ya, yb) + reach, float(height))))
        touch(touched, i, top, bottom)
        for j in range(top, bottom + 1):
            y = j + 0.5 - y0
            along = smaller(1.0, larger(0.0, (x * dx + y * dy) * inverse))
            gx, gy = x - along * dx, y - along * dy
            coverage = smaller(1.0, reach - math.sqrt(gx * gx + gy * gy))
            if coverage > 0.0:
                mask[i, j] = larger(mask[i, j], np.uint8(255.0 * coverage))


@pasted
def _dashed(
    mask: Any, touched: Any, x0: float, y0: float, x1: float, y1: float,
    half: float, dash: Any, period: float, start: float,
) -> Any:  # fmt: skip
    """Draw a segment whose dash pattern begins at length `start`; return the length at its end."""
    length = smaller(math.hypot(x1 - x0, y1 - y0), FAR)
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
            take = smaller(dash[piece] - place, take)
        if piece % 2 == 0:
            a = done / length if length > 0 else 0.0
            b = (done + take) / length if length > 0 else 0.0
            _capsule(
                mask, touched, x0 + a * (x1 - x0), y0 + a * (y1 - y0),
                x0 + b * (x1 - x0), y0 + b * (y1 - y0), half,
            )  # fmt: skip
        done += larger(take, 1e-6)
        if done >= length:
            return start + length
        place, piece = 0.0, (piece + 1) % dash.shape[0]


@jit(types.void(uint8[:, ::1], int64[:, ::1], float64[:, ::1], int64, float64, float64[::1]))
def stroke(mask: Any, touched: Any, line: Any, corners: int, half: float, dash: Any) -> None:
    """Draw the line between a curve's corners into a coverage mask.

    Parameters
    ----------
    mask, touched : written, the largest coverage of each pixel; see `engine.drawing.curve_mask`.
    line, corners : see `engine.drawing.curve_corners.corners`.
    half : half of the line's width in pixels.
    dash : lengths of stroke and gap in pixels; empty is solid.
    """
    period = 0.0
    for k in range(dash.shape[0]):
        period += dash[k]
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
