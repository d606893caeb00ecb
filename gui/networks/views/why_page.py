"""What the pages of the network half's Why dock share: what is known of the selected run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.views.explaining_page import ExplainingPage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.networks.explanation.watch import RunExplained, StepSeen
    from gui.networks.state import NetworkState
    from gui.state import Submit


class NetworkWhyPage(ExplainingPage):
    """One page about the selected run in training."""

    def __init__(self, state: NetworkState, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(state, submit, parent)
        self._state: NetworkState = state
        state.trained_changed.connect(self._on_trained)

    @property
    def explanation(self) -> RunExplained | None:
        """What is known about the selected run, or None."""
        return self._state.explained

    @property
    def seen(self) -> StepSeen | None:
        """The step under the play head, as far as it is known; the one before it until then."""
        explanation = self.explanation
        return explanation.at if explanation is not None else None

    @property
    def reason(self) -> str:
        """Why there is nothing to be shown: a sentence for the empty page."""
        state = self._state
        if not state.experiment.runs:
            return self.tr("Add an optimizer: here will stand why its loss falls or rises.")
        trained = state.trained
        if trained is None or state.selected >= len(trained.histories):
            return self.tr("The explanation follows as soon as the network is trained.")
        history = trained.histories[state.selected]
        if history.last_step == 0 and history.fault is None:
            return self.tr("No step has been taken.")
        return self.tr("The run is being explained …")

    def _on_trained(self) -> None:
        if self.explanation is None:
            self.refresh_soon()
