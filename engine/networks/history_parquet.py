"""Training histories as a Parquet file; see `engine.networks.history_columns`.

What is blank in the CSV is null here, and NaN is NaN. Weights have the precision of their run.
pyarrow, which writes it, is installed only where people want it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.atomic import replacing
from engine.networks.history_columns import (
    CURVED,
    DENSE,
    NAMES,
    SCORED,
    TEXTS,
    columns_of,
    weight_names,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from engine.networks.history import History
    from engine.networks.history_columns import Array, RunColumns

#: Values of one row group, about.
CELLS_AT_ONCE = 10_000_000


def check_pyarrow() -> None:
    """Raise ValueError, with a plain sentence, if pyarrow is not installed."""
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise ValueError(
            "pyarrow, which writes Parquet files, is not installed: run  pip install pyarrow  or "
            "write a CSV."
        ) from None


def write_parquet(
    path: str | Path,
    histories: Sequence[History],
    *,
    weights: bool = False,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Write every recorded step of every run; the file appears whole or not at all.

    Parameters
    ----------
    weights : whether each weight has a column.
    progress : called with the share that is done, 0 to 1, after each group of rows.

    Raises
    ------
    OSError : with one plain sentence, if the file cannot be written.
    ValueError : pyarrow is missing, or the weights do not fit into a table (a plain sentence).
    """
    check_pyarrow()
    from pyarrow.parquet import ParquetWriter

    names = weight_names(histories) if weights else []
    real = np.result_type(*(history.weights for history in histories)) if names else np.float64
    schema = _schema(names, real)
    total = sum(history.last_step + 1 for history in histories)
    few = max(1, CELLS_AT_ONCE // len(schema))
    done = 0
    with replacing(path) as file, ParquetWriter(file, schema) as writer:
        for number, history in enumerate(histories, 1):
            run = columns_of(number, history, weights)
            for begin in range(0, run.rows, few):
                end = min(run.rows, begin + few)
                writer.write_batch(_batch(run, begin, end, schema))
                done += end - begin
                if progress is not None:
                    progress(done / total)


def _schema(names: list[str], real: Any) -> Any:
    import pyarrow

    number, text = pyarrow.float64(), pyarrow.string()
    kinds = dict.fromkeys(NAMES, text) | {"run": pyarrow.int64(), "step": pyarrow.int64()}
    kinds |= dict.fromkeys((*DENSE, *SCORED, *CURVED), number) | dict.fromkeys(TEXTS, text)
    kinds |= {name: pyarrow.from_numpy_dtype(real) for name in names}
    return pyarrow.schema(list(kinds.items()))


def _batch(run: RunColumns, begin: int, end: int, schema: Any) -> Any:
    import pyarrow

    count = end - begin
    number, label, optimizer = run.names
    columns = [
        pyarrow.repeat(int(number), count),
        pyarrow.repeat(label, count),
        pyarrow.repeat(optimizer, count),
        pyarrow.array(np.arange(begin, end)),
        *(pyarrow.array(values[begin:end]) for values in run.dense),
        *(_sparse(at, values, begin, end) for at, columns in run.sparse for values in columns),
        *_texts(run, begin, end),
    ]
    steps, weights = run.kept
    columns += [_sparse(steps, values, begin, end) for values in weights.T]
    arrays = [column.cast(field.type) for column, field in zip(columns, schema, strict=True)]
    return pyarrow.record_batch(arrays, schema=schema)


def _sparse(steps: Array, values: Array | None, begin: int, end: int) -> Any:
    """Return values at some steps, and null at the others."""
    import pyarrow

    if values is None:
        return pyarrow.nulls(end - begin)
    first, last = np.searchsorted(steps, (begin, end))
    places = steps[first:last] - begin
    found, blank = np.zeros(end - begin, values.dtype), np.ones(end - begin, bool)
    found[places], blank[places] = values[first:last], False
    return pyarrow.array(found, mask=blank)


def _texts(run: RunColumns, begin: int, end: int) -> Iterator[Any]:
    import pyarrow

    for name in TEXTS:
        found: list[str | None] = [None] * (end - begin)
        for step, text in run.texts[name]:
            if name in ("status", "cause"):
                found[max(step - begin, 0) :] = [text] * (end - max(step, begin))
            elif begin <= step < end:
                found[step - begin] = text
        yield pyarrow.array(found, pyarrow.string())
