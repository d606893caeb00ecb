"""What of a table is learned: target, task and features."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.networks.panels.column_list import ColumnList, range_of
from gui.networks.panels.labels import Row
from gui.networks.panels.list_choice import ListChoice
from gui.panels.fields import ComboBox
from gui.theme import RHYTHM

if TYPE_CHECKING:
    from engine.networks.data.preview import DataPreview


class ColumnsPanel(QWidget):
    """Target column, what to make of it, and the list of features.

    Signals
    -------
    target_wanted : (str), the name of a column.
    task_wanted : (str), "auto", "regression" or "classes".
    feature_wanted : (str, bool), a column shall be a feature or not.
    """

    target_wanted = Signal(str)
    task_wanted = Signal(str)
    feature_wanted = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: object = None
        self.target = ComboBox(self.tr("Target column"))
        self.target.setToolTip(self.tr("The column that is predicted"))
        self.task = ListChoice(self.tr("Predict"))
        self.task.setToolTip(
            self.tr(
                "Auto: texts and few different whole numbers are classes; other numbers are fitted"
            )
        )
        self.list = ColumnList()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(RHYTHM // 2)
        layout.addWidget(Row(self.tr("Tar&get"), (self.target,)))
        layout.addWidget(Row(self.tr("Predict"), (self.task,)))
        layout.addWidget(self.list)
        self.target.textActivated.connect(self.target_wanted)
        self.task.chosen.connect(self.task_wanted)
        self.list.columns.toggled.connect(self.feature_wanted)

    def show_columns(self, preview: DataPreview) -> None:
        """Show the columns of a table, and which of them are used."""
        if preview.table is not self._table:
            self._table = preview.table
            self.target.clear()
            for row, column in enumerate(preview.columns):
                self.target.addItem(column.name)
                tip = f"{column.kind}, {range_of(column)}"
                self.target.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
        self.target.setCurrentText(preview.target)
        self._show_task(preview)
        self.list.show_columns(preview)

    def _show_task(self, preview: DataPreview) -> None:
        number, classes = self.tr("A number"), self.tr("Classes")
        usual = number if preview.data.task == "regression" else classes
        task = preview.settings.task
        auto = self.tr("Auto: {}").format(usual.lower()) if task == "auto" else self.tr("Auto")
        options = [("auto", auto, ""), ("regression", number, ""), ("classes", classes, "")]
        if task == "binary":
            options.append(("binary", self.tr("One of two classes"), ""))
        self.task.set_options(options)
        self.task.set_key(task)
