"""Shows the surface's picture: the old one stretched at once, the sharp one when it arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from gui.theme import PATH_WIDTH, THEME, ramp
from gui.views.landscape_work import Colours

if TYPE_CHECKING:
    from gui.views.landscape_frame import Frame
    from gui.views.landscape_work import Ground

ARROW_HEAD = 0.32
MOST_HEAD_PX = 5.0


def theme_colours() -> Colours:
    """Return the ground's colours in the theme in force."""
    c = THEME.colours

    def rgb(name: str) -> tuple[int, int, int]:
        colour = QColor(name)
        return colour.red(), colour.green(), colour.blue()

    return Colours(ramp(c).tobytes(), rgb(c.contour), rgb(c.base), rgb(c.border))


class GroundLayer:
    """The newest drawn ground as an image, a graph or arrows."""

    def __init__(self) -> None:
        self.drawn: Ground | None = None
        self._image = QImage()

    def take(self, ground: Ground) -> None:
        """Show a newly drawn ground from now on."""
        self.drawn = ground
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
            self._paint_graph(painter, frame)
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
        if self.drawn is None or self.drawn.wish.view != frame.view:
            return
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

    def _paint_graph(self, painter: QPainter, frame: Frame) -> None:
        assert self.drawn is not None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
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
