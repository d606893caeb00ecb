"""Reads Parquet files with pyarrow, which is installed only where people want them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.csv_cells import MOST_CELLS, MOST_TEXTS
from engine.csv_rows import MISSING
from engine.networks.data.columns import MixedTable, NumberColumn, text_column

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.networks.data.columns import Column

#: Values that are decoded at a time.
BATCH_CELLS = 1_000_000


def read_parquet(path: Path) -> MixedTable:
    """Return the columns of numbers, texts, dates and switches; others are named in a note.

    Raises ValueError with a plain sentence: pyarrow is not installed, the file is damaged, or it
    has more cells than are read.
    """
    try:
        import pyarrow
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise ValueError(
            f"{path.name} is a Parquet file, and pyarrow, which reads them, is not installed: "
            "run  pip install pyarrow  or save the table as CSV."
        ) from None
    try:
        with ParquetFile(path) as file:
            return _read(file, path.name)
    except (pyarrow.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise ValueError(f"{path.name} cannot be read as Parquet: {reason}.") from None


def _read(file: Any, name: str) -> MixedTable:
    schema, rows = file.schema_arrow, file.metadata.num_rows
    readers = {field.name: _reader(field.type, rows) for field in schema}
    usable = {key: reader for key, reader in readers.items() if reader is not None}
    if rows * len(usable) > MOST_CELLS:
        raise ValueError(
            f"{name} has {rows:,} rows and {len(usable):,} columns; at most {MOST_CELLS:,} cells "
            "are read: take fewer rows or columns."
        )
    few = max(1, BATCH_CELLS // max(1, len(usable)))
    row = 0
    for batch in file.iter_batches(batch_size=few, columns=list(usable)) if usable else ():
        for key, values in zip(batch.schema.names, batch.columns, strict=True):
            usable[key].add(row, values)
        row += len(batch)
    notes = tuple(_notes(schema, readers))
    return MixedTable(name, {key: reader.column() for key, reader in usable.items()}, rows, notes)


def _notes(schema: Any, readers: dict[str, Any]) -> Iterator[str]:
    skipped = [f"{field.name} ({field.type})" for field in schema if readers[field.name] is None]
    if skipped:
        shown = ", ".join(skipped[:5]) + (", …" if len(skipped) > 5 else "")
        yield f"Columns that hold neither numbers nor texts are skipped: {shown}."


def _reader(kind: Any, rows: int) -> _Numbers | _Texts | None:
    """Return what gathers a column of an Arrow type; None for one that is no column of cells."""
    from pyarrow import types

    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return _Numbers(rows)
    if types.is_null(kind):
        return _Numbers(rows)
    texts = types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    if texts or types.is_boolean(kind) or types.is_date(kind) or types.is_timestamp(kind):
        return _Texts(rows)
    return None


class _Numbers:
    """Gathers numbers into one array."""

    def __init__(self, rows: int) -> None:
        self._out: NDArray[np.float64] = np.full(rows, np.nan)

    def add(self, row: int, values: Any) -> None:
        """Take an Arrow array that begins at `row`."""
        import pyarrow

        plain = _plain(values).cast(pyarrow.float64(), safe=False)
        self._out[row : row + len(values)] = plain.to_numpy(zero_copy_only=False)

    def column(self) -> Column:
        """Return what was gathered; what is not finite counts as blank."""
        self._out[~np.isfinite(self._out)] = np.nan
        return NumberColumn(self._out)


class _Texts:
    """Gathers texts as numbers into a list of them."""

    def __init__(self, rows: int) -> None:
        self._codes = np.full(rows, -1, dtype=np.int32)
        self._known: dict[str, int] = {}

    def add(self, row: int, values: Any) -> None:
        """Take an Arrow array that begins at `row`."""
        import pyarrow

        encoded = _plain(values).cast(pyarrow.string()).dictionary_encode()
        meaning = np.array([*map(self._code, encoded.dictionary.to_pylist()), -1], dtype=np.int32)
        which = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        self._codes[row : row + len(values)] = meaning[which]

    def _code(self, text: str) -> int:
        text = text.strip()
        if text.lower() in MISSING:
            return -1
        if len(self._known) < MOST_TEXTS:
            return self._known.setdefault(text, len(self._known))
        return self._known.get(text, MOST_TEXTS)

    def column(self) -> Column:
        """Return what was gathered."""
        return text_column(self._codes, list(self._known), MOST_TEXTS)


def _plain(values: Any) -> Any:
    from pyarrow import types

    return values.dictionary_decode() if types.is_dictionary(values.type) else values
