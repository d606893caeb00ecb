"""Draws paths into one premultiplied ARGB picture: antialiased, dashed, dimmed, quick.

Qt's own antialiased 2-pixel pens cost ten to twenty times as much as 1-pixel ones. Here the
coverage of a pixel comes from its distance to the segment; within one path the largest coverage
counts (so that short segments do not thicken the line), between paths the later lies on top.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import float32, float64, int64, types, uint8, uint32, uint64

from engine.compile import jit
from engine.drawing.path_marks import DOT, PEN_DOWN, WIDE_PX
from engine.inlining import inlined, larger, pasted, smaller

if TYPE_CHECKING:
    from engine.drawing.pixel_paths import PixelPath

#: Opacity of the oldest and the newest step before the play head, and of all behind it.
OLD, NEW, AHEAD = 0.62, 1.0, 0.3
#: Radius of a step's dot over half the line's width.
DOT_RADIUS = 1.3
#: Points this close to the line are passed over, while the segment stays this short.
OFF_LINE_PX, LONGEST_PX = 0.15, 8.0
#: Pixels handled at once. The compiler turns a loop of 16 into vector code; it unrolls one of 8.
LANES = 16
ZERO = np.float32(0.0)
FAR_PX = 1e9
#: The one stroke of a line without gaps.
SOLID = 1e30


@dataclass(frozen=True, slots=True)
class Pen:
    """How a path is drawn: (red, green, blue) 0–255, width and dash (stroke, gap, …) in pixels."""

    colour: tuple[int, int, int]
    width: float = 2.0
    dash: tuple[float, ...] = ()
    dots: bool = True


class PathImage:
    """A picture of `width` × `height` device pixels that paths are drawn into.

    ``pixels`` is (height, width) uint32, premultiplied ARGB.
    """

    def __init__(self, width: int, height: int) -> None:
        self.pixels = np.zeros((height, width), np.uint32)
        # Whole words, and room for a block that begins at the last pixel.
        stride = (width // LANES + 2) * LANES
        self._mask = np.zeros(height * stride, np.uint8)
        self._size = np.array([width, height, stride], np.int64)
        self._touched = np.array([width, height, 0, 0], np.int64)

    @property
    def touched(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom (exclusive) of what was drawn since `clear`."""
        left, top, right, bottom = self._touched.tolist()
        return (left, top, right, bottom) if left < right and top < bottom else (0, 0, 0, 0)

    def clear(self) -> None:
        """Make the picture transparent again."""
        left, top, right, bottom = self.touched
        self.pixels[top:bottom, left:right] = 0
        height, width = self.pixels.shape
        self._touched[:] = width, height, 0, 0

    def draw(
        self,
        path: PixelPath,
        pen: Pen,
        head: int,
        placed: tuple[float, float, float, float] = (1.0, 0.0, 1.0, 0.0),
        most_px: float = 50_000.0,
    ) -> None:
        """Draw a path on top.

        Parameters
        ----------
        head : step of the play head; what comes later is dimmed.
        placed : (scale, offset) for x, then y, from the path's pixels to this picture's, for a
            path prepared for another view or size.
        most_px : of a tangle of wide steps that is longer, only every n-th is drawn.
        """
        width, height, stride = self._size.tolist()
        every = max(1, math.ceil(path.length / most_px))
        bounds = np.array([width, height, 0, 0], np.int64)
        shape = np.array([pen.width / 2, 1.0 if pen.dots else 0.0, *placed], np.float64)
        dash = np.array(pen.dash or (SOLID,), np.float64)
        bright = max(1, int(np.searchsorted(path.steps, head, side="right")) - 1)
        _trace(
            self._mask, self._size, bounds, path.xy, path.steps, path.marks, every, head, bright,
            shape, dash,
        )  # fmt: skip
        mask = self._mask.reshape(height, stride)
        _lay(self.pixels, mask, mask.view(np.uint64), bounds, *pen.colour)
        self._touched[:2] = np.minimum(self._touched[:2], bounds[:2])
        self._touched[2:] = np.maximum(self._touched[2:], bounds[2:])


@inlined
def _capsule(
    mask: Any, size: Any, bounds: Any, ax: Any, ay: Any, bx: Any, by: Any,
    half: Any, opacity: Any,
) -> None:  # fmt: skip
    """Cover the pixels within `half` of a segment, antialiased by their distance from it."""
    width, height, stride = size[0], size[1], size[2]
    reach = half + 0.5
    left = int64(larger(smaller(ax, bx) - reach, 0.0))
    right = int64(smaller(larger(ax, bx) + reach, width - 1.0))
    top = int64(larger(smaller(ay, by) - reach, 0.0))
    bottom = int64(smaller(larger(ay, by) + reach, height - 1.0))
    if right < left or bottom < top:
        return
    bounds[0], bounds[1] = smaller(bounds[0], left), smaller(bounds[1], top)
    bounds[2], bounds[3] = larger(bounds[2], right + 1), larger(bounds[3], bottom + 1)
    dx, dy = bx - ax, by - ay
    length = math.sqrt(dx * dx + dy * dy)
    ux, uy = (dx / length, dy / length) if length > 0.0 else (1.0, 0.0)
    # Of each row only the stretch that the line can reach.
    steep = abs(dy) > 0.01
    slope, spread = (dx / dy, reach / abs(uy)) if steep else (0.0, FAR_PX)
    cx, cy, end = np.float32(ux), np.float32(uy), np.float32(length)
    full, far = np.float32(255.0 * opacity), np.float32(255.0 * opacity * reach)
    for j in range(top, bottom + 1):
        y = np.float32(j + 0.5 - ay)
        centre = ax + y * slope
        first = larger(left, int64(larger(centre - spread, 0.0)))
        last = int64(smaller(float(right), larger(centre + spread, -1.0)))
        for block in range(first, last + 1, LANES):
            start = np.float32(block + 0.5 - ax)
            # Unsigned, so that no negative index is looked for in the innermost loop.
            place = np.uint64(j * stride + block)
            for k in range(LANES):
                x = start + np.float32(k)
                across, along = x * cy - y * cx, x * cx + y * cy
                beyond = larger(larger(-along, along - end), ZERO)
                away = np.sqrt(across * across + beyond * beyond)
                cover = np.uint8(smaller(full, larger(ZERO, far - full * away)))
                mask[place + np.uint64(k)] = larger(mask[place + np.uint64(k)], cover)


@pasted
def _dashed(
    mask: Any, size: Any, bounds: Any, ax: float, ay: float, bx: float, by: float,
    half: float, opacity: float, dash: Any, piece: int, left: float,
) -> Any:  # fmt: skip
    """Draw a segment; `left` pixels remain of `piece` of the dash. Return both at its end."""
    length = math.sqrt((bx - ax) ** 2 + (by - ay) ** 2)
    ux, uy = (bx - ax) / length, (by - ay) / length
    # Round ends reach beyond a stroke's end; shortened, the gap keeps its length.
    cut = 0.5 * half if dash.shape[0] > 1 else 0.0
    done = 0.0
    while done < length:
        take = smaller(left, length - done)
        start = done + larger(cut - (dash[piece] - left), 0.0)
        stop = done + smaller(take, left - cut)
        if piece % 2 == 0 and stop >= start:
            _capsule(
                mask, size, bounds, ax + ux * start, ay + uy * start,
                ax + ux * stop, ay + uy * stop, half, opacity,
            )  # fmt: skip
        done += take
        left -= take
        if left <= 0.0:
            piece = (piece + 1) % dash.shape[0]
            left = dash[piece]
    return piece, left


@jit(
    types.void(
        uint8[::1], int64[::1], int64[::1], float32[:, ::1], int64[::1], uint8[::1],
        int64, int64, int64, float64[::1], float64[::1],
    )
)  # fmt: skip
def _trace(
    mask: Any, size: Any, bounds: Any, xy: Any, steps: Any, marks: Any,
    every: int, head: int, bright: int, shape: Any, dash: Any,
) -> None:  # fmt: skip
    """Write the coverage of a whole path, and the bounds of what it covers."""
    half, dots = shape[0], shape[1] != 0.0
    # Typed, because Numba would compile what a literal is passed to twice.
    piece, left = int64(0), dash[0]
    chord = 0
    ax, ay = 0.0, 0.0
    for i in range(xy.shape[0]):
        x, y = xy[i, 0] * shape[2] + shape[3], xy[i, 1] * shape[4] + shape[5]
        if marks[i] == PEN_DOWN and i + 1 < xy.shape[0] and marks[i + 1] & PEN_DOWN:
            # A point that lies on the way to the next one needs no segment of its own.
            dx, dy = (
                xy[i + 1, 0] * shape[2] + shape[3] - ax,
                xy[i + 1, 1] * shape[4] + shape[5] - ay,
            )
            square, turn = dx * dx + dy * dy, dx * (y - ay) - dy * (x - ax)
            same_side = (steps[i] <= head) == (steps[i + 1] <= head)
            if same_side and square < LONGEST_PX**2 and turn * turn <= OFF_LINE_PX**2 * square:
                continue
        opacity = OLD + (NEW - OLD) * i / bright if steps[i] <= head else AHEAD
        if marks[i] & PEN_DOWN:
            wide = every > 1 and (x - ax) ** 2 + (y - ay) ** 2 >= WIDE_PX**2
            chord += wide
            if not wide or chord % every == 0:
                piece, left = _dashed(
                    mask, size, bounds, ax, ay, x, y, half, opacity, dash, piece, left
                )  # fmt: skip
        if dots and marks[i] & DOT and chord % every == 0:
            _capsule(mask, size, bounds, x, y, x, y, half * DOT_RADIUS + 1.0, opacity)
        ax, ay = x, y


@jit(types.void(uint32[:, ::1], uint8[:, ::1], uint64[:, ::1], int64[::1], int64, int64, int64))
def _lay(pixels: Any, mask: Any, words: Any, bounds: Any, red: int, green: int, blue: int) -> None:
    """Lay the covered pixels in one colour over the picture, and clear the mask."""
    width = pixels.shape[1]
    for j in range(bounds[1], bounds[3]):
        for w in range(bounds[0] // 8, (bounds[2] + 7) // 8):
            if words[j, w] == 0:
                continue
            for i in range(8 * w, smaller(8 * w + 8, width)):
                cover = np.uint32(mask[j, i])
                rest = np.uint32(255) - cover
                below = pixels[j, i]
                a = (255 * cover + (below >> 24) * rest + 127) // 255
                r = (red * cover + ((below >> 16) & 255) * rest + 127) // 255
                g = (green * cover + ((below >> 8) & 255) * rest + 127) // 255
                b = (blue * cover + (below & 255) * rest + 127) // 255
                pixels[j, i] = (a << 24) | (r << 16) | (g << 8) | b
            words[j, w] = 0
