"""A short piece of a run's line: its colour and its dash."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gui.theme import PATH_WIDTH, THEME, dash

SWATCH_PX = 26.0


def run_pen(slot: int, width: float = PATH_WIDTH) -> QPen:
    """Return the pen of a run's slot."""
    pen = QPen(THEME.path_colour(slot), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    lengths = dash(slot)
    if lengths:
        pen.setDashPattern([length / width for length in lengths])
    return pen


def paint_swatch(painter: QPainter, area: QRectF, slot: int) -> None:
    """Draw the line of a slot across the middle of an area."""
    painter.setPen(run_pen(slot))
    middle = area.center().y()
    painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle))
