"""The middle of a half of the window: a few pages, each made when it is first shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import session
from gui.pages import Pages
from gui.panels.choice import Choice
from gui.theme import RHYTHM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QCloseEvent


class Page(Struct, frozen=True):
    """A page of the centre.

    Parameters
    ----------
    key : identifier, kept from session to session.
    title : what the switch above says.
    make : returns the widget; if that has a method ``fit``, the window's Fit calls it.
    """

    key: str
    title: str
    make: Callable[[], QWidget]


class Centre(QWidget):
    """A switch above the pages, which is not there while there is nothing to choose from.

    Parameters
    ----------
    pages : of which one is shown.
    kept_as : under which name the session remembers which.
    """

    def __init__(self, pages: Sequence[Page], kept_as: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept_as = kept_as
        self._offered = {page.key: page for page in pages}
        self.pages = Pages()
        self.switch = Choice([(page.key, page.title) for page in pages], self.tr("View"))
        self.switch.chosen.connect(self.show_page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, RHYTHM // 2, 0, 0)
        column.setSpacing(RHYTHM // 2)
        column.addWidget(self.switch)
        self.switch.setVisible(len(pages) > 1)
        column.addWidget(self.pages, 1)
        wish = str(session.settings().value(kept_as, "", type=str))
        if pages:
            self.show_page(wish if wish in self._offered else pages[0].key)

    def show_page(self, key: str) -> None:
        """Show a page, and remember it for the next session."""
        if key not in self.pages.pages:
            self.pages.add(key, self._offered[key].make())
        self.pages.show_page(key)
        self.switch.set_key(key)
        session.settings().setValue(self._kept_as, key)

    def fit(self) -> None:
        """Show all of the present page again."""
        page = self.pages.pages.get(self.pages.key)
        if page is not None and hasattr(page, "fit"):
            page.fit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Take the pages down."""
        for page in self.pages.pages.values():
            page.close()
        super().closeEvent(event)
