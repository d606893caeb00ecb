"""The step microscope on networks: the loss along the line of one step of the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtWidgets import QCheckBox

from gui.networks.views.why_page import NetworkWhyPage
from gui.numbers import show
from gui.views.line_page import AnyLinePage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.explanation.microscope import StepLine
    from engine.networks.settings import TrainingRun
    from gui.networks.state import NetworkState
    from gui.state import Submit


class _Shown(Struct, frozen=True, eq=False):
    """A step's lines, and whether the head went along with the training to it."""

    step: int
    run: TrainingRun
    full: StepLine
    own: StepLine
    follows: bool


class NetworkLinePage(AnyLinePage, NetworkWhyPage):
    """The loss of all training rows and that of the step's own batch; one of them dotted."""

    needs = ("line",)

    def __init__(self, state: NetworkState, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(state, submit, parent)
        self.on_batch = QCheckBox(self.tr("on its own batch"))
        self.on_batch.setToolTip(
            self.tr("Model and marks of the loss of the rows that this step saw; all rows dotted")
        )
        self._column.addWidget(self.on_batch)
        self.on_batch.toggled.connect(self.refresh)
        self.plot.moved.connect(self._on_put_back)
        self._shown: _Shown | None = None

    def refresh(self) -> None:
        """Show the lines of the step that leaves the play head."""
        explanation, seen = self.explanation, self.seen
        if explanation is None or seen is None or not seen.has_lines:
            # Of the same run the step before stays until the new one is there.
            if explanation is None or self._shown is None:
                self._show_nothing(self.reason)
            return
        if seen.line is None or seen.batch_line is None:
            self._show_nothing(self.tr("This step ends where nothing is finite."))
            return
        from engine.networks.explanation.replay import run_at

        run = run_at(explanation.history, seen.step)
        shown = _Shown(seen.step, run, seen.line, seen.batch_line, self._state.follows)
        if self._shown is not None and self._keeps(self._shown, shown):
            shown = self._shown
        self._shown = shown
        whole = shown.own is shown.full
        self.on_batch.setVisible(not whole)
        line, other = shown.full, None if whole else shown.own
        if self.on_batch.isChecked() and other is not None:
            line, other = other, line
        if line is self.plot.line and self._run is not None:
            self._dress()
        else:
            self._show_line(line, shown.step, run, "loss", other)

    def _keeps(self, shown: _Shown, newer: _Shown) -> bool:
        """Return whether the handle stays where somebody has put it, though there are news."""
        if newer.full is shown.full:
            return True
        put = self.plot.held or (self.plot.place != 1.0 and shown.follows and newer.follows)
        return put and newer.run == shown.run

    def _on_put_back(self, s: float) -> None:
        if s == 1.0 and not self.plot.held:
            self.refresh_soon()

    def _values_at(self, line: StepLine, s: float) -> tuple[float, float]:
        from engine.explanation.line_view import values_on

        return values_on(line, s)

    def _besides(self, s: float) -> str:
        other = self.plot.other
        if other is None:
            return ""
        there = show(self._values_at(other, s)[0], 4)
        said = self.tr("; all rows {}") if self.on_batch.isChecked() else self.tr("; its batch {}")
        return said.format(there)

    def _tip(self) -> str:
        return self.tr("Give the run the learning rate that puts this step here, and train again")

    def _show_nothing(self, reason: str) -> None:
        self._shown = None
        super()._show_nothing(reason)
