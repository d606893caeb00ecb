"""Absolute error of a straight line, Σ|wx + b − y|: least absolute deviations (Boscovich 1757)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.surfaces.kernels.batches import first_row, peek, row_at, row_count
from engine.surfaces.kernels.layout import FEATURES, MEAN, TARGETS
from engine.surfaces.kernels.pair import pair
from engine.surfaces.kernels.plain import plain_source
from engine.surfaces.kernels.vector_math import jit_sum

if TYPE_CHECKING:
    from numpy.typing import NDArray


@jit_sum
def terms(x: Any, y: Any, data: int, step: int, T: Any) -> Any:
    """Return f, gx, gy, hxx, hxy, hyy; the sign of a zero residual counts as 0, as in torch."""
    f, gx, gy = T(0.0), T(0.0), T(0.0)
    features, targets = int(peek(data, FEATURES)), int(peek(data, TARGETS))
    first, count = first_row(data, step), row_count(data, step)
    for place in range(first, first + count):
        row = row_at(data, step, place)
        feature = T(peek(data, features + row))
        residual = x * feature + y - T(peek(data, targets + row))
        sign = T(np.sign(residual))
        f += abs(residual)
        gx += sign * feature
        gy += sign
    weight = T(1.0) / T(count) if peek(data, MEAN) > 0 else T(1.0)
    return weight * f, weight * gx, weight * gy, T(0.0), T(0.0), T(0.0)


def row_curvatures(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the second derivative of each row's loss by its prediction z, (n,)."""
    return np.zeros_like(z)


def build(precision: str) -> tuple[Any, Any]:
    """Return (value_gradient, second_order), compiled or loaded from the cache."""
    return pair(__name__, precision)


def python_source(block: NDArray[np.float64], precision: str = "float64") -> str:
    """Return plain Python text that defines the two kernels; `block` becomes their data."""
    return plain_source(precision, first_row, row_count, row_at, terms)
