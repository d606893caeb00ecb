"""What the tables of training histories hold, as CSV and as Parquet.

One row per run and step: run (from 1), label, optimizer, step; loss and gradient_norm of the batch
that the step sees, its step_norm and learning_rate; at the steps at which all data were looked at
training_loss, validation_loss, training_accuracy and validation_accuracy, blank elsewhere and
where there is nothing to be seen; at the steps at which curvature was looked at largest_eigenvalue
of the Hessian, blank where the optimizer scales it, load (the rate times that, or the largest
eigenvalue scaled) and load_limit, which is stable at most; status (see `engine.networks.verdict`),
cause (what was not finite first, from its step on), stopped (why the run ended early, in its last
row), settings (of the run, as JSON, in the row from which on they hold) and experiment (likewise,
in the first row).
On request a column per weight, such as "layer 1 weight[3,2]", layers counted from 1 and rows and
columns from 0 as in PyTorch, filled at the steps at which the weights were kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from engine.networks.history import Fault
from engine.networks.verdict import judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.networks.history import History
    from engine.networks.model import Tensor

    Array = NDArray[Any]
    Sparse = tuple[Array, tuple[Array | None, ...]]

NAMES = ("run", "label", "optimizer")
DENSE = ("loss", "gradient_norm", "step_norm", "learning_rate")
SCORED = ("training_loss", "validation_loss", "training_accuracy", "validation_accuracy")
CURVED = ("largest_eigenvalue", "load", "load_limit")
TEXTS = ("status", "cause", "stopped", "settings", "experiment")
COLUMNS = (*NAMES, "step", *DENSE, *SCORED, *CURVED, *TEXTS)
#: Cells for weights, blank ones too.
MOST_CELLS = 200_000_000
_CAUSE = re.compile(r"(inf|NaN) in (.+?)(?: of layer (\d+))?")


@dataclass(frozen=True)
class RunColumns:
    """One run's columns: rows 0 to `last_step`.

    Parameters
    ----------
    names : run, label, optimizer.
    rows : how many.
    dense : (rows,) of each of `DENSE`.
    sparse : steps, and values (m,) of each of `SCORED`, and likewise of `CURVED`; None for a
        column that stays blank.
    texts : of each of `TEXTS`, pairs (step, text) in order; a text of status or cause holds
        until the next, others stand in their row alone.
    kept : steps, and weights (k, P); of no steps if they are not wanted.
    """

    names: tuple[str, str, str]
    rows: int
    dense: tuple[Array, ...]
    sparse: tuple[Sparse, Sparse]
    texts: dict[str, list[tuple[int, str]]]
    kept: tuple[Array, Array]


def columns_of(number: int, history: History, weights: bool) -> RunColumns:
    """Return one run's columns; `number` counts from 1."""
    rows = history.last_step + 1
    scores = tuple(getattr(history, name) for name in SCORED)
    nothing = np.zeros(0, np.int64), np.zeros((0, 0))
    dense = (history.loss, history.gradient_norm, history.step_norm, history.learning_rates)
    return RunColumns(
        names=(str(number), history.label, history.run.optimizer),
        rows=rows,
        dense=tuple(array[:rows] for array in dense),
        sparse=((history.scored, (scores[0], *map(_unless_blank, scores[1:]))), _curved(history)),
        texts=_texts(history),
        kept=(history.kept, history.weights) if weights else nothing,
    )


def _unless_blank(values: Array) -> Array | None:
    return None if np.isnan(values).all() else values


def _curved(history: History) -> Sparse:
    found = history.curvature
    if found is None:
        return np.zeros(0, np.int64), (None, None, None)
    # A load that is not finite tells where the run was looked at, too.
    return found.steps, (
        _unless_blank(found.eigenvalues[:, 0]), found.values, _unless_blank(found.limits)
    )  # fmt: skip


def _texts(history: History) -> dict[str, list[tuple[int, str]]]:
    fault, experiment = history.fault, history.experiment
    held = [(0, history.run), *history.changes]
    alone = experiment and msgspec.structs.replace(experiment, runs=())
    return {
        "status": [(0, judge(history).kind)],
        "cause": [(fault.step, f"{fault.value} in {fault.words}")] if fault else [],
        "stopped": [(history.last_step, history.stopped)] if history.stopped else [],
        "settings": [(step, msgspec.json.encode(run).decode()) for step, run in held],
        "experiment": [(0, msgspec.json.encode(alone).decode())] if alone else [],
    }


def fault_of(cause: str, step: int) -> Fault | None:
    """Return the fault that a cell of the column cause tells."""
    found = _CAUSE.fullmatch(cause)
    return Fault(step, found[2], int(found[3] or 0), found[1]) if found else None


def weight_names(histories: Sequence[History]) -> list[str]:
    """Return the names of the columns of weights, the same for all runs.

    Raises ValueError where they are not, or where the table would become too large.
    """
    tensors = {history.tensors for history in histories}
    if len(tensors) > 1 or not all(tensors):
        raise ValueError(
            "These runs are not of one network, so that their weights have no columns in common; "
            "leave the weights out or write each run to a file of its own."
        )
    names = [name for tensor in tensors.pop() for name in _names(tensor)]
    check_cells(sum(history.last_step + 1 for history in histories), len(names))
    return names


def check_cells(rows: int, weights: int) -> None:
    """Raise ValueError, with a plain sentence, for a table with too many cells for weights."""
    if rows * weights > MOST_CELLS:
        raise ValueError(
            f"{rows:,} rows with {weights:,} weights each would be {rows * weights:,} cells; at "
            f"most {MOST_CELLS:,} are written: leave the weights out, or take fewer steps or runs."
        )


def _names(tensor: Tensor) -> list[str]:
    places = product(*map(range, tensor.shape))
    return [f"{tensor.name}[{','.join(map(str, place))}]" for place in places]
