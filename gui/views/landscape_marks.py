"""The small shapes on the landscape: minima, starts, end markers, play heads."""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen

from gui.theme import THEME, marker

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter

    from gui.views.landscape_frame import Frame

MARKER_PX = 4.5
HEAD_PX = 6.2
RING_PX = 7.5
#: Radius of the dots around the start that has the keyboard.
FOCUS_PX = 12.5
GLOBAL_ARM_PX, LOCAL_ARM_PX = 6.0, 3.0
#: Minima nearer than this to one that is drawn are left out.
MINIMA_APART_PX = 14.0
MOST_MINIMA = 150


def paint_minima(
    painter: QPainter,
    frame: Frame,
    minima: NDArray[np.float64],
    hue: Callable[[int], QColor] | None = None,
) -> None:
    """Mark known minima (k, 3): the lowest ones large, the others small and never crowded.

    ``hue`` gives the colour of each minimum's basin, if basins are shown.
    """
    if not len(minima):
        return
    lowest = float(minima[:, 2].min())
    scale = max(abs(lowest), float(abs(minima[:, 2]).max()), 1.0)
    drawn: list[QPointF] = []
    for index in np.argsort(minima[:, 2], kind="stable").tolist():
        x, y, value = minima[index].tolist()
        place = frame.pixel(x, y)
        crowded = any((place - p).manhattanLength() < MINIMA_APART_PX for p in drawn)
        if crowded or not frame.plot.contains(place) or len(drawn) >= MOST_MINIMA:
            continue
        drawn.append(place)
        is_global = value - lowest <= 1e-9 * scale
        arm = GLOBAL_ARM_PX if is_global else LOCAL_ARM_PX
        if hue is not None:
            _paint_disc(painter, place, arm + 2.0, hue(index))
        _paint_plus(painter, place, arm)


def _paint_disc(painter: QPainter, at: QPointF, radius: float, colour: QColor) -> None:
    painter.setPen(_pen(THEME.colours.base, 1.5))
    painter.setBrush(colour)
    painter.drawEllipse(at, radius, radius)


def _paint_plus(painter: QPainter, at: QPointF, arm: float) -> None:
    lines = [
        QLineF(at.x() - arm, at.y(), at.x() + arm, at.y()),
        QLineF(at.x(), at.y() - arm, at.x(), at.y() + arm),
    ]
    wide = arm > LOCAL_ARM_PX
    for name, width in ((THEME.colours.base, 5.0), (THEME.colours.text, 2.2 if wide else 1.2)):
        if wide or name == THEME.colours.text:
            painter.setPen(_pen(name, width))
            painter.drawLines(lines)


def paint_start(
    painter: QPainter, at: QPointF, colour: QColor, *, focused: bool, own: bool
) -> None:
    """Draw a start ring ◎: the shared one larger, a run's own in its colour."""
    radius = RING_PX - 1.5 if own else RING_PX
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ink, width in ((THEME.colours.base, 5.0), (colour.name(), 2.2)):
        painter.setPen(_pen(ink, width))
        painter.drawEllipse(at, radius, radius)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(at, 2.2, 2.2)
    if focused:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(THEME.colours.accent), 1.5, Qt.PenStyle.DotLine))
        painter.drawEllipse(at, FOCUS_PX, FOCUS_PX)


def paint_head(
    painter: QPainter, at: QPointF, slot: int, *, chosen: bool, at_end: bool = False
) -> None:
    """Draw the play head of a run: its colour around a dot; at its end in its slot's shape."""
    size = HEAD_PX + (1.0 if chosen else 0.0)
    shape = marker_path(marker(slot) if at_end else "circle", size)
    painter.setPen(_pen(THEME.colours.base, 1.5))
    painter.setBrush(THEME.path_colour(slot))
    painter.drawPath(shape.translated(at))
    painter.setPen(_pen(THEME.colours.base, 1.6))
    painter.setBrush(QColor(THEME.colours.text))
    painter.drawEllipse(at, 0.52 * size, 0.52 * size)


def paint_end(painter: QPainter, at: QPointF, slot: int, *, alert: bool) -> None:
    """Draw the end of a path in the shape of its slot; the colour of divergence if it broke."""
    colour = QColor(THEME.colours.alert) if alert else THEME.path_colour(slot)
    name, size = ("cross", 1.3 * MARKER_PX) if alert else (marker(slot), MARKER_PX)
    painter.setPen(_pen(THEME.colours.base, 1.6))
    painter.setBrush(colour)
    painter.drawPath(marker_path(name, size).translated(at))


@cache
def marker_path(name: str, size: float) -> QPainterPath:
    """Return a marker's outline around the origin; `size` is about its radius in pixels."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    if name == "circle":
        path.addEllipse(QPointF(), size, size)
    elif name == "cross":
        path.addPolygon(_star(4, size * 1.5, size * 0.5, 45.0))
    elif name == "star":
        path.addPolygon(_star(5, size * 1.5, size * 0.6, -90.0))
    else:
        corners, turn = {"square": (4, 45.0), "diamond": (4, 0.0), "triangle": (3, -90.0)}[name]
        path.addPolygon(_polygon(corners, size * 1.3, turn))
    path.closeSubpath()
    return path


def _polygon(corners: int, radius: float, turn: float) -> list[QPointF]:
    return [_polar(radius, turn + 360.0 * k / corners) for k in range(corners)]


def _star(rays: int, outer: float, inner: float, turn: float) -> list[QPointF]:
    step = 180.0 / rays
    return [_polar(inner if k % 2 else outer, turn + step * k) for k in range(2 * rays)]


def _polar(radius: float, degrees: float) -> QPointF:
    angle = math.radians(degrees)
    return QPointF(radius * math.cos(angle), radius * math.sin(angle))


@lru_cache(maxsize=64)
def _pen(colour: str, width: float) -> QPen:
    return QPen(
        QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap,
        Qt.PenJoinStyle.RoundJoin,
    )  # fmt: skip
