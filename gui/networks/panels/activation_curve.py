"""An activation as a small curve, with its slope."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from engine.networks.activations import activation_named
from gui.theme import THEME

WIDTH_PX, HEIGHT_PX = 72, 48
#: What is drawn of it: from −REACH to REACH, and as far up and down as fits.
REACH, POINTS = 3.0, 73


class ActivationCurve(QWidget):
    """The value as a line, the slope dashed, over the two axes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ""
        self.setFixedSize(QSize(WIDTH_PX, HEIGHT_PX))
        THEME.changed.connect(self.update)

    def show_activation(self, name: str) -> None:
        """Show the activation of this name."""
        if name != self.name:
            self.name = name
            title = activation_named(name).title
            self.setAccessibleName(self.tr("Curve of {}").format(title))
            self.setToolTip(self.tr("{} from −3 to 3; dashed: its slope").format(title))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axes and curves."""
        if not self.name:
            return
        colours = THEME.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.base))
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        painter.setClipRect(self.rect())
        painter.setPen(QPen(QColor(colours.border), 1))
        centre = _point(0.0, 0.0)
        painter.drawLine(QPointF(0, centre.y()), QPointF(WIDTH_PX, centre.y()))
        painter.drawLine(QPointF(centre.x(), 0), QPointF(centre.x(), HEIGHT_PX))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        values, slopes = _curves(self.name)
        painter.setPen(QPen(QColor(colours.faint), 1.0, Qt.PenStyle.DashLine))
        painter.drawPolyline(slopes)
        painter.setPen(QPen(QColor(colours.accent), 2.0))
        painter.drawPolyline(values)


@lru_cache
def _curves(name: str) -> tuple[QPolygonF, QPolygonF]:
    rule = activation_named(name).rule
    values, slopes = QPolygonF(), QPolygonF()
    for i in range(POINTS):
        a = REACH * (2 * i / (POINTS - 1) - 1)
        value, slope, _ = rule(a)
        values.append(_point(a, float(value)))
        slopes.append(_point(a, float(slope)))
    return values, slopes


def _point(a: float, h: float) -> QPointF:
    unit = WIDTH_PX / (2 * REACH)
    # Two thirds of the height are above the axis, where most of them are.
    return QPointF(WIDTH_PX / 2 + a * unit, HEIGHT_PX * 2 / 3 - h * unit)
