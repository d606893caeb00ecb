"""A popup with every data set as a picture, found by typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from gui.networks.panels.data_entries import sections
from gui.panels import icons
from gui.panels.icons import IconButton
from gui.panels.tile_picker import TilePicker

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.networks.panels.data_entries import DataPictures


class DataPicker(TilePicker):
    """All data sets by group; `chosen` says "" for a file of the user's own."""

    def __init__(self, pictures: DataPictures, parent: QWidget) -> None:
        translate = QCoreApplication.translate
        own = IconButton(
            icons.table, translate("DataPicker", "Columns of numbers and texts, with their names")
        )
        own.setText(translate("DataPicker", "&Your CSV or Parquet…"))
        own.setAccessibleName(translate("DataPicker", "Your CSV or Parquet"))
        nothing = translate("DataPicker", "No data set matches {}.")
        super().__init__(pictures, sections(), own, "", nothing, parent)
        self.search.setPlaceholderText(self.tr("Find data by name or by what they teach"))
        self.search.setAccessibleName(self.tr("Find data"))
