"""The table of a tournament: a row per optimizer and problem, sorted by any column."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from gui.maps.compare_state import slot_of
from gui.maps.views.chart import stroke
from gui.numbers import count, show
from gui.theme import THEME

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.maps.tournament import Standing
    from gui.maps.compare_state import Compared

    Index = QModelIndex | QPersistentModelIndex

ENTRY, PROBLEM, RATE, LOSS, SOLVED, STEPS, COST, SPREAD = range(8)
SORTS = Qt.ItemDataRole.UserRole
SWATCH_PX = 24, 12
_ROLE = Qt.ItemDataRole
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class StandingsModel(QAbstractTableModel):
    """What each optimizer did on each problem, at its best rate."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._compared: Compared | None = None
        self._standings: tuple[Standing, ...] = ()

    def show_compared(self, compared: Compared | None) -> None:
        """Show what was found so far; rows that were there stay."""
        found = compared.tournament if compared is not None else None
        standings = found.standings if found is not None else ()
        if standings == self._standings:
            return
        self.beginResetModel()
        self._compared, self._standings = compared, standings
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of standings."""
        return 0 if parent.isValid() else len(self._standings)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return eight."""
        return 0 if parent.isValid() else 8

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Return what stands above, and what it means."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == _ROLE.DisplayRole:
            return _heads()[section][0]
        if role == _ROLE.TextAlignmentRole:
            return _RIGHT if section >= RATE else None
        return _heads()[section][1] if role == _ROLE.ToolTipRole else None

    def data(self, index: Index, role: int = 0) -> Any:
        """Return text, the number to sort by, a stroke or a tooltip."""
        standing, column = self._standings[index.row()], index.column()
        if role == _ROLE.DisplayRole:
            return _texts(standing)[column]
        if role == SORTS:
            return _keys(standing)[column]
        if role == _ROLE.DecorationRole and column == ENTRY and self._compared is not None:
            return _swatch(slot_of(self._compared, standing))
        if role == _ROLE.TextAlignmentRole and column >= RATE:
            return _RIGHT
        if role == _ROLE.ForegroundRole and column == RATE and standing.rate is None:
            return QColor(THEME.colours.alert)
        if role == _ROLE.ToolTipRole and column == RATE and standing.at_an_end:
            return self.tr("The first or last rate that was tried: another may do better")
        return None


class SortedStandings(QSortFilterProxyModel):
    """The same rows in another order, with an arrow at the column that they are sorted by."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSortRole(SORTS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Add the arrow."""
        text = super().headerData(section, orientation, role)
        if role != _ROLE.DisplayRole or section != self.sortColumn():
            return text
        return f"{text} {'▲' if self.sortOrder() == Qt.SortOrder.AscendingOrder else '▼'}"


def _heads() -> tuple[tuple[str, str], ...]:
    return (
        (_tr("Optimizer"), ""),
        (_tr("Problem"), ""),
        (_tr("Best η"), _tr("The rate at which it solves the problem most often, then soonest")),
        (_tr("Median loss"), _tr("Of the best loss within the budget, over the seeds")),
        (_tr("Solved"), _tr("Share of the seeds with which it reaches the target of all")),
        (_tr("Steps"), _tr("Until the problem is solved, for the median seed")),
        (_tr("Gradients"), _tr("That this cost, line searches and SAM included")),
        (_tr("Quartiles"), _tr("Between which the middle half of the seeds ends")),
    )


def _texts(standing: Standing) -> tuple[str, ...]:
    steps, cost = standing.median_steps, standing.median_cost
    rate = _tr("none trains") if standing.rate is None else show(standing.rate)
    return (
        standing.entry, standing.problem,
        rate + "*" * (standing.at_an_end and standing.rate is not None),
        show(standing.loss), f"{show(100 * standing.success)} %",
        "–" if steps < 0 else count(steps), "–" if math.isinf(cost) else count(round(cost)),
        f"{show(standing.low)} … {show(standing.high)}",
    )  # fmt: skip


def _keys(standing: Standing) -> tuple[str | float, ...]:
    steps = standing.median_steps
    return (
        standing.entry, standing.problem, math.inf if standing.rate is None else standing.rate,
        standing.loss, standing.success, math.inf if steps < 0 else float(steps),
        standing.median_cost, standing.low,
    )  # fmt: skip


def _swatch(slot: int) -> QIcon:
    found = QPixmap(*SWATCH_PX)
    found.fill(Qt.GlobalColor.transparent)
    painter = QPainter(found)
    painter.setPen(stroke(slot, 3.0))
    painter.drawLine(1, SWATCH_PX[1] // 2, SWATCH_PX[0] - 1, SWATCH_PX[1] // 2)
    painter.end()
    icon = QIcon(found)
    # Else it would be tinted in the selected row.
    icon.addPixmap(found, QIcon.Mode.Selected)
    return icon


def _tr(text: str) -> str:
    return QCoreApplication.translate("compare", text)
