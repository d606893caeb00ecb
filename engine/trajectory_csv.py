"""Trajectories as a table of comma-separated values, one row per run and step.

Columns: run (from 1), label, surface, optimizer, step, x, y, loss, seen_loss (the mini-batch's,
only when there are batches), gradient_x, gradient_y, gradient_norm, step_norm,
distance_to_minimum, learning_rate, status, cause (what became non-finite first, from the step on
at which it did), surface_settings (see `engine.surface_text`).
On request also, for the step that leaves the row, first_order, second_order, remainder and
measured_change (see `engine.explanation.explanation.Budget`), the curvatures lambda_1 and lambda_2
at the row, and load and limit (see there, `Load`).

Numbers are the shortest decimals that give the same float64 back; a float32 run's numbers are its
exact values. Infinities and NaN are ``inf``, ``-inf`` and ``nan``. pandas reads the file as it is.
"""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import TYPE_CHECKING, BinaryIO

import msgspec
import numpy as np

from engine.atomic import replacing
from engine.csv_writer import cells, numbers, portable
from engine.surface_text import encoded
from engine.trajectory_reader import read_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from engine.explanation.explanation import Explanation
    from engine.trajectory import Array, Trajectory
    from engine.verdict import Status

ROWS_AT_ONCE = 8192
EXPLAINING = (
    "first_order", "second_order", "remainder", "measured_change", "lambda_1", "lambda_2", "load",
    "limit",
)  # fmt: skip


class _Stopped(Exception):
    """The user has cancelled."""


def write_csv(
    path: str | Path | BinaryIO,
    trajectories: Sequence[Trajectory],
    statuses: Sequence[Status],
    *,
    explain: Callable[[Trajectory], Explanation] | None = None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> bool:
    """Write every recorded step of every trajectory; return whether that was not cancelled.

    Parameters
    ----------
    path : the file; it appears whole or not at all. Or a stream, which is written to as it goes.
    trajectories, statuses : as many of one as of the other.
    explain : explains a run when its turn comes, so that only one explanation is held at a time;
        None leaves the explaining columns out. What it does not explain is NaN.
    progress : called with the share that is done, 0 to 1, after each few thousand rows.
    cancelled : asked as often; once it says true, the old file stays as it was.

    Raises
    ------
    OSError : with one plain sentence, if the file cannot be written.
    """
    total = sum(t.last_step + 1 for t in trajectories)
    batched = any(t.seen_loss is not t.loss for t in trajectories)
    done = 0
    try:
        with _opened(path) as file:
            header = columns(batched, explained=explain is not None)
            file.write(",".join(header).encode() + b"\n")
            for run, (trajectory, status) in enumerate(zip(trajectories, statuses, strict=True), 1):
                arrays = _arrays(trajectory, batched, explain)
                for rows, text in _chunks(run, trajectory, status, arrays):
                    if cancelled is not None and cancelled():
                        raise _Stopped
                    file.write(text)
                    done += rows
                    if progress is not None:
                        progress(done / total)
    except _Stopped:
        return False
    return True


def _opened(path: str | Path | BinaryIO) -> AbstractContextManager[BinaryIO]:
    return replacing(path) if isinstance(path, str | os.PathLike) else nullcontext(path)


def columns(batched: bool, explained: bool = False) -> tuple[str, ...]:
    """Return the names of the columns, in order."""
    return (
        "run", "label", "surface", "optimizer", "step", "x", "y", "loss",
        *(("seen_loss",) if batched else ()),
        "gradient_x", "gradient_y", "gradient_norm", "step_norm", "distance_to_minimum",
        "learning_rate",
        *(EXPLAINING if explained else ()),
        "status", "cause", "surface_settings",
    )  # fmt: skip


def _chunks(
    run: int, trajectory: Trajectory, status: Status, arrays: list[Array]
) -> Iterator[tuple[int, bytes]]:
    """Yield (number of rows, their text)."""
    end = trajectory.last_step + 1
    label = portable(trajectory.label)
    prefix = cells([str(run), label, trajectory.surface, trajectory.run.optimizer, ""])
    # A loss may overflow without ending the walk: the verdict knows, the walk does not.
    turn = min(status.step, end) if status.cause else end
    surface = encoded(trajectory.surface_settings)
    for first, last, cause in ((0, turn, ""), (turn, end, status.cause)):
        suffix = cells(["", status.kind, cause, surface]) + b"\n"
        for begin in range(first, last, ROWS_AT_ONCE):
            stop = min(last, begin + ROWS_AT_ONCE)
            lists = (numbers(array[begin:stop]) for array in arrays)
            rows = msgspec.json.encode(list(zip(range(begin, stop), *lists, strict=True)))
            yield stop - begin, prefix + rows[2:-2].replace(b"],[", suffix + prefix) + suffix


def _arrays(
    trajectory: Trajectory, batched: bool, explain: Callable[[Trajectory], Explanation] | None
) -> list[Array]:
    with np.errstate(over="ignore"):
        arrays = [
            *trajectory.points.T,
            trajectory.loss,
            *([trajectory.seen_loss] if batched else []),
            *trajectory.gradients.T,
            trajectory.gradient_norm,
            trajectory.step_norm,
            trajectory.distance,
            trajectory.learning_rates,
        ]
    if explain is not None:
        arrays += _explaining(explain(trajectory), trajectory.last_step + 1)
    return arrays


def _explaining(found: Explanation, rows: int) -> list[Array]:
    """Return the explaining columns, each (rows,)."""
    budget, load = found.budget, found.load
    known = (
        budget.first, budget.second, budget.remainder, budget.measured,
        *found.curvature.eigenvalues.T, load.values, load.limits,
    )  # fmt: skip
    return [np.pad(each, (0, rows - len(each)), constant_values=np.nan) for each in known]


__all__ = ["columns", "read_csv", "write_csv"]
