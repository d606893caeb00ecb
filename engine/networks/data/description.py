"""What is in the columns of a table, for somebody who has to choose among them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.networks.data.columns import NumberColumn

if TYPE_CHECKING:
    from engine.networks.data.columns import Column, Kind, MixedTable

MOST_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class ColumnDescription:
    """One column in short.

    Parameters
    ----------
    name : of the column.
    kind : what it holds.
    rows, blanks : how many there are, and how many of them have no usable value.
    distinct : how many different values there are.
    crowded : whether there are more texts than are told apart, so that `distinct` is a lower bound.
    low, high : range of numbers; NaN where there are none.
    examples : the first texts in order; none for numbers.
    """

    name: str
    kind: Kind
    rows: int
    blanks: int
    distinct: int
    crowded: bool = False
    low: float = math.nan
    high: float = math.nan
    examples: tuple[str, ...] = ()


def describe(table: MixedTable) -> tuple[ColumnDescription, ...]:
    """Return a description of each column of `engine.networks.data.table_files.read_table`."""
    return tuple(_described(name, column) for name, column in table.columns.items())


def _described(name: str, column: Column) -> ColumnDescription:
    present = column.present
    rows = len(present)
    blanks = rows - int(np.count_nonzero(present))
    if isinstance(column, NumberColumn):
        values = np.unique(column.values[present])
        low, high = (float(values[0]), float(values[-1])) if len(values) else (math.nan, math.nan)
        return ColumnDescription(name, column.kind, rows, blanks, len(values), low=low, high=high)
    return ColumnDescription(
        name, column.kind, rows, blanks, len(column.texts) + column.crowded, column.crowded,
        examples=column.texts[:MOST_EXAMPLES],
    )  # fmt: skip
