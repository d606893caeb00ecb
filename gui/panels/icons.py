"""Small buttons that draw their own icon in the theme's colours, sharp at any resolution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QToolButton, QWidget

from gui.theme import THEME

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPaintEvent

SIZE_PX = 24


def plus(painter: QPainter, checked: bool) -> None:
    """Draw a plus."""
    painter.drawLine(QPointF(-0.6, 0), QPointF(0.6, 0))
    painter.drawLine(QPointF(0, -0.6), QPointF(0, 0.6))


def minus(painter: QPainter, checked: bool) -> None:
    """Draw a minus."""
    painter.drawLine(QPointF(-0.6, 0), QPointF(0.6, 0))


def ladder(painter: QPainter, checked: bool) -> None:
    """Draw five rungs, each longer than the one above."""
    for rung in range(5):
        y = -0.7 + 0.35 * rung
        painter.drawLine(QPointF(-0.7, y), QPointF(-0.4 + 0.275 * rung, y))


def pencil(painter: QPainter, checked: bool) -> None:
    """Draw a pencil that writes."""
    body = QPainterPath(QPointF(-0.7, 0.7))
    for x, y in ((-0.6, 0.3), (0.35, -0.65), (0.65, -0.35), (-0.3, 0.6), (-0.7, 0.7)):
        body.lineTo(x, y)
    painter.drawPath(body)


def twins(painter: QPainter, checked: bool) -> None:
    """Draw two sheets, one behind the other."""
    painter.drawRoundedRect(QRectF(-0.25, -0.25, 0.95, 0.95), 0.15, 0.15)
    sheet = QPainterPath(QPointF(-0.3, 0.2))
    for x, y in ((-0.7, 0.2), (-0.7, -0.7), (0.2, -0.7), (0.2, -0.3)):
        sheet.lineTo(x, y)
    painter.drawPath(sheet)


def eye(painter: QPainter, checked: bool) -> None:
    """Draw an open eye if checked, otherwise a closed one."""
    lid = QPainterPath(QPointF(-0.85, 0))
    if not checked:
        lid.quadTo(0, 0.8, 0.85, 0)
        painter.drawPath(lid)
        for x in (-0.45, 0.0, 0.45):
            painter.drawLine(
                QPointF(x, 0.38 - 0.2 * abs(x)), QPointF(1.25 * x, 0.72 - 0.3 * abs(x))
            )
        return
    lid.quadTo(0, -1.0, 0.85, 0)
    lid.quadTo(0, 1.0, -0.85, 0)
    painter.drawPath(lid)
    painter.setBrush(painter.pen().color())
    painter.drawEllipse(QPointF(0, 0), 0.2, 0.2)


def chevron(painter: QPainter, checked: bool) -> None:
    """Draw an arrow head: down if checked, otherwise to the right."""
    painter.rotate(90 if checked else 0)
    head = QPainterPath(QPointF(-0.25, -0.5))
    head.lineTo(0.25, 0)
    head.lineTo(-0.25, 0.5)
    painter.drawPath(head)


def table(painter: QPainter, checked: bool) -> None:
    """Draw a table of two columns."""
    painter.drawRoundedRect(QRectF(-0.75, -0.65, 1.5, 1.3), 0.15, 0.15)
    for y in (-0.25, 0.2):
        painter.drawLine(QPointF(-0.75, y), QPointF(0.75, y))
    painter.drawLine(QPointF(0, -0.65), QPointF(0, 0.65))


def die(painter: QPainter, checked: bool) -> None:
    """Draw a die that shows five."""
    painter.drawRoundedRect(QRectF(-0.75, -0.75, 1.5, 1.5), 0.3, 0.3)
    painter.setBrush(painter.pen().color())
    painter.setPen(Qt.PenStyle.NoPen)
    for x, y in ((-0.36, -0.36), (0.36, -0.36), (0, 0), (-0.36, 0.36), (0.36, 0.36)):
        painter.drawEllipse(QPointF(x, y), 0.13, 0.13)


class IconButton(QToolButton):
    """A flat button with a drawn icon and, if it has text, the text beside it."""

    def __init__(
        self, draw: Callable[[QPainter, bool], None], name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._draw = draw
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        THEME.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return a square, wider if there is text."""
        width = self.fontMetrics().horizontalAdvance(self._label()) if self.text() else -8
        return QSize(SIZE_PX + 8 + width, SIZE_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, icon, text and focus."""
        colours = THEME.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hot = self.isEnabled() and (self.underMouse() or self.isDown())
        painter.setPen(QColor(colours.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised) if hot else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        quiet = not self.isEnabled() or (self.isCheckable() and not self.isChecked())
        colour = QColor(colours.faint if quiet and not hot else colours.text)
        if self.text():
            painter.setPen(colour)
            area = self.rect().adjusted(SIZE_PX, 0, 0, 0)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic
            painter.drawText(area, int(flags), self.text())
        painter.translate(SIZE_PX / 2, self.height() / 2)
        painter.scale(8, 8)
        pen = QPen(colour, 1.5 / 8)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._draw(painter, self.isChecked())

    def _label(self) -> str:
        return self.text().replace("&", "")
