"""From a table's columns to inputs: numbers as they are, texts as one column of 0 and 1 each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.networks.data.choice import choose
from engine.networks.data.columns import NumberColumn
from engine.networks.data.data_set import DataSet
from engine.networks.data.targets import target_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from engine.networks.data.columns import Column, MixedTable

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

#: Inputs of more bytes are refused: training needs them several times.
MOST_BYTES = 1_000_000_000


def data_set(
    table: MixedTable, features: tuple[str, ...] = (), target: str = "", task: str = "auto"
) -> DataSet:
    """Return a table's rows as inputs and targets.

    Rows in which a chosen column is blank are left out. A column of texts becomes one input for
    each of its at most 50 texts (``"colour=red"``), a yes/no column a single one.

    Raises
    ------
    ValueError : with a plain sentence naming the column and the fix.
    """
    chosen = choose(table, features, target)
    usable, left_out = _usable(table, (*chosen.features, chosen.target))
    parts = [(name, _labels(name, table.columns[name], usable)) for name in chosen.features]
    width, rows = sum(len(labels) for _, labels in parts), int(np.count_nonzero(usable))
    if 8 * width * rows > MOST_BYTES:
        raise ValueError(
            f"The features make {width:,} inputs of {rows:,} rows, {8e-9 * width * rows:.1f} GB; "
            f"at most {1e-9 * MOST_BYTES:.0f} GB are used: choose fewer features or rows."
        )
    inputs = np.empty((rows, width))
    j = 0
    for name, labels in parts:
        _fill(inputs[:, j : (j := j + len(labels))], table.columns[name], labels, usable)
    names = tuple(label for _, labels in parts for label in labels)
    found = target_of(chosen.target, table.columns[chosen.target], usable, task)
    notes = (
        *table.notes, *chosen.notes, *left_out, *_strange(table, chosen.features),
        *_constant(inputs, names), *found.notes,
    )  # fmt: skip
    return DataSet(
        table.name, found.task, inputs, found.values, names, (chosen.target,), found.classes, notes
    )


def _usable(table: MixedTable, names: tuple[str, ...]) -> tuple[Mask, tuple[str, ...]]:
    """Return which rows have all columns, and a note about the others."""
    usable = np.ones(table.rows, dtype=np.bool_)
    gaps = {}
    for name in names:
        present = table.columns[name].present
        gaps[name] = table.rows - int(np.count_nonzero(present))
        usable &= present
    left_out = table.rows - int(np.count_nonzero(usable))
    worst = sorted((name for name in names if gaps[name]), key=lambda name: -gaps[name])
    where = " or ".join(worst[:3]) if len(worst) < 4 else f"one of {len(worst)} columns"
    if left_out == table.rows:
        raise ValueError(
            f"No row of {table.name} has a value in every chosen column; {worst[0]} lacks "
            f"{gaps[worst[0]]:,} of {table.rows:,}: leave it out."
        )
    if not left_out:
        return usable, ()
    verb = "was" if left_out == 1 else "were"
    return usable, (
        f"{left_out:,} of {table.rows:,} rows {verb} left out: {where} is blank or has no usable "
        "value there.",
    )


def _labels(name: str, column: Column, usable: Mask) -> tuple[str, ...]:
    """Return the names of the inputs that a column becomes."""
    if isinstance(column, NumberColumn):
        return (name,)
    if column.kind == "yes/no":
        return (f"{name}={column.texts[1]}",)
    return tuple(f"{name}={column.texts[i]}" for i in np.unique(column.codes[usable]))


def _fill(out: Array, column: Column, labels: tuple[str, ...], usable: Mask) -> None:
    """Write a column's inputs, (rows, labels)."""
    if isinstance(column, NumberColumn):
        out[:, 0] = column.values[usable]
    elif column.kind == "yes/no":
        out[:, 0] = column.codes[usable]
    else:
        present, which = np.unique(column.codes[usable], return_inverse=True)
        assert len(present) == len(labels)
        out[:] = 0.0
        out[np.arange(len(out)), which] = 1.0


def _strange(table: MixedTable, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        column = table.columns[name]
        if isinstance(column, NumberColumn) and column.strange:
            count = f"{column.strange:,} cells" if column.strange > 1 else "1 cell"
            yield f"{count} of {name} {'are' if column.strange > 1 else 'is'} text among numbers."


def _constant(inputs: Array, names: tuple[str, ...]) -> Iterator[str]:
    same = np.flatnonzero((inputs == inputs[0]).all(axis=0))
    if len(same) and len(inputs) > 1:
        some = ", ".join(names[j] for j in same[:5]) + (", …" if len(same) > 5 else "")
        yield f"The same in every row, so that nothing can be learned from it: {some}."
