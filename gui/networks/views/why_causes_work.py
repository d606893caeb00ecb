"""What the causes page of networks has trained off the UI thread; its late imports are here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.explanation.cause import Cause
    from engine.explanation.comparison import Outcome
    from engine.networks.explanation.comparison import Comparison, Trials
    from engine.networks.explanation.comparison_view import TrainingView
    from engine.networks.network import Network
    from engine.networks.settings import NetworkExperiment

#: A run that takes longer is trained no further than to where this time would be over.
MOST_SECONDS = 1.0
#: But so many steps are always trained.
LEAST_STEPS = 50


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked about run `index`; setting ``stop[0]`` to 1 ends the work.

    ``seconds`` is how long its steps took.
    """

    experiment: NetworkExperiment
    network: Network
    index: int
    chosen: Mapping[str, float]
    seconds: float = 0.0
    stop: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(1, np.uint8))

    def same_run_as(self, other: Question) -> bool:
        """Return whether both ask about the same run, trained as far."""
        ends = (self.index, self.until), (other.index, other.until)
        return self.experiment is other.experiment and ends[0] == ends[1]

    @property
    def until(self) -> int | None:
        """The step up to which it is trained for a comparison; None for all."""
        steps = self.experiment.steps
        if self.seconds <= MOST_SECONDS:
            return None
        return min(steps, max(LEAST_STEPS, int(steps * MOST_SECONDS / self.seconds)))


@dataclass(frozen=True, eq=False)
class Compared:
    """A comparison, and what is said of it."""

    comparison: Comparison
    view: TrainingView
    remarks: tuple[str, ...]

    @property
    def every(self) -> int:
        """Steps between two values of the losses."""
        return self.view.every

    @property
    def slot(self) -> int:
        """The run's slot."""
        return self.comparison.after.history.run.slot

    @property
    def apart(self) -> str:
        """Why both cannot be runs of one experiment, in a sentence, or ""."""
        from msgspec.structs import replace

        old, new = self.comparison.before.experiment, self.comparison.after.experiment
        if replace(old, runs=()) == replace(new, runs=()):
            return ""
        return "Not here: all runs share data, model, first weights, batches and precision"


@dataclass(frozen=True, eq=False)
class Found:
    """The answer to a question: its switches and, where some are thrown, what they change."""

    question: Question
    causes: tuple[Cause, ...]
    compared: Compared | None


class TrialsWork:
    """Answers questions in a thread, and remembers the run as it is. One call at a time."""

    def __init__(self) -> None:
        self._known: tuple[Question, Trials] | None = None

    def find(self, question: Question) -> Found | None:
        """Return the switches and the comparison, or None if the work was ended."""
        from engine.descent import Cancelled
        from engine.networks.explanation.causes import causes, facts_of
        from engine.networks.explanation.comparison_view import training_view

        found = causes(question.experiment, question.index, facts_of(question.network))
        offered = {(cause.key, choice.amount) for cause in found for choice in cause.choices}
        chosen = {key: a for key, a in question.chosen.items() if (key, a) in offered}
        if not chosen:
            return Found(question, found, None)
        try:
            comparison = self._trials(question).compare(chosen, question.stop)
        except Cancelled:
            return None
        notes, until = comparison.notes, question.until
        if until is not None and until < question.experiment.steps:
            notes = (*notes, f"Only the first {until:,} steps are compared.")
        return Found(question, found, Compared(comparison, training_view(comparison), notes))

    def outcomes(self, question: Question) -> tuple[Outcome, ...] | None:
        """Return what each switch alone would change, or None if the work was ended."""
        from engine.descent import Cancelled

        try:
            return self._trials(question).alone(question.stop)
        except Cancelled:
            return None

    def _trials(self, question: Question) -> Trials:
        from engine.networks.explanation.comparison import Trials

        known = self._known
        if known is not None and known[0].same_run_as(question):
            return known[1]
        trials = Trials(question.experiment, question.index, question.network, question.until)
        self._known = (question, trials)
        return trials


def changed(question: Question) -> NetworkExperiment:
    """Return the whole experiment with the chosen switches thrown."""
    from engine.networks.explanation.causes import combined, facts_of

    facts = facts_of(question.network)
    return combined(question.experiment, question.index, question.chosen, facts)[0]
