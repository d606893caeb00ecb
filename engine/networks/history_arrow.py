"""Reads the columns of training histories from Parquet, with pyarrow where it is installed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.networks.history_tables import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.networks.history_tables import Wanted

CELLS_AT_ONCE = 10_000_000


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a file; ValueError, with a plain sentence, for what cannot be read."""
    try:
        import pyarrow
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise ValueError(
            f"{path.name} is a Parquet file, and pyarrow, which reads them, is not installed: "
            "run  pip install pyarrow  or write the history as CSV."
        ) from None
    try:
        with ParquetFile(path) as file:
            yield file
    except (pyarrow.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise ValueError(f"{path.name} cannot be read as Parquet: {reason}.") from None


def names_in(path: Path) -> list[str]:
    """Return the names of a file's columns."""
    with _opened(path) as file:
        return list(file.schema_arrow.names)


def rows_in(path: Path, wanted: Wanted) -> Iterator[Rows]:
    """Yield a file's rows, some at a time."""
    with _opened(path) as file:
        names = [name for part in wanted for name in part if name in file.schema_arrow.names]
        few = max(1, CELLS_AT_ONCE // max(1, len(names)))
        for batch in file.iter_batches(batch_size=few, columns=names):
            yield _from_arrow(batch, wanted, path)


def _from_arrow(batch: Any, wanted: Wanted, path: Path) -> Rows:
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    found = Rows()
    for name in wanted.texts:
        if name in columns:
            texts = columns[name].to_pylist()
            found.texts[name] = ["" if text is None else str(text) for text in texts]
    for name in wanted.numbers:
        if name in columns:
            found.numbers[name] = _numbers(columns[name], name, path)
            found.present[name] = np.asarray(columns[name].is_valid())
    if wanted.weights:
        rows = np.flatnonzero(np.asarray(columns[wanted.weights[0]].is_valid()))
        kept = [_numbers(columns[name].take(rows), name, path) for name in wanted.weights]
        found.weights = dict(zip(rows.tolist(), np.array(kept).T, strict=True))
    return found


def _numbers(column: Any, name: str, path: Path) -> Any:
    """Return an Arrow array as float64, NaN where nothing stands."""
    import pyarrow

    try:
        return column.cast(pyarrow.float64(), safe=False).to_numpy(zero_copy_only=False)
    except pyarrow.ArrowException:
        raise ValueError(
            f"{path}, column {name} is of type {column.type}; it must hold numbers."
        ) from None
