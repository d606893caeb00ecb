"""The columns of a table: which are features, what they hold, what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QHeaderView

from gui.networks.panels.tables import PADDING_PX, Table
from gui.numbers import count, show

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.networks.data.description import ColumnDescription
    from engine.networks.data.preview import DataPreview

    Index = QModelIndex | QPersistentModelIndex

NAME, KIND, RANGE, BLANK = range(4)
#: What type and range get room for at most, so that names have some as well.
USUAL = {KIND: "number", RANGE: "−0.00 … −0.00"}
ROW_PX, MOST_ROWS = 22, 7
_ROLE = Qt.ItemDataRole


class ColumnModel(QAbstractTableModel):
    """One row per column: name, ticked if it is a feature, type, and range, number of blanks.

    Signals
    -------
    toggled : (str, bool), a column shall be a feature or not.
    """

    toggled = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preview: DataPreview | None = None
        self._features: frozenset[str] = frozenset()

    def show_columns(self, preview: DataPreview) -> None:
        """Show the columns of other data; those of the same table stay where they are."""
        same = self._preview is not None and self._preview.table is preview.table
        if not same:
            self.beginResetModel()
        self._preview, self._features = preview, frozenset(preview.features)
        if not same:
            self.endResetModel()
        else:
            last = self.index(len(preview.columns) - 1, BLANK)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns of the table."""
        return len(self._preview.columns) if self._preview and not parent.isValid() else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return four."""
        return 0 if parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Return what stands above."""
        if role != _ROLE.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        names = self.tr("Feature"), self.tr("Type"), self.tr("Range"), self.tr("Blank")
        return names[section]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let names be ticked that can be features."""
        flag = Qt.ItemFlag
        if self._preview is None or self._column(index).name in self._preview.misfits:
            return flag.ItemIsSelectable
        usable = flag.ItemIsEnabled | flag.ItemIsSelectable
        own = index.column() == NAME and self._column(index).name != self._preview.target
        return usable | flag.ItemIsUserCheckable if own else usable

    def data(self, index: Index, role: int = 0) -> Any:
        """Return text, tick or tooltip."""
        if self._preview is None:
            return None
        column = self._column(index)
        if role == _ROLE.DisplayRole:
            blanks = count(column.blanks) if column.blanks else ""
            return (self._name(column), kind_of(column), range_of(column), blanks)[index.column()]
        if role == _ROLE.CheckStateRole and index.column() == NAME:
            if column.name == self._preview.target:
                return None
            on = column.name in self._features
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        if role == _ROLE.ToolTipRole:
            return self._tip(column)
        return None

    def setData(self, index: Index, value: Any, role: int = 0) -> bool:
        """Say what is wished; the tick follows once the data have been read so."""
        if role == _ROLE.CheckStateRole:
            self.toggled.emit(self._column(index).name, Qt.CheckState(value) == _CHECKED)
        return False

    def _column(self, index: Index) -> ColumnDescription:
        assert self._preview is not None
        return self._preview.columns[index.row()]

    def _name(self, column: ColumnDescription) -> str:
        assert self._preview is not None
        if column.name == self._preview.target:
            return self.tr("{} (target)").format(column.name)
        return column.name

    def _tip(self, column: ColumnDescription) -> str:
        assert self._preview is not None
        reason = self._preview.misfits.get(column.name, "")
        if reason:
            return self.tr("{name} cannot be used: {reason}.").format(
                name=column.name, reason=reason
            )
        parts = [column.name, column.kind, range_of(column), ", ".join(column.examples)]
        return " · ".join(part for part in parts if part)


class ColumnList(Table):
    """A few rows of the columns, scrolling, in the side panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", ROW_PX, parent)
        self.setAccessibleName(self.tr("Feature columns"))
        self.setToolTip(self.tr("Tick the columns that a network learns from"))
        self.columns = ColumnModel(self)
        self.setModel(self.columns)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(BLANK, QHeaderView.ResizeMode.ResizeToContents)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_columns(self, preview: DataPreview) -> None:
        """Show the columns of a table, as high as they need up to some rows."""
        self.columns.show_columns(preview)
        for section, text in USUAL.items():
            usual = self.fontMetrics().horizontalAdvance(text) + 2 * PADDING_PX + 2
            self.setColumnWidth(section, min(self.sizeHintForColumn(section), usual))
        self.setColumnHidden(BLANK, not any(column.blanks for column in preview.columns))
        rows = min(MOST_ROWS, len(preview.columns))
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + rows * ROW_PX + 2)


_CHECKED = Qt.CheckState.Checked


def kind_of(column: ColumnDescription) -> str:
    """Return in one word what a column holds."""
    whole = column.kind == "whole number"
    return QCoreApplication.translate("ColumnModel", "whole") if whole else column.kind


def range_of(column: ColumnDescription) -> str:
    """Return the range of a column's numbers, or how many different texts it has."""
    if column.kind in ("text", "date", "yes/no"):
        number = f"{'> ' * column.crowded}{count(column.distinct)}"
        return QCoreApplication.translate("ColumnModel", "{} different").format(number)
    return f"{show(column.low)} … {show(column.high)}" if column.low == column.low else ""
