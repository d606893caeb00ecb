"""The page of layers: how large and how spread weights, gradients, activations and updates are."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.networks.views.layers_asker import LayersAsker
from gui.networks.views.layers_table import LayersTable
from gui.networks.views.layers_text import fault_text, kinds, step_line
from gui.networks.views.layers_work import LayersWish
from gui.panels.fields import CheckBox
from gui.panels.swatch import Swatch
from gui.theme import ALERT, RHYTHM
from gui.views.curve_choice import QuietChoice
from gui.views.elided_label import ElidedLabel
from gui.views.explaining_page import scrolling

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QShowEvent

    from engine.networks.model import Kind
    from gui.networks.state import NetworkState
    from gui.networks.views.layers_work import LayersAnswer
    from gui.state import Submit


class LayersView(QWidget):
    """The selected run's layers at the head; it looks only while it is seen."""

    def __init__(self, state: NetworkState, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._asker = LayersAsker(submit, self._on_answer, state.say, self)
        self.answer: LayersAnswer | None = None
        self.swatch, self.run = Swatch(), QuietChoice({}, self.tr("Run"))
        self.kind = QuietChoice(kinds(), self.tr("Kind of tensor"))
        self.log = CheckBox(self.tr("Log counts"))
        self.log.setChecked(True)
        self.log.setToolTip(
            self.tr("Bars as high as the logarithm of their counts, so that single numbers show")
        )
        self.fault, self.empty = QLabel(), QLabel()
        self.table, self.readout = LayersTable(), ElidedLabel()
        self._place()
        self.run.chosen.connect(lambda key: state.select(int(key)))
        self.kind.chosen.connect(self._show)
        self.log.toggled.connect(self._show)
        self.table.told.connect(self._tell)
        self.table.stepped.connect(state.set_head)
        for signal in (state.trained_changed, state.head_changed, state.selected_changed):
            signal.connect(self._refresh)
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Look at what is there by now."""
        super().showEvent(event)
        self._refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share out the height that the table has got among the layers."""
        if event.type() == QEvent.Type.Resize:
            self.table.fit_height(self._scroll.viewport().height())
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(RHYTHM)
        for widget in (self.swatch, self.run, self.kind):
            head.addWidget(widget)
        head.addStretch()
        head.addWidget(self.log)
        self.fault.setForegroundRole(ALERT)
        self.fault.setWordWrap(True)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setText(
            self.tr(
                "Once a network is trained, here will stand how large the weights, gradients and "
                "activations of each of its layers are, and how many of its units are dead."
            )
        )
        self._scroll = scrolling(self.table)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._scroll.viewport().installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(RHYTHM, RHYTHM // 2, RHYTHM, RHYTHM // 2)
        column.setSpacing(RHYTHM)
        column.addLayout(head)
        column.addWidget(self.fault)
        column.addWidget(self._scroll, 1)
        column.addWidget(self.empty, 1)
        column.addWidget(self.readout)

    def _wish(self) -> LayersWish | None:
        trained, index = self._state.trained, self._state.selected
        if trained is None or not 0 <= index < len(trained.histories):
            return None
        history = trained.histories[index]
        row = history.nearest_kept(min(self._state.head, history.last_step))
        slot = trained.experiment.runs[index].slot
        return LayersWish(trained.network, history, index, slot, row)

    def _refresh(self) -> None:
        wish = self._wish()
        self._show_runs()
        if wish is None:
            self.answer = None
            self._asker.wish(None)
            self._show()
        elif self.isVisible():
            self._asker.wish(wish)

    def _show_runs(self) -> None:
        trained = self._state.trained
        labels = [history.label for history in trained.histories] if trained else []
        if labels != [self.run.itemText(i) for i in range(self.run.count())]:
            self.run.clear()
            for index, label in enumerate(labels):
                self.run.addItem(label, str(index))
        self.run.set_key(str(self._state.selected))

    def _on_answer(self, answer: LayersAnswer) -> None:
        self.answer = answer
        self._show()

    def _show(self) -> None:
        answer = self.answer
        seen = (self.swatch, self.run, self.kind, self.log, self._scroll, self.readout)
        for widget in seen:
            widget.setVisible(answer is not None)
        self.empty.setVisible(answer is None)
        fault = fault_text(answer.wish.history, answer.course.broken) if answer else ""
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))
        if answer is None:
            return
        self.swatch.set_slot(answer.wish.slot, shown=True)
        self._show_kinds(answer)
        self.table.show_answer(answer, cast("Kind", self.kind.key()), self.log.isChecked())
        self.table.fit_height(self._scroll.viewport().height())
        self._tell("")

    def _show_kinds(self, answer: LayersAnswer) -> None:
        """Offer the kinds of tensors that this network has."""
        there = {tensor.kind for tensor in answer.wish.network.model.tensors}
        offered = {key: text for key, text in kinds().items() if key in there}
        if list(offered) != [self.kind.itemData(i) for i in range(self.kind.count())]:
            chosen = self.kind.key()
            self.kind.clear()
            for key, text in offered.items():
                self.kind.addItem(text, key)
            self.kind.set_key(chosen)

    def _tell(self, text: str) -> None:
        """Say what lies under the pointer, else of which step and rows all this is."""
        answer = self.answer
        if not text and answer is not None:
            wish = answer.wish
            asked = min(self._state.head, wish.history.last_step)
            text = step_line(wish.history, wish.row, answer.rows, asked)
        self.readout.set_text(text)
