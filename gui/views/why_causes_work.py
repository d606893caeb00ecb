"""What the causes page has computed off the UI thread; the one place of its late imports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from gui.views.landscape_frame import around
from gui.views.landscape_runs import BROKEN
from gui.views.small_landscape_work import Scene

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.experiment import Experiment
    from engine.explanation.cause import Cause
    from engine.explanation.comparison import Comparison, Outcome, Side
    from engine.explanation.comparison_view import ComparisonView
    from gui.views.landscape_frame import View

#: More steps than this are not walked once more for each switch.
MOST_STEPS = 100_000


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked about run `index`; setting ``stop[0]`` to 1 ends the work."""

    experiment: Experiment
    index: int
    chosen: Mapping[str, float]
    stop: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(1, np.uint8))

    @property
    def walked(self) -> Experiment:
        """The experiment with as many steps as are walked for the comparison."""
        return replace(self.experiment, steps=min(self.experiment.steps, MOST_STEPS))


@dataclass(frozen=True, eq=False)
class Compared:
    """A comparison, what is said of it, and a scene for each side."""

    comparison: Comparison
    view: ComparisonView
    scenes: tuple[Scene, Scene]
    remarks: tuple[str, ...]
    #: The losses have a value at each step.
    every: int = 1

    @property
    def slot(self) -> int:
        """The run's slot."""
        return self.comparison.after.trajectory.run.slot

    @property
    def apart(self) -> str:
        """Why both cannot be runs of one experiment, in a sentence, or ""."""
        old, new = self.comparison.before.experiment, self.comparison.after.experiment
        if (old.surface, old.precision) == (new.surface, new.precision):
            return ""
        return "Not here: all runs share one surface and one precision"


@dataclass(frozen=True, eq=False)
class Found:
    """The answer to a question: its switches and, where some are thrown, what they change."""

    question: Question
    causes: tuple[Cause, ...]
    compared: Compared | None


def find(question: Question) -> Found | None:
    """Return the switches and the comparison, or None if the work was ended."""
    from engine.descent import Cancelled
    from engine.explanation.causes import causes

    found = causes(question.experiment, question.index)
    offered = {(cause.key, choice.amount) for cause in found for choice in cause.choices}
    chosen = {key: a for key, a in question.chosen.items() if (key, a) in offered}
    try:
        compared = _compared(question, chosen) if chosen else None
    except Cancelled:
        return None
    return Found(question, found, compared)


def outcomes(question: Question) -> tuple[Outcome, ...] | None:
    """Return what each switch alone would change, or None if the work was ended."""
    from engine.descent import Cancelled
    from engine.explanation.comparison import alone

    try:
        return alone(question.walked, question.index, question.stop)
    except Cancelled:
        return None


def changed(question: Question) -> Experiment:
    """Return the whole experiment with the chosen switches thrown."""
    from engine.explanation.causes import combined

    return combined(question.experiment, question.index, question.chosen)[0]


def _compared(question: Question, chosen: Mapping[str, float]) -> Compared:
    from engine.answer import landscape_of
    from engine.explanation.comparison import compare
    from engine.explanation.comparison_view import comparison_view

    walked = question.walked
    comparison = compare(walked, question.index, chosen, question.stop)
    view = comparison_view(comparison, question.index)
    notes = view.remarks
    if walked.steps < question.experiment.steps:
        notes = (*notes, f"Only the first {MOST_STEPS:,} steps are compared.")
    sides = (comparison.before, comparison.after)
    starts = [side.start.point for side in sides]
    views: list[View] = []
    for side, start in zip(sides, starts, strict=True):
        whole = side.experiment.display.view or side.landscape.view
        views.append(around(whole, starts if view.same_surface else [start]))
    scenes = [
        Scene(
            landscape=landscape_of(side.experiment, "float64"),
            view=views[0] if view.same_surface else own,
            log=question.experiment.display.colours == "log",
            points=_points(side),
            slot=side.trajectory.run.slot,
            broken=side.status.kind in BROKEN,
        )
        for side, own in zip(sides, views, strict=True)
    ]
    return Compared(comparison, view, (scenes[0], scenes[1]), notes)


def _points(side: Side) -> NDArray[np.floating]:
    return side.trajectory.points[: side.trajectory.last_step + 1]
