"""What the batches page has computed off the UI thread; the one place of its late imports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gui.views.small_landscape_work import Scene

if TYPE_CHECKING:
    from engine.experiment import Experiment
    from engine.explanation.batch_limit import MeanSquareLimit
    from engine.explanation.batch_view import BatchView
    from engine.landscape import Landscape
    from engine.trajectory import Trajectory


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked: a step of run `index`; `limit` is what is known of it from before."""

    experiment: Experiment
    index: int
    trajectory: Trajectory
    step: int
    limit: MeanSquareLimit | None


@dataclass(frozen=True, eq=False)
class Found:
    """A step's batch, a scene for it and one for all rows, the limit and how far η is from it.

    Where the data are used whole there is only the limit, and a batch size to try.
    """

    question: Question
    limit: MeanSquareLimit
    rate: str
    usual: int
    view: BatchView | None = None
    scenes: tuple[Scene | None, Scene | None] = (None, None)


def find(question: Question) -> Found:
    """Return what is shown of a step. Raises ValueError with a plain sentence."""
    from engine.answer import landscape_of
    from engine.explanation.batch_limit import mean_square_limit
    from engine.explanation.batch_view import batch_view, rate_words, usual_batch

    experiment, trajectory, step = question.experiment, question.trajectory, question.step
    limit = question.limit or mean_square_limit(experiment, question.index)
    rate = rate_words(float(trajectory.learning_rates[max(0, step)]), limit)
    found = Found(question, limit, rate, usual_batch(limit.rows))
    landscape = landscape_of(experiment, "float64")
    if not landscape.batched or step < 0:
        return found
    view = batch_view(trajectory, landscape, step, experiment.display.colours == "log")
    return replace(found, view=view, scenes=_scenes(question, landscape, view))


def _scenes(
    question: Question, landscape: Landscape, view: BatchView
) -> tuple[Scene | None, Scene | None]:
    if view.view is None:
        return None, None
    step, trajectory = question.step, question.trajectory
    points = trajectory.points[step : step + 2].astype(np.float64)
    slot = trajectory.run.slot
    *others, batch, rows = view.fan
    own = Scene(
        landscape, view.view, True, points, slot, step=step, levels=view.levels, minima=False,
        ways=(("text", view.pair[1]), ("path", view.pair[0])),
    )  # fmt: skip
    full = Scene(
        landscape, view.view, True, points, slot, levels=view.levels,
        ways=(*(("faint", way) for way in others), ("path", batch), ("text", rows)),
    )  # fmt: skip
    return own, full
