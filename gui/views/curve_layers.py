"""What a curve plot is made of besides its axes: the curves, marks at the edge, a notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from gui.theme import RHYTHM, THEME
from gui.views.curve_marks import EdgeLabel, EdgeMark, ExitMark, paint_exit, paint_marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QTransform
    from PySide6.QtWidgets import QGraphicsItem

    from engine.drawing.curve_picture import Picture


class CurveLayer(pyqtgraph.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """The drawn curves, in steps and places; whoever gives a picture repaints the plot."""

    def __init__(self) -> None:
        super().__init__()
        self._picture: Picture | None = None
        self._image = QImage()

    def set_picture(self, picture: Picture | None) -> None:
        """Show a picture, or none."""
        if picture is self._picture:
            return
        self._picture, self._image = picture, QImage()
        if picture is not None:
            height, width = picture.image.shape
            form = QImage.Format.Format_ARGB32_Premultiplied
            self._image = QImage(picture.image.data, width, height, form)

    def boundingRect(self) -> QRectF:
        """Return what the plot shows."""
        return self.viewRect() or QRectF()

    def viewTransformChanged(self) -> None:
        """Follow what the plot shows."""
        self.prepareGeometryChange()
        super().viewTransformChanged()

    def paint(self, p: QPainter, *_: object) -> None:
        """Draw pixel on pixel; stretched only until a picture of this view is there."""
        picture = self._picture
        if picture is None:
            return
        device = p.device().devicePixelRatioF()
        target = _times(
            p.transform(), device, QRectF(picture.low, 0, picture.high - picture.low, 1)
        )
        p.resetTransform()
        p.scale(1 / device, 1 / device)
        width, height = self._image.width(), self._image.height()
        if abs(target.width() - width) < 1 and abs(target.height() - height) < 1:
            p.drawImage(QPointF(round(target.x()), round(target.y())), self._image)
        else:
            p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            p.drawImage(target, self._image)


def _times(transform: QTransform, device: float, area: QRectF) -> QRectF:
    """Return an area in device pixels."""
    mapped = transform.mapRect(area)
    return QRectF(
        mapped.x() * device, mapped.y() * device, mapped.width() * device, mapped.height() * device
    )


class Overlay(pyqtgraph.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """Something over a part of the widget, drawn in the widget's pixels."""

    def __init__(self, parent: QGraphicsItem, height: float) -> None:
        super().__init__(parent)
        self.setZValue(height)
        self.area = QRectF()
        self.font = QFont()

    def set_area(self, area: QRectF) -> None:
        """Cover an area."""
        if area != self.area:
            self.prepareGeometryChange()
            self.area = area

    def boundingRect(self) -> QRectF:
        """Return the covered area."""
        return self.area


class EdgeLayer(Overlay):
    """Crosses where curves end, with labels, and arrow heads where curves leave."""

    def __init__(self, parent: QGraphicsItem, height: float) -> None:
        super().__init__(parent, height)
        self.set_marks((), (), ())

    def set_marks(
        self, marks: Sequence[EdgeMark], labels: Sequence[EdgeLabel], exits: Sequence[ExitMark]
    ) -> None:
        """Show marks; whoever gives them repaints the plot."""
        self.marks, self.labels, self.exits = marks, labels, exits
        self.setVisible(bool(marks or exits))

    def paint(self, p: QPainter, *_: object) -> None:
        """Draw them inside the plot."""
        p.setClipRect(self.area, Qt.ClipOperation.IntersectClip)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setFont(self.font)
        for mark in self.exits:
            paint_exit(p, self.area, mark)
        paint_marks(p, self.area, self.marks, self.labels)


class Notice(Overlay):
    """Why there is nothing to draw; out of sight while there is something."""

    text = ""

    def set_text(self, text: str) -> None:
        """Say something; whoever does repaints the plot."""
        self.text = text
        self.setVisible(bool(text))

    def paint(self, p: QPainter, *_: object) -> None:
        """Write it in the middle."""
        p.setFont(self.font)
        p.setPen(QColor(THEME.colours.faint))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        p.drawText(self.area.adjusted(RHYTHM, 0, -RHYTHM, 0), int(flags), self.text)
