"""Causes as switches in training: both losses over the steps, and the numbers that matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.networks.settings import MOST_RUNS
from gui.networks.views.why_causes_work import Question, TrialsWork, changed
from gui.theme import THEME
from gui.views.causes_page import AnyCausesPage
from gui.views.small_curves import SmallCurves
from gui.views.why_causes_body import CausesBody
from gui.views.why_causes_comparison import AnySides, ComparisonDetails, pinned, show_losses

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from engine.explanation.comparison import Outcome
    from engine.networks.settings import NetworkExperiment
    from gui.networks.state import NetworkState
    from gui.networks.views.why_causes_work import Found
    from gui.state import Submit


class NetworkCausesPage(AnyCausesPage):
    """The switches of the selected run in training; it asks once nothing trains."""

    most = MOST_RUNS

    def __init__(self, state: NetworkState, submit: Submit, parent: QWidget | None = None) -> None:
        body = CausesBody(LossesSides(), ComparisonDetails(curves=False))
        self._compares, self._walks = TrialsWork(), TrialsWork()
        self._experiment: NetworkExperiment | None = None
        super().__init__(state, submit, body, parent)
        self._state: NetworkState = state
        state.trained_changed.connect(lambda _: self._on_trained())
        state.running_changed.connect(self._on_running)
        state.changed.connect(lambda *_: self._stop())

    def _on_trained(self) -> None:
        trained = self._state.trained
        if trained is not None and trained.experiment is not self._experiment:
            self._on_other_run()

    def _on_running(self, running: bool) -> None:
        if not running:
            self._on_other_run()

    def _asked(self, chosen: Mapping[str, float]) -> Question | None:
        state, index = self._state, self._state.selected
        trained = state.trained
        if trained is None or not 0 <= index < len(trained.histories) or not state.experiment.runs:
            return None
        self._experiment = trained.experiment
        seconds = trained.histories[index].seconds
        return Question(trained.experiment, trained.network, index, chosen, seconds)

    def _present(self, chosen: Mapping[str, float]) -> Question | None:
        trained = self._state.trained
        if trained is None:
            return None
        return Question(self._state.experiment, trained.network, self._state.selected, chosen)

    def _find(self, question: Question) -> Found | None:
        return self._compares.find(question)

    def _find_outcomes(self, question: Question) -> tuple[Outcome, ...] | None:
        return self._walks.outcomes(question)

    def _changed(self, question: Question) -> NetworkExperiment:
        return changed(question)

    def _waiting(self) -> str:
        return self.tr("The switches follow as soon as the network is trained.")


class LossesSides(AnySides):
    """What became of the run before and after, over both losses in one plot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curves = SmallCurves()
        self.curves.setAccessibleName(self.tr("Loss before and after over the steps"))
        self.curves.stepped.connect(self.stepped)
        self._lay_out((self.curves,))
        THEME.changed.connect(self._dress)

    def show_comparison(self, found: Any, head: int) -> None:
        """Show a run before and after, with the play head at a step."""
        super().show_comparison(found, head)
        show_losses(self.curves, found, head)

    def set_head(self, head: int) -> None:
        """Move the play head over the losses."""
        if self.found is not None:
            self.curves.set_head(head)

    def pin(self, height: int) -> None:
        """Keep to a part of a page of so many pixels; 0 takes all the room there is."""
        super().pin(height)
        least = self.curves.minimumSizeHint().height()
        self.curves.setMinimumHeight(max(least, pinned(height)) if height else least)
        self.curves.setMaximumHeight(max(least, pinned(height)) if height else 16_777_215)

    def _dress(self) -> None:
        if self.found is not None:
            show_losses(self.curves, self.found, self.curves.head)
