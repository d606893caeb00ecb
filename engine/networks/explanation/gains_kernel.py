"""The gains of a step, compiled per optimizer: looks at curvature are scaled by them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import float64, int64, types, void
from numba.np.unsafe.ndarray import to_fixed_tuple

from engine.compile import NUMBA_REALS, function_at, jit
from engine.compiled_rules import (
    HYPERPARAMETERS,
    gain_between,
    per_step,
    to_precision,
    without_denormals,
)
from engine.networks.stepper import column
from engine.optimizers import optimizer_named


def gains_signature(real: Any) -> Any:
    """Return the signature of the kernels that `gains_kernel` makes."""
    return void(int64, float64, float64[::1], float64[::1], real[:, ::1], real[:, ::1], real[::1])


gains_at = function_at({q: types.FunctionType(gains_signature(r)) for q, r in NUMBA_REALS.items()})


@cache
def gains_kernel(name: str, precision: str) -> Any:
    """Return gains(t, rate, h, carry, before, after, roots) for a preconditioned optimizer.

    `carry` and `before` are what it kept before its step t, `after` what it kept behind it; the
    square root of each gain is written, NaN for one below 0.
    """
    optimizer = optimizer_named(name)
    like, carried = tuple(optimizer.state), len(optimizer.carry)
    real = NUMBA_REALS[precision]

    @jit(gains_signature(real), name=f"{name}.{precision}")
    def gains(t: int, rate: float, h: Any, carry: Any, before: Any, after: Any, roots: Any) -> None:
        numbers = to_fixed_tuple(h, HYPERPARAMETERS)
        _, k64 = per_step(name, t, rate, numbers, without_denormals(to_fixed_tuple(carry, carried)))
        k = to_precision(k64, roots[0])
        for j in range(len(roots)):
            roots[j] = np.sqrt(
                gain_between(name, column(before, j, like), column(after, j, like), k)
            )

    return gains
