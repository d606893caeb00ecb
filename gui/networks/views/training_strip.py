"""What became of each training run so far, one chip for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.networks.outcome import outcome
from gui.views.status_strip import Chip, ChipStrip

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.networks.settings import NetworkExperiment
    from gui.networks.state import NetworkState


class TrainingStrip(ChipStrip):
    """Losses and accuracy of each run, or how it came to be not finite."""

    def __init__(self, state: NetworkState, parent: QWidget | None = None) -> None:
        super().__init__(state, parent)
        self._state = state
        state.trained_changed.connect(self._show)
        state.changed.connect(self._on_changed)
        self._show()

    def _on_changed(self, old: NetworkExperiment, new: NetworkExperiment) -> None:
        if [(r.visible, r.slot) for r in old.runs] != [(r.visible, r.slot) for r in new.runs]:
            self._show()

    def _show(self) -> None:
        trained, now = self._state.trained, self._state.experiment.runs
        found = trained.histories if trained else ()
        runs = now if len(now) == len(found) else [history.run for history in found]
        self.show_chips(
            [
                Chip(run.slot, history.label, outcome(history), run.visible)
                for run, history in zip(runs, found, strict=True)
            ]
        )
