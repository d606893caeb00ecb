"""The window's places: a centre, docks around it, and tools below, each with a page per half."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QToolBar, QVBoxLayout, QWidget

from gui.docks import Dock, DockLayout
from gui.halves import PLACES
from gui.pages import Pages
from gui.theme import RHYTHM

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDockWidget, QMainWindow

    from gui.halves import Half


class Places(QObject):
    """Makes the places, gives each half's pages to them, and shows those of one half.

    Parameters
    ----------
    line : what stands above the pages at the bottom, for both halves.
    """

    def __init__(self, window: QMainWindow, line: QWidget) -> None:
        super().__init__(window)
        self._window = window
        #: Whose pages are shown.
        self.half = ""
        #: Docks that are hidden because they have no page in the half that is shown.
        self._empty: set[QDockWidget] = set()
        self.pages = {place: Pages() for place in PLACES}
        window.setCentralWidget(self.pages["centre"])
        area = Qt.DockWidgetArea
        self.docks = {
            "settings": self._dock(self.tr("Settings"), "settings", area.LeftDockWidgetArea),
            "curves": self._dock(self.tr("Curves"), "curves", area.RightDockWidgetArea),
            "why": self._dock(self.tr("Why"), "why", area.RightDockWidgetArea),
        }
        #: A page of another title gives it to its dock.
        self._titles = {place: dock.windowTitle() for place, dock in self.docks.items()}
        self.player_tools = self._tools(line)
        docks = (self.docks["settings"], self.docks["curves"])
        self.layout = DockLayout(window, docks, self.pages["centre"])

    @property
    def centre(self) -> QWidget:
        """What lies between the docks."""
        return self.pages["centre"]

    def take(self, name: str, half: Half) -> None:
        """Add a half's pages; those of the first half are shown."""
        for place, page in half.pages.items():
            self.pages[place].add(name, page)
            if isinstance(page, Pages):
                page.shown.connect(lambda _: self.show(self.half))
        self.half = self.half or name

    def show(self, name: str) -> None:
        """Show a half's pages; a dock without one is hidden, unless somebody has done so."""
        self.half = name
        for pages in self.pages.values():
            pages.show_page(name)
        for place, dock in self.docks.items():
            page = self.pages[place].pages.get(name)
            dock.setWindowTitle((page and page.windowTitle()) or self._titles[place])
        for dock in self.docks.values():
            if not self.has_page(dock) and not dock.isHidden():
                self._empty.add(dock)
                dock.hide()
            elif self.has_page(dock) and dock in self._empty:
                self._empty.discard(dock)
                dock.show()

    def has_page(self, dock: QWidget) -> bool:
        """Return whether a dock has something to show in the half that is shown."""
        places = [place for place, other in self.docks.items() if other is dock]
        return all(_is_there(self.pages[place].pages.get(self.half)) for place in places)

    def restore(self) -> None:
        """Put everything where the last session left it."""
        self.size()
        self.layout.restore()

    def keep(self) -> None:
        """Write down where everything stands, for the next session."""
        self._show_empty()
        self.layout.keep()

    def go_home(self) -> None:
        """Bring every dock home."""
        self._show_empty()
        self.layout.go_home()
        self.size()
        # A dock that floated a moment ago takes its place later, and widths with it.
        QTimer.singleShot(0, self, self.size)
        self.show(self.half)

    def size(self) -> None:
        """Give the docks their widths and heights."""
        self.layout.apply_widths()
        half = self._window.height() // 2
        docks = [self.docks["curves"], self.docks["why"]]
        self._window.resizeDocks(docks, [half, half], Qt.Orientation.Vertical)

    def _show_empty(self) -> None:
        while self._empty:
            self._empty.pop().show()

    def _dock(self, title: str, place: str, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = Dock(title, self._window)
        dock.setObjectName(title)
        dock.setWidget(self.pages[place])
        self._window.addDockWidget(area, dock)
        return dock

    def _tools(self, line: QWidget) -> QToolBar:
        bottom = QWidget()
        rows = QVBoxLayout(bottom)
        rows.setContentsMargins(RHYTHM, 0, RHYTHM, RHYTHM // 2)
        rows.setSpacing(RHYTHM // 2)
        rows.addWidget(line)
        rows.addWidget(self.pages["bottom"])
        # A tool bar is as high as what it holds; a dock would keep the height of a longer message.
        tools = QToolBar(self.tr("Player"))
        tools.setObjectName("player")
        tools.setMovable(False)
        tools.addWidget(bottom)
        self._window.addToolBar(Qt.ToolBarArea.BottomToolBarArea, tools)
        return tools


def _is_there(page: QWidget | None) -> bool:
    """Return whether there is a page, and if it has pages of its own, one to be shown."""
    return page is not None and (not isinstance(page, Pages) or page.key in page.pages)
