"""The runs, one row each; rows are refreshed in place and only their number ever changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.panels.run_row import RunRow
from gui.panels.scale import Scale
from gui.theme import FAINT

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint

    from gui.editing import Editing
    from gui.panels.run_changes import RunChanges

#: All learning rates share one scale, so that the handles of several runs can be compared.
RATES = Scale(1e-5, 10.0, log=True)


class RunRows(QWidget):
    """One row per run of the state.

    Signals
    -------
    menu_wanted : (QPoint), the selected run's menu is asked for at this place on the screen.
    """

    menu_wanted = Signal(object)

    def __init__(self, state: Editing, actions: RunChanges, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editing = state
        self._actions = actions
        self._scale = RATES
        self.rows: list[RunRow] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._empty = QLabel(self.tr("No optimizer yet. Press + and choose one."))
        self._empty.setForegroundRole(FAINT)
        self._empty.setWordWrap(True)
        self._layout.addWidget(self._empty)
        state.changed.connect(self._on_changed)
        state.selected_changed.connect(self._refresh)
        self._refresh()

    def _on_changed(self, old: Any, new: Any) -> None:
        if old.runs is not new.runs:
            self._refresh()

    def _refresh(self, _: object = None) -> None:
        runs = self._editing.experiment.runs
        if len(runs) != len(self.rows):
            self._scale = RATES
            self._match_rows(len(runs))
        if not any(row.slider.isSliderDown() for row in self.rows):
            for run in runs:
                self._scale = self._scale.including(run.learning_rate)
        for index, (row, run) in enumerate(zip(self.rows, runs, strict=True)):
            row.show_run(run, index == self._editing.selected, self._scale)

    def _match_rows(self, count: int) -> None:
        while len(self.rows) > count:
            row = self.rows.pop()
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        while len(self.rows) < count:
            row = self._new_row(len(self.rows))
            self.rows.append(row)
            self._layout.addWidget(row)
        self._empty.setVisible(count == 0)

    def _new_row(self, index: int) -> RunRow:
        row = RunRow(self._scale, self._actions, self)
        row.picked.connect(lambda: self._editing.select(index))
        row.visible_toggled.connect(lambda: self._actions.toggle_visible(index))
        row.rate_changed.connect(lambda rate: self._on_rate_changed(index, rate))
        row.refused.connect(self._editing.say)
        row.menu_wanted.connect(self._on_menu_wanted)
        return row

    def _on_menu_wanted(self, place: QPoint) -> None:
        self.menu_wanted.emit(place)

    def _on_rate_changed(self, index: int, rate: float) -> None:
        try:
            self._editing.update_run(index, gesture=f"learning rate {index}", learning_rate=rate)
        except ValueError as error:
            self._editing.say(str(error))
