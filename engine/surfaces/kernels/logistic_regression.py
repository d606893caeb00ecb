"""Cross-entropy of a logistic model p = σ(wx + b) (Cox 1958; torch's BCEWithLogitsLoss).

With z = wx + b and e = exp(−|z|), which cannot overflow, a 1 costs softplus(−z) =
max(−z, 0) + log(1 + e) and a 0 costs softplus(z): no row is ever log(0). On all data, rows of
the same feature are counted instead of repeated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.compile import jit
from engine.surfaces.kernels.batches import first_row, peek, row_at, row_count
from engine.surfaces.kernels.layout import BATCH, FEATURES, MEAN, MODEL, ROWS, TARGETS
from engine.surfaces.kernels.pair import pair
from engine.surfaces.kernels.plain import plain_source
from engine.surfaces.kernels.vector_math import (
    exp_below_zero,
    jit_inline,
    jit_sum,
    log_one_plus,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


@jit_inline
def cross_entropy(z: Any, ones: Any, zeros: Any, T: Any) -> Any:
    """Return the loss of `ones` ones and `zeros` zeros at z, and its two derivatives by z."""
    positive, excess = z >= T(0.0), abs(z)
    e = exp_below_zero(-excess)
    tail = T(log_one_plus(e))
    above = T(1.0) / (T(1.0) + T(e))
    below = T(e) * above
    sigmoid, complement = above if positive else below, below if positive else above
    wrong = zeros if positive else ones
    # A count of 0 must not meet an infinite z: 0 · ∞ is not a number.
    f = (ones + zeros) * tail + (wrong * excess if wrong > T(0.0) else T(0.0))
    return f, zeros * sigmoid - ones * complement, (ones + zeros) * sigmoid * complement


@jit_sum
def on_all_rows(x: Any, y: Any, data: int, T: Any) -> Any:
    """Return the sums over all rows, those of the same feature counted, and their number."""
    f, gx, gy, hxx, hxy, hyy = T(0.0), T(0.0), T(0.0), T(0.0), T(0.0), T(0.0)
    count = int(peek(data, MODEL))
    for place in range(MODEL + 1, MODEL + 1 + count):
        feature, ones = T(peek(data, place)), T(peek(data, place + count))
        zeros = T(peek(data, place + 2 * count))
        loss, slope, curvature = cross_entropy(x * feature + y, ones, zeros, T)
        f += loss
        gx += slope * feature
        gy += slope
        hxx += curvature * feature * feature
        hxy += curvature * feature
        hyy += curvature
    return f, gx, gy, hxx, hxy, hyy, int(peek(data, ROWS))


@jit_sum
def on_batch(x: Any, y: Any, data: int, step: int, T: Any) -> Any:
    """Return the sums over the step's batch and the number of its rows."""
    f, gx, gy, hxx, hxy, hyy = T(0.0), T(0.0), T(0.0), T(0.0), T(0.0), T(0.0)
    features, targets = int(peek(data, FEATURES)), int(peek(data, TARGETS))
    first, count = first_row(data, step), row_count(data, step)
    for place in range(first, first + count):
        row = row_at(data, step, place)
        feature, ones = T(peek(data, features + row)), T(peek(data, targets + row))
        loss, slope, curvature = cross_entropy(x * feature + y, ones, T(1.0) - ones, T)
        f += loss
        gx += slope * feature
        gy += slope
        hxx += curvature * feature * feature
        hxy += curvature * feature
        hyy += curvature
    return f, gx, gy, hxx, hxy, hyy, count


@jit()
def terms(x: Any, y: Any, data: int, step: int, T: Any) -> Any:
    """Return f, gx, gy, hxx, hxy, hyy."""
    if step < 0 or peek(data, BATCH) == 0:
        f, gx, gy, hxx, hxy, hyy, count = on_all_rows(x, y, data, T)
    else:
        f, gx, gy, hxx, hxy, hyy, count = on_batch(x, y, data, step, T)
    weight = T(1.0) / T(count) if peek(data, MEAN) > 0 else T(1.0)
    return weight * f, weight * gx, weight * gy, weight * hxx, weight * hxy, weight * hyy


def row_curvatures(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the second derivative of each row's loss by its z, (n,): σ(z) σ(−z)."""
    e = np.exp(-np.abs(z))
    curvatures: NDArray[np.float64] = e / (1.0 + e) ** 2
    return curvatures


def build(precision: str) -> tuple[Any, Any]:
    """Return (value_gradient, second_order), compiled or loaded from the cache."""
    return pair(__name__, precision)


def python_source(block: NDArray[np.float64], precision: str = "float64") -> str:
    """Return plain Python text that defines the two kernels; `block` becomes their data."""
    return plain_source(
        precision,
        first_row,
        row_count,
        row_at,
        exp_below_zero,
        log_one_plus,
        cross_entropy,
        on_all_rows,
        on_batch,
        terms,
    )
