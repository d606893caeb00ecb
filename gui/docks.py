"""Docks of the window: how Tab goes through them, and how wide they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDockWidget

from gui.tab_order import move_focus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QMainWindow, QWidget

#: Widths of settings and curves as parts of the window's, within bounds in pixels.
SHARES = (0.2375, 280, 400), (0.256, 240, 560)
LEAST_LANDSCAPE_SHARE = 0.3


class Dock(QDockWidget):
    """A dock through which Tab goes as one reads, also where it floats."""

    def __init__(self, title: str, window: QMainWindow) -> None:
        super().__init__(title, window)
        self._window = window
        self.topLevelChanged.connect(self._on_floating)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Stay inside while floating."""
        if self.isFloating():
            return move_focus((self,), forward)
        return super().focusNextPrevChild(forward)

    def _on_floating(self, floats: bool) -> None:
        if not floats:
            QTimer.singleShot(0, self, self._fill_place)

    def _fill_place(self) -> None:
        # Qt leaves a dock that comes home in the size it floated with, until its place changes.
        layout = self._window.layout()
        if layout is not None:
            place = layout.geometry()
            layout.setGeometry(place.adjusted(0, 0, -1, -1))
            layout.setGeometry(place)


class DockWidths:
    """The widths of settings and curves: shares of the window's, unless someone dragged an edge.

    Parameters
    ----------
    docks : settings and curves.
    landscape : what lies between them and must not become too narrow.
    """

    def __init__(self, window: QMainWindow, docks: Sequence[QDockWidget], landscape: QWidget):
        self._window = window
        self._docks = list(docks)
        self._landscape = landscape
        #: What someone chose by dragging an edge; empty for shares of the window.
        self.chosen: list[int] = []

    def apply(self) -> None:
        """Give the docks their widths in the window's present one."""
        shares = [_share(self._window.width(), *share) for share in SHARES]
        self._resize(self.chosen or shares)
        if self.chosen and self._landscape.width() < LEAST_LANDSCAPE_SHARE * self._window.width():
            self._resize(shares)

    def restore(self, widths: object) -> None:
        """Take what a settings file holds, if it can have been `chosen`."""
        texts = [str(width) for width in widths] if isinstance(widths, list) else []
        if len(texts) == len(self._docks) and all(text.isdecimal() for text in texts):
            self.chosen = [int(text) for text in texts]

    def take_present(self) -> None:
        """Keep the present widths: someone has dragged an edge."""
        self.chosen = [dock.width() for dock in self._docks]

    def _resize(self, widths: list[int]) -> None:
        self._window.resizeDocks(self._docks, widths, Qt.Orientation.Horizontal)


def _share(width: int, part: float, least: int, most: int) -> int:
    return max(least, min(most, round(part * width)))
