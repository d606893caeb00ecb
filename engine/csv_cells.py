"""Reads the cells of a CSV file of unknown dialect: fast when all are numbers, else patiently."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.csv_rows import is_header, number, rows, stream, unique_names
from engine.csv_text import decode, read_bytes, sniff_delimiter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Codes = NDArray[np.int32]

#: Cells are Python objects while they are read: so many at once.
CHUNK_CELLS = 500_000
#: So many different texts of a column are told apart; all further ones count as one more.
MOST_TEXTS = 1000
MOST_CELLS = 200_000_000


class Texts:
    """The texts of one column as numbers into a list of different texts, in order of coming.

    A row without text has −1; a text beyond the first `MOST_TEXTS` has `MOST_TEXTS`.
    """

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self._parts: list[tuple[int, Codes]] = []

    def add(self, first_row: int, cells: Sequence[str], texts: Mapping[str, str]) -> Codes:
        """Take the cells from `first_row` on, of which those in `texts` are text.

        Returns their numbers, (cells,).
        """
        for text in texts.values():
            if len(self.known) < MOST_TEXTS:
                self.known.setdefault(text, len(self.known))
        meaning = {cell: self.known.get(text, MOST_TEXTS) for cell, text in texts.items()}
        codes = np.array([meaning.get(cell, -1) for cell in cells], dtype=np.int32)
        self._parts.append((first_row, codes))
        return codes

    def codes(self, count: int) -> Codes:
        """Return a number for each of `count` rows, (count,)."""
        out = np.full(count, -1, dtype=np.int32)
        for first, codes in self._parts:
            out[first : first + len(codes)] = codes
        return out


@dataclass(frozen=True, eq=False)
class Cells:
    """What stands in the columns of a file.

    Parameters
    ----------
    names : of the columns, all different.
    grid : (rows, columns); NaN where a cell is blank, no finite number, or text.
    missing, bad : (columns,) how many cells are blank or not finite, and how many are text.
    texts : column -> its texts, for columns that have some.
    commas : whether commas were read as decimal points.
    example : a text that stands in a column of numbers, if there is one.
    notes : plain sentences about how the file was read.
    """

    names: list[str]
    grid: Array
    missing: Array
    bad: Array
    texts: dict[int, Texts]
    commas: bool
    example: str
    notes: tuple[str, ...]

    @property
    def numeric(self) -> NDArray[np.bool_]:
        """Which columns hold numbers: at least one, and no fewer than texts."""
        good = len(self.grid) - self.bad - self.missing
        return (good > 0) & (good >= self.bad)


def read_cells(path: Path) -> Cells:
    """Read a file whatever signs it uses; raises ValueError with a plain sentence."""
    text, notes = decode(read_bytes(path), path.name)
    delimiter = sniff_delimiter(text, path.name)
    head = list(itertools.islice(rows(text, delimiter, path.name), 2))
    named = len(head) == 2 and is_header(head[0], head[1], delimiter)
    header = head[0] if named else ()
    grid = _read_clean(text, delimiter, named)
    if grid is not None:
        blank = ~np.isfinite(grid)
        grid[blank] = np.nan
        missing, none = np.count_nonzero(blank, axis=0).astype(float), np.zeros(grid.shape[1])
        names = unique_names(header, grid.shape[1])
        return Cells(names, grid, missing, none, {}, False, "", notes)
    patient = _Patient(path.name, delimiter)
    grid = patient.read(itertools.islice(rows(text, delimiter, path.name), int(named), None))
    names = unique_names(header, grid.shape[1])
    return Cells(
        names, grid, patient.missing, patient.bad, patient.texts, patient.commas,
        patient.example, notes,
    )  # fmt: skip


def _read_clean(text: str, delimiter: str, named: bool) -> Array | None:
    """Return all cells at C speed, or None if one of them is not a plain number."""
    if delimiter not in " \t" and ",," in text[:10_000]:
        return None
    try:
        return np.loadtxt(
            stream(text),
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

    def __init__(self, name: str, delimiter: str) -> None:
        self.name = name
        self.delimiter = delimiter
        self.missing: Array = np.zeros(0)
        self.bad: Array = np.zeros(0)
        self.texts: dict[int, Texts] = {}
        self.commas = False
        self.example = ""
        self._count = 0

    def read(self, some: Iterator[list[str]]) -> Array:
        """Return all rows, (rows, columns of the widest); NaN where a row is shorter."""
        chunks = []
        for first in some:
            few = max(1, CHUNK_CELLS // len(first))
            block = [first, *itertools.islice(some, few - 1)]
            few = max(1, CHUNK_CELLS // max(map(len, block)))
            for start in range(0, len(block), few):
                chunks.append(self._chunk(block[start : start + few]))
                self._count += len(chunks[-1])
        width = max((chunk.shape[1] for chunk in chunks), default=0)
        if self._count * width > MOST_CELLS:
            raise ValueError(
                f"{self.name} has {self._count:,} rows, and {width:,} values in one of them; at "
                f"most {MOST_CELLS:,} cells are read: take fewer rows or columns."
            )
        grid = np.full((self._count, width), np.nan)
        row = 0
        for chunk in chunks:
            grid[row : (row := row + len(chunk)), : chunk.shape[1]] = chunk
            self.missing[chunk.shape[1] :] += len(chunk)
        return grid

    def _chunk(self, some: list[list[str]]) -> Array:
        columns = list(itertools.zip_longest(*some, fillvalue=""))
        wider = len(columns) - len(self.bad)
        if wider > 0:
            self.missing, self.bad = (np.pad(a, (0, wider)) for a in (self.missing, self.bad))
        out = np.empty((len(some), len(columns)))
        for j, cells in enumerate(columns):
            try:
                out[:, j] = [float(cell) if cell else np.nan for cell in cells]
            except ValueError:
                out[:, j] = self._cells(cells, j)
        strange = ~np.isfinite(out)
        out[strange] = np.nan
        self.missing[: len(columns)] += np.count_nonzero(strange, axis=0)
        return out

    def _cells(self, cells: Sequence[str], column: int) -> list[float]:
        # Cells are often alike: each different one is looked at once.
        found = {cell: number(cell, self.delimiter) for cell in dict.fromkeys(cells)}
        texts = {cell: cell.strip() for cell, value in found.items() if value is None}
        if texts:
            codes = self.texts.setdefault(column, Texts()).add(self._count, cells, texts)
            count = int(np.count_nonzero(codes >= 0))
            # Text is counted apart from what is missing.
            self.bad[column] += count
            self.missing[column] -= count
            if count < len(cells) / 2:
                self.example = self.example or next(iter(texts.values()))
        self.commas = self.commas or any(
            "," in cell for cell, value in found.items() if value is not None
        )
        values = {cell: np.nan if value is None else value for cell, value in found.items()}
        return [values[cell] for cell in cells]
