"""Loss, gradient and Hessian-vector product over any number of rows, a block of them at a time.

Blocks that have a work of their own keep all that a gradient left there, so that the products
that follow repeat nothing; otherwise they share one work, and each product begins with a gradient.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import boolean, float64, int64, intp, types, void

from engine.compile import NUMBA_REALS, function_at, jit
from engine.inlining import inlined
from engine.networks.loop import ROWS, gather, gradient_at
from engine.networks.norm_kernels import fill
from engine.networks.tiles import lanes_of


def product_signature(real: Any) -> Any:
    """Return the signature of `engine.networks.product.product_kernel`'s kernels."""
    return void(int64[::1], real[::1], real[::1], real[::1], int64, real[::1])


product_at = function_at(
    {q: types.FunctionType(product_signature(r)) for q, r in NUMBA_REALS.items()}
)


@inlined
def blocks_of(rows: Any, block: int) -> int:
    """Return how many blocks the rows make."""
    return (len(rows) + block - 1) // block


@inlined
def part_of(rows: Any, block: int, n: int) -> Any:
    """Return one block's rows."""
    return rows[n * block : min(len(rows), (n + 1) * block)]


@inlined
def share_of(here: Any, rows: Any, mean: bool) -> float:
    """Return what a block's loss counts for: its part of the rows, or 1 where losses add up."""
    return len(here) / len(rows) if mean else 1.0


@inlined
def gradient_sum(
    plan: Any, address: int, inputs: Any, targets: Any, rows: Any, block: int, mean: bool,
    dropout: float, key: int, theta: Any, works: Any, part: Any, total: Any,
) -> float:  # fmt: skip
    """Write the gradient over all rows, unless `total` has no length, and return the loss."""
    evaluate = gradient_at(address, theta[0])
    lanes = lanes_in(theta)
    fill(total, theta.dtype.type(0.0))
    loss = 0.0
    for n in range(blocks_of(rows, block)):
        here, work = part_of(rows, block, n), works[min(n, len(works) - 1)]
        gather(plan, work, inputs, targets, here, (len(here) + lanes - 1) // lanes * lanes)
        share = share_of(here, rows, mean)
        loss += share * evaluate(plan, theta, work, len(here), dropout, key, part)
        weight = theta.dtype.type(share)
        for j in range(len(total)):
            total[j] += weight * part[j]
    return loss


@inlined
def product_sum(
    plan: Any, addresses: Any, inputs: Any, targets: Any, rows: Any, block: int, mean: bool,
    dropout: float, key: int, theta: Any, vector: Any, works: Any, part: Any, total: Any,
) -> None:  # fmt: skip
    """Write the Hessian over all rows times a vector.

    Where every block has a work, the gradient at `theta` has just been computed in them.
    """
    gradient, product = addresses
    evaluate, multiply = gradient_at(gradient, theta[0]), product_at(product, theta[0])
    lanes, blocks = lanes_in(theta), blocks_of(rows, block)
    fill(total, theta.dtype.type(0.0))
    for n in range(blocks):
        here, work = part_of(rows, block, n), works[min(n, len(works) - 1)]
        if len(works) < blocks:
            gather(plan, work, inputs, targets, here, (len(here) + lanes - 1) // lanes * lanes)
            evaluate(plan, theta, work, len(here), dropout, key, part)
        multiply(plan, theta, vector, work, len(here), part)
        weight = theta.dtype.type(share_of(here, rows, mean))
        for j in range(len(total)):
            total[j] += weight * part[j]


_LANES = {8: lanes_of("float64"), 4: lanes_of("float32")}
_DOUBLE, _SINGLE = _LANES[8], _LANES[4]


@inlined
def lanes_in(theta: Any) -> int:
    """Return how many numbers of the parameters' precision one vector holds."""
    return _DOUBLE if theta.itemsize == 8 else _SINGLE


def _rows_signature(real: Any) -> tuple[Any, ...]:
    """Return the types from inputs to `key`."""
    return (real[:, ::1], real[:, ::1], ROWS, int64, boolean, float64, int64)


@cache
def values_kernel(precision: str) -> Any:
    """Return values(plan, address, …, points, works, losses): the loss at each of many points.

    `points` is (m, P), `losses` (m,), which is written.
    """
    real = NUMBA_REALS[precision]
    signature = void(
        int64[::1], intp, *_rows_signature(real), real[:, ::1], real[:, ::1], float64[::1]
    )

    @jit(signature, name=precision)
    def values(
        plan: Any, address: int, inputs: Any, targets: Any, rows: Any, block: int, mean: bool,
        dropout: float, key: int, points: Any, works: Any, losses: Any,
    ) -> None:  # fmt: skip
        nothing = np.empty(0, points.dtype)
        for i in range(len(losses)):
            losses[i] = gradient_sum(
                plan, address, inputs, targets, rows, block, mean, dropout, key, points[i],
                works, nothing, nothing,
            )  # fmt: skip

    return values


@cache
def gradients_kernel(precision: str) -> Any:
    """Return gradient(plan, address, …, theta, works, part, total) -> loss."""
    real = NUMBA_REALS[precision]
    signature = float64(
        int64[::1], intp, *_rows_signature(real), real[::1], real[:, ::1], real[::1], real[::1]
    )

    @jit(signature, name=precision)
    def gradient(
        plan: Any, address: int, inputs: Any, targets: Any, rows: Any, block: int, mean: bool,
        dropout: float, key: int, theta: Any, works: Any, part: Any, total: Any,
    ) -> Any:  # fmt: skip
        return gradient_sum(
            plan, address, inputs, targets, rows, block, mean, dropout, key, theta, works, part,
            total,
        )  # fmt: skip

    return gradient


@cache
def products_kernel(precision: str) -> Any:
    """Return product(plan, addresses, …, theta, vector, works, part, total)."""
    real = NUMBA_REALS[precision]
    signature = void(
        int64[::1], types.UniTuple(intp, 2), *_rows_signature(real), real[::1], real[::1],
        real[:, ::1], real[::1], real[::1],
    )  # fmt: skip

    @jit(signature, name=precision)
    def product(
        plan: Any, addresses: Any, inputs: Any, targets: Any, rows: Any, block: int, mean: bool,
        dropout: float, key: int, theta: Any, vector: Any, works: Any, part: Any, total: Any,
    ) -> None:  # fmt: skip
        product_sum(
            plan, addresses, inputs, targets, rows, block, mean, dropout, key, theta, vector,
            works, part, total,
        )  # fmt: skip

    return product
