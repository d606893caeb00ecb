"""Trajectories from a table of comma-separated values, ours or somebody else's."""

from __future__ import annotations

import csv
import math
import os
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import numpy as np

from engine import atomic
from engine.experiment import MOST_RUNS, RunSettings, SurfaceSettings, new_run
from engine.surface_text import decoded
from engine.trajectory import Trajectory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

REQUIRED = ("step", "x", "y", "loss")
OPTIONAL = ("seen_loss", "gradient_x", "gradient_y", "distance_to_minimum", "learning_rate")
NAMES = ("run", "label", "surface", "optimizer", "surface_settings")
CAUSES = ("loss", "gradient", "optimizer state", "weight")
MOST_ROWS = 20_000_000
#: Few enough to stay in the processor's cache: twice as fast as twenty thousand.
ROWS_AT_ONCE = 1000


@dataclass
class _Table:
    """What has been read: numbers by column, and for each row which run it belongs to."""

    numbers: dict[str, list[Numbers]] = field(default_factory=dict)
    runs: list[NDArray[np.int64]] = field(default_factory=list)
    names: dict[tuple[str, ...], int] = field(default_factory=dict)
    causes: dict[int, tuple[int, str]] = field(default_factory=dict)
    rows: int = 0


def read_csv(path: str | Path) -> tuple[Trajectory, ...]:
    """Return the trajectories in a file that `engine.trajectory_csv.write_csv` has written.

    A table of another origin will do if it has the columns step, x, y and loss, and run if there
    are several; what it lacks is NaN. Known minima are not in the file, distances to them are.

    Raises ValueError, with a sentence that names row, column and fix, for whatever is wrong.
    """
    path = Path(path)
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            table = _read(file, path)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 text; save it as UTF-8 CSV.") from error
    except csv.Error as error:
        raise ValueError(f"{path} is not a CSV file: {error}.") from error
    except FileNotFoundError as error:
        raise ValueError(f"There is no file {path}; check its name and folder.") from error
    except OSError as error:
        raise ValueError(atomic.sentence(error, path, "read")) from error
    if not table.rows:
        raise ValueError(f"{path} has no rows; export some steps first.")
    if len(table.names) > MOST_RUNS:
        raise ValueError(f"{path} has {len(table.names)} runs; at most {MOST_RUNS} can be shown.")
    return tuple(_trajectories(table, path))


def _read(file: TextIO, path: Path) -> _Table:
    first = file.readline()
    delimiter = max(",;\t", key=first.count)
    file.seek(0)
    reader = csv.reader(file, delimiter=delimiter)
    header = [name.strip().lower() for name in next(reader, [])]
    if not any(header) and not any(map(str.strip, file)):
        raise ValueError(f"{path} is empty; export some steps first.")
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise ValueError(
            f"{path} has no column {' and no column '.join(missing)}; the first line of a "
            "trajectory names the columns step, x, y, loss and, if there are several runs, run. "
            "A table of data is chosen under Table, on a surface such as Linear regression."
        )
    table = _Table()
    line = 2
    while rows := list(islice(reader, ROWS_AT_ONCE)):
        _take(table, rows, header, line, path)
        line += len(rows)
        if table.rows > MOST_ROWS:
            raise ValueError(f"{path} has more than {MOST_ROWS:,} rows; export fewer steps.")
    return table


def _take(table: _Table, rows: list[list[str]], header: list[str], line: int, path: Path) -> None:
    """Add rows, of which the first is the file's row number `line`."""
    lines = range(line, line + len(rows))
    if any(len(row) != len(header) for row in rows):
        kept = [(n, row) for n, row in zip(lines, rows, strict=True) if any(map(str.strip, row))]
        for n, row in kept:
            if len(row) != len(header):
                raise ValueError(
                    f"{path}, row {n} has {len(row)} cells, the first row {len(header)}; "
                    "each row needs one for each column."
                )
        lines, rows = [n for n, _ in kept], [row for _, row in kept]  # type: ignore[assignment]
        if not rows:
            return
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    for name in (*REQUIRED, *OPTIONAL):
        if name in columns:
            values = _floats(columns[name], name, lines, path)
            table.numbers.setdefault(name, []).append(values)
    nothing = ("",) * len(rows)
    keys = zip(*(columns.get(name, nothing) for name in NAMES), strict=True)
    names = table.names
    ids = np.array([names.setdefault(key, len(names)) for key in keys])
    table.runs.append(ids)
    table.rows += len(rows)
    _note_causes(table, columns.get("cause", nothing), ids)


def _note_causes(table: _Table, causes: Sequence[str], ids: NDArray[np.int64]) -> None:
    if any(causes):
        steps = table.numbers["step"][-1]
        for i, cause in enumerate(causes):
            if cause in CAUSES and math.isfinite(steps[i]):
                found = int(steps[i]), cause
                table.causes[int(ids[i])] = min(found, table.causes.get(int(ids[i]), found))


def _floats(texts: Sequence[str], name: str, lines: Sequence[int], path: Path) -> Numbers:
    try:
        return np.array([*map(float, texts)])
    except ValueError:
        return np.array([_number(t, name, n, path) for t, n in zip(texts, lines, strict=True)])


def _number(text: str, name: str, line: int, path: Path) -> float:
    try:
        return float(text)
    except ValueError as error:
        if text.strip():
            raise ValueError(
                f"{path}, row {line}, column {name}: {text[:40]!r} is not a number; "
                "numbers look like 0.5, 1e-3, inf or nan."
            ) from error
        if name in REQUIRED:
            raise ValueError(
                f"{path}, row {line}, column {name} is empty; write nan if it is not known."
            ) from error
    return math.nan


def _trajectories(table: _Table, path: Path) -> Iterator[Trajectory]:
    runs = np.concatenate(table.runs)
    numbers = {name: np.concatenate(parts) for name, parts in table.numbers.items()}
    for index, names in enumerate(table.names):
        chosen = np.flatnonzero(runs == index)
        label = names[1].replace(" eta ", " η ")
        label = label or (f"run {names[0]}" if names[0] else f"run {index + 1}")
        order = np.argsort(numbers["step"][chosen], kind="stable")
        columns = {name: values[chosen[order]] for name, values in numbers.items()}
        _check_steps(columns["step"], label, path)
        run = _settings(names[3], label, index, columns, path)
        surface = names[2], _surface_settings(names[4], label, path)
        yield _trajectory(columns, surface, run, table.causes.get(index, (0, "")))


def _surface_settings(text: str, label: str, path: Path) -> SurfaceSettings | None:
    try:
        return decoded(text)
    except ValueError as error:
        raise ValueError(
            f"{path}, column surface_settings of {label}: {error}; without the column the path is "
            "shown on the surface that is on screen."
        ) from error


def _check_steps(steps: Numbers, label: str, path: Path) -> None:
    wrong = np.flatnonzero(steps != np.arange(len(steps)))
    if len(wrong):
        at = int(wrong[0])
        raise ValueError(
            f"{path}: the steps of {label} must be 0, 1, 2, … without gaps; "
            f"where {at} should be stands {steps[at]:g}."
        )


def _trajectory(
    columns: dict[str, Numbers],
    surface: tuple[str, SurfaceSettings | None],
    run: RunSettings,
    cause: tuple[int, str],
) -> Trajectory:
    count = len(columns["step"])
    unknown = np.full(count, np.nan)
    loss = columns["loss"]
    trajectory = Trajectory(
        run=run,
        label=run.label,
        surface=surface[0],
        points=np.stack([columns["x"], columns["y"]], axis=1),
        loss=loss,
        seen_loss=columns.get("seen_loss", loss),
        gradients=np.stack([columns.get(f"gradient_{c}", unknown) for c in "xy"], axis=1),
        learning_rates=columns.get("learning_rate", unknown),
        minima=np.empty((0, 3)),
        last_step=count - 1,
        cause=cause[1],
        cause_step=cause[0],
        surface_settings=surface[1],
    )
    if "distance_to_minimum" in columns:
        # The file has the distances but not the minima from which they were measured.
        trajectory.__dict__["distance"] = columns["distance_to_minimum"]
    return trajectory


def _settings(
    optimizer: str, label: str, index: int, columns: dict[str, Numbers], path: Path
) -> RunSettings:
    rates = columns.get("learning_rate", np.empty(0))
    finite = rates[np.isfinite(rates)]
    start = float(columns["x"][0]), float(columns["y"][0])
    changes: dict[str, object] = {
        "label": label, "slot": index, "recorded": os.path.abspath(path), "recorded_run": index,
    }  # fmt: skip
    if len(finite):
        changes["learning_rate"] = float(finite[0])
    if np.isfinite(start).all():
        changes["start"] = start
    try:
        return new_run(optimizer, **changes)
    except ValueError:
        return new_run("sgd", **changes)
