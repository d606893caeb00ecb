"""Causes in the learning rate: an order of magnitude too much, or just beyond the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from engine.experiment import start_of, surface_of
from engine.explanation.batch_limit import mean_square_limit
from engine.explanation.cause import Choice, Switch, with_run
from engine.explanation.causes_in_data import data_of
from engine.explanation.limits import largest_rate, stability_of
from engine.numbers import short
from engine.schedules import rates_of
from engine.surfaces.data_coordinates import rows_of

if TYPE_CHECKING:
    from engine.experiment import Experiment, RunSettings

    Offered = tuple[Choice, ...] | str

#: How much of the limit is taken: just below it a run settles slowly.
SHARE = 0.9


def _smaller(experiment: Experiment, index: int) -> Offered:
    if experiment.runs[index].learning_rate == 0:
        return "the learning rate is 0"
    return (Choice(0.1, "η ÷ 10"),)


def _scale(experiment: Experiment, index: int, factor: float) -> Experiment:
    run = experiment.runs[index]
    return with_run(experiment, index, replace(run, learning_rate=factor * run.learning_rate))


def _below_limit(experiment: Experiment, index: int) -> Offered:
    limit = limit_of(experiment, index)
    if isinstance(limit, str):
        return limit
    rate = experiment.runs[index].learning_rate
    if abs(rate) <= SHARE * limit:
        return f"η = {short(rate)} is below {short(SHARE)} of its limit, {short(limit)}, already"
    return (Choice(SHARE, f"η at {short(SHARE)} of its limit"),)


def _set_share(experiment: Experiment, index: int, share: float) -> Experiment:
    limit = limit_of(experiment, index)
    if isinstance(limit, str):
        raise ValueError(f"There is no limit to take a share of: {limit}.")
    run = experiment.runs[index]
    return with_run(experiment, index, replace(run, learning_rate=share * limit))


def limit_of(experiment: Experiment, index: int) -> float | str:
    """Return the largest stable learning rate, or in one clause why there is none.

    It is that of the larger curvature: at the start, or at the known minimum nearest to it. Under
    a schedule it is the setting whose largest rate is stable; on mini-batches it is the smaller
    one of this and, for plain gradient descent, the mean-square limit.
    """
    run = experiment.runs[index]
    if run.maximize:
        return "the run climbs on purpose"
    if not surface_of(experiment.surface).smooth:
        return "the surface has kinks, and no curvature bounds the rate there"
    curvature = _curvature(experiment, run)
    if not curvature > 0:
        return "the surface does not curve upwards at the start"
    limit = largest_rate(run, curvature)
    if limit is None:
        return _why_no_limit(run)
    if not 0 < limit < np.inf:
        return "no rate is the largest stable one with these settings"
    if data_of(experiment) is not None:
        found = mean_square_limit(experiment, index)
        limit = limit if found.reason else min(limit, found.value)
    return limit / _peak(experiment, run)


def _why_no_limit(run: RunSettings) -> str:
    stability, _ = stability_of(run)
    if stability.reason:
        return stability.reason
    return (
        "the rule chooses its own rate"
        if stability.own_rate
        else "its limit moves with its gradients"
    )


def _curvature(experiment: Experiment, run: RunSettings) -> float:
    """Return the largest λ₁ that counts: of all data or, in a sum, of an average batch."""
    # Numba is loaded here, so not before the window's first paint.
    from engine.answer import landscape_of
    from engine.curvature import eigen

    landscape = landscape_of(experiment, "float64")
    start = np.array(start_of(experiment, run))
    points = [start]
    if len(landscape.minima):
        places = landscape.minima[:, :2]
        points.append(places[int(np.argmin(np.hypot(*(places - start).T)))])
    hessians = landscape.hessian(points).reshape(-1, 4)[:, [0, 1, 3]]
    values = eigen(hessians)[0][:, 0]
    largest = float(np.nanmax(values)) if np.isfinite(values).any() else float("nan")
    data = data_of(experiment)
    if data is not None and data.reduction == "sum" and landscape.batched:
        return largest * data.batch_size / rows_of(surface_of(experiment.surface), data)
    return largest


def _peak(experiment: Experiment, run: RunSettings) -> float:
    """Return the schedule's largest rate as a factor on the learning rate."""
    rates = rates_of(run.schedule, 1.0, max(1, experiment.steps))
    return float(np.abs(rates).max()) or 1.0


SWITCHES: tuple[Switch, ...] = (
    Switch(
        "rate",
        "A smaller rate",
        "Takes a tenth of the learning rate: one order of magnitude is often all that lies "
        "between converging and blowing up.",
        _smaller,
        _scale,
    ),
    Switch(
        "limit",
        "A rate below the limit",
        "Takes nine tenths of the largest rate that the curvature at the start and at the "
        "minimum allows this method.",
        _below_limit,
        _set_share,
    ),
)
