"""Losses of a batch with their slopes by the outputs, and how the slopes change with the outputs.

Outputs, targets and slopes are (outputs, lanes) blocks, flat; lanes behind `count` are padding,
whose slopes are 0. The codes are those of `engine.networks.plan.loss_code`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import engine.vector_math  # noqa: F401  (what exp, log and softplus are in compiled code)
from engine.elementary import exp, log, softplus
from engine.inlining import called
from engine.networks.norm_kernels import copy, fill, row_of

MEAN_SQUARES, SUM_SQUARES, HUBER, SIGMOID, NAIVE_SIGMOID, SOFTMAX, NAIVE_SOFTMAX = range(7)


@called
def loss_and_slopes(
    code: int, output: Any, target: Any, slopes: Any, top: Any, mass: Any, count: int
) -> Any:
    """Return a batch's loss and write dL/do; `top` and `mass` are rows to work in."""
    fill(slopes, slopes.dtype.type(0.0))
    if code <= HUBER:
        return _regression(code, output, target, slopes, len(top), count)
    if code <= NAIVE_SIGMOID:
        return _binary(code, output, target, slopes, count)
    return _classes(code, output, target, slopes, top, mass, count)


@called
def _regression(code: int, output: Any, target: Any, slopes: Any, lanes: int, count: int) -> Any:
    real = output.dtype.type
    total, one, half, two = real(0.0), real(1.0), real(0.5), real(2.0)
    units = len(output) // lanes
    share = one if code == SUM_SQUARES else one / real(units * count)
    for k in range(units):
        o, y, e = row_of(output, k, lanes), row_of(target, k, lanes), row_of(slopes, k, lanes)
        for b in range(count):
            gap = o[b] - y[b]
            if code == HUBER and abs(gap) > one:
                total += abs(gap) - half
                e[b] = np.copysign(share, gap)
            elif code == HUBER:
                total += half * gap * gap
                e[b] = share * gap
            else:
                total += gap * gap
                e[b] = two * share * gap
    return total * share


@called
def _binary(code: int, output: Any, target: Any, slopes: Any, count: int) -> Any:
    real = output.dtype.type
    total, one, zero = real(0.0), real(1.0), real(0.0)
    share = one / real(count)
    for b in range(count):
        z, truth = output[b], target[b]
        small = exp(-abs(z))
        p = one / (one + small) if z >= zero else small / (one + small)
        if code == SIGMOID:
            total += softplus(z) - z * truth
            slopes[b] = share * (p - truth)
        else:
            total -= truth * log(p) + (one - truth) * log(one - p)
            slope = (one - truth) * (one / (one - p)) - truth * (one / p)
            slopes[b] = share * slope * p * (one - p)
    return total * share


@called
def _classes(
    code: int, output: Any, target: Any, slopes: Any, top: Any, mass: Any, count: int
) -> Any:
    real, lanes = output.dtype.type, len(top)
    total, one, units = real(0.0), real(1.0), len(output) // lanes
    share = one / real(count)
    probabilities(output, slopes, top, mass, count)
    for b in range(count):
        # One-hot targets have mass 1; smoothed or weighted ones need not.
        whole, weighted, inside = real(0.0), real(0.0), real(0.0)
        for k in range(units):
            truth, p = target[k * lanes + b], slopes[k * lanes + b]
            whole += truth
            if code == SOFTMAX:
                inside += truth * output[k * lanes + b]
            else:
                inside += truth * log(p)
                weighted += p * (truth * (one / p))
        if code == SOFTMAX:
            total += whole * (top[b] + log(mass[b])) - inside
        else:
            total -= inside
        for k in range(units):
            truth, p = target[k * lanes + b], slopes[k * lanes + b]
            slope = whole * p - truth if code == SOFTMAX else p * (weighted - truth * (one / p))
            slopes[k * lanes + b] = share * slope
    return total * share


@called
def probabilities(output: Any, found: Any, top: Any, mass: Any, count: int) -> None:
    """Write the softmax of each sample's outputs, its largest output and its sum."""
    real, lanes = output.dtype.type, len(top)
    units = len(output) // lanes
    copy(row_of(output, 0, lanes), top)
    for k in range(1, units):
        row = row_of(output, k, lanes)
        for b in range(count):
            # NaN stays NaN, as in torch.
            top[b] = row[b] if row[b] > top[b] or row[b] != row[b] else top[b]
    fill(mass, real(0.0))
    for k in range(units):
        row, p = row_of(output, k, lanes), row_of(found, k, lanes)
        for b in range(count):
            p[b] = exp(row[b] - top[b])
            mass[b] += p[b]
    for k in range(units):
        p = row_of(found, k, lanes)
        for b in range(count):
            p[b] /= mass[b]


@called
def slopes_along(
    code: int, output: Any, target: Any, tangent: Any, change: Any, top: Any, mass: Any, count: int
) -> None:
    """Write how dL/do changes while the outputs move along a tangent."""
    real, lanes = output.dtype.type, len(top)
    one, zero, two = real(1.0), real(0.0), real(2.0)
    units = len(output) // lanes
    fill(change, zero)
    if code <= HUBER:
        share = one if code == SUM_SQUARES else one / real(units * count)
        for k in range(units):
            o, y = row_of(output, k, lanes), row_of(target, k, lanes)
            r, e = row_of(tangent, k, lanes), row_of(change, k, lanes)
            for b in range(count):
                bend = two
                if code == HUBER:
                    bend = one if abs(o[b] - y[b]) <= one else zero
                e[b] = share * bend * r[b]
    elif code <= NAIVE_SIGMOID:
        for b in range(count):
            small = exp(-abs(output[b]))
            p = one / (one + small)
            change[b] = p * (one - p) * tangent[b] / real(count)
    else:
        probabilities(output, change, top, mass, count)
        for b in range(count):
            whole, mean = zero, zero
            for k in range(units):
                whole += target[k * lanes + b]
                mean += change[k * lanes + b] * tangent[k * lanes + b]
            for k in range(units):
                at = k * lanes + b
                change[at] *= whole * (tangent[at] - mean) / real(count)
