"""Which rows of the data a step sees; compiled, shared by the data-driven kernels."""

from __future__ import annotations

from typing import Any

from engine import compile as compiler
from engine.compile import jit
from engine.surfaces.kernels.layout import BATCH, ORDER, PER_EPOCH, ROWS, STORED

#: Numba declares an intrinsic with its hidden first argument; a kernel calls it without.
peek: Any = compiler.peek


@jit()
def first_row(data: int, step: int) -> int:
    """Return where in the order of rows the batch of `step` starts; 0 for the full batch."""
    if step < 0 or peek(data, BATCH) == 0:
        return 0
    number = step % int(peek(data, STORED))
    per_epoch = int(peek(data, PER_EPOCH))
    epoch = number // per_epoch
    return epoch * int(peek(data, ROWS)) + (number - epoch * per_epoch) * int(peek(data, BATCH))


@jit()
def row_count(data: int, step: int) -> int:
    """Return how many rows `step` sees; an epoch's last batch may be smaller."""
    rows = int(peek(data, ROWS))
    if step < 0 or peek(data, BATCH) == 0:
        return rows
    return min(int(peek(data, BATCH)), rows - first_row(data, step) % rows)


@jit()
def row_at(data: int, step: int, place: int) -> int:
    """Return which row stands at `place` in the order that `step` reads."""
    if step < 0 or peek(data, BATCH) == 0:
        return place
    return int(peek(data, int(peek(data, ORDER)) + place))
