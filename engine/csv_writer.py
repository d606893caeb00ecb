"""How numbers and texts stand in the CSV files that this program writes.

Numbers are the shortest decimals that give the same float64 back; infinities and NaN are ``inf``,
``-inf`` and ``nan``.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_INF, _MINUS_INF, _NAN = (msgspec.Raw(text) for text in (b"inf", b"-inf", b"nan"))
#: A cell in which nothing stands, among numbers.
BLANK = msgspec.Raw(b"")


def numbers(values: NDArray[np.floating[Any]]) -> list[Any]:
    """Return Python floats; what JSON has no number for stands as text."""
    found: list[Any] = values.tolist()
    for i in np.flatnonzero(~np.isfinite(values)).tolist():
        value = found[i]
        found[i] = _NAN if value != value else _INF if value > 0 else _MINUS_INF
    return found


def cells(texts: Iterable[str]) -> bytes:
    """Return texts as cells of a row, without its end."""
    line = io.StringIO()
    # Only what occurs in the terminator is known to need quotes.
    csv.writer(line, lineterminator="\r\n").writerow(texts)
    return line.getvalue().removesuffix("\r\n").encode("utf-8", "replace")


def portable(label: str) -> str:
    """Return a label whose own η is spelt out: spreadsheets take a file's letters for others."""
    return label.replace(" η ", " eta ")
