"""Squared error of a straight line: closed form on all data, a sum over rows on a batch.

With δ = θ − θ* and the feature centred, the error is two squares above its minimum,

    f = f* + c [(δ_b + x̄ δ_w)² + s² δ_w²],

where x̄ and s² are the feature's mean and variance and c is 1 (mean) or n (sum): exact, without
cancellation, and as quick for a million rows as for five.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.compile import jit
from engine.surfaces.kernels.batches import first_row, peek, row_at, row_count
from engine.surfaces.kernels.layout import BATCH, FEATURES, MEAN, MODEL, TARGETS
from engine.surfaces.kernels.pair import pair
from engine.surfaces.kernels.plain import plain_source
from engine.surfaces.kernels.vector_math import jit_sum

if TYPE_CHECKING:
    from numpy.typing import NDArray


@jit()
def on_all_rows(x: Any, y: Any, data: int, T: Any) -> Any:
    """Return loss, gradient and Hessian of the full batch."""
    lowest, slope, intercept = peek(data, MODEL), peek(data, MODEL + 1), peek(data, MODEL + 2)
    mean, variance = T(peek(data, MODEL + 3)), T(peek(data, MODEL + 4))
    weight = T(peek(data, MODEL + 5))
    twice = weight + weight
    dx, dy = x - T(slope), y - T(intercept)
    across, along = dy + mean * dx, variance * dx
    f = T(lowest) + weight * (across * across + along * dx)
    gx, gy = twice * (mean * across + along), twice * across
    return f, gx, gy, twice * (mean * mean + variance), twice * mean, twice


@jit_sum
def on_batch(x: Any, y: Any, data: int, step: int, T: Any) -> Any:
    """Return loss, gradient and Hessian of the step's batch."""
    f, gx, gy, hxx, hxy = T(0.0), T(0.0), T(0.0), T(0.0), T(0.0)
    features, targets = int(peek(data, FEATURES)), int(peek(data, TARGETS))
    first, count = first_row(data, step), row_count(data, step)
    for place in range(first, first + count):
        row = row_at(data, step, place)
        feature = T(peek(data, features + row))
        residual = x * feature + y - T(peek(data, targets + row))
        f += residual * residual
        gx += residual * feature
        gy += residual
        hxx += feature * feature
        hxy += feature
    weight = T(1.0) / T(count) if peek(data, MEAN) > 0 else T(1.0)
    twice = weight + weight
    return weight * f, twice * gx, twice * gy, twice * hxx, twice * hxy, twice * T(count)


@jit()
def terms(x: Any, y: Any, data: int, step: int, T: Any) -> Any:
    """Return f, gx, gy, hxx, hxy, hyy."""
    if step < 0 or peek(data, BATCH) == 0:
        return on_all_rows(x, y, data, T)
    return on_batch(x, y, data, step, T)


def row_curvatures(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the second derivative of each row's loss by its prediction z, (n,)."""
    return np.full_like(z, 2.0)


def build(precision: str) -> tuple[Any, Any]:
    """Return (value_gradient, second_order), compiled or loaded from the cache."""
    return pair(__name__, precision)


def python_source(block: NDArray[np.float64], precision: str = "float64") -> str:
    """Return plain Python text that defines the two kernels; `block` becomes their data."""
    return plain_source(precision, first_row, row_count, row_at, on_all_rows, on_batch, terms)
