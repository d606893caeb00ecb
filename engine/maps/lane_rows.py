"""Rows of lanes: where kernels that walk many runs at once keep one number of each of them.

A row holds `LANES` float64 numbers side by side. Kernels are given the address of the first row:
that all rows stand at known distances from it is what lets LLVM vectorise a loop over the lanes
without asking which of a dozen arrays might overlap.

All of these are called by compiled code alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from llvmlite import ir
from numba import float64, intp, types
from numba.extending import intrinsic, overload

from engine import compile as compiler
from engine.compile import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

#: Runs that are walked side by side: a few vectors, so that one waits while others compute.
LANES = 64

#: Numba declares an intrinsic with its hidden first argument; a kernel calls it without.
peek: Callable[..., float] = compiler.peek


@intrinsic  # type: ignore[untyped-decorator]
def _poke(typing_context: Any, address: Any, index: Any, value: Any) -> Any:
    """Write float64 number `index` of the block at `address` (unchecked)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = builder.inttoptr(arguments[0], ir.DoubleType().as_pointer())
        builder.store(arguments[2], builder.gep(pointer, [arguments[1]]))
        return context.get_dummy_value()

    return types.void(intp, intp, float64), generate


poke: Any = _poke


def read_rows(like: tuple[float, ...], address: int, row: int, lane: int) -> tuple[float, ...]:
    """Return one lane of as many rows as `like` has numbers, from row `row` on."""
    raise TypeError("read_rows is only for compiled code")


@overload(read_rows, inline="always", strict=False, jit_options=OPTIONS)  # type: ignore[untyped-decorator]
def _read_rows(like: Any, address: Any, row: Any, lane: Any) -> Any:
    # Numba cannot build a tuple of computed length, so the length is written out.
    items = "".join(f"peek(address, (row + {i}) * {LANES} + lane)," for i in range(len(like)))
    scope: dict[str, Any] = {"peek": peek}
    exec(f"def read(like, address, row, lane): return ({items})", scope)
    return scope["read"]


def write_rows(values: tuple[float, ...], address: int, row: int, lane: int) -> None:
    """Write one lane of as many rows as there are values, from row `row` on."""
    raise TypeError("write_rows is only for compiled code")


@overload(write_rows, inline="always", strict=False, jit_options=OPTIONS)  # type: ignore[untyped-decorator]
def _write_rows(values: Any, address: Any, row: Any, lane: Any) -> Any:
    lines = "".join(
        f"    poke(address, (row + {i}) * {LANES} + lane, values[{i}])\n"
        for i in range(len(values))
    )
    scope: dict[str, Any] = {"poke": poke}
    exec(f"def write(values, address, row, lane):\n{lines}", scope)
    return scope["write"]


def rows(count: int) -> Any:
    """Return room for `count` rows, all 0."""
    return np.zeros(count * LANES)
