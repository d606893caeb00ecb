"""The step microscope on networks: the loss along the line of one step of the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox

from gui.networks.views.why_page import NetworkWhyPage
from gui.views.line_page import AnyLinePage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.explanation.microscope import StepLine
    from gui.networks.state import NetworkState
    from gui.state import Submit


class NetworkLinePage(AnyLinePage, NetworkWhyPage):
    """The loss of all training rows, or that of the step's own batch."""

    needs = ("line",)

    def __init__(self, state: NetworkState, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(state, submit, parent)
        self.on_batch = QCheckBox(self.tr("on its own batch"))
        self.on_batch.setToolTip(self.tr("The loss of the rows that this step saw"))
        self._column.addWidget(self.on_batch)
        self.on_batch.toggled.connect(self.refresh)
        self._shown: StepLine | None = None

    def refresh(self) -> None:
        """Show the line of the step that leaves the play head."""
        explanation, seen = self.explanation, self.seen
        if explanation is None or seen is None or not seen.has_lines:
            self._show_nothing(self.reason)
            return
        from engine.networks.explanation.replay import run_at

        whole = explanation.network.sees_all
        self.on_batch.setVisible(not whole)
        own = self.on_batch.isChecked() and not whole
        line = seen.batch_line if own else seen.line
        if line is None:
            self._show_nothing(self.tr("This step ends where nothing is finite."))
        elif line is self._shown or self.plot.held:
            # The handle stays where somebody has put it.
            self._dress()
        else:
            self._shown = line
            self._show_line(line, seen.step, run_at(explanation.history, seen.step), "loss")

    def _values_at(self, line: StepLine, s: float) -> tuple[float, float]:
        from engine.explanation.line_view import values_on

        return values_on(line, s)

    def _tip(self) -> str:
        return self.tr("Give the run the learning rate that puts this step here, and train again")

    def _show_nothing(self, reason: str) -> None:
        self._shown = None
        super()._show_nothing(reason)
