"""A quiet drop-down: text and a small arrow, no frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QComboBox, QWidget

from gui.theme import THEME

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

PADDING_PX, ARROW_PX, HEIGHT_PX = 6, 18, 24


class QuietChoice(QComboBox):
    """One of a few named things.

    Signals
    -------
    chosen : (str), the key that the user chose; never by `set_key`.
    """

    chosen = Signal(str)

    def __init__(self, options: dict[str, str], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for key, text in options.items():
            self.addItem(text, key)
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))
        self.currentIndexChanged.connect(self.updateGeometry)
        THEME.changed.connect(self.update)

    def key(self) -> str:
        """Return the chosen key."""
        return str(self.currentData())

    def set_key(self, key: str) -> None:
        """Choose silently."""
        index = self.findData(key)
        if index >= 0:
            self.setCurrentIndex(index)

    def sizeHint(self) -> QSize:
        """Return room for the chosen text and the arrow."""
        width = self.fontMetrics().horizontalAdvance(self.currentText())
        return QSize(width + PADDING_PX + ARROW_PX, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw text and arrow; a ground only under the pointer, a frame only with the focus."""
        colours = THEME.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised) if self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(QColor(colours.text))
        area = self.rect().adjusted(PADDING_PX, 0, -ARROW_PX, 0)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), self.currentText())
        painter.setPen(QPen(QColor(colours.faint), 1.5))
        x, y = self.width() - ARROW_PX / 2 - 1, self.height() / 2 + 1
        painter.drawPolyline(
            QPolygonF([QPointF(x - 3.5, y - 2), QPointF(x, y + 1.5), QPointF(x + 3.5, y - 2)])
        )
