"""Reads the columns of training histories from CSV and Parquet, a few thousand rows at a time."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from engine.csv_text import refusals_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: Few enough rows to stay in the processor's cache, and cells that wide tables hold at once.
ROWS_AT_ONCE, CELLS_AT_ONCE = 1000, 1_000_000
PARQUET = b"PAR1"


class Wanted(NamedTuple):
    """The columns that are read: of texts, of numbers, and those that stand in few rows alone."""

    texts: Sequence[str]
    numbers: Sequence[str]
    weights: Sequence[str]


@dataclass
class Rows:
    """Some rows of a table, with its columns by name.

    Parameters
    ----------
    numbers : (rows,) float64, NaN where nothing stands.
    present : (rows,) bool, where something does.
    texts : a text for each row, "" where nothing stands.
    weights : row -> (P,) the weights that stand in it; rows without weights are left out.
    """

    numbers: dict[str, Numbers] = field(default_factory=dict)
    present: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    texts: dict[str, Sequence[str]] = field(default_factory=dict)
    weights: dict[int, Numbers] = field(default_factory=dict)


def columns_in(path: Path) -> list[str]:
    """Return the names of a file's columns; raises ValueError as `rows_of` does."""
    if _is_parquet(path):
        from engine.networks.history_arrow import names_in

        return names_in(path)
    with _csv(path) as reader:
        return next(reader)


def rows_of(path: Path, wanted: Wanted) -> Iterator[Rows]:
    """Yield a file's rows, some at a time.

    Raises ValueError, with a sentence that names row, column and fix, for whatever is wrong.
    """
    if _is_parquet(path):
        from engine.networks.history_arrow import rows_in

        yield from rows_in(path, wanted)
    else:
        yield from _of_csv(path, wanted)


def _is_parquet(path: Path) -> bool:
    with refusals_in_words(path), open(path, "rb") as file:
        return file.read(len(PARQUET)) == PARQUET


@contextmanager
def _csv(path: Path) -> Iterator[Iterator[list[str]]]:
    """Open a CSV as its header, names without blanks around them, and its rows."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            delimiter = max(",;\t", key=file.readline().count)
            file.seek(0)
            reader = csv.reader(file, delimiter=delimiter)
            header = [name.strip() for name in next(reader, [])]
            yield chain([header], reader)
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8 text; save it as UTF-8 CSV.") from None
    except csv.Error as error:
        raise ValueError(f"{path} is not a CSV file: {error}.") from None


def _of_csv(path: Path, wanted: Wanted) -> Iterator[Rows]:
    with _csv(path) as reader:
        header = next(reader)
        few = min(ROWS_AT_ONCE, max(1, CELLS_AT_ONCE // max(1, len(header))))
        line = 2
        while rows := list(islice(reader, few)):
            _check_lengths(rows, len(header), line, path)
            yield _from_cells(header, rows, wanted, line, path)
            line += len(rows)


def _from_cells(
    header: list[str], rows: list[list[str]], wanted: Wanted, line: int, path: Path
) -> Rows:
    found = Rows()
    places = {name: j for j, name in enumerate(header)}
    for name in wanted.texts:
        if name in places:
            found.texts[name] = [row[places[name]] for row in rows]
    for name in wanted.numbers:
        if name in places:
            cells = [row[places[name]] for row in rows]
            found.numbers[name], found.present[name] = _numbers(cells, name, line, path)
    weights = [places[name] for name in wanted.weights]
    for i, row in enumerate(rows if weights else ()):
        if row[weights[0]]:
            values = [
                _number(row[j], name, line + i, path)
                for j, name in zip(weights, wanted.weights, strict=True)
            ]
            found.weights[i] = np.array(values)
    return found


def _check_lengths(rows: list[list[str]], wanted: int, line: int, path: Path) -> None:
    for number, row in enumerate(rows, line):
        if len(row) != wanted:
            raise ValueError(
                f"{path}, row {number} has {len(row)} cells, the first row {wanted}; each row "
                "needs one for each column."
            )


def _numbers(cells: Sequence[str], name: str, line: int, path: Path) -> tuple[Any, Any]:
    """Return the values of cells, NaN for blanks, and which are none."""
    try:
        return np.array([*map(float, cells)]), np.ones(len(cells), bool)
    except ValueError:
        present = np.array([bool(cell.strip()) for cell in cells])
    values = np.full(len(cells), np.nan)
    for i in np.flatnonzero(present).tolist():
        values[i] = _number(cells[i], name, line + i, path)
    return values, present


def _number(cell: str, name: str, line: int, path: Path) -> float:
    try:
        return float(cell)
    except ValueError:
        raise ValueError(
            f"{path}, row {line}, column {name}: {cell[:40]!r} is not a number; numbers look like "
            "0.5, 1e-3, inf or nan."
        ) from None
