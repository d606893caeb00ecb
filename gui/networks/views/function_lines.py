"""Functions of one input as lines in their runs' colours and dashes, drawn once per answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from gui.networks.views.function_colours import class_colour, over
from gui.numbers import show
from gui.theme import PATH_WIDTH, RHYTHM, THEME, dash
from gui.views.landscape_exits import paint_chip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.networks.views.function_work import Line
    from gui.views.landscape_frame import Frame

CHOSEN_PX, OTHER_PX, OTHER = PATH_WIDTH * 1.3, 1.2, 0.55
#: Of other runs' places every how many-th is drawn, so that 16 dashed lines fit in a frame.
EVERY = 2
#: Heights are cut off so many plots above and below: Qt's own coordinates overflow far outside.
FAR = 3.0


class Beyond(NamedTuple):
    """The selected run's farthest value above or below the plot, and its place."""

    x: float
    value: float
    above: bool


class LineLayer:
    """Paints the lines and keeps the picture while nothing moves."""

    def __init__(self) -> None:
        self._key: object = None
        self._lines: tuple[Line, ...] = ()
        self._image = QImage()

    def paint(self, painter: QPainter, frame: Frame, lines: tuple[Line, ...], ratio: float) -> None:
        """Draw all lines, the selected run's on top."""
        if not lines:
            return
        key = (frame, ratio, THEME.colours)
        if key != self._key or lines is not self._lines:
            self._key, self._lines = key, lines
            size = (frame.plot.size() * ratio).toSize()
            self._image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
            self._image.setDevicePixelRatio(ratio)
            self._image.fill(Qt.GlobalColor.transparent)
            inner = QPainter(self._image)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            inner.translate(-frame.plot.topLeft())
            for line in lines:
                _paint_line(inner, frame, line, chosen=line.run is lines[-1].run)
            inner.end()
        painter.drawImage(frame.plot.topLeft(), self._image)


def _paint_line(painter: QPainter, frame: Frame, line: Line, *, chosen: bool) -> None:
    several = line.label >= 0
    colour = class_colour(line.label) if several else THEME.path_colour(line.run.slot)
    if not chosen:
        colour = over(THEME.colours.base, colour, OTHER)
    pen = QPen(colour, CHOSEN_PX if chosen else OTHER_PX)
    strokes = () if several else dash(line.run.slot)
    if strokes:
        pen.setDashPattern([length / pen.widthF() for length in strokes])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    for piece in pieces(frame, line, 1 if chosen else EVERY):
        painter.drawPolyline(piece)


def pieces(frame: Frame, line: Line, every: int = 1) -> list[QPolygonF]:
    """Return the stretches of a line that are finite, in pixels."""
    places, heights = line.places[::every], line.heights[::every]
    sx, sy = frame.scale
    plot = frame.plot
    with np.errstate(all="ignore"):
        x = plot.left() + (places - frame.view[0]) * sx
        y = plot.top() + (frame.view[3] - heights) * sy
    y = np.clip(y, plot.top() - FAR * plot.height(), plot.bottom() + FAR * plot.height())
    fine = np.isfinite(y)
    ends = np.flatnonzero(np.diff(fine)) + 1
    return [
        QPolygonF([QPointF(a, b) for a, b in zip(*piece, strict=True)])
        for piece in zip(np.split(x, ends), np.split(y, ends), strict=True)
        if np.isfinite(piece[1]).all() and len(piece[0])
    ]


def beyond(frame: Frame, line: Line) -> list[Beyond]:
    """Return where a line leaves the plot above and below, and how far it goes."""
    low, high = frame.view[2:]
    heights = np.where(np.isfinite(line.heights), line.heights, 0.5 * low + 0.5 * high)
    top, bottom = int(heights.argmax()), int(heights.argmin())
    found = []
    if heights[top] > high:
        found.append(Beyond(float(line.places[top]), float(heights[top]), True))
    if heights[bottom] < low:
        found.append(Beyond(float(line.places[bottom]), float(heights[bottom]), False))
    return found


def paint_beyond(painter: QPainter, frame: Frame, found: Sequence[Beyond], slot: int) -> None:
    """Say at the edge how far the selected run's line goes outside."""
    metrics, plot = QFontMetricsF(painter.font()), frame.plot
    for place in found:
        text = f"{'↑' if place.above else '↓'} {show(place.value)}"
        box = QRectF(0, 0, metrics.horizontalAdvance(text) + RHYTHM, metrics.height() + 2)
        x = frame.pixel(place.x, frame.view[2]).x()
        x = min(max(x, plot.left() + box.width() / 2 + 4), plot.right() - box.width() / 2 - 4)
        y = (
            plot.top() + 2 + box.height() / 2
            if place.above
            else plot.bottom() - 2 - box.height() / 2
        )
        box.moveCenter(QPointF(x, y))
        paint_chip(painter, box, text, QColor(THEME.path_colour(slot)))
