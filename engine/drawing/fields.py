"""Draws a grid of numbers as a picture: bands and antialiased lines, or the regions of classes.

What is expensive to evaluate is asked for at fewer places than there are pixels; between those of
the grid it is taken to be bilinear, so that lines stay sharp.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import float32, float64, int64, types, uint32

from engine.compile import jit
from engine.drawing.shading import HATCH_PX, LINE_OPACITY, line_opacity, packed, place_on_ramp
from engine.inlining import inlined, larger, smaller

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.drawing.contours import Palette
    from engine.drawing.levels import Levels

    Array = NDArray[np.float64]
    Pixels = NDArray[np.uint32]

ROWS_AT_ONCE = 64
#: How much of a class's colour covers the ground: where it barely wins, and what certainty adds.
LEAST_COVER, MORE_COVER = 0.06, 0.32
#: Lines within a region lie at tenths of what its class is given.
TENTHS = 10.0


def shade_values(
    values: Array,
    size: tuple[int, int],
    levels: Levels,
    palette: Palette,
    stopped: Callable[[], bool] = lambda: False,
) -> Pixels | None:
    """Return the picture of one number per place, (height, width) of 0xffRRGGBB.

    Parameters
    ----------
    values : (rows, columns), both above 1, the first row highest; those of the grid's outer places
        lie on the picture's edges. What is not finite is hatched.
    size : width and height in pixels.
    levels, palette : as of `engine.drawing.contours.shade`.
    stopped : asked every few rows; once it says so, there is no picture (None).
    """
    colours = np.vstack([palette.ramp, [palette.line], [palette.ground], [palette.hatch]])
    scale = np.array([levels.low, levels.high, levels.spacing, palette.width / 2])
    heights = np.ascontiguousarray(levels.at(values))
    lowest = -np.inf if levels.log or levels.spacing <= 0 else levels.low / levels.spacing

    def draw(first: int, height: int, out: Pixels) -> None:
        major = max(1, levels.major)
        _values(heights, first, height, major, lowest, scale, colours.astype(np.float32), out)

    return _in_pieces(draw, size, stopped)


def shade_classes(
    shares: Array,
    size: tuple[int, int],
    inks: NDArray[np.uint8],
    palette: Palette,
    stopped: Callable[[], bool] = lambda: False,
) -> Pixels | None:
    """Return the picture of the class with the largest share at each place; see `shade_values`.

    Parameters
    ----------
    shares : (classes, rows, columns), at least two classes; 1 is certain.
    inks : (classes, 3), their colours.
    """
    shares = np.ascontiguousarray(shares)
    colours = np.vstack([inks, [palette.line], [palette.ground], [palette.hatch]])

    def draw(first: int, height: int, out: Pixels) -> None:
        _classes(shares, first, height, palette.width / 2, colours.astype(np.float32), out)

    return _in_pieces(draw, size, stopped)


def _in_pieces(
    draw: Callable[[int, int, Pixels], None], size: tuple[int, int], stopped: Callable[[], bool]
) -> Pixels | None:
    width, height = size
    out = np.empty((height, width), np.uint32)
    for first in range(0, height, ROWS_AT_ONCE):
        if stopped():
            return None
        draw(first, height, out[first : first + ROWS_AT_ONCE])
    return out


@inlined
def _place(pixel: float, pixels: int, places: int) -> Any:
    """Return the place left of a pixel's middle, and the share of the next one."""
    at = (pixel + 0.5) / pixels * (places - 1)
    left = smaller(int64(at), int64(places - 2))
    return left, at - left


@inlined
def _between(grid: Any, j: int, i: int, down: float, right: float) -> Any:
    """Return the bilinear value, and its changes per place to the right and down."""
    a, b, c, d = grid[j, i], grid[j, i + 1], grid[j + 1, i], grid[j + 1, i + 1]
    above, below = b - a, d - c
    top, bottom = a + right * above, c + right * below
    return top + down * (bottom - top), above + down * (below - above), bottom - top


@inlined
def _hatched(along: int, colours: Any, ground: int) -> Any:
    c = ground + 1 if along % HATCH_PX == 0 else ground
    return packed(float64(colours[c, 0]), float64(colours[c, 1]), float64(colours[c, 2]))


@jit(
    types.void(
        float64[:, ::1], int64, int64, int64, float64, float64[::1], float32[:, ::1], uint32[:, ::1]
    )
)
def _values(
    grid: Any, first: int, height: int, major: int, lowest: float, scale: Any, colours: Any,
    out: Any,
) -> None:  # fmt: skip
    rows, columns = grid.shape
    width = out.shape[1]
    low, high, spacing, half = scale[0], scale[1], scale[2], scale[3]
    per_level = 1.0 / spacing if spacing > 0.0 else 0.0
    across, along = (columns - 1) / width, (rows - 1) / height
    for y in range(out.shape[0]):
        j, down = _place(first + y, height, rows)
        for x in range(width):
            i, right = _place(x, width, columns)
            u, gx, gy = _between(grid, j, i, down, right)
            if not abs(u) < np.inf:
                out[y, x] = _hatched(first + y + x if u != u else first + y - x, colours, 257)
                continue
            gx, gy = gx * across, gy * along
            k, per_pixel = u * per_level, math.sqrt(gx * gx + gy * gy) * per_level
            line = larger(
                LINE_OPACITY * line_opacity(k, per_pixel, half, lowest),
                line_opacity(k / major, per_pixel / major, half, lowest / major),
            )
            c = int64(place_on_ramp(u, k, per_pixel, low, high, spacing))
            out[y, x] = packed(
                colours[c, 0] + line * (colours[256, 0] - colours[c, 0]),
                colours[c, 1] + line * (colours[256, 1] - colours[c, 1]),
                colours[c, 2] + line * (colours[256, 2] - colours[c, 2]),
            )


@jit(types.void(float64[:, :, ::1], int64, int64, float64, float32[:, ::1], uint32[:, ::1]))
def _classes(
    shares: Any, first: int, height: int, half: float, colours: Any, out: Any
) -> None:  # fmt: skip
    count, rows, columns = shares.shape
    width = out.shape[1]
    across, along = (columns - 1) / width, (rows - 1) / height
    for y in range(out.shape[0]):
        j, down = _place(first + y, height, rows)
        for x in range(width):
            i, right = _place(x, width, columns)
            best, best_x, best_y, next_, next_x, next_y = -np.inf, 0.0, 0.0, -np.inf, 0.0, 0.0
            winner, fine = 0, True
            for k in range(count):
                p, px, py = _between(shares[k], j, i, down, right)
                fine = fine and abs(p) < np.inf
                if p > best:
                    next_, next_x, next_y = best, best_x, best_y
                    best, best_x, best_y, winner = p, px, py, k
                elif p > next_:
                    next_, next_x, next_y = p, px, py
            if not fine:
                out[y, x] = _hatched(first + y + x, colours, count + 1)
                continue
            margin, dx, dy = best - next_, (best_x - next_x) * across, (best_y - next_y) * along
            slope = math.sqrt(dx * dx + dy * dy)
            border = 0.0
            if slope > 0.0:
                border = smaller(1.0, larger(0.0, 2.0 * half + 0.5 - margin / slope))
            dx, dy = best_x * across * TENTHS, best_y * along * TENTHS
            inner = line_opacity(best * TENTHS, math.sqrt(dx * dx + dy * dy), half, 0.0)
            line = larger(border, LINE_OPACITY * inner)
            certain = smaller(1.0, larger(0.0, (count * best - 1.0) / (count - 1.0)))
            cover = MORE_COVER * certain + (LEAST_COVER if margin > 0.0 else 0.0)
            ground = count + 1
            red = colours[ground, 0] + cover * (colours[winner, 0] - colours[ground, 0])
            green = colours[ground, 1] + cover * (colours[winner, 1] - colours[ground, 1])
            blue = colours[ground, 2] + cover * (colours[winner, 2] - colours[ground, 2])
            out[y, x] = packed(
                red + line * (colours[count, 0] - red),
                green + line * (colours[count, 1] - green),
                blue + line * (colours[count, 2] - blue),
            )
