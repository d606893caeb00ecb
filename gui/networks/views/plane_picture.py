"""What the page of the plane shows, layer by layer, and in which order it is painted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from gui.theme import PATH_WIDTH, THEME
from gui.views.landscape_axes import paint_titles
from gui.views.landscape_exits import paint_exits
from gui.views.landscape_marks import FOCUS_PX, paint_start
from gui.views.landscape_paths import PathLayer
from gui.views.landscape_runs import departures, paint_ends, paint_heads

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QFont

    from gui.networks.views.plane_work import Followed, Ground
    from gui.state import Submit
    from gui.views.landscape_frame import Frame


class PlanePicture:
    """All layers. The view sets the fields and asks for a repaint."""

    def __init__(self, submit: Submit) -> None:
        self.ground: Ground | None = None
        self.followed: Followed | None = None
        self.paths = PathLayer(submit)
        self.ratio = 1.0
        self.titles = ("", "")
        self.head = self.selected = 0
        #: Where the start is, whether in hand, and whether it has the keyboard.
        self.ring: tuple[QPointF, bool] | None = None
        self._image = QImage()

    def take(self, ground: Ground | None) -> None:
        """Show a newly drawn ground from now on."""
        self.ground = ground
        if ground is not None and ground.pixels is not None:
            height, width = ground.pixels.shape
            self._image = QImage(
                ground.pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32
            )

    def paint(
        self, painter: QPainter, frame: Frame, font: QFont, again: Callable[[], None]
    ) -> None:
        """Paint everything; `again` is called when more can be painted."""
        painter.fillRect(frame.plot, QColor(THEME.colours.base))
        painter.save()
        painter.setClipRect(frame.plot, Qt.ClipOperation.IntersectClip)
        self._paint_ground(painter, frame)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.followed is not None:
            self._paint_runs(painter, frame, font, again)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        paint_titles(painter, frame.plot, font, self.titles)

    def _paint_runs(
        self, painter: QPainter, frame: Frame, font: QFont, again: Callable[[], None]
    ) -> None:
        assert self.followed is not None
        drawn, head, chosen = self.followed.runs, self.head, self.selected
        self.paths.update(drawn, frame, self.ratio, again)
        self.paths.paint(painter, frame, self.ratio, head, chosen)
        paint_ends(painter, frame, drawn, head, chosen)
        taken = []
        if self.ring is not None:
            at, focused = self.ring
            ink = QColor(THEME.colours.text)
            paint_start(painter, at, ink, focused=focused, own=False)
            reach = QPointF(FOCUS_PX, FOCUS_PX)
            taken = [QRectF(at - reach, at + reach)]
        paint_heads(painter, frame, drawn, head, chosen)
        prepared = self.paths.prepared
        if prepared is not None and prepared.frame == frame and prepared.source is drawn:
            paint_exits(painter, frame.plot, departures(prepared, frame, chosen), font, taken)

    def _paint_ground(self, painter: QPainter, frame: Frame) -> None:
        if self.ground is None:
            return
        if self.ground.pixels is None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_graph(painter, frame)
            return
        wish = self.ground.wish
        if wish.view == frame.view and wish.ratio == self.ratio:
            self._image.setDevicePixelRatio(self.ratio)
            painter.drawImage(frame.plot.topLeft(), self._image)
            return
        x0, x1, y0, y1 = wish.view
        self._image.setDevicePixelRatio(1.0)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(frame.pixel(x0, y1), frame.pixel(x1, y0)), self._image)

    def _paint_graph(self, painter: QPainter, frame: Frame) -> None:
        assert self.ground is not None
        painter.setPen(QPen(QColor(THEME.colours.grid), 1))
        for end in (0.0, 1.0):
            x = frame.pixel(end, frame.view[2]).x()
            painter.drawLine(QPointF(x, frame.plot.top()), QPointF(x, frame.plot.bottom()))
        painter.setPen(QPen(QColor(THEME.colours.faint), PATH_WIDTH))
        line = QPolygonF()
        for x, height in self.ground.graph.tolist():
            if math.isfinite(height):
                line.append(frame.pixel(x, height))
            elif not line.isEmpty():
                painter.drawPolyline(line)
                line = QPolygonF()
        painter.drawPolyline(line)
