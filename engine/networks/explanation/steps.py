"""What single steps of a training run did: on all rows, on their own batch, along their line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.descent import Cancelled
from engine.explanation.batches import BatchGradients, BatchStep
from engine.explanation.change import Change, change_of, cosines
from engine.explanation.explanation import Budget
from engine.explanation.microscope import line_of
from engine.networks.explanation.linear import linear_of
from engine.networks.explanation.objective import objective_of
from engine.networks.explanation.sharpness import TOLERANCE, top

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.explanation.microscope import StepLine
    from engine.networks.explanation.objective import NetworkObjective
    from engine.networks.explanation.replay import Replay
    from engine.networks.history import History
    from engine.networks.settings import TrainingRun

    Array = NDArray[np.float64]

#: Places on a step's line: each costs a pass over all rows.
PLACES = 121


@dataclass(frozen=True, eq=False)
class Budgets:
    """Where the change of the loss came from in some steps of a run.

    Parameters
    ----------
    steps : (m,) int64.
    full : on the training rows, terms of (m,) each.
    batch : on the rows that each step saw, with its dropout; `full` itself where that is the same.
    cosines : (m,), of the angle between the batch's gradient and that of all rows.
    note : which rows stand for all, in a sentence, or "".
    """

    steps: NDArray[np.int64]
    full: Budget
    batch: Budget
    cosines: Array
    note: str = ""


def step_of(replay: Replay, step: int) -> BatchStep:
    """Return what one step of a run did to its batch and to all training rows.

    Raises
    ------
    ValueError : the run took no such step.
    """
    objective = _objective(replay)
    return _step_on(objective.thinned(), objective.of_batch(step), replay, step)


def budgets_of(taken: Sequence[BatchStep], note: str = "") -> Budgets:
    """Return the budgets of some steps, which are given in rising order."""
    return Budgets(
        np.array([step.step for step in taken], np.int64),
        _budget([step.full for step in taken]),
        _budget([step.batch for step in taken]),
        np.array([step.cosine for step in taken]),
        note,
    )


def budgets_along(
    replay: Replay, steps: Sequence[int] | None = None, stop: NDArray[np.uint8] | None = None
) -> Budgets:
    """Return the budgets of some steps of a run; left out, of those that leave its kept weights.

    Raises
    ------
    ValueError : the run took no such step.
    engine.descent.Cancelled : `stop` was set.
    """
    history = replay.history
    wanted = [step for step in history.kept.tolist() if step < history.last_step]
    wanted = wanted if steps is None else sorted(steps)
    objective = _objective(replay)
    full, found = objective.thinned(), []
    for step in wanted:
        if stop is not None and stop[0]:
            raise Cancelled
        found.append(_step_on(full, objective.of_batch(step), replay, step, stop))
    return budgets_of(found, full.note)


def spread_out(budget: Budget, steps: NDArray[np.int64], history: History) -> tuple[Budget, int]:
    """Return a budget of some kept steps as one of all kept steps, and how far these are apart.

    NaN where nothing is known of a step.
    """
    kept = [step for step in history.kept.tolist() if step < history.last_step]
    places = np.searchsorted(kept, steps)
    terms = np.full((4, len(kept)), np.nan)
    terms[:, places] = budget.first, budget.second, budget.remainder, budget.measured
    return Budget(*terms), kept[1] - kept[0] if len(kept) > 1 else 1


def step_under(history: History, head: int) -> int:
    """Return the step that leaves a row; past the end the last that is finite, −1 without any."""
    last = history.last_step - 1
    if head <= last:
        return head
    finite = np.flatnonzero(np.isfinite(history.loss[: last + 2]))
    return min(last, max(0, int(finite[-1]) - 1)) if len(finite) else min(last, 0)


def gradients_around(replay: Replay, step: int, count: int) -> BatchGradients:
    """Return the gradients of a step's batch and of those that follow, at the step's weights.

    Raises
    ------
    ValueError : the run took no such step.
    """
    objective, point = _objective(replay), replay.taken(step).before
    near = [objective.of_batch(t).near(point, second=False) for t in range(step, step + count)]
    gradients = np.array([one.gradient for one in near])
    full = objective.thinned().gradient(point)
    losses = np.array([one.value for one in near])
    return BatchGradients(losses, gradients, full, cosines(gradients, full))


def _objective(replay: Replay) -> NetworkObjective:
    return objective_of(replay.network, maximize=replay.history.run.maximize)


def _step_on(
    full: NetworkObjective,
    batch: NetworkObjective,
    replay: Replay,
    step: int,
    stop: NDArray[np.uint8] | None = None,
) -> BatchStep:
    taken = replay.taken(step, stop)
    whole, g_full = change_of(full, taken.before, taken.after)
    own, g_own = whole, g_full
    if batch.key >= 0 or not np.array_equal(batch.rows, full.rows):
        own, g_own = change_of(batch, taken.before, taken.after)
    cosine = float(cosines(g_own[None], g_full)[0])
    return BatchStep(step, batch.rows, taken.rate, own, whole, g_own, g_full, cosine)


def _budget(changes: Sequence[Change]) -> Budget:
    terms = [(c.first, c.second, c.remainder, c.measured) for c in changes]
    return Budget(*np.array(terms).reshape(-1, 4).T)


def line_of_step(replay: Replay, step: int, *, on_batch: bool = False) -> StepLine | None:
    """Return the loss along the line of one step, on all rows or on those that the step saw.

    None if the step is not finite.

    Raises
    ------
    ValueError : the run took no such step.
    """
    objective = _objective(replay)
    objective = objective.of_batch(step) if on_batch else objective.thinned()
    taken = replay.taken(step)
    with np.errstate(all="ignore"):
        move = taken.after - taken.before
    return line_of(objective, taken.before, move, taken.rate, _why_no_rate(taken.run), PLACES)


def _why_no_rate(run: TrainingRun) -> str:
    """Return why no rate can be named for another place on the line, in one clause, or ""."""
    stability, _ = linear_of(run)
    if stability.filter is not None and stability.proportional:
        return ""
    return "this method's steps are not known to be proportional to the learning rate"


@dataclass(frozen=True, eq=False)
class GradientShare:
    """How much of a gradient lies along the steepest directions.

    Parameters
    ----------
    eigenvalues : (k,), the largest of the Hessian, largest first.
    shares : (k,), the squared cosine between the gradient and each eigenvector.

    Source: Gur-Ari, Roberts, Dyer 2018 (arXiv:1812.04754): the gradient soon lies in this subspace.
    """

    eigenvalues: Array
    shares: Array

    @property
    def total(self) -> float:
        """The part of the gradient's square that these directions hold together."""
        return float(self.shares.sum())


def gradient_share(
    objective: NetworkObjective,
    point: Array,
    count: int = 5,
    *,
    scale: Array | None = None,
    decay: float = 0.0,
    tolerance: float = TOLERANCE,
    stop: NDArray[np.uint8] | None = None,
) -> GradientShare:
    """Return how much of the gradient at a point (P,) lies along the top eigenvectors.

    Parameters
    ----------
    scale, decay : of S(H + decay)S and its gradient S(g + decay · point); left out, H and g.
    tolerance : each eigenvalue's residual in parts of the largest.

    Raises
    ------
    engine.descent.Cancelled : `stop` was set.
    """
    count = min(count, objective.size)
    eigenvalues, vectors = top(objective, point, count, None, scale, decay, tolerance, stop)
    if vectors is None:
        return GradientShare(eigenvalues, np.full(count, np.nan))
    gradient = objective.gradient(point) + decay * point
    gradient = gradient if scale is None else scale * gradient
    return GradientShare(eigenvalues, cosines(vectors, gradient) ** 2)
