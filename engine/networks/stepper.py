"""One optimizer's step for every parameter at once, compiled on its own and called by address.

The rules are the scalar ones of `engine.optimizers`; here they run along the flat vector of
parameters, where LLVM makes vectors of them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
from numba import float64, int64, void
from numba.extending import overload
from numba.np.unsafe.ndarray import to_fixed_tuple

from engine.compile import INNER, NUMBA_REALS, OPTIONS, jit
from engine.compiled_rules import HYPERPARAMETERS, per_step, to_precision, without_denormals
from engine.optimizers import optimizer_named

if TYPE_CHECKING:
    from engine.optimizers.optimizer import Optimizer


def advance_one(name: str, *rest: Any) -> Any:
    """Return (x, state) of one parameter after a step; compiled per optimizer by the overload."""
    raise TypeError("advance_one is only for compiled code")


@overload(advance_one, inline="always", strict=False, jit_options=OPTIONS)  # type: ignore[untyped-decorator]
def _advance_one(name: Any, x: Any, g: Any, state: Any, k: Any) -> Any:
    if not isinstance(name, numba.types.StringLiteral):
        return None
    update = numba.njit(**INNER)(optimizer_named(name.literal_value).update)
    return lambda name, x, g, state, k: update(x, g, state, k)


def put(array: Any, j: int, values: Any) -> None:
    """Write a tuple to column j of an array; compiled by the overload below."""
    raise TypeError("put is only for compiled code")


@overload(put, inline="always", strict=False, jit_options=OPTIONS)  # type: ignore[untyped-decorator]
def _put(array: Any, j: Any, values: Any) -> Any:
    lines = "".join(f"    array[{i}, j] = values[{i}]\n" for i in range(len(values)))
    scope: dict[str, Any] = {}
    exec(f"def put(array, j, values):\n{lines}", scope)
    return scope["put"]


def column(array: Any, j: int, like: Any) -> Any:
    """Return column j of an array as a tuple as long as `like`; compiled by the overload below."""
    raise TypeError("column is only for compiled code")


@overload(column, inline="always", strict=False, jit_options=OPTIONS)  # type: ignore[untyped-decorator]
def _column(array: Any, j: Any, like: Any) -> Any:
    items = "".join(f"array[{i}, j]," for i in range(len(like)))
    scope: dict[str, Any] = {}
    exec(f"def column(array, j, like): return ({items})", scope)
    return scope["column"]


def fresh_state(optimizer: Optimizer, size: int, real: Any) -> Any:
    """Return an optimizer's first state, (numbers per parameter, size)."""
    state = np.empty((len(optimizer.state), size), real)
    state[:] = np.array(optimizer.state, real)[:, None]
    return state


@cache
def stepper_kernel(name: str, precision: str) -> Any:
    """Return step(t, rate, shrink, h, carry, theta, gradient, state) for an elementwise optimizer.

    `carry`, `theta` and `state` are written; `shrink` is what decoupled decay multiplies by.
    """
    optimizer = optimizer_named(name)
    like = tuple(optimizer.state)
    carried = len(optimizer.carry)
    real = NUMBA_REALS[precision]

    @jit(
        void(int64, float64, real, float64[::1], float64[::1], real[::1], real[::1], real[:, ::1]),
        name=f"{name}.{precision}",
    )
    def step(
        t: int, rate: float, shrink: Any, h: Any, carry: Any, theta: Any, gradient: Any, state: Any
    ) -> None:
        numbers = to_fixed_tuple(h, HYPERPARAMETERS)
        before = to_fixed_tuple(carry, carried)
        after, k64 = per_step(name, t, rate, numbers, before)
        after = without_denormals(after)
        for i, value in enumerate(after):
            carry[i] = value
        k = to_precision(k64, shrink)
        for j in range(len(theta)):
            x = shrink * theta[j]
            x, new = advance_one(name, x, gradient[j], column(state, j, like), k)
            theta[j] = x
            put(state, j, new)

    return step
