"""One place of the window, which shows one of several widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

if TYPE_CHECKING:
    from collections.abc import Mapping


class Pages(QWidget):
    """Shows one of its pages and asks for no more room than that one needs.

    Signals
    -------
    shown : (str), the key of the page that is shown now.
    """

    shown = Signal(str)

    def __init__(
        self, pages: Mapping[str, QWidget] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.pages: dict[str, QWidget] = {}
        self.key = ""
        for key, page in (pages or {}).items():
            self.add(key, page)

    def add(self, key: str, page: QWidget) -> None:
        """Add a page; the first one is shown."""
        self.pages[key] = page
        page.setVisible(False)
        self._layout.addWidget(page, 1)
        if not self.key:
            self.show_page(key)

    def show_page(self, key: str) -> None:
        """Show a page instead of the present one; nothing at all where there is no such page."""
        if key == self.key:
            return
        self.key = key
        for other, page in self.pages.items():
            page.setVisible(other == key)
        self.shown.emit(key)
