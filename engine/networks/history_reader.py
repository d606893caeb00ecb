"""Training histories from the tables that `history_csv` and `history_parquet` write."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from engine.networks.explanation.load import Sharpness
from engine.networks.history import History
from engine.networks.history_columns import CURVED, DENSE, NAMES, SCORED, TEXTS, fault_of
from engine.networks.history_tables import Wanted, columns_in, rows_of
from engine.networks.model import Tensor
from engine.networks.settings import (
    MOST_RUNS,
    NetworkExperiment,
    TrainingRun,
    new_training_run,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.networks.history_tables import Rows

    Array = np.ndarray[Any, Any]

REQUIRED = ("step", "loss")
_WEIGHT = re.compile(r"layer (\d+) (weight|bias|gain|shift)\[(\d+(?:,\d+)*)\]")


@dataclass
class _Run:
    """What has been read of one run, in the order of the file."""

    numbers: dict[str, list[Array]] = field(default_factory=dict)
    texts: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    kept: list[tuple[int, Array]] = field(default_factory=list)
    scored: list[int] = field(default_factory=list)
    curved: list[int] = field(default_factory=list)


def read_history(path: str | Path) -> tuple[History, ...]:
    """Return the training histories in a CSV or Parquet file.

    A table of another origin will do if it has the columns step and loss, and run if there are
    several; what it lacks is NaN.

    Raises ValueError, with a sentence that names row, column and fix, for whatever is wrong.
    """
    path = Path(path)
    columns = _checked(columns_in(path), path)
    weights = [match for name in columns if (match := _WEIGHT.fullmatch(name))]
    wanted = Wanted(
        (*NAMES, *TEXTS), ("step", *DENSE, *SCORED, *CURVED), [name[0] for name in weights]
    )
    runs: dict[tuple[str, ...], _Run] = {}
    for rows in rows_of(path, wanted):
        if not np.isfinite(rows.numbers["step"]).all():
            raise ValueError(f"{path}: a cell in the column step is blank or not finite.")
        _take(runs, rows)
    if not runs:
        raise ValueError(f"{path} has no rows; export some steps first.")
    tensors = _tensors(weights)
    return tuple(
        _history(names, run, tensors, slot, path) for slot, (names, run) in enumerate(runs.items())
    )


def _checked(columns: list[str], path: Path) -> list[str]:
    if not any(columns):
        raise ValueError(f"{path} is empty; export some steps first.")
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise ValueError(
            f"{path} has no column {' and no column '.join(missing)}; the first line of a history "
            "names the columns step, loss and, if there are several runs, run."
        )
    return columns


def _take(runs: dict[tuple[str, ...], _Run], rows: Rows) -> None:
    """Add rows to the runs that they belong to."""
    steps = rows.numbers["step"]
    nothing = [""] * len(steps)
    keys = list(zip(*(rows.texts.get(name, nothing) for name in NAMES), strict=True))
    order = dict.fromkeys(keys)
    for key in order:
        chosen = np.array([i for i, other in enumerate(keys) if other == key])
        run = runs.setdefault(key, _Run())
        for name in ("step", *DENSE, *SCORED, *CURVED):
            if name in rows.numbers:
                run.numbers.setdefault(name, []).append(rows.numbers[name][chosen])
        if "training_loss" in rows.present:
            run.scored += steps[chosen[rows.present["training_loss"][chosen]]].astype(int).tolist()
        if "load" in rows.present:
            run.curved += steps[chosen[rows.present["load"][chosen]]].astype(int).tolist()
        for name in TEXTS:
            texts = rows.texts.get(name, nothing)
            found = ((int(steps[i]), texts[i]) for i in chosen.tolist() if texts[i])
            run.texts.setdefault(name, []).extend(found)
        run.kept += [(int(steps[i]), rows.weights[i]) for i in chosen.tolist() if i in rows.weights]


def _tensors(names: Sequence[re.Match[str]]) -> tuple[Tensor, ...]:
    """Return the tensors whose weights the columns are, in their order."""
    shapes: dict[tuple[int, Any], tuple[int, ...]] = {}
    for name in names:
        key = int(name[1]) - 1, name[2]
        shapes[key] = tuple(int(place) + 1 for place in name[3].split(","))
    found: list[Tensor] = []
    for (layer, kind), shape in shapes.items():
        offset = found[-1].offset + found[-1].size if found else 0
        found.append(Tensor(layer, kind, shape, offset))
    return tuple(found)


def _history(
    names: tuple[str, ...], run: _Run, tensors: tuple[Tensor, ...], slot: int, path: Path
) -> History:
    number, label, optimizer = names
    label = label.replace(" eta ", " η ") or f"run {number or slot + 1}"
    numbers = {name: np.concatenate(parts) for name, parts in run.numbers.items()}
    _check_steps(numbers["step"], label, path)
    try:
        first, changes, experiment = _settings(run, optimizer, label, slot)
    except (ValueError, msgspec.MsgspecError) as error:
        raise ValueError(
            f"{path}, settings of {label}: {str(error).rstrip('.')}; without the columns settings "
            "and experiment it can be read."
        ) from None
    rows = len(numbers["step"])
    asked = max(rows, experiment.steps + 1) if experiment else rows
    unknown = np.full(rows, np.nan)
    loss, gradient_norm, step_norm, rates = (
        np.pad(numbers.get(name, unknown), (0, asked - rows), constant_values=np.nan)
        for name in DENSE
    )
    scored = np.array(run.scored, np.int64)
    scores = [numbers.get(name, unknown)[scored] for name in SCORED]
    width = sum(tensor.size for tensor in tensors)
    causes = run.texts["cause"]
    stopped = run.texts["stopped"]
    real = experiment.precision if experiment else "float64"
    return History(
        run=first,
        label=label,
        loss=loss,
        gradient_norm=gradient_norm,
        step_norm=step_norm,
        learning_rates=rates,
        scored=scored,
        training_loss=scores[0],
        validation_loss=scores[1],
        training_accuracy=scores[2],
        validation_accuracy=scores[3],
        kept=np.array([step for step, _ in run.kept], np.int64),
        weights=np.array([weights for _, weights in run.kept], real).reshape(len(run.kept), width),
        last_step=rows - 1,
        fault=fault_of(causes[0][1], causes[0][0]) if causes else None,
        stopped=stopped[-1][1] if stopped else "",
        changes=changes,
        tensors=tensors,
        experiment=experiment,
        curvature=_curvature(run, numbers, changes[-1][1] if changes else first),
    )


def _curvature(run: _Run, numbers: dict[str, Array], last: TrainingRun) -> Sharpness | None:
    if not run.curved:
        return None
    from engine.networks.explanation.linear import linear_of, why_silent

    steps = np.array(run.curved, np.int64)
    unknown = np.full(len(steps), np.nan)
    eigenvalues, loads, limits = (
        numbers[name][steps] if name in numbers else unknown for name in CURVED
    )
    preconditioned = linear_of(last)[0].preconditioned
    return Sharpness(steps, eigenvalues[:, None], loads, limits, preconditioned, why_silent(last))


def _settings(
    run: _Run, optimizer: str, label: str, slot: int
) -> tuple[TrainingRun, tuple[tuple[int, TrainingRun], ...], NetworkExperiment | None]:
    """Return what a run began with, the changes, and its experiment if the file tells it."""
    held = [
        (step, msgspec.json.decode(text, type=TrainingRun)) for step, text in run.texts["settings"]
    ]
    if not held:
        try:
            return new_training_run(optimizer, label=label, slot=slot % MOST_RUNS), (), None
        except ValueError:
            return TrainingRun(label=label, slot=slot % MOST_RUNS), (), None
    first = held[0][1]
    experiment = None
    if run.texts["experiment"]:
        text = run.texts["experiment"][0][1]
        alone = msgspec.json.decode(text, type=NetworkExperiment)
        experiment = msgspec.structs.replace(alone, runs=(first,))
    return first, tuple(held[1:]), experiment


def _check_steps(steps: Array, label: str, path: Path) -> None:
    wrong = np.flatnonzero(steps != np.arange(len(steps)))
    if len(wrong):
        at = int(wrong[0])
        raise ValueError(
            f"{path}: the steps of {label} must be 0, 1, 2, … without gaps; where {at} should be "
            f"stands {steps[at]:g}."
        )
