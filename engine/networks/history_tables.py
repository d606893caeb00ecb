"""Reads the columns of training histories from CSV and Parquet, a few thousand rows at a time."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.csv_text import refusals_in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: Few enough to stay in the processor's cache.
CELLS_AT_ONCE = 20_000
PARQUET = b"PAR1"


@dataclass(frozen=True)
class Rows:
    """Some rows of a table, with its columns by name.

    Parameters
    ----------
    numbers : (rows,) float64, NaN where nothing stands.
    present : (rows,) bool, where something does.
    texts : a text for each row, "" where nothing stands.
    """

    numbers: dict[str, Numbers]
    present: dict[str, NDArray[np.bool_]]
    texts: dict[str, Sequence[str]]


def rows_of(path: Path, texts: Sequence[str], numeric: Callable[[str], bool]) -> Iterator[Rows]:
    """Yield a file's rows, with the columns named in `texts` and those that are `numeric`.

    Raises ValueError, with a sentence that names row, column and fix, for whatever is wrong.
    """
    with refusals_in_words(path), open(path, "rb") as file:
        parquet = file.read(len(PARQUET)) == PARQUET
    read = _of_parquet if parquet else _of_csv
    for names, columns, line in read(path):
        yield _rows(dict(zip(names, columns, strict=True)), line, texts, numeric, path)


def _rows(
    columns: dict[str, Any], line: int, texts: Sequence[str], numeric: Callable[[str], bool],
    path: Path,
) -> Rows:  # fmt: skip
    """Return columns of cells, or of Arrow's arrays, that begin in a line of the file."""
    found = Rows({}, {}, {})
    for name, column in columns.items():
        if name in texts:
            found.texts[name] = column if isinstance(column, tuple) else _texts(column)
        elif numeric(name):
            convert = _numbers if isinstance(column, tuple) else _arrow_numbers
            found.numbers[name], found.present[name] = convert(column, name, line, path)
    return found


def _of_csv(path: Path) -> Iterator[tuple[list[str], list[Any], int]]:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            delimiter = max(",;\t", key=file.readline().count)
            file.seek(0)
            reader = csv.reader(file, delimiter=delimiter)
            header = [name.strip() for name in next(reader, [])]
            line = 2
            at_once = max(1, CELLS_AT_ONCE // max(1, len(header)))
            while rows := list(islice(reader, at_once)):
                _check_lengths(rows, len(header), line, path)
                yield header, list(zip(*rows, strict=True)), line
                line += len(rows)
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8 text; save it as UTF-8 CSV.") from None
    except csv.Error as error:
        raise ValueError(f"{path} is not a CSV file: {error}.") from None


def _check_lengths(rows: list[list[str]], wanted: int, line: int, path: Path) -> None:
    for number, row in enumerate(rows, line):
        if len(row) != wanted:
            raise ValueError(
                f"{path}, row {number} has {len(row)} cells, the first row {wanted}; each row "
                "needs one for each column."
            )


def _numbers(cells: tuple[str, ...], name: str, line: int, path: Path) -> tuple[Any, Any]:
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


def _of_parquet(path: Path) -> Iterator[tuple[list[str], list[Any], int]]:
    try:
        import pyarrow
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise ValueError(
            f"{path.name} is a Parquet file, and pyarrow, which reads them, is not installed: "
            "run  pip install pyarrow  or write the history as CSV."
        ) from None
    line = 1
    try:
        with ParquetFile(path) as file:
            for batch in file.iter_batches():
                yield batch.schema.names, batch.columns, line
                line += len(batch)
    except (pyarrow.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise ValueError(f"{path.name} cannot be read as Parquet: {reason}.") from None


def _texts(column: Any) -> list[str]:
    return ["" if text is None else str(text) for text in column.to_pylist()]


def _arrow_numbers(column: Any, name: str, line: int, path: Path) -> tuple[Any, Any]:
    import pyarrow

    try:
        numbers = column.cast(pyarrow.float64(), safe=False)
    except pyarrow.ArrowException:
        raise ValueError(
            f"{path}, from row {line} on, column {name} is of type {column.type}; it must hold "
            "numbers."
        ) from None
    return numbers.to_numpy(zero_copy_only=False), np.asarray(column.is_valid())
