"""What the view of a network's function shows, layer by layer, and in which order it is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from gui.networks.views.function_lines import LineLayer, beyond, paint_beyond
from gui.networks.views.function_points import LARGE_PX, PointLayer, Points, paint_point
from gui.networks.views.function_words import tr
from gui.theme import RHYTHM, THEME
from gui.views.landscape_axes import paint_titles
from gui.views.landscape_exits import paint_chip

if TYPE_CHECKING:
    from PySide6.QtGui import QFont

    from engine.networks.network import Network
    from gui.networks.views.function_work import Answer
    from gui.views.landscape_frame import Frame

#: Names of more classes than this would not fit above the plot.
MOST_NAMES = 6
MIDDLE_SHADE = 12


class Picture:
    """All layers. The view sets the fields and asks for a repaint."""

    def __init__(self) -> None:
        self.answer: Answer | None = None
        self.points: Points | None = None
        self.ratio = 1.0
        self.titles = ("x", "y")
        #: What is said of outputs that are not finite.
        self.alert = ""
        self._image = QImage()
        self._points_key: object = None
        self._point_layer, self._line_layer = PointLayer(), LineLayer()

    def take(self, answer: Answer | None) -> None:
        """Show an answer from now on."""
        key = None if answer is None else _points_key(answer)
        if key is None or key != self._points_key:
            self.points = None if answer is None else points_of(answer)
        self.answer, self._points_key = answer, key
        if answer is not None and answer.pixels is not None:
            height, width = answer.pixels.shape
            self._image = QImage(
                answer.pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32
            )

    def paint(self, painter: QPainter, frame: Frame, font: QFont) -> None:
        """Paint everything."""
        painter.fillRect(frame.plot, QColor(THEME.colours.base))
        painter.setFont(font)
        painter.save()
        painter.setClipRect(frame.plot, Qt.ClipOperation.IntersectClip)
        if self.answer is not None and self.points is not None:
            self._paint_answer(painter, frame, self.answer, self.points)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        paint_titles(painter, frame.plot, font, self.titles)
        if self.answer is not None:
            paint_legend(painter, frame.plot, font, self.answer, self.titles[1])

    def _paint_answer(
        self, painter: QPainter, frame: Frame, answer: Answer, points: Points
    ) -> None:
        if answer.pixels is not None:
            self._paint_ground(painter, frame, answer)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if answer.wish.kind == "rows":
            painter.setPen(QPen(QColor(THEME.colours.contour), 1))
            low, high = max(frame.view[0], frame.view[2]), min(frame.view[1], frame.view[3])
            if low < high:
                painter.drawLine(frame.pixel(low, low), frame.pixel(high, high))
        self._point_layer.paint(painter, frame, points, self.ratio)
        self._line_layer.paint(painter, frame, answer.lines, self.ratio)
        if answer.lines and answer.lines[-1].label < 0:
            chosen = answer.lines[-1]
            paint_beyond(painter, frame, beyond(frame, chosen), chosen.run.slot)
        if self.alert:
            _paint_alert(painter, frame.plot, self.alert)

    def _paint_ground(self, painter: QPainter, frame: Frame, answer: Answer) -> None:
        x0, x1, y0, y1 = answer.wish.view
        place = QRectF(frame.pixel(x0, y1), frame.pixel(x1, y0))
        if answer.wish.view == frame.view and answer.wish.ratio == self.ratio:
            self._image.setDevicePixelRatio(self.ratio)
            painter.drawImage(frame.plot.topLeft(), self._image)
            return
        self._image.setDevicePixelRatio(1.0)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)


def _points_key(answer: Answer) -> object:
    """Return what the points depend on, so that they stay while a function is learned."""
    moves = id(answer) if answer.wish.kind == "rows" else 0
    return id(answer.rows), answer.wish.subject, answer.levels, THEME.colours, moves


def points_of(answer: Answer) -> Points:
    """Return how the rows of an answer are drawn."""
    wish, rows, count = answer.wish, answer.rows, len(answer.rows.truth)
    classes = np.full(count, -1)
    shares = np.full(count, np.nan)
    x, y, ink = rows.inputs[:, wish.axes[0]], rows.truth, THEME.colours.faint
    if wish.network.model.task != "regression":
        classes = rows.truth.astype(int)
    if wish.kind == "plane":
        y = rows.inputs[:, wish.axes[1]]
        if answer.levels is not None:
            low, high = answer.levels.low, answer.levels.high
            shares = (rows.truth - low) / (high - low)
    elif wish.kind == "rows":
        x, y = rows.truth, answer.predicted[0]
        ink = THEME.path_colour(wish.chosen.slot).name()
    elif wish.network.model.task == "classes":
        # At the height that its own class should have there.
        y = np.ones(count)
    beside = wish.kind != "rows" and rows.inputs.shape[1] > (2 if wish.kind == "plane" else 1)
    return Points(x, y, rows.held, classes, shares, beside, ink)


def legend(answer: Answer) -> list[tuple[tuple[int, int, bool], str]]:
    """Return what the points' shapes mean: (class, shade, held back), text."""
    network: Network = answer.wish.network
    names = network.prepared.data.class_names
    found: list[tuple[tuple[int, int, bool], str]] = []
    if network.model.task != "regression" and len(names) <= MOST_NAMES:
        found += [((k, -1, False), name) for k, name in enumerate(names)]
    shaded = answer.wish.kind == "plane" and network.model.task == "regression"
    shade = MIDDLE_SHADE if shaded else -1
    if answer.rows.held.any():
        if not found:
            found.append(((-1, shade, False), tr("training")))
        found.append(((-1, shade, True), tr("validation")))
    return found


def paint_legend(painter: QPainter, plot: QRectF, font: QFont, answer: Answer, title: str) -> None:
    """Say above the plot, at its right, what the shapes of the points mean."""
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    ink = THEME.colours.faint
    if answer.wish.kind == "rows":
        ink = THEME.path_colour(answer.wish.chosen.slot).name()
    left = plot.left() + metrics.horizontalAdvance(title) + 2 * RHYTHM
    x, middle = plot.right(), plot.top() - metrics.height() / 2 - 1
    for kind, text in reversed(legend(answer)):
        width = metrics.horizontalAdvance(text)
        x -= width
        if x - 2 * RHYTHM < left:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(THEME.colours.faint))
        box = QRectF(x, middle - metrics.height() / 2, width + 1, metrics.height())
        painter.drawText(box, int(Qt.TextFlag.TextDontClip), text)
        painter.save()
        painter.translate(QPointF(x - RHYTHM, middle))
        paint_point(painter, *kind, ink, LARGE_PX)
        painter.restore()
        x -= 3 * RHYTHM


def _paint_alert(painter: QPainter, plot: QRectF, text: str) -> None:
    metrics = QFontMetricsF(painter.font())
    box = QRectF(0, 0, metrics.horizontalAdvance(text) + 2 * RHYTHM, metrics.height() + RHYTHM)
    box.moveCenter(plot.center())
    paint_chip(painter, box, text, QColor(THEME.colours.alert))
