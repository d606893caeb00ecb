"""What is shown of data before a network sees them: columns, first rows, some rows to draw."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from engine.networks.data.catalogue import DATASETS
from engine.networks.data.choice import choose, unfit
from engine.networks.data.columns import MixedTable, NumberColumn, TextColumn
from engine.networks.data.description import describe
from engine.networks.data.load import table_of, wanted
from engine.networks.data.made import Made
from engine.networks.data.prepare import prepare
from engine.numbers import short

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.data.columns import Column
    from engine.networks.data.data_set import Array, DataSet, Rows
    from engine.networks.data.description import ColumnDescription
    from engine.networks.data.prepare import Prepared
    from engine.networks.data.settings import NetworkDataSettings

#: Rows that are drawn, and rows by which inputs are judged.
MOST_DRAWN = 1500
#: In place of the number of an input: the target.
TARGET = -1
DIGITS = 6


@dataclass(frozen=True, eq=False)
class DataPreview:
    """Data in short, for somebody who chooses and looks at them.

    Parameters
    ----------
    settings : what was asked for.
    data : all rows, in the units of their source.
    table : all columns, also those that are not used.
    columns : a description of each column.
    misfits : why a column cannot be used, by name.
    features, target : the columns that are used.
    training, validation : numbers of rows.
    rows : (m,) int64, some rows of `data`, spread evenly.
    held : (m,) bool, which of them are set aside for validation.
    axes : the two axes on which the rows tell most: numbers of inputs, or `TARGET`.
    image : rows and columns of pixels if the inputs are a picture.
    notes : plain sentences.
    """

    settings: NetworkDataSettings
    data: DataSet
    table: MixedTable
    columns: tuple[ColumnDescription, ...]
    misfits: dict[str, str]
    features: tuple[str, ...]
    target: str
    training: int
    validation: int
    rows: Rows
    held: NDArray[np.bool_]
    axes: tuple[int, int]
    image: tuple[int, int] | None
    notes: tuple[str, ...]

    def along(self, axis: int) -> Array:
        """Return the drawn rows' values of an input or of the target, (m,); classes as numbers."""
        if axis == TARGET:
            targets = self.data.targets[self.rows]
            return np.asarray(targets, dtype=np.float64).reshape(len(targets), -1)[:, 0]
        values: Array = self.data.inputs[self.rows, axis]
        return values

    def classes(self) -> Rows | None:
        """Return the drawn rows' classes, (m,); None for regression."""
        if self.data.task == "regression":
            return None
        return np.asarray(self.data.targets[self.rows], dtype=np.int64)

    def pictures(self, most: int) -> NDArray[np.uint8]:
        """Return at most so many rows as pictures, (m, height, width), from 0 to 255."""
        assert self.image is not None
        inputs = self.data.inputs[self.rows[:most]]
        low, high = inputs.min(), inputs.max()
        shades = 255 * (inputs - low) / (high - low or 1.0)
        return np.asarray(shades, np.uint8).reshape(len(inputs), *self.image)

    def name(self, axis: int) -> str:
        """Return the name of an input or of the target."""
        return self.data.target_names[0] if axis == TARGET else self.data.feature_names[axis]


def preview(settings: NetworkDataSettings) -> DataPreview:
    """Load, split and look through the data. Raises ValueError as `prepare` does."""
    prepared = prepare(settings)
    data = prepared.data
    entry = DATASETS.get(settings.source)
    image = None
    if isinstance(entry, Made):
        table, features, target = _as_table(data), data.feature_names, data.target_names[0]
        image = entry.image
    else:
        table = table_of(settings.source)
        names, goal, _ = wanted(settings)
        features, target, _ = choose(table, names, goal)
    rows = _some(len(data.inputs))
    columns, misfits = _looked_through(table)
    return DataPreview(
        settings=settings,
        data=data,
        table=table,
        columns=columns,
        misfits=misfits,
        features=features,
        target=target,
        training=len(prepared.rows),
        validation=len(prepared.validation_rows),
        rows=rows,
        held=_held(prepared, rows),
        axes=_axes(data, rows),
        image=image,
        notes=prepared.notes,
    )


def cell(column: Column, row: int) -> str:
    """Return what stands in a row of a column; empty where it is blank."""
    if isinstance(column, NumberColumn):
        value = float(column.values[row])
        return "" if value != value else short(value, DIGITS)
    code = int(column.codes[row])
    if code < 0:
        return ""
    return column.texts[code] if code < len(column.texts) else "…"


def telling(inputs: Array, targets: Array | Rows, regression: bool) -> Rows:
    """Return the inputs' numbers (d,), those that tell most about the target first.

    They are judged one by one: by the share of the target's variance that a line through it
    explains, or by the share of their own variance that lies between classes.

    Parameters
    ----------
    inputs : (n, d), finite.
    targets : (n, k) numbers, of which the first counts, or (n,) classes.
    regression : which of the two.
    """
    largest = np.abs(inputs).max(axis=0)
    scaled = inputs / np.where(largest > 0, largest, 1.0)
    x = scaled - scaled.mean(axis=0)
    if regression:
        y = np.asarray(targets, dtype=np.float64)[:, 0]
        y = y / (float(np.abs(y).max()) or 1.0)
        explained = ((y - y.mean()) @ x) ** 2
    else:
        sizes = np.bincount(targets)
        sums = np.stack([x[targets == c].sum(axis=0) for c in np.flatnonzero(sizes)])
        explained = (sums**2 / sizes[sizes > 0, None]).sum(axis=0)
    own = (x**2).sum(axis=0)
    shares = np.divide(explained, own, out=np.zeros_like(own), where=own > 1e-20 * len(x))
    return np.argsort(-shares, kind="stable")


@lru_cache(maxsize=2)
def _looked_through(table: MixedTable) -> tuple[tuple[ColumnDescription, ...], dict[str, str]]:
    misfits = {name: why for name in table.columns if (why := unfit(table, name))}
    return describe(table), misfits


def _as_table(data: DataSet) -> MixedTable:
    """Return made-up rows as the table that they would be."""
    columns: dict[str, Column] = {
        name: NumberColumn(data.inputs[:, j]) for j, name in enumerate(data.feature_names)
    }
    if data.task == "regression":
        for k, name in enumerate(data.target_names):
            columns[name] = NumberColumn(np.asarray(data.targets, dtype=np.float64)[:, k])
    else:
        codes = data.targets.astype(np.int32)
        columns[data.target_names[0]] = TextColumn(codes, data.class_names, "text")
    return MixedTable(data.name, columns, len(data.inputs))


def _some(rows: int) -> Rows:
    return np.arange(0, rows, -(-rows // MOST_DRAWN), dtype=np.int64)


def _held(prepared: Prepared, rows: Rows) -> NDArray[np.bool_]:
    aside = np.zeros(len(prepared.data.inputs), dtype=np.bool_)
    aside[prepared.validation_rows] = True
    return aside[rows]


def _axes(data: DataSet, rows: Rows) -> tuple[int, int]:
    width = data.inputs.shape[1]
    regression = data.task == "regression"
    if width == 1:
        return 0, TARGET
    if width == 2:
        return 0, 1
    order = telling(data.inputs[rows], data.targets[rows], regression)
    return (int(order[0]), TARGET) if regression else (int(order[0]), int(order[1]))
