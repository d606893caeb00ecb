"""Walks many runs side by side: an elementwise optimizer compiled into the loop over lanes.

The surface comes as a pointer to a kernel that takes a block of lanes at once, so that switching
either compiles nothing anew; where both have been compiled together (`engine.maps.lane_march`),
that does the steps. The arithmetic of a lane is that of `engine.descent.path_kernel`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import boolean, float64, int64, intp, types, uint8
from numba.np.unsafe.ndarray import to_fixed_tuple

from engine.compile import jit
from engine.compiled_rules import HYPERPARAMETERS, advance, per_step, without_denormals
from engine.inlining import called
from engine.maps.lane_march import march_at
from engine.maps.lane_rows import LANES, peek, poke, read_rows, write_rows
from engine.maps.lane_sums import SUM_ROWS, add_losses, begin_sums
from engine.maps.lane_surfaces import lanes_at
from engine.maps.lane_verdict import OUTPUTS, VERDICT_ROWS, judge_at
from engine.maps.lane_windows import STEP
from engine.optimizers import optimizer_named
from engine.vector_bits import fused

#: Settings of a lane behind the hyperparameters.
WEIGHT_DECAY, CLIP_VALUE, CLIP_NORM, NOISE = range(HYPERPARAMETERS, HYPERPARAMETERS + 4)
SETTINGS = HYPERPARAMETERS + 4
#: Rows of the work block: a lane's settings, its rate, its point after decay, a row for judging,
#: sums; then its carry and states, and last the judge's rows.
RATE, POINT, SANE, SUMS = SETTINGS, SETTINGS + 1, SETTINGS + 3, SETTINGS + 4
OWN = SUMS + SUM_ROWS
MOST_NUMBERS = 16
WORK_ROWS = OWN + MOST_NUMBERS + VERDICT_ROWS
#: How often lanes that have ended, and lanes at rest, are looked for.
CENSUS = 8

_MATRIX = types.Array(float64, 2, "C")
#: (steps of the pair or 0, surface by lanes, surface, its second order, judge, its data, record,
#: work; starts (2, n), settings (`SETTINGS`, n or 1), rates (m, 1 or steps), which of them (n,);
#: normal numbers (steps or 0, 2); decoupled, maximize; steps; what the judge wants; stop; outcomes)
SIGNATURE = types.void(
    intp, intp, intp, intp, intp, intp, intp, intp, _MATRIX, _MATRIX, _MATRIX, int64[::1], _MATRIX,
    boolean, boolean, int64, uint8[::1], _MATRIX, float64, float64, float64, uint8[::1],
    *OUTPUTS,
)  # fmt: skip


@called
def adjust(
    row: int, work: int, count: int, t: int, noise: Any, sense: float, coupled: float
) -> None:
    """Do to the slopes of all lanes what every optimizer's loop can do to them.

    LLVM fuses the same products in the loop of a single run; here they might be others.
    """
    for i in range(count):
        x, y = peek(row, i), peek(row, LANES + i)
        gx, gy = peek(row, 3 * LANES + i), peek(row, 4 * LANES + i)
        sigma = peek(work, NOISE * LANES + i)
        if sigma != 0.0:
            gx = fused(sigma, noise[t, 0], gx)
            gy = fused(sigma, noise[t, 1], gy)
        bound = peek(work, CLIP_VALUE * LANES + i)
        if bound > 0.0:
            gx = bound if gx > bound else (-bound if gx < -bound else gx)
            gy = bound if gy > bound else (-bound if gy < -bound else gy)
        clip_norm = peek(work, CLIP_NORM * LANES + i)
        if clip_norm > 0.0:
            norm = np.sqrt(fused(gx, gx, gy * gy))
            scale = clip_norm / (norm + 1e-6)
            if scale < 1.0 or scale != scale:
                gx *= scale
                gy *= scale
        decay = peek(work, WEIGHT_DECAY * LANES + i) * coupled
        if sigma != 0.0 or bound > 0.0 or clip_norm > 0.0 or sense != 1.0 or decay != 0.0:
            gx = fused(decay, x, sense * gx)
            gy = fused(decay, y, sense * gy)
        poke(row, 3 * LANES + i, gx)
        poke(row, 4 * LANES + i, gy)


@called
def shrink(row: int, work: int, count: int) -> None:
    """Write every lane's point after decoupled weight decay to the rows `POINT`."""
    for i in range(count):
        factor = 1.0 - peek(work, RATE * LANES + i) * peek(work, WEIGHT_DECAY * LANES + i)
        poke(work, POINT * LANES + i, peek(row, i) * factor)
        poke(work, (POINT + 1) * LANES + i, peek(row, LANES + i) * factor)


@called
def load_rates(work: int, count: int, t: int, rates: Any, which: Any, lanes: Any) -> None:
    """Write every lane's learning rate of step `t`."""
    for i in range(count):
        poke(work, RATE * LANES + i, rates[which[lanes[i]], t])


@called
def alive(row: int, count: int) -> int:
    """Return how many lanes stand at a finite point."""
    total = 0
    for i in range(count):
        x, y = peek(row, i), peek(row, LANES + i)
        total += 1 if (x - x) + (y - y) == 0.0 else 0
    return total


@called
def drop_ended(record: int, work: int, last: int, count: int, numbers: int, lanes: Any) -> int:
    """Move the lanes that are finite at step `last` together and return how many they are."""
    kept = 0
    for i in range(count):
        x, y = peek(record, last * STEP + i), peek(record, last * STEP + LANES + i)
        if (x - x) + (y - y) == 0.0:
            if kept != i:
                for k in range(3 * (last + 1) + 2):
                    poke(record, k * LANES + kept, peek(record, k * LANES + i))
                for k in range(OWN + numbers):
                    poke(work, k * LANES + kept, peek(work, k * LANES + i))
                lanes[kept] = lanes[i]
            kept += 1
    return kept


@cache
def lane_walk(name: str, varied: bool) -> Any:
    """Return the compiled loop of one elementwise optimizer, in float64.

    With `varied` each lane has a learning rate and hyperparameters of its own; without, all have
    those of the first, and what depends on the step alone is computed once.
    """
    optimizer = optimizer_named(name)
    start_state = tuple(float(s) for s in optimizer.state)
    start_carry = tuple(float(c) for c in optimizer.carry)
    states, carries = len(start_state), len(start_carry)
    zeros = (0.0,) * HYPERPARAMETERS
    terms = len(optimizer.per_step(0, 0.1, zeros, start_carry)[1])
    state_x, state_y = OWN + carries, OWN + carries + states
    numbers = carries + 2 * states
    judge_rows = OWN + numbers

    @jit(SIGNATURE, name=f"{name}.{varied}")
    def walk_lanes(
        pair: int, surface: int, single: int, second: int, judge: int, data: int,
        record: int, work: int,
        starts: Any, settings: Any, rates: Any, which: Any, noise: Any,
        decoupled: bool, maximize: bool, steps: int, idle: Any, minima: Any,
        lowest: float, epsilon: float, largest: float, stop: Any,
        loss: Any, measure: Any, taken: Any, verdicts: Any, basins: Any,
    ) -> None:  # fmt: skip
        n = starts.shape[1]
        lanes = np.zeros(LANES, np.int64)
        value_gradients, judge_lanes = lanes_at(surface, int64(0)), judge_at(judge, int64(0))
        march, sums = march_at(pair, int64(0)), work + 8 * LANES * SUMS
        constant = rates.shape[1] == 1
        sense = -1.0 if maximize else 1.0
        coupled = 0.0 if decoupled else 1.0
        adjusts, shrinks = maximize, False
        random = False
        for p in range(settings.shape[1]):
            decays = settings[WEIGHT_DECAY, p] != 0.0
            adjusts = adjusts or (decays and not decoupled)
            adjusts = adjusts or settings[CLIP_VALUE, p] > 0.0 or settings[CLIP_NORM, p] > 0.0
            random = random or settings[NOISE, p] != 0.0
            shrinks = shrinks or (decays and decoupled)
        adjusts = adjusts or random
        marches = pair != 0 and not (varied or adjusts or shrinks)
        table = np.empty((0 if varied else steps, terms))
        if not varied and n > 0:
            h = to_fixed_tuple(settings[:HYPERPARAMETERS, 0].copy(), HYPERPARAMETERS)
            carry = start_carry
            for t in range(steps):
                rate = rates[which[0], 0 if constant else t]
                carry, k = per_step(name, t, rate, h, carry)
                carry = without_denormals(carry)
                table[t] = np.array(k)
        for first in range(0, n, LANES):
            count = min(LANES, n - first)
            for i in range(count):
                p = first + i
                lanes[i] = p
                poke(record, i, starts[0, p])
                poke(record, LANES + i, starts[1, p])
                own = p if settings.shape[1] > 1 else 0
                for j in range(SETTINGS):
                    poke(work, j * LANES + i, settings[j, own])
                write_rows(start_carry, work, OWN, i)
                write_rows(start_state, work, state_x, i)
                write_rows(start_state, work, state_y, i)
            for i in range(count, LANES):
                poke(record, i, starts[0, first])
                poke(record, LANES + i, starts[1, first])
                write_rows(start_state, work, state_x, i)
                write_rows(start_state, work, state_y, i)
            load_rates(work, count, 0, rates, which, lanes)
            t = int64(0)
            while True:
                row = record + 8 * STEP * t
                follows = marches and 0 < t < steps
                if not follows or 2 * alive(row, count) <= count:
                    value_gradients(row, data, t, count)
                if t == 0:
                    begin_sums(record, sums, lowest)
                elif not follows:
                    add_losses(row, sums, t, lowest)
                if t % CENSUS == CENSUS - 1 and t < steps:
                    if stop[0] != 0:
                        return
                    left = alive(row, count)
                    if 2 * left <= count:
                        judge_lanes(
                            single, second, data, record, work + 8 * LANES * judge_rows,
                            work + 8 * LANES * SANE, t, count, True, steps, lanes, idle, minima,
                            lowest, epsilon, largest, random, loss, measure, taken, verdicts,
                            basins,
                        )  # fmt: skip
                        count = drop_ended(record, work, t, count, numbers, lanes)
                if t == steps or count == 0:
                    break
                if follows:
                    after = min(steps, t + CENSUS - (t + 1) % CENSUS)
                    march(
                        record, work + 8 * LANES * state_x, sums, data, int64(table.ctypes.data),
                        t, after, count, lowest, int64(0),
                    )  # fmt: skip
                    t = after
                    continue
                if adjusts:
                    adjust(row, work, count, t, noise, sense, coupled)
                if not constant and (varied or shrinks):
                    load_rates(work, count, t, rates, which, lanes)
                origin = row
                if shrinks:
                    shrink(row, work, count)
                    origin = work + 8 * LANES * POINT
                if varied:
                    for i in range(count):
                        rate = peek(work, RATE * LANES + i)
                        h = read_rows(zeros, work, 0, i)
                        carry, k = per_step(name, t, rate, h, read_rows(start_carry, work, OWN, i))
                        write_rows(without_denormals(carry), work, OWN, i)
                        state = (
                            read_rows(start_state, work, state_x, i),
                            read_rows(start_state, work, state_y, i),
                        )
                        x, y, state = advance(
                            name, peek(origin, i), peek(origin, LANES + i), 0.0,
                            peek(row, STEP + i), peek(row, STEP + LANES + i),
                            0, 0, data, t, k, state, sense, coupled,
                        )  # fmt: skip
                        poke(row, STEP + i, x)
                        poke(row, STEP + LANES + i, y)
                        write_rows(state[0], work, state_x, i)
                        write_rows(state[1], work, state_y, i)
                else:
                    k = to_fixed_tuple(table[t], terms)
                    for i in range(count):
                        state = (
                            read_rows(start_state, work, state_x, i),
                            read_rows(start_state, work, state_y, i),
                        )
                        x, y, state = advance(
                            name, peek(origin, i), peek(origin, LANES + i), 0.0,
                            peek(row, STEP + i), peek(row, STEP + LANES + i),
                            0, 0, data, t, k, state, sense, coupled,
                        )  # fmt: skip
                        poke(row, STEP + i, x)
                        poke(row, STEP + LANES + i, y)
                        write_rows(state[0], work, state_x, i)
                        write_rows(state[1], work, state_y, i)
                t += 1
            if count > 0:
                for i in range(count):
                    total = 0.0
                    for j in range(2 * states):
                        number = peek(work, (state_x + j) * LANES + i)
                        total += number - number
                    poke(work, SANE * LANES + i, total)
                judge_lanes(
                    single, second, data, record, work + 8 * LANES * judge_rows,
                    work + 8 * LANES * SANE, steps, count, False, steps, lanes, idle, minima,
                    lowest, epsilon, largest, random, loss, measure, taken, verdicts, basins,
                )  # fmt: skip

    return walk_lanes
