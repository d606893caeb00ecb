"""Makes a surface's two compiled kernels out of one function that computes all six numbers."""

from __future__ import annotations

from typing import Any

from engine.compile import load_generated

# Numba can cache a kernel that finds another in its module, not one that closes over it.
TEMPLATE = """import numpy as np

from engine.compile import SECOND_ORDER_SIGNATURE, VALUE_GRADIENT_SIGNATURE, jit
from {module} import terms

T = np.{precision}


@jit(VALUE_GRADIENT_SIGNATURE["{precision}"])
def value_gradient(x, y, data, step):
    return terms(x, y, data, step, T)[:3]


@jit(SECOND_ORDER_SIGNATURE["{precision}"])
def second_order(x, y, data, step):
    return terms(x, y, data, step, T)
"""


def pair(module: str, precision: str) -> tuple[Any, Any]:
    """Return (value_gradient, second_order) for a module's compiled ``terms(x, y, data, step, T)``.

    `T` is the run's precision as a type; `terms` returns f, gx, gy, hxx, hxy, hyy. What the first
    kernel does not return, it does not compute: the compiler removes it.
    """
    names = load_generated(TEMPLATE.format(module=module, precision=precision))
    return names["value_gradient"], names["second_order"]
