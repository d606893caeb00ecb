"""How often each step of a run asks the surface, counted while it asks.

A counting surface stands before the real one: it has its signature and is handed the same step
number, so that no rule and no loop knows of it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from llvmlite import ir
from numba import float64, intp
from numba.extending import intrinsic

from engine.compile import (
    SECOND_ORDER_SIGNATURE,
    VALUE_GRADIENT_SIGNATURE,
    address_of,
    jit,
    peek,
    second_order_at,
    value_gradient_at,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.landscape import Landscape

#: What a block holds: the real surface's addresses, the last step seen and the last point, whether
#: other steps see other data, whether counting is over.
VALUES, SECONDS, DATA, LAST, LAST_X, LAST_Y, BATCHED, OVER = range(8)
HEAD = 8
#: A loss with its gradient is one evaluation; a Hessian of two coordinates is two products with
#: it, each of which costs as much as two gradients (Pearlmutter 1994).
GRADIENT, HESSIAN = 1.0, 4.0


@intrinsic  # type: ignore[untyped-decorator]
def poke(typing_context: Any, address: Any, index: Any, value: Any) -> Any:
    """Write float64 number `index` of the data block at `address` (unchecked)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = builder.inttoptr(arguments[0], ir.DoubleType().as_pointer())
        builder.store(arguments[2], builder.gep(pointer, [arguments[1]]))
        return arguments[2]

    return float64(intp, intp, float64), generate


@cache
def _kernels(precision: str) -> tuple[Any, Any]:
    """Return the (value_gradient, second_order) that count, in one precision."""

    @jit(VALUE_GRADIENT_SIGNATURE[precision], name=precision)
    def value_gradient(x: Any, y: Any, data: int, t: int) -> Any:
        # A path that broke off is walked again, to find out why: that is no part of its cost.
        if t < peek(data, LAST):
            poke(data, OVER, 1.0)
        # A search ends where the next step begins: what is known there is not asked for again.
        known = float64(x) == peek(data, LAST_X) and float64(y) == peek(data, LAST_Y)
        if t > peek(data, LAST) and peek(data, BATCHED) != 0.0:
            known = False
        if t >= 0 and peek(data, OVER) == 0.0:
            poke(data, LAST, float64(t))
            poke(data, LAST_X, float64(x))
            poke(data, LAST_Y, float64(y))
            if not known:
                poke(data, HEAD + t, peek(data, HEAD + t) + GRADIENT)
        inner = value_gradient_at(intp(peek(data, VALUES)), x)
        return inner(x, y, intp(peek(data, DATA)), t)

    @jit(SECOND_ORDER_SIGNATURE[precision], name=precision)
    def second_order(x: Any, y: Any, data: int, t: int) -> Any:
        if t >= 0 and peek(data, OVER) == 0.0:
            poke(data, HEAD + t, peek(data, HEAD + t) + HESSIAN)
        inner = second_order_at(intp(peek(data, SECONDS)), x)
        return inner(x, y, intp(peek(data, DATA)), t)

    return value_gradient, second_order


def counting(landscape: Landscape, steps: int) -> tuple[Landscape, NDArray[np.float64]]:
    """Return a surface that counts, for one path, and what it counts: evaluations (steps + 1,).

    Row t is what the step that leaves row t has asked for, beyond what is known by then; the last
    row's is the look at the end.
    The counting surface is valid while the real one lives.
    """
    value_gradient, second_order = _kernels(landscape.precision)
    block = np.zeros(HEAD + steps + 1)
    # Addresses are below 2⁵³, so that a float64 holds them exactly.
    block[:HEAD] = (
        address_of(landscape.value_gradient), address_of(landscape.second_order),
        landscape.address, 0.0, np.nan, np.nan, landscape.batched, 0.0,
    )  # fmt: skip
    counted = replace(
        landscape, value_gradient=value_gradient, second_order=second_order, block=block
    )
    return counted, block[HEAD:]
