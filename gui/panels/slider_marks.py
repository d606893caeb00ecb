"""Marks on a slider's groove: where they stand, their shapes, and the tinted part behind them."""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gui.theme import THEME

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Marks nearer than this are one.
TOGETHER_PX = 1.0
#: How far marks reach above the groove, and half the width of a shape.
STEM_PX, SHAPE_PX = 9.0, 2.75
#: Height and strength of the tinted part.
TINT_PX, TINT = 10.0, 0.28


class Shape(Enum):
    """What stands on a mark's stem."""

    POINT = "point"
    RING = "ring"
    CROSS = "cross"


class SliderMark(NamedTuple):
    """A value on the groove, the sentence of its tooltip, and its shape."""

    value: float
    text: str
    shape: Shape = Shape.POINT


def placed(
    marks: Sequence[SliderMark], at: Callable[[float], float], holds: Callable[[float], bool]
) -> list[tuple[float, SliderMark]]:
    """Return marks with their pixels; the first of several at one place stands for all."""
    found: list[tuple[float, SliderMark]] = []
    for mark in marks:
        if math.isfinite(mark.value) and holds(mark.value):
            x = at(mark.value)
            if all(abs(x - other) > TOGETHER_PX for other, _ in found):
                found.append((x, mark))
    return found


def paint_tint(painter: QPainter, left: float, right: float, middle: float) -> None:
    """Tint a part of the groove in the colour of divergence, faintly."""
    tint = QColor(THEME.colours.alert)
    tint.setAlphaF(TINT)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tint)
    painter.drawRoundedRect(QRectF(left, middle - TINT_PX / 2, right - left, TINT_PX), 2, 2)


def paint_mark(painter: QPainter, x: float, middle: float, shape: Shape) -> None:
    """Draw a stem through the groove with a shape on it."""
    colour, size = QColor(THEME.colours.text), SHAPE_PX
    top = middle - STEM_PX
    painter.setPen(QPen(colour, 1.25))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawLine(QPointF(x, top), QPointF(x, middle + 4))
    if shape is Shape.CROSS:
        painter.drawLine(QPointF(x - size, top + size), QPointF(x + size, top + size))
    elif shape is Shape.RING:
        painter.setBrush(QColor(THEME.colours.window))
        painter.drawEllipse(QPointF(x, top + size - 1), size - 0.25, size - 0.25)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        corners = (x - size - 0.5, top - 2), (x + size + 0.5, top - 2), (x, top + size)
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
