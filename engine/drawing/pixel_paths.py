"""Turns a path in data coordinates into what is worth drawing in pixels.

Steps below half a pixel are merged, segments to 1e300 or infinity are clipped, chords that an
oscillating path walks again and again are kept once: what is left is short enough to be drawn in
every frame, whatever the number of steps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import float32, float64, int64, types, uint8

from engine.compile import jit
from engine.drawing.path_marks import DOT, PEN_DOWN, WIDE_PX
from engine.inlining import inlined, larger, smaller

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Steps closer than this to the last kept one are merged, in pixels.
MERGED_PX = 0.5
#: Kept points per path; a longer path is a solid tangle long before.
MOST_KEPT = 1 << 18
_SLOTS = 1 << 13
_HUGE = 1.7e308
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Exit:
    """Where a path left the view for good: place and direction in pixels, and the step."""

    x: float
    y: float
    dx: float
    dy: float
    step: int


@dataclass(frozen=True, slots=True)
class PixelPath:
    """The kept points of a path.

    Parameters
    ----------
    xy : (n, 2) float32, pixels, y downwards; within one view's size around the view.
    steps : (n,) the step each point belongs to.
    marks : (n,) bits: PEN_DOWN (a line leads here from the point before), DOT (a wide step).
    exit : where the path left the view for good, or None.
    length : of all wide steps together, in pixels.
    """

    xy: NDArray[np.float32]
    steps: NDArray[np.int64]
    marks: NDArray[np.uint8]
    exit: Exit | None
    length: float


def to_pixels(
    points: NDArray[np.floating[Any]],
    view: tuple[float, float, float, float],
    size: tuple[float, float],
    *,
    diverged: bool = False,
) -> PixelPath:
    """Return what is worth drawing of a path.

    Parameters
    ----------
    points : (n, 2) x, y; NaN and infinities allowed.
    view : x low, x high, y low, y high.
    size : width and height of the view in pixels.
    diverged : whether the path went away for good. Then it ends where it left the view's
        neighbourhood: what jumps from far to far across the view says nothing.
    """
    data = np.ascontiguousarray(points, dtype=np.float64)
    if diverged:
        data = data[: _departure(data, view) + 1]
    room = min(2 * len(data) + 2, MOST_KEPT)
    xy = np.empty((room, 2), np.float32)
    steps, marks = np.empty(room, np.int64), np.empty(room, np.uint8)
    chords = np.zeros(_SLOTS, np.int64)
    frame, left = (
        np.array([*view, size[0] / (view[1] - view[0]), size[1] / (view[3] - view[2])]),
        np.zeros(4),
    )
    kept, length = _keep(data, frame, xy, steps, marks, chords)
    count = int(kept)
    step = _leave(data, frame, left)
    return PixelPath(
        xy[:count],
        steps[:count],
        marks[:count],
        Exit(left[0], left[1], left[2], left[3], step) if step >= 0 else None,
        length,
    )


def _departure(data: NDArray[np.float64], view: tuple[float, float, float, float]) -> int:
    """Return the step after the last one near the view; the last step if none is near."""
    x0, x1, y0, y1 = view
    with np.errstate(all="ignore"):
        x = np.abs(data[:, 0] / 2 - (x0 + x1) / 4) <= 0.75 * (x1 - x0)
        y = np.abs(data[:, 1] / 2 - (y0 + y1) / 4) <= 0.75 * (y1 - y0)
    near = np.flatnonzero(x & y)
    return int(near[-1]) + 1 if len(near) else len(data)


@inlined
def _finite(x: float) -> Any:
    return smaller(_HUGE, larger(-_HUGE, x))


@inlined
def _slab(a: float, half: float, low: float, high: float) -> Any:
    # Halves, because the difference of two large numbers overflows.
    if half == 0.0:
        return (0.0, 1.0) if low <= a <= high else (1.0, 0.0)
    first = (0.5 * low - 0.5 * a) / half
    second = (0.5 * high - 0.5 * a) / half
    return (first, second) if first < second else (second, first)


@inlined
def _clip(
    ax: float, ay: float, bx: float, by: float, x0: float, x1: float, y0: float, y1: float
) -> Any:
    """Clip a segment to a box (Liang and Barsky 1984): hit, then both ends."""
    hx, hy = 0.5 * bx - 0.5 * ax, 0.5 * by - 0.5 * ay
    tx0, tx1 = _slab(ax, hx, x0, x1)
    ty0, ty1 = _slab(ay, hy, y0, y1)
    enter, leave = larger(0.0, larger(tx0, ty0)), smaller(1.0, smaller(tx1, ty1))
    # Between two far ends the box may be narrower than rounding: nobody knows whether it is hit.
    lost = enter > 0.0 and leave < 1.0 and leave - enter < 1e-13
    if lost or not enter <= leave:
        return False, 0.0, 0.0, 0.0, 0.0
    px = smaller(x1, larger(x0, ax + 2.0 * (enter * hx)))
    py = smaller(y1, larger(y0, ay + 2.0 * (enter * hy)))
    qx = smaller(x1, larger(x0, ax + 2.0 * (leave * hx)))
    qy = smaller(y1, larger(y0, ay + 2.0 * (leave * hy)))
    return True, px, py, qx, qy


@inlined
def _seen_before(chords: Any, ax: float, ay: float, bx: float, by: float) -> bool:
    """Remember a chord, to the pixel and in either direction; True if it was there already."""
    first = (np.int64(np.rint(ax)) + 32768) * 65536 + np.int64(np.rint(ay)) + 32768
    second = (np.int64(np.rint(bx)) + 32768) * 65536 + np.int64(np.rint(by)) + 32768
    key = larger(first, second) * 4294967296 + smaller(first, second)
    slot = (key ^ (key >> 17) ^ (key >> 32)) * 2654435761 % _SLOTS
    tries = 0
    while tries < _TRIES and chords[slot] != 0 and chords[slot] != key:
        slot = (slot + 1) % _SLOTS
        tries += 1
    seen = bool(chords[slot] == key)
    if tries < _TRIES:
        chords[slot] = key
    return seen


@inlined
def _direction(ax: float, ay: float, bx: float, by: float, sx: float, sy: float) -> Any:
    """Return the unit vector of a segment in pixels, y downwards, without overflow."""
    hx, hy = 0.5 * bx - 0.5 * ax, 0.5 * ay - 0.5 * by
    top = larger(abs(hx), abs(hy))
    hx, hy = hx / top * smaller(sx / sy, 1.0), hy / top * smaller(sy / sx, 1.0)
    norm = math.sqrt(hx * hx + hy * hy)
    return (hx / norm, hy / norm) if norm > 0.0 else (0.0, 0.0)


@inlined
def _put(xy: Any, steps: Any, marks: Any, k: int, x: float, y: float, step: int, mark: int) -> None:
    xy[k, 0], xy[k, 1] = x, y
    steps[k], marks[k] = step, mark


@jit(
    types.UniTuple(float64, 2)(
        float64[:, ::1], float64[::1], float32[:, ::1], int64[::1], uint8[::1], int64[::1]
    )
)
def _keep(points: Any, frame: Any, xy: Any, steps: Any, marks: Any, chords: Any) -> Any:
    """Write the kept points; return their number and the length of the wide chords."""
    x_low, x_high, y_low, y_high = frame[0], frame[1], frame[2], frame[3]
    sx, sy = frame[4], frame[5]
    # One view's size of margin, so that a pan has something to show at once.
    x0, x1 = x_low - (x_high - x_low), x_high + (x_high - x_low)
    y0, y1 = y_low - (y_high - y_low), y_high + (y_high - y_low)
    count, length = int64(0), 0.0
    was, was_near, lifted = False, False, True
    ax, ay, lx, ly = 0.0, 0.0, 0.0, 0.0
    for i in range(points.shape[0]):
        if points[i, 0] != points[i, 0] or points[i, 1] != points[i, 1]:
            was = False
            continue
        bx, by = _finite(points[i, 0]), _finite(points[i, 1])
        near = x0 <= bx <= x1 and y0 <= by <= y1
        tx, ty = (bx - x_low) * sx, (y_high - by) * sy
        draws = was and near and was_near
        if was and not draws:
            draws, ex, ey, qx, qy = _clip(ax, ay, bx, by, x0, x1, y0, y1)
            tx, ty = (qx - x_low) * sx, (y_high - qy) * sy
            if draws and not was_near:
                lx, ly, lifted = (ex - x_low) * sx, (y_high - ey) * sy, True
        elif near and not was:
            lx, ly, lifted = tx, ty, True
        square = (tx - lx) ** 2 + (ty - ly) ** 2
        if draws and square >= MERGED_PX**2:
            wide = square >= WIDE_PX**2
            if wide and _seen_before(chords, lx, ly, tx, ty):
                lifted = True
            elif count + 2 <= steps.shape[0]:
                if lifted:
                    _put(xy, steps, marks, count, lx, ly, i - 1, uint8(0))
                    count += 1
                marks[count - 1] |= DOT if wide and was_near else 0
                mark = uint8(PEN_DOWN | DOT if wide and near else PEN_DOWN)
                _put(xy, steps, marks, count, tx, ty, i, mark)
                count += 1
                lifted = False
                length += math.sqrt(square) if wide else 0.0
            lx, ly = tx, ty
        ax, ay, was, was_near = bx, by, True, near
    return float(count), length


@jit(int64(float64[:, ::1], float64[::1], float64[::1]))
def _leave(points: Any, frame: Any, left: Any) -> int:
    """Write place and direction of the last way out of the view; return its step or -1."""
    x_low, x_high, y_low, y_high = frame[0], frame[1], frame[2], frame[3]
    sx, sy = frame[4], frame[5]
    i: int = points.shape[0] - 1
    while i >= 0 and (points[i, 0] != points[i, 0] or points[i, 1] != points[i, 1]):
        i -= 1
    while i > 0:
        bx, by = _finite(points[i, 0]), _finite(points[i, 1])
        ax, ay = _finite(points[i - 1, 0]), _finite(points[i - 1, 1])
        if x_low <= bx <= x_high and y_low <= by <= y_high:
            return -1
        hit, _, _, qx, qy = _clip(ax, ay, bx, by, x_low, x_high, y_low, y_high)
        if hit:
            left[0], left[1] = (qx - x_low) * sx, (y_high - qy) * sy
            left[2], left[3] = _direction(ax, ay, bx, by, sx, sy)
            return i
        i -= 1
    return -1
