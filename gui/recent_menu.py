"""File > Open recent: the files of late, newest first."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from gui import session

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class RecentMenu(QMenu):
    """Filled anew whenever it is about to be shown."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.tr("Open &recent"), window)
        self._open = window.open_path
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)
        window.commands.menus["&File"].insertMenu(window.commands.actions["Save"], self)
        window.commands.menus["&File"].aboutToShow.connect(self._grey_out)

    def fill(self) -> None:
        """List the files that are still there."""
        self.clear()
        for name in session.recent():
            path = Path(name)
            action = self.addAction(path.name.replace("&", "&&"), partial(self._open, path))
            action.setToolTip(name)
            action.setEnabled(path.exists())

    def _grey_out(self) -> None:
        self.setEnabled(bool(session.recent()))
