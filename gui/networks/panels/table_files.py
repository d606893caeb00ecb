"""Tables of the user's own: asked for, or dragged onto the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QDropEvent
    from PySide6.QtWidgets import QWidget

ENDINGS = (".csv", ".tsv", ".txt", ".parquet", ".pq")


def ask_for_table(parent: QWidget, chosen: Callable[[str], None]) -> None:
    """Open a dialog; `chosen` gets the path of the file."""
    translate = QCoreApplication.translate
    dialog = QFileDialog(parent, translate("TableFiles", "Open a table"))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    patterns = " ".join(f"*{ending}" for ending in ENDINGS)
    dialog.setNameFilters(
        [
            translate("TableFiles", "Tables ({})").format(patterns),
            translate("TableFiles", "All files (*)"),
        ]
    )
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(chosen)
    dialog.open()


def table_in(event: QDropEvent) -> str:
    """Return the path of the first table that is dragged; empty if there is none."""
    urls = event.mimeData().urls()
    paths = [url.toLocalFile() for url in urls if url.isLocalFile()]
    return next((path for path in paths if path.lower().endswith(ENDINGS)), "")
