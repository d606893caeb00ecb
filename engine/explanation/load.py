"""What an optimizer makes of the curvature along its path: ηλ against its own limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.answer import landscape_of, noise_of, rule_of, walk_run
from engine.curvature import preconditioned
from engine.experiment import surface_of
from engine.explanation.explanation import Load
from engine.explanation.limits import limit, stability_of
from engine.gains import gains_along

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.experiment import Experiment, RunSettings
    from engine.explanation.explanation import Curvature
    from engine.trajectory import Trajectory

    Array = NDArray[np.float64]

#: More different decays than this are not each given a limit of their own but one between these:
#: a limit falls along a straight line with the decay wherever −1 is the first root to cross.
MOST_LIMITS = 9


def load_of(
    trajectory: Trajectory,
    experiment: Experiment,
    curvature: Curvature,
    stop: NDArray[np.uint8] | None = None,
) -> Load:
    """Return the load of a run's first rows, as many as the curvature has.

    A path from a file is walked once more, to see whether its run's settings are those it was
    made with.
    """
    run, rows = trajectory.run, len(curvature.hessians)
    rates = trajectory.learning_rates[:rows]
    gains, unknown = _gains(trajectory, experiment, rates, stop)
    coupled = 0.0 if run.decoupled else run.weight_decay
    with np.errstate(all="ignore"):
        if stability_of(run)[0].gains_vary:
            values, lowest = preconditioned(curvature.hessians, gains, coupled)
        else:
            one, other = (rates * (column + coupled) for column in curvature.eigenvalues.T)
            # A negative rate turns their order.
            values, lowest = np.maximum(one, other), np.minimum(one, other)
    reason = unknown or _why_silent(run, experiment)
    limits = np.full(rows, np.nan) if reason else _limits(run, decays_of(run, rates, gains))
    return Load(gains, values, lowest, limits, reason)


def _why_silent(run: RunSettings, experiment: Experiment) -> str:
    """Return why no limit applies to a run, in one clause, or ""."""
    stability, _ = stability_of(run)
    if stability.filter is None:
        return stability.reason
    if not surface_of(experiment.surface).smooth:
        return "the surface has kinks, where curvature says nothing"
    return ""


def decays_of(run: RunSettings, rates: Array, gains: Array) -> Array:
    """Return by which part of itself the point shrinks in each step beside the gradient's, (n,).

    `rates` (n,) and `gains` (n, 2); coupled decay is none of it: it joins the gradient.
    """
    stability, h = stability_of(run)
    decays: Array = rates * (run.weight_decay if run.decoupled else 0.0)
    if stability.decay is not None:
        # The rule's own decay goes with the rule's own rate, on what the other one has left.
        decays = decays + (1.0 - decays) * gains[:, 0] * stability.decay(h)
    return decays


def _gains(
    trajectory: Trajectory, experiment: Experiment, rates: Array, stop: NDArray[np.uint8] | None
) -> tuple[Array, str]:
    """Return the gains, (n, 2), or the rates and why the gains are not known."""
    run, rows = trajectory.run, len(rates)
    plain = np.broadcast_to(rates[:, np.newaxis], (rows, 2))
    points, gradients = trajectory.points[:rows], trajectory.gradients[:rows]
    if run.recorded:
        path = walk_run(experiment, run, landscape_of(experiment), rates.copy(), rows - 1, stop)
        if not _alike(path.points[: rows - 1], points[:-1]):
            return plain, "the path was read from a file, which does not tell how it was made"
        points, gradients = path.points, path.gradients
    if not stability_of(run)[0].gains_vary:
        return plain, ""
    optimizer, hyperparameters, shared = rule_of(run)
    found = gains_along(
        optimizer, points, gradients, rates.copy(), hyperparameters, shared,
        noise_of(run, rows - 1),
    )  # fmt: skip
    return np.asarray(found, dtype=np.float64), ""


def _alike(walked: NDArray[np.floating[Any]], recorded: NDArray[np.floating[Any]]) -> bool:
    """Return whether two paths, (n, 2), are one but for the digits that a file keeps."""
    size = float(np.abs(recorded).max(initial=0.0))
    return bool(np.allclose(walked, recorded, rtol=1e-5, atol=1e-7 * size))


def _limits(run: RunSettings, decays: Array) -> Array:
    """Return the limit at each row's decay, (n,)."""
    stability, h = stability_of(run)
    if decays.min() == decays.max():
        return np.full(len(decays), limit(stability, h, float(decays[0])))
    found = np.full(len(decays), np.nan)
    finite = np.isfinite(decays)
    different = np.unique(decays[finite])
    if len(different) > MOST_LIMITS:
        different = np.linspace(different[0], different[-1], MOST_LIMITS)
    if len(different):
        limits = [limit(stability, h, float(decay)) for decay in different]
        found[finite] = np.interp(decays[finite], different, limits)
    return found
