"""Docks of the window: how Tab goes through them, where they stand, and how wide they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QDockWidget

from gui import session
from gui.tab_order import move_focus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QMainWindow, QWidget

#: Raise when docks change, so that an old layout is not forced on a new window.
LAYOUT_VERSION = 2
#: Widths of settings and curves as parts of the window's, within bounds in pixels.
SHARES = (0.2375, 280, 400), (0.256, 144, 560)
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


class DockLayout(QObject):
    """Where the docks stand, kept from session to session, and how wide they are.

    Settings and curves have shares of the window's width, unless someone dragged an edge.

    Parameters
    ----------
    docks : settings and curves.
    landscape : what lies between them and must not become too narrow.
    """

    def __init__(self, window: QMainWindow, docks: Sequence[QDockWidget], landscape: QWidget):
        super().__init__(window)
        self._window = window
        self._docks = list(docks)
        self._landscape = landscape
        self._home = QByteArray()
        self._dragged_edge = False
        #: Widths that someone chose by dragging an edge; empty for shares of the window.
        self._chosen: list[int] = []
        window.installEventFilter(self)

    def restore(self) -> None:
        """Note where everything stands as home, and put it where the last session left it."""
        self._home = self._window.saveState(LAYOUT_VERSION)
        store = session.settings()
        geometry, layout = store.value("geometry"), store.value("layout")
        if isinstance(geometry, QByteArray):
            self._window.restoreGeometry(geometry)
        if isinstance(layout, QByteArray):
            self._window.restoreState(layout, LAYOUT_VERSION)
        widths = store.value("dock_widths", [], type=list)
        texts = [str(width) for width in widths] if isinstance(widths, list) else []
        if len(texts) == len(self._docks) and all(text.isdecimal() for text in texts):
            self._chosen = [int(text) for text in texts]

    def keep(self) -> None:
        """Write down where everything stands, for the next session."""
        store = session.settings()
        store.setValue("geometry", self._window.saveGeometry())
        store.setValue("layout", self._window.saveState(LAYOUT_VERSION))
        store.setValue("dock_widths", self._chosen)

    def go_home(self) -> None:
        """Bring every dock home; the widths follow with `apply_widths`."""
        self._window.restoreState(self._home, LAYOUT_VERSION)
        self._chosen = []

    def apply_widths(self) -> None:
        """Give the docks their widths in the window's present one."""
        shares = [_share(self._window.width(), *share) for share in SHARES]
        self._resize(self._chosen or shares)
        if self._chosen and self._landscape.width() < LEAST_LANDSCAPE_SHARE * self._window.width():
            self._resize(shares)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the widths when someone has dragged a dock's edge.

        Only then the window itself gets moves; Qt tells of it neither by a signal nor by
        `mouseMoveEvent`.
        """
        kind = event.type()
        if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._dragged_edge = self._dragged_edge or bool(event.buttons())
        elif kind == QEvent.Type.MouseButtonRelease and self._dragged_edge:
            self._dragged_edge = False
            self._chosen = [dock.width() for dock in self._docks]
        return super().eventFilter(watched, event)

    def _resize(self, widths: list[int]) -> None:
        self._window.resizeDocks(self._docks, widths, Qt.Orientation.Horizontal)


def _share(width: int, part: float, least: int, most: int) -> int:
    return max(least, min(most, round(part * width)))
