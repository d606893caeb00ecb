"""Whether a changed experiment did better: both runs are judged by one loss, in one unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.answer import landscape_of
from engine.experiment import surface_of
from engine.explanation.causes_in_data import data_of
from engine.surfaces.data_coordinates import same_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.experiment import Experiment
    from engine.landscape import Landscape
    from engine.status import Status
    from engine.trajectory import Trajectory

#: "saved": the run blew up and does so no longer; "worse" includes that it blows up now.
Effect = Literal["saved", "better", "same", "worse"]

BLOWN_UP = ("diverged", "nan")
#: Rows at the end whose median counts, so that a bounce or a batch does not decide.
TAIL = 100
#: Errors count as different when one is twice the other, steps when they are a fifth apart.
ERRORS_APART, STEPS_APART = 2.0, 1.25
#: Errors below this part of the first one are rounding.
ROUNDING = 1e-9


def effect_of(
    experiment: Experiment,
    changed: Experiment,
    trajectories: tuple[Trajectory, Trajectory],
    statuses: tuple[Status, Status],
) -> Effect:
    """Return what a change did to a run, by the error left at the end.

    Both paths are measured on the unchanged surface, on all data, at the same models: so another
    unit of the loss (sum, target scale) or other coordinates (standardising) count for nothing.
    """
    blown = [status.kind in BLOWN_UP for status in statuses]
    if blown[1]:
        return "same" if blown[0] else "worse"
    landscape = landscape_of(experiment, "float64")
    sense = -1.0 if trajectories[0].run.maximize else 1.0
    ends = [
        sense * _loss_at_end(landscape, experiment, other, trajectory)
        for other, trajectory in zip((experiment, changed), trajectories, strict=True)
    ]
    first = sense * float(landscape.value(trajectories[0].points[0].astype(np.float64)))
    if blown[0]:
        return "saved" if ends[1] < first else "same"
    known = len(landscape.minima) > 0 and sense > 0
    lowest = float(landscape.minima[:, 2].min()) if known else min(ends)
    # Without a known minimum the better one's error is 0, so only a real gap may count.
    grain = (ROUNDING if known else 0.01) * abs(first - lowest)
    return _compare([end - lowest for end in ends], grain, statuses)


def _compare(errors: list[float], grain: float, statuses: tuple[Status, Status]) -> Effect:
    before, after = (max(error, grain) for error in errors)
    if after * ERRORS_APART < before:
        return "better"
    if before * ERRORS_APART < after:
        return "worse"
    if statuses[0].kind == statuses[1].kind == "converged":
        if statuses[1].step * STEPS_APART < statuses[0].step:
            return "better"
        if statuses[0].step * STEPS_APART < statuses[1].step:
            return "worse"
    return "same"


def _loss_at_end(
    landscape: Landscape, experiment: Experiment, other: Experiment, trajectory: Trajectory
) -> float:
    last = trajectory.last_step
    points = trajectory.points[max(0, last + 1 - min(TAIL, 1 + last // 10)) : last + 1]
    seen = translated(other, experiment, points.astype(np.float64))
    with np.errstate(all="ignore"):
        return float(np.median(landscape.value(seen)))


def translated(
    old: Experiment, new: Experiment, points: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return points (n, 2) of one experiment as the same models' points in another one."""
    before, after = data_of(old), data_of(new)
    if before is None or after is None or before == after:
        return points
    surface = surface_of(old.surface)
    # The map is linear, so two points say all of it.
    columns = [same_model(surface, before, after, unit) for unit in ((1.0, 0.0), (0.0, 1.0))]
    with np.errstate(all="ignore"):
        moved: NDArray[np.float64] = points @ np.array(columns)
    return moved
