"""Draws a surface per pixel: filled bands and antialiased contour lines, sharp at any zoom.

The exact gradient tells how far, in pixels, the nearest level is: |u − u_level| / |∇u|.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import boolean, float32, float64, int64, intp, types, uint32

from engine.compile import address_of, jit, value_gradient_at
from engine.drawing.shading import HATCH_PX, LINE_OPACITY, line_opacity, packed, place_on_ramp
from engine.inlining import larger
from engine.landscape import FULL_BATCH

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.drawing.levels import Levels
    from engine.landscape import Landscape

    View = tuple[float, float, float, float]

ROWS_AT_ONCE = 32
LN10 = math.log(10.0)


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours 0–255: ramp (256, 3) from low to high loss, then (3,) each; line width in pixels."""

    ramp: NDArray[np.uint8]
    line: tuple[int, int, int]
    ground: tuple[int, int, int]
    hatch: tuple[int, int, int]
    width: float = 1.0


def survey(
    landscape: Landscape,
    view: View,
    most: int = 1536,
    seconds: float = 0.08,
    step: int = FULL_BATCH,
) -> tuple[NDArray[np.float64], float]:
    """Return losses on a coarse grid of the view, and the seconds that one point takes.

    An expensive surface gets a coarser grid, so that this takes about `seconds`. `step` chooses
    whose mini-batch is looked at.
    """
    _, cost = _sampled(landscape, view, 16, step)
    count = int(min(most, max(64, seconds / max(cost, 1e-9))))
    return _sampled(landscape, view, count, step)


def _sampled(
    landscape: Landscape, view: View, count: int, step: int
) -> tuple[NDArray[np.float64], float]:
    columns = max(2, round(math.sqrt(1.5 * count)))
    rows = max(2, count // columns)
    out = np.empty((rows, columns))
    start = time.perf_counter()
    _sample(
        address_of(landscape.value_gradient), landscape.address, *_grid(view, columns, rows), step,
        out,
    )  # fmt: skip
    return out, (time.perf_counter() - start) / out.size


def shade(
    landscape: Landscape,
    view: View,
    size: tuple[int, int],
    levels: Levels,
    palette: Palette,
    stopped: Callable[[], bool] = lambda: False,
    step: int = FULL_BATCH,
) -> NDArray[np.uint32] | None:
    """Return the picture, (height, width) of 0xffRRGGBB, or None if it was stopped.

    Parameters
    ----------
    landscape : in float64.
    view : x low, x high, y low, y high.
    size : width and height in pixels.
    stopped : asked every few rows, from the calling thread.
    step : whose mini-batch is drawn; by default all data are.
    """
    width, height = size
    out = np.empty((height, width), np.uint32)
    scale = np.array([levels.base, levels.floor, levels.low, levels.high, levels.spacing])
    colours = np.vstack([palette.ramp, [palette.line], [palette.ground], [palette.hatch]]).astype(
        np.float32
    )
    grid = _grid(view, width, height)
    function = address_of(landscape.value_gradient)
    for first in range(0, height, ROWS_AT_ONCE):
        if stopped():
            return None
        _shade(
            function, landscape.address, *grid, step, first, levels.log, scale,
            max(1, levels.major), colours, palette.width / 2, out[first : first + ROWS_AT_ONCE],
        )  # fmt: skip
    return out


def _grid(view: View, columns: int, rows: int) -> tuple[float, float, float, float]:
    """Return x low, x step, y high, y step; halves first, because differences may overflow."""
    x_low, x_high, y_low, y_high = view
    x_step = 2.0 * ((0.5 * x_high - 0.5 * x_low) / columns)
    return x_low, x_step, y_high, 2.0 * ((0.5 * y_high - 0.5 * y_low) / rows)


@jit(types.void(intp, intp, float64, float64, float64, float64, int64, float64[:, ::1]))
def _sample(
    function: int, data: int, x_low: float, x_step: float, y_high: float, y_step: float,
    step: int, out: Any,
) -> None:  # fmt: skip
    value_gradient = value_gradient_at(function, x_low)
    for j in range(out.shape[0]):
        for i in range(out.shape[1]):
            x, y = x_low + (i + 0.5) * x_step, y_high - (j + 0.5) * y_step
            out[j, i] = value_gradient(x, y, data, step)[0]


@jit(
    types.void(
        intp, intp, float64, float64, float64, float64, int64, int64, boolean,
        float64[::1], int64, float32[:, ::1], float64, uint32[:, ::1],
    )
)  # fmt: skip
def _shade(
    function: int, data: int, x_low: float, x_step: float, y_high: float, y_step: float,
    step: int, first: int, log: bool, scale: Any, major: int, colours: Any, half: float, out: Any,
) -> None:  # fmt: skip
    value_gradient = value_gradient_at(function, x_low)
    base, floor, low, high, spacing = scale[0], scale[1], scale[2], scale[3], scale[4]
    # A line at the very lowest value would be a blot: there the gradient vanishes.
    lowest = -np.inf if log else low / spacing if spacing > 0.0 else 0.0
    per_level = 1.0 / spacing if spacing > 0.0 else 0.0
    for j in range(out.shape[0]):
        y = y_high - (first + j + 0.5) * y_step
        for i in range(out.shape[1]):
            f, gx, gy = value_gradient(x_low + (i + 0.5) * x_step, y, data, step)
            if not abs(f) < np.inf:
                along = first + j + i if f != f else first + j - i
                c = 258 if along % HATCH_PX == 0 else 257
                # In float64 as below, so that it is compiled once.
                out[j, i] = packed(
                    float64(colours[c, 0]), float64(colours[c, 1]), float64(colours[c, 2])
                )
                continue
            gx, gy = gx * x_step, gy * y_step
            slope = math.sqrt(gx * gx + gy * gy)
            u = f
            if log:
                above = larger(f - base, floor)
                u = math.log10(above)
                slope /= above * LN10
            k, per_pixel = u * per_level, slope * per_level
            line = larger(
                LINE_OPACITY * line_opacity(k, per_pixel, half, lowest),
                line_opacity(k / major, per_pixel / major, half, lowest / major),
            )
            c = int64(place_on_ramp(u, k, per_pixel, low, high, spacing))
            out[j, i] = packed(
                colours[c, 0] + line * (colours[256, 0] - colours[c, 0]),
                colours[c, 1] + line * (colours[256, 1] - colours[c, 1]),
                colours[c, 2] + line * (colours[256, 2] - colours[c, 2]),
            )
