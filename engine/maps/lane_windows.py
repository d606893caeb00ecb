"""Whether runs end in a bounce: `engine.status_evidence.find_bounce` for many runs side by side.

`box` and `count_turns` go over the rows of a record, vector code over its lanes; what they find
of a window decides about each lane in a few dozen operations.

A record holds the rows x, y, f of step 0, of step 1 and so on (`engine.maps.lane_rows`).
"""

from __future__ import annotations

import math

from engine.inlining import called
from engine.maps.lane_rows import LANES, peek, poke
from engine.status_evidence import BOUNCE_WINDOWS, EVENLY, ROUNDING, STEADY

#: Distance between a number of one step and the same of the next.
STEP = 3 * LANES
#: Rows of a box: the lowest and highest x, y and the sums of x and y less those of one point.
BOX = 6
#: Where a window's boxes and turns stand: four quarters, two halves, turns of x and y by quarter.
HALVES, TURNS, ROWS = 4 * BOX, 6 * BOX, 6 * BOX + 8
#: What became of the question; `STATE` is the row in which it stands.
OPEN, NO_BOUNCE, BOUNCE = 0.0, 1.0, 2.0
STATE, LEAST, FEWEST = ROWS, ROWS + 1, ROWS + 2
SCRATCH = ROWS + 4
LARGE, MIDDLE, SMALL = BOUNCE_WINDOWS


@called
def box(record: int, origin: int, first: int, last: int, count: int, out: int) -> None:
    """Write the box of steps `first` to `last` − 1 and the sums less the point of `origin`."""
    for i in range(count):
        for k in range(4):
            poke(out, k * LANES + i, peek(record, first * STEP + (k // 2) * LANES + i))
        poke(out, 4 * LANES + i, 0.0)
        poke(out, 5 * LANES + i, 0.0)
    for t in range(first, last):
        row = record + 8 * STEP * t
        zero = record + 8 * STEP * origin
        for i in range(count):
            x, y = peek(row, i), peek(row, LANES + i)
            low_x, high_x = peek(out, i), peek(out, LANES + i)
            low_y, high_y = peek(out, 2 * LANES + i), peek(out, 3 * LANES + i)
            poke(out, i, x if x < low_x else low_x)
            poke(out, LANES + i, x if x > high_x else high_x)
            poke(out, 2 * LANES + i, y if y < low_y else low_y)
            poke(out, 3 * LANES + i, y if y > high_y else high_y)
            poke(out, 4 * LANES + i, peek(out, 4 * LANES + i) + (x - peek(zero, i)))
            poke(out, 5 * LANES + i, peek(out, 5 * LANES + i) + (y - peek(zero, LANES + i)))


@called
def join(a: int, b: int, count: int, out: int) -> None:
    """Write the box of two stretches."""
    for i in range(count):
        for k in range(4):
            first, second = peek(a, k * LANES + i), peek(b, k * LANES + i)
            wins = second < first if k % 2 == 0 else second > first
            poke(out, k * LANES + i, second if wins else first)
        for k in range(4, BOX):
            poke(out, k * LANES + i, peek(a, k * LANES + i) + peek(b, k * LANES + i))


@called
def count_turns(record: int, first: int, last: int, count: int, out: int, stride: int) -> None:
    """Write how often x, and `stride` rows on y, turns round at steps `first` to `last` − 1."""
    for i in range(count):
        poke(out, i, 0.0)
        poke(out, stride * LANES + i, 0.0)
    for t in range(first, last):
        row = record + 8 * STEP * t
        for k in range(2):
            place, at = row + 8 * LANES * k, out + 8 * LANES * stride * k
            for i in range(count):
                here = peek(place, i)
                before, after = here - peek(place, i - STEP), peek(place, i + STEP) - here
                up = before < 0.0 and after > 0.0
                down = before > 0.0 and after < 0.0
                poke(at, i, peek(at, i) + (1.0 if up or down else 0.0))


@called
def find_bounces(record: int, last: int, count: int, stochastic: bool, s: int) -> None:
    """Decide about all lanes; row `STATE` holds what is known, row `LEAST` the least extent."""
    sizes = (LARGE, MIDDLE, SMALL)
    for k in range(3):
        size = sizes[k]
        if last + 1 < SMALL and k == 2 and last >= 5:
            size = last + 1
        if size > last + 1:
            continue
        if _turn_throughout(record, last, size, s):
            _measure(record, last, size, s)
            for i in range(count):
                if peek(s, STATE * LANES + i) == OPEN:
                    poke(s, STATE * LANES + i, _answer(s, i, size, stochastic))
    for i in range(count):
        if peek(s, STATE * LANES + i) == OPEN:
            poke(s, STATE * LANES + i, NO_BOUNCE)


@called
def _turn_throughout(record: int, last: int, size: int, s: int) -> bool:
    """Count turns in quarters, from the last one on, while a lane turns in all; return if one does.

    A window in which no quarter is without a turn says nothing, and nor does a smaller one whose
    box would be too small: that its own box is may be left open.
    """
    first, quarter = last + 1 - size, max(1, (size - 2) // 4)
    for q in range(3, -1, -1):
        turned = first + 1 + q * quarter
        out = s + 8 * LANES * (TURNS + q)
        count_turns(record, turned, min(turned + quarter, last), LANES, out, 4)
        turning = 0
        for i in range(LANES):
            x, y = peek(out, i), peek(out, 4 * LANES + i)
            if q < 3:
                more_x, more_y = peek(s, FEWEST * LANES + i), peek(s, (FEWEST + 1) * LANES + i)
                x, y = (x if x < more_x else more_x), (y if y < more_y else more_y)
            poke(s, FEWEST * LANES + i, x)
            poke(s, (FEWEST + 1) * LANES + i, y)
            open_yet = peek(s, STATE * LANES + i) == OPEN
            turning += 1 if open_yet and (x > 0.0 or y > 0.0) else 0
        if turning == 0:
            return False
    return True


@called
def _measure(record: int, last: int, size: int, s: int) -> None:
    """Fill the rows of boxes of a window of the last `size` steps."""
    first = last + 1 - size
    half = size // 2
    for q in range(4):
        begin, end = round(size * q / 4), round(size * (q + 1) / 4)
        box(record, first, first + begin, first + end, LANES, s + 8 * LANES * BOX * q)
    halves = s + 8 * LANES * HALVES
    if size % 4 == 0:
        for h in range(2):
            pair = s + 8 * LANES * BOX * 2 * h
            join(pair, pair + 8 * LANES * BOX, LANES, halves + 8 * LANES * BOX * h)
    else:
        begin = last + 1 - 2 * half
        box(record, first, begin, begin + half, LANES, halves)
        box(record, first, begin + half, last + 1, LANES, halves + 8 * LANES * BOX)


@called
def _side(s: int, box: int, axis: int, i: int) -> float:
    """Return how long one side of a box is."""
    return peek(s, (box + 2 * axis + 1) * LANES + i) - peek(s, (box + 2 * axis) * LANES + i)


@called
def _size(s: int, box: int, i: int) -> float:
    return max(_side(s, box, 0, i), _side(s, box, 1, i))


@called
def _answer(s: int, i: int, size: int, stochastic: bool) -> float:
    """Return what a window says about one lane: a bounce, none, or nothing."""
    low_x, high_x, low_y, high_y = math.inf, -math.inf, math.inf, -math.inf
    for q in range(4):
        low_x = min(low_x, peek(s, (BOX * q) * LANES + i))
        high_x = max(high_x, peek(s, (BOX * q + 1) * LANES + i))
        low_y = min(low_y, peek(s, (BOX * q + 2) * LANES + i))
        high_y = max(high_y, peek(s, (BOX * q + 3) * LANES + i))
    side_x, side_y = high_x - low_x, high_y - low_y
    extent = max(side_x, side_y)
    if not (extent > peek(s, LEAST * LANES + i) and extent < math.inf):
        return NO_BOUNCE
    turns = s + 8 * LANES * (TURNS + (4 if side_y > side_x else 0))
    fewest, most, total = math.inf, 0.0, 0.0
    for q in range(4):
        turned = peek(turns, q * LANES + i)
        fewest, most, total = min(fewest, turned), max(most, turned), total + turned
    if fewest == 0.0 or total < (4.0 if size < SMALL else 6.0):
        return OPEN
    trend = _trend(_size(s, 0, i), _size(s, BOX, i), _size(s, 2 * BOX, i), _size(s, 3 * BOX, i))
    if most <= 1.3 * fewest + 2.0 and trend != 0 and not stochastic:
        return NO_BOUNCE
    return BOUNCE if trend == 0 and _stays(s, i, size, extent, stochastic) else OPEN


@called
def _trend(a: float, b: float, c: float, d: float) -> int:
    """Return −1 if the extent shrinks from quarter to quarter, 1 if it grows, else 0."""
    if a >= b >= c >= d and d < (1 - STEADY) * a:
        return -1
    if a <= b <= c <= d and d > (1 + STEADY) * a:
        return 1
    if not min(a, b, c, d) > 0.0:
        return 0
    first, second, third = b / a - 1, c / b - 1, d / c - 1
    low, high = min(first, second, third), max(first, second, third)
    if abs(high) < abs(low):
        low, high = high, low
    if not (low * high > 0.0 and abs(low) > EVENLY * abs(high) and abs(low) > ROUNDING):
        return 0
    return 1 if low > 0.0 else -1


@called
def _stays(s: int, i: int, size: int, extent: float, stochastic: bool) -> bool:
    """Return whether both halves lie in much the same box, without drift."""
    first, second = HALVES, HALVES + BOX
    drift = 0.0
    for k in (4, 5):
        gap = peek(s, (second + k) * LANES + i) - peek(s, (first + k) * LANES + i)
        drift = max(drift, abs(gap))
    irregular = 0.1 if size >= 512 else STEADY
    allowed_size, allowed_drift = (0.5, 0.5) if stochastic else (0.3, irregular)
    smallest = min(_size(s, first, i), _size(s, second, i))
    return smallest >= (1 - allowed_size) * extent and drift / (size // 2) <= allowed_drift * extent
