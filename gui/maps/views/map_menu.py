"""What can be done at a place of the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.maps.state import MapState


class MapMenu(QMenu):
    """The menu of a right click.

    Parameters
    ----------
    open_run : opens the run at the place.
    """

    def __init__(self, parent: QWidget, state: MapState, open_run: Callable[[], object]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.addAction(self.tr("&Open this run")).triggered.connect(lambda _=False: open_run())
        self.addSeparator()
        back = self.addAction(self.tr("&Back to the view before"))
        back.setEnabled(state.can_undo)
        back.triggered.connect(lambda _=False: state.undo())
        whole = self.addAction(self.tr("&Whole map"))
        whole.triggered.connect(lambda _=False: state.fit())
