"""The columns of numbers of a CSV file, and what was left out or assumed while reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.csv_cells import read_cells

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.csv_cells import Cells

    Array = NDArray[np.float64]

#: Said wherever a file's numbers are read.
COMMAS = "Commas inside numbers were read as decimal points."


def read_numbers(path: Path) -> tuple[dict[str, Array], tuple[str, ...]]:
    """Return the columns of numbers by name, and notes about what was left out or assumed.

    Cells that are blank or no finite number are NaN. Raises ValueError with a plain sentence.
    """
    cells = read_cells(path)
    columns = {
        cells.names[j]: np.ascontiguousarray(cells.grid[:, j])
        for j in np.flatnonzero(cells.numeric)
    }
    _check(columns, len(cells.grid), path.name)
    return columns, (*cells.notes, *_notes(cells))


def _notes(cells: Cells) -> Iterator[str]:
    numeric = cells.numeric
    texts = [name for name, number in zip(cells.names, numeric, strict=True) if not number]
    if texts:
        shown = ", ".join(texts[:5]) + (", …" if len(texts) > 5 else "")
        yield f"Columns without numbers are skipped: {shown}."
    strange, blank = int(cells.bad[numeric].sum()), int(cells.missing[numeric].sum())
    if strange:
        instance = f", for instance {cells.example[:30]!r}" if cells.example else ""
        yield f"{_cells(strange)} text{instance}; rows that need them are left out."
    if blank:
        yield f"{_cells(blank)} blank or not finite; rows that need them are left out."
    if cells.commas:
        yield COMMAS


def _cells(count: int) -> str:
    return "1 cell is" if count == 1 else f"{count:,} cells are"


def _check(columns: dict[str, Array], rows: int, name: str) -> None:
    if not columns:
        raise ValueError(
            f"{name} has no column of numbers; a table needs two, separated by commas."
        )
    if len(columns) == 1:
        raise ValueError(
            f"{name} has one column of numbers ({next(iter(columns))}); "
            "a table needs two: a feature and a target."
        )
    if rows < 2:
        raise ValueError(f"{name} has one row of numbers; a table needs at least two.")
