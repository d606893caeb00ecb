"""What the paths of lanes show, as `engine.status_evidence`, `growth` and `rest` find it."""

from __future__ import annotations

import math
from typing import Any

from engine.compile import second_order_at
from engine.divergence import DECADES_GROWN, LOSS_GROWN, STEPS_GROWN
from engine.inlining import called
from engine.maps.lane_rows import LANES, peek
from engine.maps.lane_windows import STEP


@called
def x_at(record: int, t: int, i: int) -> float:
    """Return x at step `t`."""
    return peek(record, t * STEP + i)


@called
def y_at(record: int, t: int, i: int) -> float:
    """Return y at step `t`."""
    return peek(record, t * STEP + LANES + i)


@called
def loss_at(record: int, t: int, i: int) -> float:
    """Return the loss at step `t`."""
    return peek(record, t * STEP + 2 * LANES + i)


@called
def near(record: int, first: int, last: int, i: int, x: float, y: float, radius: float) -> bool:
    """Return whether steps `first` to `last` lie within `radius` of a place."""
    for t in range(last, first - 1, -1):
        if not max(abs(x_at(record, t, i) - x), abs(y_at(record, t, i) - y)) <= radius:
            return False
    return True


@called
def few(last: int) -> int:
    """Return how many last steps say where a path rests."""
    return min(last + 1, max(3, min(20, last // 20)))


@called
def settles(record: int, last: int, i: int, radius: float) -> bool:
    """Return what `engine.status_evidence.settles` does."""
    x, y = x_at(record, last, i), y_at(record, last, i)
    if last < 2 or not near(record, last + 1 - few(last), last, i, x, y, radius):
        return False
    quarter = last - max(2, last // 4)
    if quarter >= 0 and near(record, quarter, quarter, i, x, y, radius):
        return near(record, quarter, last, i, x, y, radius)
    width = min(64, last // 2)
    before = longest(record, last - 2 * width, last - width, i)
    after = longest(record, last - width, last, i)
    if after >= before:
        return after == 0.0
    rate = math.exp(math.log(after / before) / width) if after > 0.0 else 0.0
    return after / (1.0 - rate) <= radius


@called
def step_length(record: int, t: int, i: int) -> float:
    """Return the length of the step that leads to `t`."""
    dx = x_at(record, t, i) - x_at(record, t - 1, i)
    return math.hypot(dx, y_at(record, t, i) - y_at(record, t - 1, i))


@called
def longest(record: int, first: int, last: int, i: int) -> float:
    """Return the length of the longest step that leads to `first` + 1 … `last`."""
    found = 0.0
    for t in range(first + 1, last + 1):
        found = max(found, step_length(record, t, i))
    return found


@called
def has_grown(record: int, last: int, i: int, span: float) -> int:
    """Return 1 if the steps at the end have grown by more than `span`, 0 if not, −1 if unclear."""
    first, after = max(0, last - 1024) + 1, step_length(record, last, i)
    if last > 1 and after == math.inf:
        last, after = last - 1, step_length(record, last - 1, i)
    end, t = after, last
    if not 0.0 < after < math.inf:
        return -1
    while t > first:
        before = step_length(record, t - 1, i)
        if not before < after or before == 0.0:
            break
        after, t = before, t - 1
        if last - t >= 2 and end >= span * 1.001 * after:
            return 1
    # A shorter stretch may still swing upwards, or be all that there is.
    return -1 if end >= span * 0.999 * after or last - t < 2 else 0


@called
def has_blown_up(record: int, last: int, i: int) -> bool:
    """Return what `engine.divergence.has_blown_up` does."""
    first, end = abs(loss_at(record, 0, i)), abs(loss_at(record, last, i))
    if last + 1 < 8 or not DECADES_GROWN * first < end:
        return False
    quarter = (last + 1) // 4
    lowest, before = 0.0, -1.0
    for q in range(4):
        peak = 0.0
        for t in range(last + 1 - (4 - q) * quarter, last + 1 - (3 - q) * quarter):
            value = abs(loss_at(record, t, i))
            if not value <= peak:
                peak = value
        if not peak > before:
            return False
        lowest = peak if q == 0 else lowest
        before = peak
    return end > DECADES_GROWN * lowest


@called
def diverges(record: int, last: int, i: int, minima: Any) -> int:
    """Return 1 for a finite run that has diverged, 0 for another, −1 if that is unclear."""
    first, end = loss_at(record, 0, i), loss_at(record, last, i)
    if minima.shape[0] > 0:
        base = minima[0, 2]
        for k in range(minima.shape[0]):
            base = min(base, minima[k, 2])
        possible = end - base > LOSS_GROWN * (first - base)
    else:
        possible = end < first - STEPS_GROWN * (1.0 + abs(first))
        if not possible:
            base = end
            for t in range(last):
                value = loss_at(record, t, i)
                base = value if value < base else base
            possible = end - base > LOSS_GROWN * (first - base)
    if possible:
        grown = has_grown(record, last, i, STEPS_GROWN)
        if grown != 0:
            return grown
    return 1 if has_blown_up(record, last, i) else 0


@called
def nearest(minima: Any, x: float, y: float) -> int:
    """Return which minimum is the nearest in the greater of both distances, −1 if there is none."""
    found, least = -1, math.inf
    for k in range(minima.shape[0]):
        gap = max(abs(minima[k, 0] - x), abs(minima[k, 1] - y))
        if gap < least:
            found, least = k, gap
    return found


@called
def is_stationary(
    second: int, data: int, x: float, y: float, radius: float, epsilon: float
) -> bool:
    """Return whether a run that rests at (x, y) counts as converged (`engine.rest`)."""
    _, gx, gy, hxx, hxy, hyy = second_order_at(second, x)(x, y, data, -1)
    total = hxx + hxy + hyy
    if total - total != 0.0:
        return False
    middle, half = 0.5 * (hxx + hyy), 0.5 * (hxx - hyy)
    spread = math.hypot(half, hxy)
    low, high = middle - spread, middle + spread
    size = max(abs(low), abs(high))
    if size == 0.0:
        return False
    # The eigenvector of the greater value, written so that nothing cancels.
    u, v = (spread + half, hxy) if half >= 0.0 else (hxy, spread - half)
    length = math.hypot(u, v)
    u, v = (u / length, v / length) if length > 0.0 else (1.0, 0.0)
    along, across = abs(u * gx + v * gy), abs(u * gy - v * gx)
    newton = max(along / max(abs(high), 1e-9 * size), across / max(abs(low), 1e-9 * size))
    reach = max(radius, 1e3 * epsilon * max(abs(x), abs(y)))
    return not (newton > 100.0 * reach and (gx != 0.0 or gy != 0.0))


@called
def is_finite(record: int, t: int, i: int) -> bool:
    """Return whether the point of step `t` is finite."""
    x, y = x_at(record, t, i), y_at(record, t, i)
    return (x - x) + (y - y) == 0.0


@called
def rests_throughout(record: int, last: int, i: int) -> bool:
    """Return whether every step is where the first one is."""
    x, y = x_at(record, 0, i), y_at(record, 0, i)
    t = last
    while t > 0 and x_at(record, t, i) == x and y_at(record, t, i) == y:
        t -= 1
    return t == 0


@called
def led_there(record: int, last: int, i: int, value: float) -> bool:
    """Return whether growth until step `last` surely ended in a loss that is not finite."""
    if last < 1 or has_grown(record, last, i, 10.0) != 1:
        return False
    known, first = loss_at(record, last, i), abs(loss_at(record, 0, i))
    if known - known != 0.0:
        known = loss_at(record, last - 1, i)
    return value == -math.inf or abs(known) > STEPS_GROWN * (1.0 + first)
