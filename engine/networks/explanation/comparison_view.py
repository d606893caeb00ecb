"""What is shown of a training run before and after: numbers side by side, and both losses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.comparison_view import CEILING, Figure
from engine.networks.explanation.comparison import load_at_start

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.explanation.comparison import Comparison, Side

    Array = NDArray[np.float64]

#: Places of a curve, about.
PLACES = 300


@dataclass(frozen=True, eq=False)
class TrainingView:
    """What a comparison looks like.

    Parameters
    ----------
    figures : λ₁ and η/limit at the start, loss and accuracy in the end.
    curves : loss at every `every` steps, before (n,) and after (m,), in the unit of the unchanged
        experiment; what has left for good ends high above the other.
    every : steps between two values.
    scale : "log", or "symlog" where something is not above 0.
    """

    figures: tuple[Figure, ...]
    curves: tuple[Array, Array]
    every: int
    scale: str


def training_view(comparison: Comparison) -> TrainingView:
    """Return what is shown of a comparison."""
    sides = (comparison.before, comparison.after)
    every = max(1, -(-max(side.history.last_step for side in sides) // PLACES))
    one, other = (_losses(side, every) for side in sides)
    firsts = [abs(float(c[0])) for c in (one, other) if math.isfinite(c[0])]
    ceiling = CEILING * max(firsts, default=1.0)
    curves = (_cut(one, ceiling), _cut(other, ceiling))
    positive = all((c[np.isfinite(c)] > 0).all() for c in curves)
    return TrainingView(_figures(*sides), curves, every, "log" if positive else "symlog")


def _figures(before: Side, after: Side) -> tuple[Figure, ...]:
    loads = load_at_start(before), load_at_start(after)
    reasons = dict.fromkeys(load.reason for load in loads if load.reason)
    words = "Largest learning rate times λ₁ at the start, as a part of the largest stable load"
    found = [
        Figure(
            "λ₁ at the start", loads[0].largest, loads[1].largest,
            "Largest eigenvalue of the Hessian at the first weights, on all training rows, each "
            "in its own unit of the loss",
        ),
        Figure(
            "η/limit", loads[0].share, loads[1].share,
            ". Not known where ".join([f"{words}: above 1 it is unstable", *reasons]),
        ),
        Figure("loss", _last(before), _last(after), "Loss on all training rows in the end"),
    ]  # fmt: skip
    right = [float(side.history.validation_accuracy[-1]) for side in (before, after)]
    if np.isfinite(right).any():
        found.append(Figure(
            "validation %", 100 * right[0], 100 * right[1],
            "Share of the validation rows that are classed right in the end",
        ))  # fmt: skip
    return tuple(found)


def _last(side: Side) -> float:
    return float(side.history.training_loss[-1])


def _losses(side: Side, every: int) -> Array:
    """Return the loss on all training rows, or that of the batches where it ends before a look."""
    history = side.history
    grid = np.arange(0, history.last_step + 1, every)
    finite = np.count_nonzero(np.isfinite(history.training_loss))
    if side.network.sees_all or finite < min(3, len(grid)):
        return np.asarray(history.loss[grid])
    rows = np.searchsorted(history.scored, grid, side="right") - 1
    return np.asarray(history.training_loss[rows])


def _cut(losses: Array, ceiling: float) -> Array:
    """Return the values up to where they rise above the ceiling for good."""
    with np.errstate(all="ignore"):
        below = np.flatnonzero(np.abs(losses) <= ceiling)
    end = int(below[-1]) + 2 if len(below) else 1
    kept = losses[:end].copy()
    # One that jumps to 1e300 must not press the others flat.
    if not abs(kept[-1]) <= ceiling:
        kept[-1] = 10.0 * ceiling
    return kept
