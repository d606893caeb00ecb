"""Reads the user's CSV and Parquet files with all their columns; nothing in them is evaluated."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.csv_cells import MOST_TEXTS, read_cells
from engine.csv_numbers import COMMAS
from engine.csv_text import check_file, refusals_in_words
from engine.networks.data.columns import MixedTable, NumberColumn, text_column

if TYPE_CHECKING:
    from engine.csv_cells import Cells
    from engine.networks.data.columns import Column

PARQUET = b"PAR1"
#: A column with fewer numbers for each text is one of texts, and keeps the rows with either.
NUMBERS_PER_TEXT = 4


def read_table(path: str | os.PathLike[str]) -> MixedTable:
    """Return all columns of a CSV or Parquet file.

    Read again only when the file's size or time of change differs. Raises ValueError, with a
    plain sentence, when there is no such file or it cannot be used.
    """
    where = Path(path)
    try:
        found = os.stat(where)
    except (OSError, ValueError):
        check_file(where)
        raise
    return _read(os.path.abspath(where), found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=2)
def _read(path: str, mtime_ns: int, size: int) -> MixedTable:
    where = Path(path)
    check_file(where)
    with refusals_in_words(where), where.open("rb") as file:
        parquet = file.read(len(PARQUET)) == PARQUET
    if parquet:
        from engine.networks.data.parquet import read_parquet

        table = read_parquet(where)
    else:
        table = _of_cells(where.name, read_cells(where))
    numbers = any(isinstance(column, NumberColumn) for column in table.columns.values())
    if not table.rows or (table.rows == 1 and not numbers):
        raise ValueError(f"{table.name} has no rows of values; a table needs some below its names.")
    if len(table.columns) < 2:
        raise ValueError(
            f"{table.name} has {len(table.columns) or 'no'} usable "
            f"column{'s' * (len(table.columns) != 1)}; a table needs two: a feature and a target."
        )
    return table


def _of_cells(name: str, cells: Cells) -> MixedTable:
    good = len(cells.grid) - cells.bad - cells.missing
    numeric = (good > 0) & (good >= NUMBERS_PER_TEXT * cells.bad)
    columns = {n: _column(cells, j, bool(numeric[j])) for j, n in enumerate(cells.names)}
    notes = (*cells.notes, COMMAS) if cells.commas else cells.notes
    return MixedTable(name, columns, len(cells.grid), notes)


def _column(cells: Cells, j: int, numeric: bool) -> Column:
    if numeric or j not in cells.texts:
        return NumberColumn(np.ascontiguousarray(cells.grid[:, j]), int(cells.bad[j]))
    texts = cells.texts[j]
    codes = texts.codes(len(cells.grid))
    known = dict(texts.known)
    # A number among texts is a text like any other, 7 and 7.0 the same one.
    rows = np.flatnonzero(np.isfinite(cells.grid[:, j]))
    values, which = np.unique(cells.grid[rows, j], return_inverse=True)
    written = [f"{value:.15g}" for value in values.tolist()]
    for text in written:
        if len(known) < MOST_TEXTS:
            known.setdefault(text, len(known))
    codes[rows] = np.array([known.get(t, MOST_TEXTS) for t in written], dtype=np.int32)[which]
    return text_column(codes, list(known), MOST_TEXTS)
