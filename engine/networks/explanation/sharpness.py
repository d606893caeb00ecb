"""λ₁ along a training run, and what the optimizer makes of it against its own limit.

Source: Cohen et al. 2021 (arXiv:2103.00065) for λ₁; 2022 (arXiv:2207.14484), §2, for the
preconditioned sharpness, the largest eigenvalue of √G (H + c) √G with the gains G of the step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.descent import Cancelled
from engine.lanczos import largest
from engine.networks.explanation.linear import coupled_decay, limit_of, linear_of, why_silent
from engine.networks.explanation.load import Sharpness
from engine.networks.explanation.objective import MOST_ROWS, objective_of
from engine.networks.explanation.replay import Replay, run_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from engine.networks.explanation.objective import NetworkObjective
    from engine.networks.history import History
    from engine.networks.network import Network
    from engine.networks.settings import TrainingRun

    Array = NDArray[np.float64]

#: Residual at which an eigenvalue is taken, in parts of the largest: its own error is that squared.
TOLERANCE = 1e-5
#: What the other eigenvectors have of a start.
OTHERS = 0.03


def sharpness_along(
    network: Network,
    history: History,
    *,
    every: int = 1,
    count: int = 1,
    most_rows: int = MOST_ROWS,
    tolerance: float = TOLERANCE,
    stop: NDArray[np.uint8] | None = None,
) -> Sharpness:
    """Return the curvature at a run's kept weights.

    Parameters
    ----------
    every : look at every so many of the kept weights only.
    count : how many of the largest eigenvalues.
    most_rows : rows that count at most.
    tolerance : residual at which an eigenvalue is taken, in parts of the largest.

    Raises
    ------
    engine.descent.Cancelled : `stop` was set.
    """
    objective = objective_of(network, maximize=history.run.maximize).thinned(most_rows)
    kept = history.kept[::every]
    runs, rates = [run_at(history, step) for step in kept], history.learning_rates[kept]
    count = min(count, objective.size)
    eigenvalues, vectors = np.full((len(kept), count), np.nan), None
    for row, weights in enumerate(_watched(history.weights[::every], stop)):
        eigenvalues[row], vectors = top(objective, weights, count, vectors, tolerance=tolerance)
    values = rates * (eigenvalues[:, 0] + [coupled_decay(run) for run in runs])
    preconditioned = np.array([linear_of(run)[0].preconditioned for run in runs])
    if preconditioned.any():
        rows = np.flatnonzero(preconditioned)
        values[rows] = _preconditioned(network, history, kept[rows], objective, tolerance, stop)
    limits = [limit_of(run, rate) for run, rate in zip(runs, rates.tolist(), strict=True)]
    return Sharpness(
        kept, eigenvalues, values, np.array(limits), bool(preconditioned[-1]),
        why_silent(runs[-1]), objective.note,
    )  # fmt: skip


def top(
    objective: NetworkObjective,
    point: Array,
    count: int = 1,
    vectors: Array | None = None,
    scale: Array | None = None,
    decay: float = 0.0,
    tolerance: float = TOLERANCE,
    stop: NDArray[np.uint8] | None = None,
) -> tuple[Array, Array | None]:
    """Return the largest eigenvalues of S(H + decay)S at a point, and their eigenvectors.

    Parameters
    ----------
    point : (P,).
    vectors : (k, P), eigenvectors at a point near by, from which to begin; None begins by chance.
    scale : (P,), the diagonal of S; left out, 1.
    tolerance : each residual in parts of the largest eigenvalue.

    Returns
    -------
    eigenvalues (count,), NaN where the loss is not finite, then without eigenvectors.

    Raises
    ------
    engine.descent.Cancelled : `stop` was set.
    """
    near = objective.near(point)
    values, found = np.full(count, np.nan), np.zeros((count, objective.size))
    if not np.isfinite(near.gradient).all():
        return values, None

    def product(vector: Array) -> Array:
        if stop is not None and stop[0]:
            raise Cancelled
        # What was found is pushed below all others: one after the other, equal ones are found too.
        known = found[:k] @ vector
        inside = vector - known @ found[:k]
        inside = inside if scale is None else scale * inside
        bent = near.product(inside) + decay * inside
        bent = bent if scale is None else scale * bent
        return np.asarray(bent - ((found[:k] @ bent) + below * known) @ found[:k])

    below = 0.0
    for k in range(count):
        if vectors is None:
            # Each its own: what one start found is all that it had of equal eigenvalues.
            start = np.random.default_rng(k).standard_normal(objective.size)
        else:
            start = vectors[k] + OTHERS * vectors[k + 1 :].sum(axis=0)
        first, vector = largest(product, objective.size, start=start, tolerance=tolerance)
        if not np.isfinite(first).all():
            return values, None
        values[k], found[k] = first[0], vector[0]
        below = max(below, 2.0 * abs(values[k]))
    return values, found


def _preconditioned(
    network: Network,
    history: History,
    kept: NDArray[np.int64],
    objective: NetworkObjective,
    tolerance: float,
    stop: NDArray[np.uint8] | None,
) -> Array:
    """Return λ_P at the kept steps; the last weights, which no step leaves, repeat its gains."""
    values, vectors = np.full(len(kept), np.nan), None
    replay = Replay(network, history)
    for row, step in enumerate(_watched(kept, stop)):
        if history.last_step == 0:
            break
        taken = replay.taken(min(int(step), history.last_step - 1), stop)
        assert taken.gains is not None
        weights = taken.before if step == taken.step else taken.after
        values[row], vectors = preconditioned(
            objective, taken.run, weights, taken.gains, vectors, tolerance
        )
    return values


def preconditioned(
    objective: NetworkObjective,
    run: TrainingRun,
    point: Array,
    gains: Array,
    vectors: Array | None = None,
    tolerance: float = TOLERANCE,
) -> tuple[float, Array | None]:
    """Return the largest eigenvalue of √G (H + c) √G, NaN for a gain below 0, and eigenvectors."""
    if not (gains >= 0).all() or not np.isfinite(gains).all():
        return np.nan, None
    decay = coupled_decay(run)
    values, vectors = top(objective, point, 1, vectors, np.sqrt(gains), decay, tolerance)
    return float(values[0]), vectors


def _watched(rows: NDArray[Any], stop: NDArray[np.uint8] | None) -> Iterator[Any]:
    """Yield rows one by one; raise Cancelled once `stop` is set."""
    for row in rows:
        if stop is not None and stop[0]:
            raise Cancelled
        yield row
