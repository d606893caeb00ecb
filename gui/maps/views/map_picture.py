"""What the page of the map shows, layer by layer: the newest picture where it belongs, marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from gui.maps.views.map_frame import view_of
from gui.theme import THEME
from gui.views.landscape_axes import paint_titles

if TYPE_CHECKING:
    from PySide6.QtGui import QFont

    from engine.maps.axes import Axis
    from gui.maps.state import Shown
    from gui.views.landscape_frame import Frame

ARM_PX, GAP_PX = 12.0, 4.0
#: Of a picture over other settings, until there is one over these.
PAST = 0.3


class MapPicture:
    """All layers. The view sets the fields and asks for a repaint."""

    def __init__(self) -> None:
        self.shown: Shown | None = None
        self.axes: tuple[Axis, Axis] | None = None
        self.ratio = 1.0
        self.titles = ("", "")
        #: Where the base run's own settings are, as far as the axes have them.
        self.own: tuple[float, float] | None = None
        self._image = QImage()

    def take(self, shown: Shown | None) -> None:
        """Show another picture from now on."""
        self.shown = shown
        if shown is not None:
            height, width = shown.pixels.shape[:2]
            form = QImage.Format.Format_RGBA8888_Premultiplied
            self._image = QImage(shown.pixels.data, width, height, 4 * width, form)

    def paint(self, painter: QPainter, frame: Frame, font: QFont) -> None:
        """Paint everything."""
        painter.fillRect(frame.plot, QColor(THEME.colours.base))
        painter.save()
        painter.setClipRect(frame.plot, Qt.ClipOperation.IntersectClip)
        if self.shown is not None:
            self._paint_image(painter, frame, self.shown)
        if self.own is not None:
            self._paint_own(painter, frame.pixel(*self.own))
        painter.restore()
        paint_titles(painter, frame.plot, font, self.titles)

    def _paint_image(self, painter: QPainter, frame: Frame, shown: Shown) -> None:
        x, y = shown.experiment.x, shown.experiment.y
        if (x, y) == self.axes and self._fits(frame):
            self._image.setDevicePixelRatio(self.ratio)
            painter.drawImage(frame.plot.topLeft(), self._image)
            return
        self._image.setDevicePixelRatio(1.0)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self.axes is None or _kinds((x, y)) != _kinds(self.axes):
            painter.setOpacity(PAST)
            painter.drawImage(frame.plot, self._image)
            painter.setOpacity(1.0)
            return
        x0, x1, y0, y1 = view_of(x, y)
        painter.drawImage(QRectF(frame.pixel(x0, y1), frame.pixel(x1, y0)), self._image)

    def _fits(self, frame: Frame) -> bool:
        width, height = (
            round(side * self.ratio) for side in (frame.plot.width(), frame.plot.height())
        )
        return (self._image.width(), self._image.height()) == (width, height)

    def _paint_own(self, painter: QPainter, at: QPointF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        reach, gap = ARM_PX, GAP_PX
        arms = [
            QLineF(at.x() + dx * gap, at.y() + dy * gap, at.x() + dx * reach, at.y() + dy * reach)
            for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1))
        ]
        for colour, width in ((THEME.colours.base, 4.0), (THEME.colours.text, 1.6)):
            painter.setPen(
                QPen(QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            )
            painter.drawLines(arms)


def _kinds(axes: tuple[Axis, Axis]) -> list[tuple[str, str]]:
    return [(axis.name, axis.scale) for axis in axes]
