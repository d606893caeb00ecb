"""What became of many runs that were walked side by side: `engine.status.judge` on lanes.

The kind of verdict, the step and the minimum are those that `judge` finds from the whole path.
A lane for which that would take what lanes do not keep gets the verdict `UNSURE`.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from numba import boolean, float64, int16, int32, int64, intp, types, uint8

from engine.compile import function_at, jit, second_order_at, value_gradient_at
from engine.divergence import DECADES_GROWN, LOSS_GROWN, STEPS_GROWN
from engine.inlining import called
from engine.maps.lane_rows import LANES, peek, poke
from engine.maps.lane_windows import (
    BOUNCE,
    LEAST,
    NO_BOUNCE,
    OPEN,
    SCRATCH,
    STATE,
    STEP,
    find_bounces,
)
from engine.maps.outcomes import NO_BASIN, VERDICTS
from engine.status import ARRIVED
from engine.status import BOUNCE as LEAST_BOUNCE

CONVERGED, MOVING, OSCILLATING, DIVERGED, NAN, STILL = range(6)
#: The verdict of lanes that have to be walked alone.
UNSURE = 255
#: Ratios of losses are kept below this (see `engine.maps.outcomes.Outcomes.measure`).
MOST = 1e6
#: Rows behind those of the windows: numbers for sums and for arrivals.
SUM, INVERSE, PLACE, RADIUS, OUTSIDE = (SCRATCH + k for k in (0, 1, 2, 4, 5))
VERDICT_ROWS = SCRATCH + 6

OUTPUTS = (float64[::1], float64[::1], int32[::1], uint8[::1], int16[::1])
#: (surface, its second order, its data, record, scratch, row that is 0 for finite states; last
#: step, lanes, whether only lanes that have ended are asked for, steps of the whole run; which
#: pixel each lane is; which pixels have no learning rate; minima, lowest loss, ε, size of a
#: gradient that no state overflows of, whether steps are random; outcomes)
SIGNATURE = types.void(
    intp, intp, intp, intp, intp, intp, int64, int64, boolean, int64,
    int64[::1], uint8[::1], types.Array(float64, 2, "C"), float64, float64, float64, boolean,
    *OUTPUTS,
)  # fmt: skip
judge_at = function_at({"int64": types.FunctionType(SIGNATURE)})


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
def write(
    pixel: int, value: float, steps: int, verdict: int, basin: int,
    loss: Any, taken: Any, verdicts: Any, basins: Any,
) -> None:  # fmt: skip
    """Write a lane's outcome but for its measure."""
    loss[pixel], taken[pixel], verdicts[pixel], basins[pixel] = value, steps, verdict, basin


@called
def led_there(record: int, last: int, i: int, value: float) -> bool:
    """Return whether growth until step `last` surely ended in a loss that is not finite."""
    if last < 1 or has_grown(record, last, i, 10.0) != 1:
        return False
    known, first = loss_at(record, last, i), abs(loss_at(record, 0, i))
    if known - known != 0.0:
        known = loss_at(record, last - 1, i)
    return value == -math.inf or abs(known) > STEPS_GROWN * (1.0 + first)


@called
def ended(
    surface: int, data: int, record: int, s: int, last: int, i: int, pixel: int, largest: float,
    loss: Any, taken: Any, verdicts: Any, basins: Any,
) -> None:  # fmt: skip
    """Judge a lane whose point is not finite at step `last`."""
    stop = last
    while stop > 0 and not (is_finite(record, stop - 1, i)):
        stop -= 1
    step = stop
    for t in range(stop):
        value = loss_at(record, t, i)
        if value - value != 0.0:
            step = t
            break
    value = loss_at(record, step, i)
    verdict = UNSURE
    leapt = value == math.inf
    if step == stop:
        x, y = x_at(record, stop, i), y_at(record, stop, i)
        leapt = x == x and y == y
    if step == 0:
        verdict = NAN
    elif leapt or led_there(record, min(step, stop - 1), i, value):
        x, y = x_at(record, step - 1, i), y_at(record, step - 1, i)
        _, gx, gy = value_gradient_at(surface, x)(x, y, data, step - 1)
        if abs(gx) < largest and abs(gy) < largest:
            verdict = DIVERGED
    write(pixel, loss_at(record, stop, i), step, verdict, NO_BASIN, loss, taken, verdicts, basins)


@called
def is_finite(record: int, t: int, i: int) -> bool:
    """Return whether the point of step `t` is finite."""
    x, y = x_at(record, t, i), y_at(record, t, i)
    return (x - x) + (y - y) == 0.0


@called
def begin(
    record: int, s: int, last: int, i: int, minima: Any, epsilon: float, second: int, data: int,
    idle: bool,
) -> Any:  # fmt: skip
    """Judge a lane without its windows: return (verdict or −1, step) and write what those need."""
    poke(s, STATE * LANES + i, NO_BOUNCE)
    x, y = x_at(record, last, i), y_at(record, last, i)
    grain = 64.0 * epsilon * max(abs(x), abs(y))
    if not rests_throughout(record, last, i):
        grown = diverges(record, last, i, minima)
        if grown != 0:
            return (DIVERGED if grown > 0 else UNSURE), last
        size = max(1.0, max(abs(x), abs(y)))
        way = max(abs(x - x_at(record, 0, i)), abs(y - y_at(record, 0, i)))
        scale = min(way, size) if way > 0.0 else size
        poke(s, STATE * LANES + i, OPEN)
        poke(s, LEAST * LANES + i, max(LEAST_BOUNCE * scale, grain))
        poke(s, RADIUS * LANES + i, max(ARRIVED * scale, grain))
        return -1, last
    if last == 0:
        return STILL, 0
    poke(s, RADIUS * LANES + i, grain)
    k = nearest(minima, x, y)
    if k >= 0 and near(record, last, last, i, minima[k, 0], minima[k, 1], grain):
        return -1, last
    if idle:
        return STILL, last
    return (CONVERGED if is_stationary(second, data, x, y, 0.0, epsilon) else STILL), 0


@called
def rests_throughout(record: int, last: int, i: int) -> bool:
    """Return whether every step is where the first one is."""
    x, y = x_at(record, 0, i), y_at(record, 0, i)
    t = last
    while t > 0 and x_at(record, t, i) == x and y_at(record, t, i) == y:
        t -= 1
    return t == 0


@called
def finish(
    record: int, s: int, last: int, i: int, minima: Any, second: int, data: int, epsilon: float
) -> Any:
    """Judge a lane whose bounce is known: (verdict, basin), with the place it arrives at."""
    if peek(s, STATE * LANES + i) == BOUNCE:
        return OSCILLATING, NO_BASIN
    x, y = x_at(record, last, i), y_at(record, last, i)
    radius = peek(s, RADIUS * LANES + i)
    k = nearest(minima, x, y)
    if k >= 0:
        place_x, place_y = minima[k, 0], minima[k, 1]
        if near(record, last + 1 - few(last), last, i, place_x, place_y, radius):
            poke(s, PLACE * LANES + i, place_x)
            poke(s, (PLACE + 1) * LANES + i, place_y)
            return CONVERGED, k
    if not settles(record, last, i, radius):
        return MOVING, NO_BASIN
    poke(s, PLACE * LANES + i, x)
    poke(s, (PLACE + 1) * LANES + i, y)
    rests = is_stationary(second, data, x, y, radius, epsilon)
    return (CONVERGED if rests else STILL), NO_BASIN


@called
def arrivals(record: int, s: int, last: int, count: int) -> None:
    """Write after which step each lane stays within `RADIUS` of its `PLACE`."""
    for i in range(count):
        poke(s, OUTSIDE * LANES + i, 0.0)
    for t in range(last + 1):
        row = record + 8 * STEP * t
        after = float(t + 1)
        for i in range(count):
            gap_x = abs(peek(row, i) - peek(s, PLACE * LANES + i))
            gap_y = abs(peek(row, LANES + i) - peek(s, (PLACE + 1) * LANES + i))
            inside = gap_x <= peek(s, RADIUS * LANES + i) and gap_y <= peek(s, RADIUS * LANES + i)
            poke(s, OUTSIDE * LANES + i, peek(s, OUTSIDE * LANES + i) if inside else after)


@called
def ratio(value: float, lowest: float, inverse: float) -> float:
    """Return how large a loss is beside the first, between 10⁻⁶ and 10⁶, which stands for NaN."""
    a = (value - lowest) * inverse
    a = a if a < MOST else MOST
    return a if a > 1.0 / MOST else 1.0 / MOST


@called
def sum_ratios(record: int, s: int, last: int, lowest: float) -> None:
    """Write Σ ℓ_t/ℓ₀ of each lane; of all, for a loop's odd ends might be rounded otherwise."""
    for i in range(LANES):
        poke(s, SUM * LANES + i, 0.0)
    for t in range(1, last + 1):
        losses = record + 8 * (STEP * t + 2 * LANES)
        for i in range(LANES):
            a = ratio(peek(losses, i), lowest, peek(s, INVERSE * LANES + i))
            poke(s, SUM * LANES + i, peek(s, SUM * LANES + i) + a)


@called
def sum_inverses(record: int, s: int, last: int, lowest: float) -> None:
    """Write Σ ℓ₀/ℓ_t of each lane; four terms take one division."""
    for i in range(LANES):
        poke(s, SUM * LANES + i, 0.0)
    fours = last - last % 4
    for t in range(1, fours + 1, 4):
        losses = record + 8 * (STEP * t + 2 * LANES)
        for i in range(LANES):
            inverse = peek(s, INVERSE * LANES + i)
            a = ratio(peek(losses, i), lowest, inverse)
            b = ratio(peek(losses, STEP + i), lowest, inverse)
            c = ratio(peek(losses, 2 * STEP + i), lowest, inverse)
            d = ratio(peek(losses, 3 * STEP + i), lowest, inverse)
            first, second = a * b, c * d
            term = ((a + b) * second + (c + d) * first) / (first * second)
            poke(s, SUM * LANES + i, peek(s, SUM * LANES + i) + term)
    for t in range(fours + 1, last + 1):
        losses = record + 8 * (STEP * t + 2 * LANES)
        for i in range(LANES):
            a = ratio(peek(losses, i), lowest, peek(s, INVERSE * LANES + i))
            poke(s, SUM * LANES + i, peek(s, SUM * LANES + i) + 1.0 / a)


@called
def measures(
    record: int, s: int, last: int, count: int, lowest: float, rest: int,
    which: Any, verdicts: Any, measure: Any,
) -> None:  # fmt: skip
    """Write the measure of lanes; in the `rest` steps after the last one the loss is not finite."""
    converged = False
    other = False
    for i in range(count):
        scale = loss_at(record, 0, i) - lowest
        poke(s, INVERSE * LANES + i, 1.0 / scale if scale > 0.0 else math.nan)
        converged = converged or verdicts[which[i]] == CONVERGED
        other = other or verdicts[which[i]] != CONVERGED
    if converged:
        sum_ratios(record, s, last, lowest)
        for i in range(count):
            if verdicts[which[i]] == CONVERGED:
                measure[which[i]] = peek(s, SUM * LANES + i) + rest * MOST
    if other:
        sum_inverses(record, s, last, lowest)
        for i in range(count):
            if verdicts[which[i]] != CONVERGED:
                measure[which[i]] = -(peek(s, SUM * LANES + i) + rest / MOST)


@cache
def verdict_kernel() -> Any:
    """Return the compiled judge of a block of lanes; see `SIGNATURE`."""

    @jit(SIGNATURE, name="float64")
    def judge_lanes(
        surface: int, second: int, data: int, record: int, s: int, sane: int, last: int,
        count: int, only_ended: bool, steps: int, which: Any, idle: Any, minima: Any,
        lowest: float, epsilon: float, largest: float, stochastic: bool,
        loss: Any, measure: Any, taken: Any, verdicts: Any, basins: Any,
    ) -> None:  # fmt: skip
        arrived = False
        for i in range(count):
            pixel = which[i]
            poke(s, STATE * LANES + i, NO_BOUNCE)
            poke(s, LEAST * LANES + i, 0.0)
            poke(s, PLACE * LANES + i, 0.0)
            poke(s, (PLACE + 1) * LANES + i, 0.0)
            if not is_finite(record, last, i):
                ended(surface, data, record, s, last, i, pixel, largest,
                      loss, taken, verdicts, basins)  # fmt: skip
            elif not only_ended:
                value = loss_at(record, last, i)
                verdict, step = UNSURE, last
                if value - value == 0.0 and peek(sane, i) == 0.0:
                    verdict, step = begin(
                        record, s, last, i, minima, epsilon, second, data, idle[pixel] != 0
                    )
                found = MOVING if verdict < 0 else verdict
                poke(s, OUTSIDE * LANES + i, 1.0 if verdict < 0 else 0.0)
                write(pixel, value, step, found, NO_BASIN, loss, taken, verdicts, basins)
        if not only_ended:
            find_bounces(record, last, count, stochastic, s)
            for i in range(count):
                if peek(s, OUTSIDE * LANES + i) == 1.0 and is_finite(record, last, i):
                    verdict, basin = finish(record, s, last, i, minima, second, data, epsilon)
                    verdicts[which[i]], basins[which[i]] = verdict, basin
                    arrived = arrived or verdict in (CONVERGED, STILL)
                else:
                    poke(s, OUTSIDE * LANES + i, 0.0)
            if arrived:
                asked = np.zeros(LANES, np.uint8)
                for i in range(count):
                    asked[i] = peek(s, OUTSIDE * LANES + i) == 1.0
                arrivals(record, s, last, count)
                for i in range(count):
                    verdict = verdicts[which[i]]
                    if asked[i] and verdict in (CONVERGED, STILL):
                        taken[which[i]] = int(peek(s, OUTSIDE * LANES + i))
        measures(record, s, last, count, lowest, steps - last, which, verdicts, measure)

    return judge_lanes


def lowest_loss(minima: Any) -> float:
    """Return what losses are measured from: 0, or the lowest known minimum if that is below."""
    return min(0.0, float(minima[:, 2].min())) if len(minima) else 0.0


assert VERDICTS[STILL] == "still"
