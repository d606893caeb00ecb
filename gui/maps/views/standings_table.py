"""The table of a tournament on screen; its rows open their best runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QWidget

from gui.maps.views.standings_model import SWATCH_PX, SortedStandings, StandingsModel
from gui.networks.panels.tables import Table

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from gui.maps.compare_state import Compared

ROW_PX = 24


class StandingsTable(Table):
    """A row per optimizer and problem; a double click or Enter opens one.

    Signals
    -------
    opened : (int), the standing in the tournament's order.
    """

    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", ROW_PX, parent)
        self.setAccessibleName(self.tr("Standings; Enter opens the best run"))
        self.standings, self.sorted = StandingsModel(self), SortedStandings(self)
        self.sorted.setSourceModel(self.standings)
        self.setModel(self.sorted)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setSortingEnabled(True)
        self.sorted.sort(-1)
        self.setIconSize(QSize(*SWATCH_PX))
        self.doubleClicked.connect(self._open)

    def show_compared(self, compared: Compared | None) -> None:
        """Show what was found so far."""
        before = self.standings.rowCount()
        self.standings.show_compared(compared)
        if self.standings.rowCount() > before:
            self.fit_columns()

    def present(self) -> int:
        """Return the standing that is selected, −1 without one."""
        index = self.currentIndex()
        return self.sorted.mapToSource(index).row() if index.isValid() else -1

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the selected row by Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.present() >= 0:
            self.opened.emit(self.present())
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.sorted.mapToSource(index).row())
