"""Causes as switches on a surface: two landscapes, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.experiment import MOST_RUNS
from gui.views.causes_page import AnyCausesPage
from gui.views.why_causes_body import CausesBody
from gui.views.why_causes_comparison import BeforeAfter, ComparisonDetails
from gui.views.why_causes_work import Question, changed, find, outcomes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from engine.experiment import Experiment
    from engine.explanation.comparison import Outcome
    from gui.state import State, Submit
    from gui.views.why_causes_work import Found


class CausesPage(AnyCausesPage):
    """The switches of the selected run on a surface."""

    most = MOST_RUNS

    def __init__(self, state: State, submit: Submit, parent: QWidget | None = None) -> None:
        body = CausesBody(BeforeAfter(submit), ComparisonDetails())
        super().__init__(state, submit, body, parent)
        self._state: State = state
        state.results_changed.connect(lambda _: self._on_other_run())

    def _asked(self, chosen: Mapping[str, float]) -> Question | None:
        results, index = self._state.results, self._state.selected
        runs = results.experiment.runs if results is not None else ()
        if results is None or index >= len(runs) or not self._state.experiment.runs:
            return None
        return Question(results.experiment, index, chosen)

    def _present(self, chosen: Mapping[str, float]) -> Question:
        return Question(self._state.experiment, self._state.selected, chosen)

    def _find(self, question: Question) -> Found | None:
        return find(question)

    def _find_outcomes(self, question: Question) -> tuple[Outcome, ...] | None:
        return outcomes(question)

    def _changed(self, question: Question) -> Experiment:
        return changed(question)

    def _waiting(self) -> str:
        return self.tr("The switches follow as soon as the path is there.")
