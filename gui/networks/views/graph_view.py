"""The network as a graph: units by what they compute, weights by sign and size, live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.networks.views.function_colours import sign_ramp
from gui.networks.views.function_runs import selected_run
from gui.networks.views.function_words import subject_text
from gui.networks.views.graph_canvas import GraphCanvas
from gui.networks.views.graph_lens import UnitLens
from gui.networks.views.graph_work import Wish, answer
from gui.theme import FAINT, RHYTHM, THEME
from gui.views.elided_label import ElidedLabel
from gui.views.explaining_page import scrolling
from gui.views.landscape_ground import ground_colours

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from gui.networks.state import NetworkState
    from gui.networks.views.graph_work import Answer
    from gui.state import Submit


class GraphView(QWidget):
    """Follows the selected run and the play head while it is seen."""

    def __init__(self, state: NetworkState, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._submit = state, submit
        self.canvas, self.lens = GraphCanvas(), UnitLens()
        self.label, self.empty = ElidedLabel(), QLabel()
        self.unit: tuple[int, int] | None = None
        self._wish: Wish | None = None
        # News and the play head change at once: one refresh is enough.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.refresh)
        self.setAccessibleName(self.tr("The network as a graph"))
        self._lay_out()
        for signal in (
            state.trained_changed, state.head_changed, state.selected_changed, state.changed,
            THEME.changed,
        ):  # fmt: skip
            signal.connect(self.refresh_soon)
        self.canvas.picked.connect(self.pick)
        self.lens.closed.connect(lambda: self.pick(None))

    def pick(self, unit: tuple[int, int] | None) -> None:
        """Show the unit (column, number) large, or none."""
        self.unit = unit
        self.canvas.mark_unit(unit)
        self.lens.setVisible(unit is not None)
        self.refresh()

    def refresh(self) -> None:
        """Ask for the graph of the selected run at the head."""
        if not self.isVisible():
            return
        run = selected_run(self._state)
        self.empty.setVisible(run is None)
        self.area.setVisible(run is not None)
        if run is None:
            self._show_nothing()
            return
        if self.unit and not self._has(run.network.model.sizes):
            self.pick(None)
            return
        self.label.set_text(subject_text(run))
        wish = Wish(
            run=run,
            unit=self.unit,
            size=self.lens.picture.picture_size(),
            ratio=self.devicePixelRatioF(),
            colours=ground_colours(THEME.colours),
            signs=sign_ramp(THEME.colours).tobytes(),
        )
        if wish != self._wish:
            self._wish = wish
            shown = self.canvas.answer.wiring.columns if self.canvas.answer else ()
            self._submit("graph", lambda: answer(wish, shown), self._on_answer)

    def refresh_soon(self) -> None:
        """Refresh once control returns to the event loop."""
        self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Bring up to date what changed while nobody looked."""
        super().showEvent(event)
        self.refresh()

    def _has(self, sizes: tuple[int, ...]) -> bool:
        """Return whether a network of these sizes has the unit that is shown large."""
        assert self.unit is not None
        column, unit = self.unit
        return column < len(sizes) and unit < sizes[column]

    def _lay_out(self) -> None:
        self.area = scrolling(self.canvas)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setForegroundRole(FAINT)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for widget, stretch in ((self.empty, 1), (self.area, 1), (self.lens, 0)):
            row.addWidget(widget, stretch)
        top = QHBoxLayout()
        top.setContentsMargins(RHYTHM, 0, RHYTHM, 0)
        top.addWidget(self.label, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(row, 1)
        self.lens.hide()

    def _show_nothing(self) -> None:
        self._wish = None
        self.canvas.show_answer(None)
        self.lens.hide()
        self.label.set_text("")
        text = self.tr("The network appears here as soon as it is trained.")
        if not self._state.experiment.runs:
            text = self.tr("Add an optimizer: the network that it trains appears here.")
        self.empty.setText(text)

    def _on_answer(self, found: Answer) -> None:
        if self._wish is None:
            return
        self.canvas.show_answer(found)
        if found.unit is not None and found.wish.unit == self.unit:
            self.lens.show_answer(found)
