"""The cliff of a one-unit recurrent network (Pascanu, Mikolov, Bengio 2013, figure 6).

    x_t = w σ(x_{t−1}) + b,  x₀ = ½,  loss (σ(x_T) − 0.7)²

First and second derivatives are carried forward through the recurrence, exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.compile import jit
from engine.surfaces.kernels.batches import peek
from engine.surfaces.kernels.pair import pair
from engine.surfaces.kernels.plain import plain_source

if TYPE_CHECKING:
    from numpy.typing import NDArray


@jit()
def sigmoid(z: Any, T: Any) -> Any:
    """Return σ(z), σ'(z) and σ''(z) without overflow."""
    e = np.exp(-abs(z))
    total = T(1.0) + e
    above, below = T(1.0) / total, e / total
    s, complement = (above, below) if z >= T(0.0) else (below, above)
    return s, s * complement, s * complement * (complement - s)


@jit()
def terms(x: Any, y: Any, data: int, step: int, T: Any) -> Any:
    """Return f, gx, gy, hxx, hxy, hyy at w = `x`, b = `y`."""
    two = T(2.0)
    z, zx, zy, zxx, zxy, zyy = T(0.5), T(0.0), T(0.0), T(0.0), T(0.0), T(0.0)
    for _ in range(int(peek(data, 0))):
        s, s1, s2 = sigmoid(z, T)
        zxx = two * s1 * zx + x * (s2 * zx * zx + s1 * zxx)
        zxy = s1 * zy + x * (s2 * zx * zy + s1 * zxy)
        zyy = x * (s2 * zy * zy + s1 * zyy)
        zx, zy = s + x * s1 * zx, T(1.0) + x * s1 * zy
        z = x * s + y
    s, s1, s2 = sigmoid(z, T)
    error = s - T(0.7)
    slope, curvature = two * error * s1, two * (s1 * s1 + error * s2)
    return (
        error * error,
        slope * zx,
        slope * zy,
        curvature * zx * zx + slope * zxx,
        curvature * zx * zy + slope * zxy,
        curvature * zy * zy + slope * zyy,
    )


def build(precision: str) -> tuple[Any, Any]:
    """Return (value_gradient, second_order), compiled or loaded from the cache."""
    return pair(__name__, precision)


def python_source(block: NDArray[np.float64], precision: str = "float64") -> str:
    """Return plain Python text that defines the two kernels; `block` becomes their data."""
    return plain_source(precision, sigmoid, terms)
