"""The data in a window of their own: a larger plot on any two axes, their columns, their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from engine.networks.data.preview import TARGET, cell
from gui.networks.panels.data_picture import DataPicture, words_of
from gui.networks.panels.labels import Row, sentence
from gui.networks.panels.tables import Table
from gui.numbers import count, show
from gui.panels.fields import ComboBox
from gui.theme import RHYTHM

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from engine.networks.data.description import ColumnDescription
    from engine.networks.data.preview import DataPreview
    from gui.networks.panels.previews import Previews

    Index = QModelIndex | QPersistentModelIndex

SIZE_PX, PLOT_PX, ROW_PX = (1000, 600), 320, 24
MOST_ROWS = 1000
#: Axes that are offered; of more inputs only the first are worth a look in a list.
MOST_AXES = 500
_ROLE = Qt.ItemDataRole


class DataWindow(QWidget):
    """Follows the present data for as long as it is open."""

    def __init__(self, previews: Previews, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._previews = previews
        self._names: tuple[str, ...] = ()
        self._columns_shown: tuple[str, ...] = ()
        self.resize(*SIZE_PX)
        self.picture = DataPicture(PLOT_PX, opens=False)
        self.across, self.up = ComboBox(self.tr("Axis across")), ComboBox(self.tr("Axis up"))
        self.counts = sentence()
        self.columns = Table(self.tr("Columns"), ROW_PX)
        self.columns.verticalHeader().hide()
        self.rows = Table(self.tr("First rows"), ROW_PX)
        self.tabs = QTabWidget()
        self.tabs.addTab(self.columns, self.tr("Columns"))
        self.tabs.addTab(self.rows, self.tr("First rows"))
        self._lay_out()
        for box in (self.across, self.up):
            box.activated.connect(self._on_axis_chosen)
        previews.ready.connect(self._on_ready)

    def open(self) -> None:
        """Show the window with the present data."""
        if self._previews.shown is not None:
            self._show(self._previews.shown)
        self.show()
        self.raise_()
        self.activateWindow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        self._axes = QWidget()
        axes = QHBoxLayout(self._axes)
        axes.setContentsMargins(0, 0, 0, 0)
        axes.setSpacing(2 * RHYTHM)
        axes.addWidget(Row(self.tr("&Across"), (self.across,)), 1)
        axes.addWidget(Row(self.tr("&Up"), (self.up,)), 1)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, RHYTHM, 0)
        column.setSpacing(RHYTHM)
        column.addWidget(self.picture, 1)
        column.addWidget(self._axes)
        column.addWidget(self.counts)
        split = QSplitter()
        split.addWidget(left)
        split.addWidget(self.tabs)
        split.setSizes([SIZE_PX[0] * 55 // 100, SIZE_PX[0] * 45 // 100])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(RHYTHM, RHYTHM, RHYTHM, RHYTHM)
        layout.addWidget(split)

    def _on_ready(self, preview: DataPreview) -> None:
        if self.isVisible():
            self._show(preview)

    def _show(self, preview: DataPreview) -> None:
        self.setWindowTitle(self.tr("Data: {}").format(preview.data.name))
        names = preview.data.feature_names[:MOST_AXES]
        if names != self._names:
            self._names = names
            for box in (self.across, self.up):
                box.clear()
                for number, name in enumerate(names):
                    box.addItem(name, number)
                box.addItem(self.tr("{} (target)").format(preview.name(TARGET)), TARGET)
            self._choose_axes(preview.axes)
        self._axes.setVisible(preview.image is None)
        self.picture.show_data(preview, self.axes)
        self.counts.setText(words_of(preview))
        self._show_tables(preview)

    def _show_tables(self, preview: DataPreview) -> None:
        names = tuple(preview.table.columns)
        for table, model in (
            (self.columns, _Columns(preview, self.columns)), (self.rows, _Rows(preview, self.rows)),
        ):  # fmt: skip
            old = table.model()
            table.setModel(model)
            if old is not None:
                old.deleteLater()
            if names != self._columns_shown:
                table.fit_columns()
        self._columns_shown = names

    @property
    def axes(self) -> tuple[int, int]:
        """The numbers of the inputs that are drawn, or TARGET."""
        return int(self.across.currentData()), int(self.up.currentData())

    def _choose_axes(self, axes: tuple[int, int]) -> None:
        for box, axis in zip((self.across, self.up), axes, strict=True):
            box.setCurrentIndex(max(0, box.findData(axis)))

    def _on_axis_chosen(self) -> None:
        if self._previews.shown is not None:
            self.picture.show_data(self._previews.shown, self.axes)


class _Columns(QAbstractTableModel):
    """Name, type, blanks, different values, range or examples of each column."""

    def __init__(self, preview: DataPreview, parent: QWidget) -> None:
        super().__init__(parent)
        self._preview = preview

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._preview.columns)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 6

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role != _ROLE.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return (
            self.tr("Column"), self.tr("Used as"), self.tr("Type"), self.tr("Blank"),
            self.tr("Different"), self.tr("Range or examples"),
        )[section]  # fmt: skip

    def data(self, index: Index, role: int = 0) -> Any:
        column = self._preview.columns[index.row()]
        if role == _ROLE.ToolTipRole:
            return self._preview.misfits.get(column.name)
        if role != _ROLE.DisplayRole:
            return None
        return (
            column.name, self._use(column), column.kind, count(column.blanks),
            f"{'> ' * column.crowded}{count(column.distinct)}", _range(column),
        )[index.column()]  # fmt: skip

    def _use(self, column: ColumnDescription) -> str:
        if column.name == self._preview.target:
            return self.tr("target")
        return self.tr("input") if column.name in self._preview.features else ""


class _Rows(QAbstractTableModel):
    """What stands in the first rows of all columns."""

    def __init__(self, preview: DataPreview, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = min(MOST_ROWS, preview.table.rows)
        self._names = list(preview.table.columns)
        self._columns = list(preview.table.columns.values())

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role != _ROLE.DisplayRole:
            return None
        across = orientation == Qt.Orientation.Horizontal
        return self._names[section] if across else str(section + 1)

    def data(self, index: Index, role: int = 0) -> Any:
        if role == _ROLE.DisplayRole:
            return cell(self._columns[index.column()], index.row())
        return None


def _range(column: ColumnDescription) -> str:
    if column.examples:
        return ", ".join(column.examples)
    return f"{show(column.low)} … {show(column.high)}" if column.low == column.low else ""
