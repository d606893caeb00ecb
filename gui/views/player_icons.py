"""What the player's buttons show, drawn in units of half a button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPolygonF

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter


def play_or_pause(painter: QPainter, playing: bool) -> None:
    """Draw what a press will do: two bars while playing, otherwise a triangle."""
    _fill(painter)
    if playing:
        for x in (-0.55, 0.15):
            painter.drawRect(QRectF(x, -0.6, 0.4, 1.2))
    else:
        _triangle(painter, -0.45, 0.65, 0.7)


def step_forward(painter: QPainter, checked: bool) -> None:
    """Draw a small triangle and a bar behind it: one step on."""
    _fill(painter)
    _triangle(painter, -0.3, 0.5, 0.5)
    painter.drawRect(QRectF(-0.55, -0.5, 0.08, 1.0))


def step_back(painter: QPainter, checked: bool) -> None:
    """Draw the mirror image of `step_forward`."""
    painter.scale(-1, 1)
    step_forward(painter, checked)


def to_end(painter: QPainter, checked: bool) -> None:
    """Draw a triangle that runs into a bar."""
    _fill(painter)
    _triangle(painter, -0.6, 0.35, 0.6)
    painter.drawRect(QRectF(0.45, -0.6, 0.12, 1.2))


def to_start(painter: QPainter, checked: bool) -> None:
    """Draw the mirror image of `to_end`."""
    painter.scale(-1, 1)
    to_end(painter, checked)


def loop(painter: QPainter, checked: bool) -> None:
    """Draw a circle that runs into itself, with a dot in it if checked."""
    ring = QPainterPath()
    box = QRectF(-0.6, -0.6, 1.2, 1.2)
    ring.arcMoveTo(box, 60)
    ring.arcTo(box, 60, -300)
    painter.drawPath(ring)
    _fill(painter)
    end = QPointF(-0.3, -0.52)
    tip = [QPointF(-0.15, -0.3), QPointF(0.15, 0.0), QPointF(-0.15, 0.3)]
    painter.drawPolygon(QPolygonF([end + point for point in tip]))
    if checked:
        painter.drawEllipse(QPointF(0, 0), 0.2, 0.2)


def _fill(painter: QPainter) -> None:
    painter.setBrush(painter.pen().color())
    painter.setPen(Qt.PenStyle.NoPen)


def _triangle(painter: QPainter, left: float, right: float, half: float) -> None:
    painter.drawPolygon(QPolygonF([QPointF(left, -half), QPointF(right, 0), QPointF(left, half)]))
