"""The quadratic model at a point: its level set, the Hessian's eigenvectors and eigenvalues."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPen, QPolygonF

from gui.numbers import show
from gui.theme import THEME
from gui.views import landscape_work as work
from gui.views.landscape_exits import paint_chip, place_labels

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QPainter

    from engine.landscape import Landscape
    from gui.views.landscape_frame import Frame

AXIS_PX = 56.0
PARABOLA_POINTS = 201


def paint_curvature(
    painter: QPainter, frame: Frame, landscape: Landscape, point: tuple[float, float], font: QFont
) -> None:
    """Draw the quadratic model at a point of the plane, where it is finite."""
    reach = math.hypot(frame.plot.width(), frame.plot.height())
    found = work.curvature(landscape, point, frame.scale, reach)
    if found is None:
        return
    at = frame.pixel(*point)
    ink = QColor(THEME.colours.text)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink, 1.4, Qt.PenStyle.DashLine))
    for curve in found.curves:
        # Beyond the plot only direction matters; Qt's dashes are slow over long ways.
        near = curve[abs(curve).sum(axis=1) < 2 * reach] + (at.x(), at.y())
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in near.tolist()]))
    near = found.safe[abs(found.safe).sum(axis=1) < 2 * reach] + (at.x(), at.y())
    painter.setPen(QPen(QColor(THEME.colours.accent), 1.6))
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in near.tolist()]))
    painter.setPen(QPen(ink, 1.8))
    tips, texts = [], []
    for axis, value, name in zip(found.axes.tolist(), found.eigenvalues, "₁₂", strict=True):
        arm = QPointF(*axis) * AXIS_PX
        painter.drawLine(at - arm, at + arm)
        tips.append(at + arm)
        texts.append(f"λ{name} {show(float(value))}")
    if found.is_saddle:
        texts[1] += ", " + QCoreApplication.translate("landscape", "saddle-like")
    painter.setFont(font)
    boxes = place_labels(frame.plot, tips, texts, QFontMetricsF(font), origin=at)
    for box, text in zip(boxes, texts, strict=True):
        paint_chip(painter, box, text, ink)


def paint_parabola(
    painter: QPainter, frame: Frame, landscape: Landscape, x: float, font: QFont
) -> None:
    """Draw the parabola that fits the graph of one variable at x to second order."""
    y = frame.view[2]
    value = float(landscape.value((x, y)))
    slope = float(landscape.gradient((x, y))[0])
    bend = float(landscape.hessian((x, y))[0, 0])
    if not all(map(math.isfinite, (value, slope, bend))):
        return
    x0, x1 = frame.view[:2]
    line = QPolygonF()
    for k in range(PARABOLA_POINTS):
        d = x0 + (x1 - x0) * k / (PARABOLA_POINTS - 1) - x
        line.append(frame.pixel(x + d, value + slope * d + 0.5 * bend * d * d))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(THEME.colours.text), 1.4, Qt.PenStyle.DashLine))
    painter.drawPolyline(line)
    text = f"λ {show(bend)}"
    painter.setFont(font)
    box = place_labels(frame.plot, [frame.pixel(x, value)], [text], QFontMetricsF(font))[0]
    paint_chip(painter, box, text, QColor(THEME.colours.text))
