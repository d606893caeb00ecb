"""Loss and gradient of a network on one batch.

Backpropagation that leaves in the work all that the second order needs, so that a product right
after a gradient repeats nothing.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from numba import float64, int64

from engine.compile import NUMBA_REALS, jit
from engine.inlining import inlined
from engine.networks import plan as p
from engine.networks.activation_kernels import apply, apply_bent
from engine.networks.loss_kernels import loss_and_slopes
from engine.networks.masks import drop
from engine.networks.matrices import BIAS, NOTHING, SUM, correlate, multiply
from engine.networks.norm_kernels import copy, normalise, project, row_of, scaled
from engine.networks.tiles import lanes_of


@inlined
def at(plan: Any, layer: int, field: int) -> Any:
    """Return one field of a layer."""
    return plan[p.HEAD + layer * p.FIELDS + field]


@inlined
def block(plan: Any, layer: int, field: int, work: Any, count: int) -> Any:
    """Return `count` numbers of the work from where a layer's field says."""
    start = plan[p.HEAD + layer * p.FIELDS + field]
    return work[start : start + count]


@inlined
def row(plan: Any, number: int, work: Any, lanes: int) -> Any:
    """Return one of the rows that statistics are worked out in."""
    start = plan[p.ROWS] + number * lanes
    return work[start : start + lanes]


@cache
def gradient_kernel(precision: str) -> Any:
    """Return gradient(plan, theta, work, count, dropout, key, grad) -> loss.

    The batch's `count` samples stand in the work already; `key` −1 leaves every unit in place.
    `grad` (P,) is written; with length 0 only the loss is computed.
    """
    real = NUMBA_REALS[precision]
    vector = lanes_of(precision)

    @jit(
        real(int64[::1], real[::1], real[::1], int64, float64, int64, real[::1]),
        name=precision,
    )
    def gradient(
        plan: Any, theta: Any, work: Any, count: int, dropout: float, key: int, grad: Any
    ) -> Any:
        lanes = (count + vector - 1) // vector * vector
        last = plan[p.LAYERS] - 1
        for layer in range(last + 1):
            _forward(plan, layer, last, theta, work, lanes, dropout, key)
        size = at(plan, last, p.OUTPUTS) * lanes
        loss = loss_and_slopes(
            plan[p.LOSS], block(plan, last, p.AFFINE, work, size),
            work[plan[p.TARGET] : plan[p.TARGET] + size], block(plan, last, p.ERROR, work, size),
            row(plan, 0, work, lanes), row(plan, 1, work, lanes), count,
        )  # fmt: skip
        if len(grad) > 0:
            for layer in range(last, -1, -1):
                _backward(plan, layer, last, theta, work, lanes, grad)
        return loss

    return gradient


@inlined
def _forward(
    plan: Any, layer: int, last: int, theta: Any, work: Any, lanes: int, dropout: float, key: int
) -> None:
    """Compute one layer's outputs and the slopes of its activation."""
    inputs, units = at(plan, layer, p.INPUTS), at(plan, layer, p.OUTPUTS)
    before, bias = at(plan, layer, p.BEFORE), at(plan, layer, p.BIAS)
    multiply(
        work, at(plan, layer, p.AFFINE), theta, at(plan, layer, p.WEIGHT), inputs, 1,
        work, before, theta, max(bias, 0), BIAS if bias >= 0 else NOTHING, units, inputs, lanes,
    )  # fmt: skip
    if layer == last:
        return
    size, gain = units * lanes, at(plan, layer, p.GAIN)
    affine, after = (
        block(plan, layer, p.AFFINE, work, size),
        block(plan, layer, p.AFTER, work, size),
    )
    slope = block(plan, layer, p.SLOPE, work, size)
    if gain >= 0:
        shift = at(plan, layer, p.SHIFT)
        normalise(
            affine, block(plan, layer, p.NORMAL, work, size),
            block(plan, layer, p.SCALE, work, lanes), row(plan, 0, work, lanes),
            theta[gain : gain + units], theta[shift : shift + units],
        )  # fmt: skip
    if at(plan, layer, p.BEND) >= 0:
        bend = block(plan, layer, p.BEND, work, size)
        apply_bent(plan[p.ACTIVATION], affine, after, slope, bend)
    else:
        # What is not there costs nothing: the slope stands in for it.
        bend = slope[:0]
        apply(plan[p.ACTIVATION], affine, after, slope)
    if dropout > 0.0 and key >= 0:
        drop(after, slope, bend, lanes, dropout, key, layer)
    if at(plan, layer, p.SKIPS):
        came = work[before : before + size]
        for j in range(size):
            after[j] += came[j]


@inlined
def _backward(
    plan: Any, layer: int, last: int, theta: Any, work: Any, lanes: int, grad: Any
) -> None:
    """Write one layer's part of the gradient and hand the error down."""
    inputs, units = at(plan, layer, p.INPUTS), at(plan, layer, p.OUTPUTS)
    error, bias = at(plan, layer, p.ERROR), at(plan, layer, p.BIAS)
    weight, before = at(plan, layer, p.WEIGHT), at(plan, layer, p.BEFORE)
    if layer < last:
        _through(plan, layer, theta, work, lanes, grad)
    correlate(grad, weight, work, error, work, before, NOTHING, units, inputs, lanes)
    if bias >= 0:
        correlate(grad, bias, work, error, work, plan[p.ONES], NOTHING, units, 1, lanes)
    if layer == 0:
        return
    down, skips = at(plan, layer - 1, p.DOWN), at(plan, layer, p.SKIPS)
    if skips:
        size = inputs * lanes
        copy(block(plan, layer, p.DOWN, work, size), work[down : down + size])
    multiply(
        work, down, theta, weight, 1, inputs, work, error, theta, 0,
        SUM if skips else NOTHING, inputs, units, lanes,
    )  # fmt: skip


@inlined
def _through(plan: Any, layer: int, theta: Any, work: Any, lanes: int, grad: Any) -> None:
    """Bring a hidden layer's error from behind its activation to its affine map."""
    units, gain = at(plan, layer, p.OUTPUTS), at(plan, layer, p.GAIN)
    size = units * lanes
    error, down = block(plan, layer, p.ERROR, work, size), block(plan, layer, p.DOWN, work, size)
    slope = block(plan, layer, p.SLOPE, work, size)
    for j in range(size):
        error[j] = down[j] * slope[j]
    if gain < 0:
        return
    start, normal = at(plan, layer, p.ERROR), at(plan, layer, p.NORMAL)
    shift = at(plan, layer, p.SHIFT)
    correlate(grad, shift, work, start, work, plan[p.ONES], NOTHING, units, 1, lanes)
    for u in range(units):
        # One unit's sum of e·z: both rows are (1, lanes).
        here = u * lanes
        correlate(grad, gain + u, work, start + here, work, normal + here, NOTHING, 1, 1, lanes)
        e, factor = row_of(error, u, lanes), theta[gain + u]
        for b in range(lanes):
            e[b] *= factor
    z = work[normal : normal + size]
    project(error, z, row(plan, 0, work, lanes), row(plan, 1, work, lanes), units)
    scaled(error, block(plan, layer, p.SCALE, work, lanes), units)
