"""From a run to what is known about each of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.answer import landscape_of
from engine.curvature import eigen
from engine.explanation.along import along
from engine.explanation.explanation import Curvature, Explanation, Load
from engine.explanation.objective import SurfaceObjective

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.experiment import Experiment
    from engine.trajectory import Trajectory

#: An explanation takes about 150 bytes a row: a million rows are 150 MB.
MOST_ROWS = 1_000_000


def explain(
    trajectory: Trajectory,
    experiment: Experiment,
    stop: NDArray[np.uint8] | None = None,
    most: int = MOST_ROWS,
) -> Explanation:
    """Explain every step of a run of an experiment.

    Parameters
    ----------
    trajectory : what `engine.answer.answer` returned for one of the experiment's runs.
    stop : one byte that another thread may set to 1 to end the work.
    most : rows beyond this many are left out; the explanation's note says so.

    Raises
    ------
    engine.descent.Cancelled : `stop` was set.
    """
    landscape = landscape_of(experiment, "float64")
    rows = min(trajectory.last_step + 1, most)
    points = np.ascontiguousarray(trajectory.points[:rows], dtype=np.float64)
    objective = SurfaceObjective(landscape, -1.0 if trajectory.run.maximize else 1.0)
    found = along(objective, points, stop=stop)
    on_batch = along(objective, points, batched=True, stop=stop) if landscape.batched else None
    curvature = Curvature(found.hessians, *eigen(found.hessians))
    return Explanation(
        trajectory=trajectory,
        objective=objective,
        points=points,
        loss=found.loss,
        gradients=found.gradients,
        budget=found.budget,
        curvature=curvature,
        load=_load(trajectory, curvature),
        batch_budget=on_batch.budget if on_batch else None,
        note=_note(trajectory.last_step + 1, rows),
    )


def _load(trajectory: Trajectory, curvature: Curvature) -> Load:
    rows = len(curvature.eigenvalues)
    rates = trajectory.learning_rates[:rows]
    with np.errstate(all="ignore"):
        one, other = rates * curvature.eigenvalues[:, 0], rates * curvature.eigenvalues[:, 1]
    return Load(
        gains=np.stack((rates, rates), axis=1),
        values=np.maximum(one, other),
        lowest=np.minimum(one, other),
        limits=np.full(rows, np.nan),
    )


def _note(rows: int, explained: int) -> str:
    if explained == rows:
        return ""
    return (
        f"Only the first {explained:,} of {rows:,} rows are explained: all of them would take "
        f"{150 * rows / 2**30:.1f} GiB of memory."
    )
