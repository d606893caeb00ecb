"""Elementary functions by name: NumPy's when Python calls them, vector code in kernels.

Declarations may import this module, for it does without Numba. `engine.vector_math` tells Numba
what these names are inside compiled code. Each takes and returns one real number; infinities and
NaN are answered as IEEE 754 has it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def exp(x: Any) -> Any:
    """Return eˣ."""
    return np.exp(x)


def expm1(x: Any) -> Any:
    """Return eˣ − 1, accurate near 0."""
    return np.expm1(x)


def log(x: Any) -> Any:
    """Return the natural logarithm: −∞ at 0, NaN below."""
    return np.log(x)


def softplus(x: Any) -> Any:
    """Return log(1 + eˣ), which cannot overflow before x does."""
    return np.logaddexp(x, type(x)(0.0))


def sigmoid(x: Any) -> Any:
    """Return 1 / (1 + e⁻ˣ)."""
    small = np.exp(-abs(x))
    return (1.0 if x >= 0.0 else small) / (1.0 + small)


def tanh(x: Any) -> Any:
    """Return the hyperbolic tangent."""
    return np.tanh(x)


def erf(x: Any) -> Any:
    """Return the error function 2/√π ∫₀ˣ e^{−t²} dt."""
    return math.erf(x)


def sin(x: Any) -> Any:
    """Return the sine."""
    return np.sin(x)


def cos(x: Any) -> Any:
    """Return the cosine."""
    return np.cos(x)
