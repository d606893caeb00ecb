"""A network's Hessian times a vector, right after a gradient on the same batch.

Source: Pearlmutter 1994, *Fast exact multiplication by the Hessian*, eq. 10–13: every quantity of
backpropagation is followed along a direction in the space of the parameters. What the gradient
left in the work is read, not computed again.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from numba import int64, void

from engine.compile import NUMBA_REALS, jit
from engine.inlining import inlined
from engine.networks import plan as p
from engine.networks.gradient import at, block, row
from engine.networks.loss_kernels import slopes_along
from engine.networks.matrices import BIAS, NOTHING, SUM, correlate, multiply
from engine.networks.norm_kernels import copy, fill, mean_of, mean_of_products, row_of
from engine.networks.tiles import lanes_of


@cache
def product_kernel(precision: str) -> Any:
    """Return product(plan, theta, direction, work, count, result).

    The plan was made with room for the second order, and a gradient on this batch at `theta` has
    just been computed. `direction` and `result`, which is written, are (P,).
    """
    real = NUMBA_REALS[precision]
    vector = lanes_of(precision)

    @jit(
        void(int64[::1], real[::1], real[::1], real[::1], int64, real[::1]),
        name=precision,
    )
    def product(plan: Any, theta: Any, direction: Any, work: Any, count: int, result: Any) -> None:
        lanes = (count + vector - 1) // vector * vector
        last = plan[p.LAYERS] - 1
        for layer in range(last + 1):
            _forward(plan, layer, last, theta, direction, work, lanes)
        size = at(plan, last, p.OUTPUTS) * lanes
        slopes_along(
            plan[p.LOSS], block(plan, last, p.AFFINE, work, size),
            work[plan[p.TARGET] : plan[p.TARGET] + size],
            block(plan, last, p.TANGENT_AFFINE, work, size),
            block(plan, last, p.TANGENT_ERROR, work, size),
            row(plan, 0, work, lanes), row(plan, 1, work, lanes), count,
        )  # fmt: skip
        for layer in range(last, -1, -1):
            _backward(plan, layer, last, theta, direction, work, lanes, result)

    return product


@inlined
def _forward(
    plan: Any, layer: int, last: int, theta: Any, direction: Any, work: Any, lanes: int
) -> None:
    """Follow one layer's outputs."""
    inputs, units = at(plan, layer, p.INPUTS), at(plan, layer, p.OUTPUTS)
    weight, bias = at(plan, layer, p.WEIGHT), at(plan, layer, p.BIAS)
    start, before = at(plan, layer, p.TANGENT_AFFINE), at(plan, layer, p.TANGENT_BEFORE)
    multiply(
        work, start, direction, weight, inputs, 1, work, at(plan, layer, p.BEFORE), direction,
        max(bias, 0), BIAS if bias >= 0 else NOTHING, units, inputs, lanes,
    )  # fmt: skip
    if layer > 0:
        # The data do not move.
        multiply(
            work, start, theta, weight, inputs, 1, work, before, theta, 0, SUM, units, inputs, lanes
        )
    if layer == last:
        return
    size = units * lanes
    affine = work[start : start + size]
    if at(plan, layer, p.GAIN) >= 0:
        _normalised(plan, layer, theta, direction, work, lanes, affine)
    after, slope = (
        block(plan, layer, p.TANGENT_AFTER, work, size),
        block(plan, layer, p.SLOPE, work, size),
    )
    for j in range(size):
        after[j] = slope[j] * affine[j]
    if at(plan, layer, p.SKIPS):
        came = work[before : before + size]
        for j in range(size):
            after[j] += came[j]


@inlined
def _normalised(
    plan: Any, layer: int, theta: Any, direction: Any, work: Any, lanes: int, affine: Any
) -> None:
    """Follow layer normalisation; keep ż and, in the row behind it, the change of log(1/σ)."""
    units, gain, shift = (
        at(plan, layer, p.OUTPUTS), at(plan, layer, p.GAIN), at(plan, layer, p.SHIFT)
    )  # fmt: skip
    z = block(plan, layer, p.NORMAL, work, units * lanes)
    scale = block(plan, layer, p.SCALE, work, lanes)
    moved = block(plan, layer, p.TANGENT_NORMAL, work, (units + 1) * lanes)
    mean, change = row(plan, 0, work, lanes), row_of(moved, units, lanes)
    mean_of(affine, mean, units)
    fill(change, scale.dtype.type(0.0))
    mean_of_products(affine, z, change, units)
    for u in range(units):
        a, n, d = row_of(affine, u, lanes), row_of(z, u, lanes), row_of(moved, u, lanes)
        g, dg, ds = theta[gain + u], direction[gain + u], direction[shift + u]
        for b in range(lanes):
            d[b] = scale[b] * (a[b] - mean[b] - n[b] * change[b])
            a[b] = dg * n[b] + g * d[b] + ds
    for b in range(lanes):
        change[b] *= -scale[b]


@inlined
def _backward(
    plan: Any, layer: int, last: int, theta: Any, direction: Any, work: Any, lanes: int, result: Any
) -> None:
    """Write one layer's part of the product and hand the error's change down."""
    inputs, units = at(plan, layer, p.INPUTS), at(plan, layer, p.OUTPUTS)
    weight, bias = at(plan, layer, p.WEIGHT), at(plan, layer, p.BIAS)
    error, change = at(plan, layer, p.ERROR), at(plan, layer, p.TANGENT_ERROR)
    if layer < last:
        _through(plan, layer, theta, direction, work, lanes, result)
    before = at(plan, layer, p.BEFORE)
    correlate(result, weight, work, change, work, before, NOTHING, units, inputs, lanes)
    if bias >= 0:
        correlate(result, bias, work, change, work, plan[p.ONES], NOTHING, units, 1, lanes)
    if layer == 0:
        return
    moved = at(plan, layer, p.TANGENT_BEFORE)
    correlate(result, weight, work, error, work, moved, SUM, units, inputs, lanes)
    down, skips = at(plan, layer - 1, p.TANGENT_DOWN), at(plan, layer, p.SKIPS)
    if skips:
        size = inputs * lanes
        copy(block(plan, layer, p.TANGENT_DOWN, work, size), work[down : down + size])
    multiply(
        work, down, theta, weight, 1, inputs, work, change, theta, 0,
        SUM if skips else NOTHING, inputs, units, lanes,
    )  # fmt: skip
    multiply(
        work, down, direction, weight, 1, inputs, work, error, theta, 0, SUM, inputs, units, lanes
    )


@inlined
def _through(
    plan: Any, layer: int, theta: Any, direction: Any, work: Any, lanes: int, result: Any
) -> None:
    """Follow a hidden layer's error from behind its activation to its affine map."""
    units = at(plan, layer, p.OUTPUTS)
    size = units * lanes
    change = block(plan, layer, p.TANGENT_ERROR, work, size)
    down, slope = block(plan, layer, p.DOWN, work, size), block(plan, layer, p.SLOPE, work, size)
    moved, bend = (
        block(plan, layer, p.TANGENT_DOWN, work, size), block(plan, layer, p.BEND, work, size)
    )  # fmt: skip
    affine = block(plan, layer, p.TANGENT_AFFINE, work, size)
    for j in range(size):
        change[j] = moved[j] * slope[j] + down[j] * bend[j] * affine[j]
    if at(plan, layer, p.GAIN) >= 0:
        _denormalised(plan, layer, theta, direction, work, lanes, result)


@inlined
def _denormalised(
    plan: Any, layer: int, theta: Any, direction: Any, work: Any, lanes: int, result: Any
) -> None:
    """Follow the error through layer normalisation; see `norm_kernels.project`."""
    units, gain, shift = (
        at(plan, layer, p.OUTPUTS), at(plan, layer, p.GAIN), at(plan, layer, p.SHIFT)
    )  # fmt: skip
    size, start = units * lanes, at(plan, layer, p.TANGENT_ERROR)
    normal, moved = at(plan, layer, p.NORMAL), at(plan, layer, p.TANGENT_NORMAL)
    # γ-scaled errors are made again from what the gradient left: its own were overwritten.
    at_pulled = at(plan, layer, p.PULLED)
    pulled, down = work[at_pulled : at_pulled + size], block(plan, layer, p.DOWN, work, size)
    slope, z = block(plan, layer, p.SLOPE, work, size), work[normal : normal + size]
    tz, change = work[moved : moved + size], work[start : start + size]
    correlate(result, shift, work, start, work, plan[p.ONES], NOTHING, units, 1, lanes)
    for j in range(size):
        pulled[j] = down[j] * slope[j]
    for u in range(units):
        here = u * lanes
        correlate(result, gain + u, work, start + here, work, normal + here, NOTHING, 1, 1, lanes)
        correlate(result, gain + u, work, at_pulled + here, work, moved + here, SUM, 1, 1, lanes)
        q, dq, g, dg = (
            row_of(pulled, u, lanes), row_of(change, u, lanes), theta[gain + u],
            direction[gain + u],
        )  # fmt: skip
        for b in range(lanes):
            dq[b] = dg * q[b] + g * dq[b]
            q[b] *= g
    zero = work.dtype.type(0.0)
    mean, both, old = (
        row(plan, 0, work, lanes),
        row(plan, 1, work, lanes),
        row(plan, 2, work, lanes),
    )
    mean_of(change, mean, units)
    fill(both, zero)
    mean_of_products(change, z, both, units)
    mean_of_products(pulled, tz, both, units)
    fill(old, zero)
    mean_of_products(pulled, z, old, units)
    scale, grown = (
        block(plan, layer, p.SCALE, work, lanes), work[moved + size : moved + size + lanes]
    )  # fmt: skip
    error = block(plan, layer, p.ERROR, work, size)
    for u in range(units):
        dq, n, d, e = (
            row_of(change, u, lanes), row_of(z, u, lanes), row_of(tz, u, lanes),
            row_of(error, u, lanes),
        )  # fmt: skip
        for b in range(lanes):
            inner = dq[b] - mean[b] - d[b] * old[b] - n[b] * both[b]
            dq[b] = grown[b] * e[b] + scale[b] * inner
