"""Trains many small networks side by side, one in each lane, and keeps what `Outcomes` needs.

A network is f(x) = W₁ φ(W₀ x) / n; the samples come scaled already by what stands before W₀ x.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import boolean, float64, int64, types, uint8

from engine import elementary
from engine import vector_math as vector_math  # Tells Numba of tanh.
from engine.compile import jit
from engine.inlining import called, inlined
from engine.maps.lane_layers import LANES, add_unit, descend, misfit, roll, unit_back
from engine.networks.matrices import NOTHING, SUM, multiply
from engine.networks.norm_kernels import fill

#: Samples that go through a network together: what they leave behind stays in the second cache.
BLOCK = 16
ROOM = BLOCK * LANES
#: Steps between two looks at who is left; then the lanes of those who are not are filled.
SEGMENT = 8
#: Losses count up to so many times the first.
MOST = 1e6
#: The last losses, whose mean says whether a run has converged.
TAIL = 20
#: Numbers kept of each network, in the order of `train`'s `kept`.
FIRST, LAST, RATIOS, INVERSES, ENDING, TAKEN, CHANGED = range(7)
KEPT = 7


@inlined
def _forward(
    code: int, units: int, inputs: int, x: Any, y: Any, first: int, count: int,
    w0: Any, at0: int, w1: Any, at1: int, h: Any, errors: Any, share: float, losses: Any,
) -> None:  # fmt: skip
    """Write φ to h and share·(f − y) to errors; add the squares of f − y to the losses."""
    fill(errors[: count * LANES], 0.0)
    for j in range(units):
        multiply(
            h, j * ROOM, x, first * inputs, inputs, 1, w0, at0 + j * inputs * LANES,
            y, 0, NOTHING, count, inputs, LANES,
        )  # fmt: skip
        values = h[j * ROOM : j * ROOM + count * LANES]
        if code == 0:
            for i in range(len(values)):
                values[i] = elementary.tanh(values[i])
        elif code == 1:
            for i in range(len(values)):
                values[i] = 0.0 if values[i] < 0.0 else values[i]
        add_unit(errors, h, j * ROOM, w1, at1 + j * LANES, count)
    misfit(errors, y, first, count, 1.0 / units, share, losses)


@inlined
def _whole_loss(
    code: int, units: int, inputs: int, x: Any, y: Any,
    w0: Any, at0: int, w1: Any, at1: int, h: Any, errors: Any, losses: Any,
) -> None:  # fmt: skip
    """Write the losses on all samples."""
    fill(losses, 0.0)
    for first in range(0, len(y), BLOCK):
        count = min(BLOCK, len(y) - first)
        _forward(
            code, units, inputs, x, y, first, count, w0, at0, w1, at1, h, errors, 0.0, losses
        )  # fmt: skip
    for i in range(LANES):
        losses[i] /= len(y)


@inlined
def _note(
    t: int, steps: int, group: int, who: Any, losses: Any, kept: Any, record: Any
) -> int:  # fmt: skip
    """Keep the losses before step t; return how many networks of a group go on."""
    alive = 0
    for i in range(LANES):
        pixel = who[group * LANES + i]
        if pixel < 0:
            continue
        loss, row = losses[i], kept[pixel]
        if len(record) > 0:
            record[t] = loss
        row[LAST], row[TAKEN] = loss, t
        if t == 0:
            row[FIRST] = loss
        else:
            ratio = loss / row[FIRST]
            ratio = ratio if ratio < MOST else MOST
            row[RATIOS] += ratio
            row[INVERSES] += 1.0 / ratio if ratio > 1.0 / MOST else MOST
            if t > steps - TAIL:
                row[ENDING] += ratio
            if loss != row[FIRST]:
                row[CHANGED] = 1.0
        if np.isfinite(loss):
            alive += 1
        else:
            who[group * LANES + i] = -1
    return alive


@inlined
def _move(values: Any, size: int, to: int, source: int) -> None:
    """Copy one network's numbers from a lane to another."""
    start = (to // LANES) * size * LANES + to % LANES
    begin = (source // LANES) * size * LANES + source % LANES
    for n in range(size):
        values[start + n * LANES] = values[begin + n * LANES]


@called
def _pack(groups: int, who: Any, arrays: Any, sizes: Any) -> int:
    """Fill the lanes of those who are gone with the last ones; return how many groups are left."""
    last = groups * LANES - 1
    for slot in range(groups * LANES):
        if who[slot] >= 0:
            continue
        while last > slot and who[last] < 0:
            last -= 1
        if last <= slot:
            return (slot + LANES - 1) // LANES
        for n in range(len(arrays)):
            if len(arrays[n]) > 0:
                _move(arrays[n], sizes[n], slot, last)
        who[slot], who[last] = who[last], -1
    return groups


@inlined
def _step(
    code: int, units: int, inputs: int, x: Any, y: Any, group: int, arrays: Any,
    h: Any, errors: Any, g0: Any, g1: Any, losses: Any,
) -> None:  # fmt: skip
    """Write the losses on these samples and take one step down their gradient."""
    w0, w1, v0, v1, rate0, rate1, beta = arrays
    each, lanes = inputs * LANES, group * LANES
    at0, at1 = group * units * each, group * units * LANES
    share = 2.0 / (len(y) * units)
    fill(losses, 0.0)
    fill(g1, 0.0)
    for first in range(0, len(y), BLOCK):
        count = min(BLOCK, len(y) - first)
        _forward(
            code, units, inputs, x, y, first, count, w0, at0, w1, at1, h, errors, share, losses
        )  # fmt: skip
        ends = first + BLOCK >= len(y)
        mode = NOTHING if first == 0 else SUM
        for j in range(units):
            unit_back(code, h, j * ROOM, errors, w1, at1 + j * LANES, g1, j * LANES, count)
            g = j * each
            multiply(
                g0, g, x, first * inputs, 1, inputs, h, j * ROOM, y, 0, mode, inputs, count, LANES
            )  # fmt: skip
            if ends:
                if len(v0) > 0:
                    roll(v0, at0 + g, g0, g, beta, lanes, inputs)
                    descend(w0, at0 + g, v0, at0 + g, rate0, lanes, inputs)
                else:
                    descend(w0, at0 + g, g0, g, rate0, lanes, inputs)
    if len(v1) > 0:
        roll(v1, at1, g1, 0, beta, lanes, units)
        descend(w1, at1, v1, at1, rate1, lanes, units)
    else:
        descend(w1, at1, g1, 0, rate1, lanes, units)
    for i in range(LANES):
        losses[i] /= len(y)


@cache
def trainability_kernel() -> Any:
    """Return train(…) -> whether it came to the end.

    Parameters
    ----------
    code : of the activation: 0 tanh, 1 ReLU, 2 the identity.
    units, inputs : n and the length of a sample.
    steps : how many each network takes.
    x, y : samples (points · inputs) and targets (points,).
    rows : (steps · batch,) which samples each step sees; empty for all.
    batch : samples of a step if there are rows.
    arrays : in groups of 32 lanes W₀, W₁, their velocities (or nothing), the two learning rates
        and the momenta; written.
    who : (slots,) which network is in a lane, or −1; written.
    kept : (networks, 7) what is kept of each; written.
    record : (steps + 1,) the losses of the last network that is looked at, or nothing; written.
    stop : (1,) another thread may set it to 1.
    """
    row = float64[::1]
    signature = boolean(
        int64, int64, int64, int64, row, row, int64[::1], int64, types.UniTuple(row, 7),
        int64[::1], float64[:, ::1], row, uint8[::1],
    )  # fmt: skip

    @jit(signature)
    def train(
        code: int, units: int, inputs: int, steps: int, x: Any, y: Any, rows: Any, batch: int,
        arrays: Any, who: Any, kept: Any, record: Any, stop: Any,
    ) -> bool:  # fmt: skip
        w0, w1 = arrays[0], arrays[1]
        sizes = (units * inputs, units, units * inputs, units, 1, 1, 1)
        h, errors = np.zeros(units * ROOM), np.zeros(ROOM)
        g0, g1 = np.zeros(units * inputs * LANES), np.zeros(units * LANES)
        losses, unused = np.zeros(LANES), np.zeros(LANES)
        some_x, some_y = np.zeros(batch * inputs), np.zeros(batch)
        groups, t = len(who) // LANES, 0
        while t < steps and groups > 0:
            end = min(t + SEGMENT, steps)
            for group in range(groups):
                if stop[0] != 0:
                    return False
                for s in range(t, end):
                    if len(rows) == 0:
                        _step(
                            code, units, inputs, x, y, group, arrays, h, errors, g0, g1, losses
                        )  # fmt: skip
                    else:
                        _whole_loss(
                            code, units, inputs, x, y, w0, group * units * inputs * LANES,
                            w1, group * units * LANES, h, errors, losses,
                        )  # fmt: skip
                        for b in range(batch):
                            sample = rows[s * batch + b]
                            some_y[b] = y[sample]
                            for k in range(inputs):
                                some_x[b * inputs + k] = x[sample * inputs + k]
                        _step(
                            code, units, inputs, some_x, some_y, group, arrays, h, errors, g0, g1,
                            unused,
                        )  # fmt: skip
                    if _note(s, steps, group, who, losses, kept, record) == 0:
                        break
            t = end
            groups = _pack(groups, who, arrays, sizes)
        for group in range(groups):
            _whole_loss(
                code, units, inputs, x, y, w0, group * units * inputs * LANES,
                w1, group * units * LANES, h, errors, losses,
            )  # fmt: skip
            _note(steps, steps, group, who, losses, kept, record)
        return True

    return train
