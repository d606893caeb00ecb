"""Reads the numbers of a CSV file of unknown dialect: fast when it is clean, patient when not."""

from __future__ import annotations

import csv
import io
import itertools
import re
from typing import TYPE_CHECKING

import numpy as np

from engine.csv_text import decode, read_bytes, sniff_delimiter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

CHUNK_ROWS = 50_000
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "nil", "-", "–", "?", ".", "#n/a"})
DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")


def read_numbers(path: Path) -> tuple[dict[str, Array], tuple[str, ...]]:
    """Return the columns of numbers by name, and notes about what was left out or assumed.

    Cells that are blank or no finite number are NaN. Raises ValueError with a plain sentence.
    """
    text, notes = decode(read_bytes(path), path.name)
    delimiter = sniff_delimiter(text, path.name)
    head = list(itertools.islice(_rows(text, delimiter, path.name), 2))
    named = len(head) == 2 and _is_header(head[0], head[1], delimiter)
    grid = _read_clean(text, delimiter, named)
    if grid is not None:
        blank, bad, commas, example = ~np.isfinite(grid), np.zeros(grid.shape[1]), False, ""
        missing = np.count_nonzero(blank, axis=0).astype(float)
        grid[blank] = np.nan
    else:
        patient = _Patient(delimiter)
        rows = _rows(text, delimiter, path.name)
        grid = patient.read(itertools.islice(rows, int(named), None))
        missing, bad = patient.missing, patient.bad
        commas, example = patient.commas, patient.example
    numeric = _numeric(grid, bad, missing)
    names = _names(head[0] if named else (), grid.shape[1])
    notes = (*notes, *_notes(names, numeric, bad, missing, commas, example))
    columns = {names[j]: np.ascontiguousarray(grid[:, j]) for j in np.flatnonzero(numeric)}
    _check(columns, grid, names, path.name)
    return columns, notes


def _rows(text: str, delimiter: str, name: str) -> Iterator[list[str]]:
    """Yield rows that are not blank."""
    try:
        if delimiter == " ":
            yield from (line.split() for line in text.splitlines() if line.strip())
            return
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in row):
                yield row
    except csv.Error as error:
        raise ValueError(
            f"{name} cannot be read as a table ({error}); check its quotation marks."
        ) from None


def _number(cell: str, delimiter: str) -> float | None:
    """Return the cell's value, NaN for a blank, None for text."""
    cell = cell.strip()
    if cell.lower() in MISSING:
        return np.nan
    if delimiter != "," and "," in cell and DECIMAL_COMMA.fullmatch(cell):
        cell = cell.replace(",", ".")
    try:
        return float(cell)
    except ValueError:
        return None


def _is_header(first: Sequence[str], second: Sequence[str], delimiter: str) -> bool:
    """Tell whether some column has text in its first row and a number (or blank) in its second."""
    pairs = zip(first, second, strict=False)
    return any(
        _number(above, delimiter) is None and _number(below, delimiter) is not None
        for above, below in pairs
    )


def _read_clean(text: str, delimiter: str, named: bool) -> Array | None:
    """Return all cells at C speed, or None if one of them is not a plain number."""
    if delimiter not in " \t" and ",," in text[:10_000]:
        return None
    try:
        return np.loadtxt(
            io.StringIO(text, newline=""),
            delimiter=None if delimiter == " " else delimiter,
            skiprows=int(named),
            comments=None,
            quotechar='"',
            ndmin=2,
        )
    except (ValueError, IndexError):
        return None


class _Patient:
    """Reads any rows; remembers what was missing, what was text, and whether commas were decimal.

    ``missing`` and ``bad`` count, per column, blank or non-finite cells and cells of text.
    """

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self.missing: Array = np.zeros(0)
        self.bad: Array = np.zeros(0)
        self.commas = False
        self.example = ""

    def read(self, rows: Iterator[list[str]]) -> Array:
        chunks = []
        while some := list(itertools.islice(rows, CHUNK_ROWS)):
            chunks.append(self._chunk(some))
        width = max((chunk.shape[1] for chunk in chunks), default=0)
        for j, chunk in enumerate(chunks):
            lacking = width - chunk.shape[1]
            if lacking:
                chunks[j] = np.pad(chunk, ((0, 0), (0, lacking)), constant_values=np.nan)
                self.missing[-lacking:] += len(chunk)
        return np.concatenate(chunks) if chunks else np.empty((0, 0))

    def _chunk(self, rows: list[list[str]]) -> Array:
        columns = list(itertools.zip_longest(*rows, fillvalue=""))
        wider = len(columns) - len(self.bad)
        if wider > 0:
            self.missing, self.bad = (np.pad(a, (0, wider)) for a in (self.missing, self.bad))
        out = np.empty((len(rows), len(columns)))
        for j, cells in enumerate(columns):
            try:
                out[:, j] = [float(cell) for cell in cells]
            except ValueError:
                out[:, j] = self._cells(cells, j)
        strange = ~np.isfinite(out)
        out[strange] = np.nan
        self.missing[: len(columns)] += np.count_nonzero(strange, axis=0)
        return out

    def _cells(self, cells: Sequence[str], column: int) -> list[float]:
        found = [_number(cell, self.delimiter) for cell in cells]
        texts = [cell for cell, value in zip(cells, found, strict=True) if value is None]
        if texts:
            # Text is counted apart from what is missing.
            self.bad[column] += len(texts)
            self.missing[column] -= len(texts)
            if len(texts) < len(cells) / 2:
                self.example = self.example or texts[0].strip()
        self.commas = self.commas or any(
            "," in cell for cell, value in zip(cells, found, strict=True) if value is not None
        )
        return [np.nan if value is None else value for value in found]


def _numeric(grid: Array, bad: Array, missing: Array) -> NDArray[np.bool_]:
    """Tell which columns hold numbers: at least one, and more of them than texts."""
    good = len(grid) - bad - missing
    return (good > 0) & (good >= bad)


def _names(header: Sequence[str], width: int) -> list[str]:
    names: list[str] = []
    seen: set[str] = set()
    for j in range(width):
        plain = header[j].strip() if j < len(header) else ""
        name = plain = plain or f"column {j + 1}"
        for number in itertools.count(2):
            if name not in seen:
                break
            name = f"{plain} {number}"
        seen.add(name)
        names.append(name)
    return names


def _notes(
    names: list[str],
    numeric: NDArray[np.bool_],
    bad: Array,
    missing: Array,
    commas: bool,
    example: str,
) -> Iterator[str]:
    texts = [name for name, number in zip(names, numeric, strict=True) if not number]
    if texts:
        shown = ", ".join(texts[:5]) + (", …" if len(texts) > 5 else "")
        yield f"Columns without numbers are skipped: {shown}."
    strange, blank = int(bad[numeric].sum()), int(missing[numeric].sum())
    if strange:
        instance = f", for instance {example[:30]!r}" if example else ""
        yield f"{_cells(strange)} text{instance}; rows that need them are left out."
    if blank:
        yield f"{_cells(blank)} blank or not finite; rows that need them are left out."
    if commas:
        yield "Commas inside numbers were read as decimal points."


def _cells(count: int) -> str:
    return "1 cell is" if count == 1 else f"{count:,} cells are"


def _check(columns: dict[str, Array], grid: Array, names: list[str], name: str) -> None:
    if not columns:
        raise ValueError(
            f"{name} has no column of numbers; a table needs two, separated by commas."
        )
    if len(columns) == 1:
        raise ValueError(
            f"{name} has one column of numbers ({next(iter(columns))}); "
            "a table needs two: a feature and a target."
        )
    if len(grid) < 2:
        raise ValueError(f"{name} has one row of numbers; a table needs at least two.")
