"""The training loop: batch, gradient, what may be done to it, step; one call, many steps.

One loop serves every network and every elementwise optimizer: gradient and step are called by
their addresses.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import boolean, float64, int64, intp, types, uint8, void

from engine.compile import NUMBA_REALS, function_at, jit
from engine.inlining import inlined
from engine.networks import plan as p
from engine.networks.matrices import NOTHING, correlate
from engine.networks.norm_kernels import copy, fill
from engine.networks.tiles import lanes_of

#: Orders of rows are shared by all runs, hence read-only.
ROWS = types.Array(int64, 1, "C", readonly=True)


def gradient_signature(real: Any) -> Any:
    """Return the signature of `engine.networks.gradient.gradient_kernel`'s kernels."""
    return real(int64[::1], real[::1], real[::1], int64, float64, int64, real[::1])


def step_signature(real: Any) -> Any:
    """Return the signature of `engine.networks.stepper.stepper_kernel`'s kernels."""
    return void(
        int64, float64, real, float64[::1], float64[::1], real[::1], real[::1], real[:, ::1]
    )


def loop_signature(real: Any) -> Any:
    """Return the signature of `loop_kernel`'s kernels."""
    return int64(
        int64[::1], intp, intp, real[:, ::1], real[:, ::1], ROWS, int64[::1], boolean,
        real[::1], real[::1], real[::1], real[:, ::1], real[::1],
        float64[::1], int64, types.UniTuple(float64, 6), float64[::1], float64[::1],
        float64[:, ::1], float64, float64, uint8[::1], float64[:, ::1],
    )  # fmt: skip


gradient_at = function_at(
    {q: types.FunctionType(gradient_signature(r)) for q, r in NUMBA_REALS.items()}
)
step_at = function_at({q: types.FunctionType(step_signature(r)) for q, r in NUMBA_REALS.items()})


@inlined
def gather(plan: Any, work: Any, inputs: Any, targets: Any, rows: Any, lanes: int) -> None:
    """Put a batch's samples into the work; what fills the last vector is 0."""
    _gather_block(work, plan[p.INPUT], inputs, rows, lanes)
    _gather_block(work, plan[p.TARGET], targets, rows, lanes)
    ones = plan[p.ONES]
    fill(work[ones : ones + lanes], work.dtype.type(1.0))


@inlined
def _gather_block(work: Any, start: int, source: Any, rows: Any, lanes: int) -> None:
    for k in range(source.shape[0]):
        to = work[start + k * lanes : start + (k + 1) * lanes]
        for b in range(len(rows)):
            to[b] = source[k, rows[b]]
        fill(to[len(rows) :], work.dtype.type(0.0))


@inlined
def norm_of(values: Any, size: int, whole: int, result: Any) -> float:
    """Return the Euclidean norm of `size` values, behind which zeros fill `whole` vectors."""
    correlate(result, 0, values, 0, values, 0, NOTHING, 1, 1, whole)
    square = float(result[0])
    if 1e-30 < square < 1e30:
        return float(np.sqrt(square))
    largest = 0.0
    for j in range(size):
        value = abs(float(values[j]))
        largest = value if value > largest or value != value else largest
    if not 0.0 < largest < np.inf:
        return largest
    total = 0.0
    for j in range(size):
        share = values[j] / largest
        total += share * share
    return float(largest * np.sqrt(total))


@inlined
def adjust(
    gradient: Any, theta: Any, noise: Any, row: int, shared: Any, size: int, whole: int, result: Any
) -> None:
    """Do to a gradient what every optimizer's loop may do, in the order of `engine.descent`."""
    real = gradient.dtype.type
    weight_decay, decoupled, clip_value, clip_norm, maximize, sigma = shared
    if sigma != 0.0:
        for j in range(size):
            gradient[j] += real(sigma * noise[row, j])
    if clip_value > 0.0:
        bound = real(clip_value)
        for j in range(size):
            g = gradient[j]
            gradient[j] = bound if g > bound else (-bound if g < -bound else g)
    if clip_norm > 0.0:
        # torch.nn.utils.clip_grad_norm_ adds 1e-6 to the norm.
        scale = real(clip_norm / (norm_of(gradient, size, whole, result) + 1e-6))
        if scale < 1.0 or scale != scale:
            for j in range(size):
                gradient[j] *= scale
    if maximize != 0.0:
        for j in range(size):
            gradient[j] = -gradient[j]
    coupled = real(weight_decay * (1.0 - decoupled))
    if coupled != 0.0:
        for j in range(size):
            gradient[j] += coupled * theta[j]


@cache
def loop_kernel(precision: str) -> Any:
    """Return train(…) -> steps taken; see its arguments below.

    It ends early when `stop` is set or a step leaves a weight that is not finite; that step
    counts. Row s of the records belongs to the step that leaves step first + s: the batch's loss
    and gradient norm before it, and the length of the step.
    """
    real = NUMBA_REALS[precision]
    vector = lanes_of(precision)

    @jit(loop_signature(real), name=precision)
    def train(
        plan: Any, gradient_address: int, step_address: int,
        inputs: Any, targets: Any, rows: Any, counts: Any, placed: bool,
        theta: Any, gradient: Any, before: Any, state: Any, work: Any,
        rates: Any, first: int, shared: Any, h: Any, carry: Any,
        noise: Any, dropout: float, sharpness: float, stop: Any, records: Any,
    ) -> Any:  # fmt: skip
        size, one = plan[p.SIZE], theta.dtype.type(1.0)
        evaluate, step = gradient_at(gradient_address, one), step_at(step_address, one)
        whole = len(theta)
        begin, count = 0, 0
        result = np.empty(1, theta.dtype)
        for s in range(len(counts)):
            if stop[0] != 0:
                return s
            if not placed or s == 0:
                count = counts[s]
                lanes = (count + vector - 1) // vector * vector
                gather(plan, work, inputs, targets, rows[begin : begin + count], lanes)
                begin += count
            key = first + s
            loss = evaluate(plan, theta, work, count, dropout, key, gradient)
            records[0, s] = loss
            length = norm_of(gradient, size, whole, result)
            records[1, s] = length
            copy(theta, before)
            if sharpness > 0.0:
                # Foret et al. 2021, eq. 2–3: the gradient at the worst point nearby, which for a
                # run that climbs is the lowest.
                sense = -1.0 if shared[4] != 0.0 else 1.0
                push = theta.dtype.type(sense * sharpness / (length + 1e-12))
                for j in range(size):
                    theta[j] += push * gradient[j]
                evaluate(plan, theta, work, count, dropout, key, gradient)
                copy(before, theta)
            adjust(gradient, theta, noise, s, shared, size, whole, result)
            rate = rates[min(s, len(rates) - 1)]
            shrink = one
            if shared[1] != 0.0:
                shrink = theta.dtype.type(1.0 - rate * shared[0])
            step(key, rate, shrink, h, carry, theta, gradient, state)
            for j in range(size):
                before[j] = theta[j] - before[j]
            records[2, s] = norm_of(before, size, whole, result)
            if not np.isfinite(records[2, s]):
                return s + 1
        return len(counts)

    return train
