"""From a CSV file's text to rows of cells, and from a cell to a number."""

from __future__ import annotations

import csv
import io
import itertools
import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "nil", "-", "–", "?", ".", "#n/a"})
DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")


def stream(text: str) -> io.TextIOWrapper:
    """Return the text as a file; `io.StringIO` would hold four bytes for each character."""
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8", newline="")


def rows(text: str, delimiter: str, name: str) -> Iterator[list[str]]:
    """Yield rows that are not blank; ValueError, naming the file, for what is no table."""
    try:
        if delimiter == " ":
            yield from (line.split() for line in text.splitlines() if line.strip())
            return
        for row in csv.reader(stream(text), delimiter=delimiter):
            if row and (row[0].strip() or any(cell.strip() for cell in row)):
                yield row
    except csv.Error as error:
        raise ValueError(
            f"{name} cannot be read as a table ({error}); check its quotation marks."
        ) from None


def number(cell: str, delimiter: str) -> float | None:
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


def is_header(first: Sequence[str], second: Sequence[str], delimiter: str) -> bool:
    """Tell whether the first row names the columns.

    It does if some column has text in it and a number (or blank) below, and also if it is all
    text, no two cells alike, and so is the row below.
    """
    above = [number(cell, delimiter) for cell in first]
    below = [number(cell, delimiter) for cell in second]
    if any(a is None and b is not None for a, b in zip(above, below, strict=False)):
        return True
    texts = all(value is None for value in (*above, *below))
    return texts and len(set(first)) == len(first) >= len(second)


def unique_names(header: Sequence[str], width: int) -> list[str]:
    """Return a name for each of `width` columns: blank ones are numbered, doubled ones too."""
    names: list[str] = []
    seen: set[str] = set()
    for j in range(width):
        plain = header[j].strip() if j < len(header) else ""
        name = plain = plain or f"column {j + 1}"
        for count in itertools.count(2):
            if name not in seen:
                break
            name = f"{plain} {count}"
        seen.add(name)
        names.append(name)
    return names
