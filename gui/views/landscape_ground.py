"""Shows the surface's picture: the old one stretched at once, the sharp one when it arrives."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from gui.theme import PATH_WIDTH, THEME, ramp
from gui.views.landscape_work import Colours

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gui.theme import Colours as ThemeColours
    from gui.views.landscape_frame import Frame
    from gui.views.landscape_work import Ground

ARROW_HEAD = 0.32
MOST_HEAD_PX = 5.0


@lru_cache(maxsize=32)
def ground_colours(c: ThemeColours, faded: float = 0.0) -> Colours:
    """Return the ground's colours in a theme, its ramp faded by a share from 0 to 1."""

    def rgb(name: str) -> tuple[int, int, int]:
        colour = QColor(name)
        return colour.red(), colour.green(), colour.blue()

    return Colours(faded_ramp(c, faded).tobytes(), rgb(c.contour), rgb(c.base), rgb(c.border))


def faded_ramp(c: ThemeColours, faded: float) -> NDArray[np.uint8]:
    """Return the ramp (256, 3), of which 1 leaves the colour of the lowest loss alone."""
    whole = ramp(c)
    return np.asarray(np.rint(whole + faded * (whole[0] - whole.astype(float))), np.uint8)


class GroundLayer:
    """The newest drawn ground as an image, a graph or arrows."""

    def __init__(self) -> None:
        self.drawn: Ground | None = None
        self._image = QImage()
        self._lines = QImage()
        self._lines_key: object = None

    def take(self, ground: Ground) -> None:
        """Show a newly drawn ground from now on."""
        self.drawn = ground
        self._lines_key = None
        if ground.pixels is not None:
            height, width = ground.pixels.shape
            self._image = QImage(
                ground.pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32
            )

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw the picture where it belongs in the frame, or the graph."""
        if self.drawn is None:
            return
        if self.drawn.wish.curve:
            self._paint_lines(painter, frame, self._draw_graph)
            return
        x0, x1, y0, y1 = self.drawn.wish.view
        place = QRectF(frame.pixel(x0, y1), frame.pixel(x1, y0))
        if self.drawn.coarse == 1 and _same(place, frame.plot):
            self._image.setDevicePixelRatio(self.drawn.wish.ratio)
            painter.drawImage(frame.plot.topLeft(), self._image)
            return
        self._image.setDevicePixelRatio(1.0)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)

    def paint_arrows(self, painter: QPainter, frame: Frame) -> None:
        """Draw the direction of descent, if it is there and the view has not moved."""
        if self.drawn is not None and len(self.drawn.arrows) and self.drawn.wish.view == frame.view:
            self._paint_lines(painter, frame, self._draw_arrows)

    def _paint_lines(
        self, painter: QPainter, frame: Frame, draw: Callable[[QPainter, Frame], None]
    ) -> None:
        """Draw a graph or arrows once, then their image: Qt is slow at antialiased lines."""
        assert self.drawn is not None
        ratio, key = self.drawn.wish.ratio, (frame, THEME.colours)
        if key != self._lines_key:
            self._lines_key = key
            size = (frame.plot.size() * ratio).toSize()
            self._lines = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
            self._lines.fill(Qt.GlobalColor.transparent)
            self._lines.setDevicePixelRatio(ratio)
            inner = QPainter(self._lines)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            inner.translate(-frame.plot.topLeft())
            draw(inner, frame)
            inner.end()
        painter.drawImage(frame.plot.topLeft(), self._lines)

    def _draw_arrows(self, painter: QPainter, frame: Frame) -> None:
        assert self.drawn is not None
        colour = QColor(THEME.colours.text)
        colour.setAlphaF(0.55)
        painter.setPen(QPen(colour, 1.2))
        corner, lines = frame.plot.topLeft(), []
        for x, y, dx, dy in self.drawn.arrows.tolist():
            tip = corner + QPointF(x + dx / 2, y + dy / 2)
            lines.append(QLineF(corner + QPointF(x - dx / 2, y - dy / 2), tip))
            size = min(ARROW_HEAD, MOST_HEAD_PX / max(abs(dx) + abs(dy), 1e-9))
            back, side = QPointF(dx, dy) * size, QPointF(-dy, dx) * (size * 0.55)
            lines += [QLineF(tip, tip - back + side), QLineF(tip, tip - back - side)]
        painter.drawLines(lines)

    def _draw_graph(self, painter: QPainter, frame: Frame) -> None:
        assert self.drawn is not None
        painter.setPen(QPen(QColor(THEME.colours.faint), PATH_WIDTH))
        line = QPolygonF()
        for x, f in self.drawn.graph.tolist():
            if f - f == 0.0:
                line.append(frame.pixel(x, f))
            elif not line.isEmpty():
                painter.drawPolyline(line)
                line = QPolygonF()
        painter.drawPolyline(line)


def _same(a: QRectF, b: QRectF) -> bool:
    return (a.topLeft() - b.topLeft()).manhattanLength() < 0.01 and (
        a.bottomRight() - b.bottomRight()
    ).manhattanLength() < 0.01
