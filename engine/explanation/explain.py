"""From a run to what is known about each of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.answer import landscape_of
from engine.curvature import eigen
from engine.explanation.along import along
from engine.explanation.explanation import Curvature, Explanation
from engine.explanation.load import load_of
from engine.explanation.objective import SurfaceObjective

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.experiment import Experiment
    from engine.trajectory import Trajectory

#: What an explanation keeps of a row, and what it needs while it is made.
BYTES_PER_ROW = 160
#: 160 MB.
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
        load=load_of(trajectory, experiment, curvature, stop),
        batch_budget=on_batch.budget if on_batch else None,
        note=_note(trajectory, experiment, rows),
    )


def _note(trajectory: Trajectory, experiment: Experiment, explained: int) -> str:
    """Return what a reader of the explanation must know, in sentences, or ""."""
    rows, notes = trajectory.last_step + 1, []
    if explained < rows:
        notes.append(
            f"Only the first {explained:,} of {rows:,} rows are explained: all of them would take "
            f"{BYTES_PER_ROW * rows / 2**30:.1f} GiB of memory."
        )
    if trajectory.surface != experiment.surface.name:
        notes.append("The path was recorded on another surface and is explained on this one.")
    return " ".join(notes)
