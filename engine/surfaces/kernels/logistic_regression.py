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

if TYPE_CHECKING:
    from numpy.typing import NDArray


@jit()
def cross_entropy(z: Any, ones: Any, zeros: Any, T: Any) -> Any:
    """Return the loss of `ones` ones and `zeros` zeros at z, and its two derivatives by z."""
    e = np.exp(-abs(z))
    total = T(1.0) + e
    above, below = T(1.0) / total, e / total
    sigmoid, complement = (above, below) if z >= T(0.0) else (below, above)
    excess, tail = abs(z), np.log1p(e)
    # A count of 0 must not meet an infinite z: 0 · ∞ is not a number.
    wrong = zeros if z >= T(0.0) else ones
    f = (ones + zeros) * tail + (wrong * excess if wrong > T(0.0) else T(0.0))
    return f, zeros * sigmoid - ones * complement, (ones + zeros) * sigmoid * complement


@jit()
def terms(x: Any, y: Any, data: int, step: int, T: Any) -> Any:
    """Return f, gx, gy, hxx, hxy, hyy."""
    f, gx, gy = T(0.0), T(0.0), T(0.0)
    hxx, hxy, hyy = T(0.0), T(0.0), T(0.0)
    full = step < 0 or peek(data, BATCH) == 0
    features, targets = int(peek(data, FEATURES)), int(peek(data, TARGETS))
    first, count = first_row(data, step), row_count(data, step)
    if full:
        first, count, features = 0, int(peek(data, MODEL)), MODEL + 1
    for place in range(first, first + count):
        row = place if full else row_at(data, step, place)
        feature = T(peek(data, features + row))
        if full:
            ones, zeros = (
                T(peek(data, features + count + row)),
                T(peek(data, features + 2 * count + row)),
            )
        else:
            ones = T(peek(data, targets + row))
            zeros = T(1.0) - ones
        loss, slope, curvature = cross_entropy(x * feature + y, ones, zeros, T)
        f += loss
        gx += slope * feature
        gy += slope
        hxx += curvature * feature * feature
        hxy += curvature * feature
        hyy += curvature
    seen = peek(data, ROWS) if full else count
    weight = T(1.0) / T(seen) if peek(data, MEAN) > 0 else T(1.0)
    return weight * f, weight * gx, weight * gy, weight * hxx, weight * hxy, weight * hyy


def build(precision: str) -> tuple[Any, Any]:
    """Return (value_gradient, second_order), compiled or loaded from the cache."""
    return pair(__name__, precision)


def python_source(block: NDArray[np.float64]) -> str:
    """Return plain Python text that defines the two kernels; `block` becomes their data."""
    return plain_source(first_row, row_count, row_at, cross_entropy, terms)
