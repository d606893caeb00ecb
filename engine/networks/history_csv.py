"""Training histories as a table of comma-separated values; see `engine.networks.history_columns`.

Numbers are the shortest decimals that give the same float64 back; a float32 run's numbers are its
exact values. Infinities and NaN are ``inf``, ``-inf`` and ``nan``. pandas reads the file as it is.
"""

from __future__ import annotations

import os
from contextlib import nullcontext
from itertools import repeat
from typing import TYPE_CHECKING, BinaryIO

import msgspec
import numpy as np

from engine.atomic import replacing
from engine.csv_writer import BLANK, cells, numbers, portable
from engine.networks.history_columns import COLUMNS, TEXTS, columns_of, weight_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from engine.networks.history import History
    from engine.networks.history_columns import Array, RunColumns

ROWS_AT_ONCE = 8192
#: Texts that hold from their step on; the others stand in one row alone.
_HOLDING = ("status", "cause")


def write_csv(
    path: str | Path | BinaryIO,
    histories: Sequence[History],
    *,
    weights: bool = False,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Write every recorded step of every run.

    Parameters
    ----------
    path : the file; it appears whole or not at all. Or a stream, which is written to as it goes.
    weights : whether each weight has a column.
    progress : called with the share that is done, 0 to 1, after each few thousand rows.

    Raises
    ------
    OSError : with one plain sentence, if the file cannot be written.
    ValueError : the weights do not fit into a table (a plain sentence).
    """
    names = weight_names(histories) if weights else []
    total = sum(history.last_step + 1 for history in histories)
    done = 0
    with _opened(path) as file:
        file.write(cells([*COLUMNS, *names]) + b"\n")
        for number, history in enumerate(histories, 1):
            run = columns_of(number, history, weights)
            for rows, text in _chunks(run, len(names)):
                file.write(text)
                done += rows
                if progress is not None:
                    progress(done / total)


def _opened(path: str | Path | BinaryIO) -> AbstractContextManager[BinaryIO]:
    return replacing(path) if isinstance(path, str | os.PathLike) else nullcontext(path)


def _chunks(run: RunColumns, weights: int) -> Iterator[tuple[int, bytes]]:
    """Yield (number of rows, their text)."""
    number, label, optimizer = run.names
    prefix = cells([number, portable(label), optimizer, ""])
    endings = dict(_endings(run, weights))
    ending = b""
    at_once = ROWS_AT_ONCE
    for begin in range(0, run.rows, at_once):
        end = min(run.rows, begin + at_once)
        lists = [*(numbers(array[begin:end]) for array in run.dense), *_scores(run, begin, end)]
        rows = msgspec.json.encode(list(zip(range(begin, end), *lists, strict=True)))
        parts: list[bytes] = []
        for step, row in enumerate(rows[2:-2].split(b"],["), begin):
            alone, ending = endings.get(step, (ending, ending))
            parts += (prefix, row, alone)
        yield end - begin, b"".join(parts)


def _scores(run: RunColumns, begin: int, end: int) -> Iterator[list[object]]:
    for steps, columns in run.sparse:
        first, last = np.searchsorted(steps, (begin, end))
        places = (steps[first:last] - begin).tolist()
        for values in columns:
            found: list[object] = list(repeat(BLANK, end - begin))
            if values is not None:
                for place, value in zip(places, numbers(values[first:last]), strict=True):
                    found[place] = value
            yield found


def _endings(run: RunColumns, weights: int) -> Iterator[tuple[int, tuple[bytes, bytes]]]:
    """Yield steps at which the rows' ends differ: (step, (this row's end, that of those after))."""
    texts = {name: dict(run.texts[name]) for name in TEXTS}
    kept = dict(zip(run.kept[0].tolist(), run.kept[1], strict=True))
    blank = b"," * weights
    holding = dict.fromkeys(_HOLDING, "")
    for step in sorted({*kept, *(step for found in texts.values() for step in found)}):
        holding = {name: texts[name].get(step, holding[name]) for name in _HOLDING}
        alone = [holding.get(name) or texts[name].get(step, "") for name in TEXTS]
        after = [holding.get(name, "") for name in TEXTS]
        here = _weights(kept[step]) if step in kept else blank
        yield step, (cells(["", *alone]) + here + b"\n", cells(["", *after]) + blank + b"\n")


def _weights(values: Array) -> bytes:
    if not len(values):
        return b""
    return b"," + msgspec.json.encode(numbers(values.astype(np.float64, copy=False)))[1:-1]
