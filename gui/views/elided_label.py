"""One line of small text that never asks for more width than there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import THEME
from gui.views.curve_text import small

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

ROW_PX = 22


class ElidedLabel(QWidget):
    """One line of small text that is cut to the room there is; the whole of it is its tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._strong = "", False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFont(small(self.font()))
        THEME.changed.connect(self.update)

    def text(self) -> str:
        """Return the whole text."""
        return self._text

    def set_text(self, text: str, *, strong: bool = False, tip: str = "") -> None:
        """Show a text, in the colour of text if `strong`, else faintly."""
        self._text, self._strong = text, strong
        self.setToolTip(tip or text)
        self.setAccessibleName(text)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of a row."""
        return QSize(120, ROW_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much of the text as there is room for."""
        painter = QPainter(self)
        painter.setPen(QColor(THEME.colours.text if self._strong else THEME.colours.faint))
        mode = Qt.TextElideMode.ElideRight
        text = painter.fontMetrics().elidedText(self._text, mode, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)
