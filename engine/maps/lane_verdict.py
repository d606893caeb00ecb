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

from engine.compile import function_at, jit, value_gradient_at
from engine.inlining import called
from engine.maps.lane_evidence import (
    diverges,
    few,
    is_finite,
    is_stationary,
    led_there,
    loss_at,
    near,
    nearest,
    rests_throughout,
    settles,
    x_at,
    y_at,
)
from engine.maps.lane_rows import LANES, peek, poke
from engine.maps.lane_screen import screen
from engine.maps.lane_sums import (
    ARRIVAL_ROWS,
    OUTSIDE,
    PLACE,
    RADIUS,
    arrivals,
    measure_of_ended,
    measures,
)
from engine.maps.lane_windows import (
    BOUNCE,
    LEAST,
    NO_BOUNCE,
    OPEN,
    SCRATCH,
    STATE,
    find_bounces,
)
from engine.maps.outcomes import NO_BASIN, VERDICTS
from engine.status import ARRIVED
from engine.status import BOUNCE as LEAST_BOUNCE

CONVERGED, MOVING, OSCILLATING, DIVERGED, NAN, STILL = map(VERDICTS.index, (
    "converged", "moving", "oscillating", "diverged", "nan", "still",
))  # fmt: skip
#: The verdict of lanes that have to be walked alone.
UNSURE = 255
#: What is known of a lane before its bounce is looked for; it stands in the row `OUTSIDE`.
SETTLED, UNCLEAR, CLEAR = 0.0, 1.0, 2.0
VERDICT_ROWS = SCRATCH + ARRIVAL_ROWS

OUTPUTS = (float64[::1], float64[::1], int32[::1], uint8[::1], int16[::1])
#: (surface, its second order, its data, record, scratch, row that is 0 for finite states with the
#: rows of sums behind it; last step, lanes, whether only lanes that have ended are asked for, steps
#: of the whole run; which pixel each lane is; which pixels have no learning rate; minima, lowest
#: loss, ε, size of a gradient that no state overflows of, whether steps are random; outcomes)
SIGNATURE = types.void(
    intp, intp, intp, intp, intp, intp, int64, int64, boolean, int64,
    int64[::1], uint8[::1], types.Array(float64, 2, "C"), float64, float64, float64, boolean,
    *OUTPUTS,
)  # fmt: skip
judge_at = function_at({"int64": types.FunctionType(SIGNATURE)})


@called
def write(
    pixel: int, value: float, steps: int, verdict: int, basin: int,
    loss: Any, taken: Any, verdicts: Any, basins: Any,
) -> None:  # fmt: skip
    """Write a lane's outcome but for its measure."""
    loss[pixel], taken[pixel], verdicts[pixel], basins[pixel] = value, steps, verdict, basin


@called
def ended(
    surface: int, data: int, record: int, s: int, last: int, i: int, pixel: int, largest: float,
    lowest: float, steps: int, measure: Any,
    loss: Any, taken: Any, verdicts: Any, basins: Any,
) -> None:  # fmt: skip
    """Judge a lane whose point is not finite at step `last`."""
    stop = last
    while stop > 0 and not (is_finite(record, stop - 1, i)):
        stop -= 1
    measure[pixel] = measure_of_ended(record, stop, i, lowest, steps)
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
        if not only_ended:
            screen(record, last, s, sane, minima, epsilon)
        for i in range(count):
            pixel = which[i]
            clear = not only_ended and peek(s, STATE * LANES + i) == OPEN
            poke(s, OUTSIDE * LANES + i, CLEAR if clear else SETTLED)
            if clear:
                loss[pixel], taken[pixel] = loss_at(record, last, i), last
            elif not is_finite(record, last, i):
                ended(surface, data, record, s, last, i, pixel, largest, lowest, steps,
                      measure, loss, taken, verdicts, basins)  # fmt: skip
            elif not only_ended:
                poke(s, STATE * LANES + i, NO_BOUNCE)
                poke(s, PLACE * LANES + i, 0.0)
                poke(s, (PLACE + 1) * LANES + i, 0.0)
                value = loss_at(record, last, i)
                verdict, step = UNSURE, last
                if value - value == 0.0 and peek(sane, i) == 0.0:
                    verdict, step = begin(
                        record, s, last, i, minima, epsilon, second, data, idle[pixel] != 0
                    )
                found = MOVING if verdict < 0 else verdict
                poke(s, OUTSIDE * LANES + i, UNCLEAR if verdict < 0 else SETTLED)
                write(pixel, value, step, found, NO_BASIN, loss, taken, verdicts, basins)
        if not only_ended:
            find_bounces(record, last, count, stochastic, s)
            for i in range(count):
                kind = peek(s, OUTSIDE * LANES + i)
                if kind == CLEAR:
                    bounces = peek(s, STATE * LANES + i) == BOUNCE
                    verdicts[which[i]] = OSCILLATING if bounces else MOVING
                    basins[which[i]] = NO_BASIN
                elif kind == UNCLEAR:
                    verdict, basin = finish(record, s, last, i, minima, second, data, epsilon)
                    verdicts[which[i]], basins[which[i]] = verdict, basin
                    arrived = arrived or verdict in (CONVERGED, STILL)
            if arrived:
                asked = np.zeros(LANES, np.uint8)
                for i in range(count):
                    asked[i] = peek(s, OUTSIDE * LANES + i) == UNCLEAR
                arrivals(record, s, last, count)
                for i in range(count):
                    verdict = verdicts[which[i]]
                    if asked[i] and verdict in (CONVERGED, STILL):
                        taken[which[i]] = int(peek(s, OUTSIDE * LANES + i))
            measures(record, last, count, sane + 8 * LANES, which, verdicts, measure)

    return judge_lanes
