"""What a curve plot is made of besides its axes: the curves, marks at the edge, a notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from gui.theme import RHYTHM, THEME
from gui.views.curve_marks import EdgeLabel, EdgeMark, ExitMark, paint_exit, paint_marks
from gui.views.curve_text import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QTransform
    from PySide6.QtWidgets import QGraphicsItem

    from engine.drawing.curve_picture import Picture

#: Strength of the tint above the limit.
TINT = 0.09


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


class LimitLayer(Overlay):
    """Behind the curves: the limit as a quiet line, above it the tinted ground of what grows."""

    def __init__(self, parent: QGraphicsItem, height: float) -> None:
        super().__init__(parent, height)
        self.setFlag(self.GraphicsItemFlag.ItemNegativeZStacksBehindParent)
        self.place: float | None = None
        self._words = tr("limit")
        self.hide()

    def show_at(self, place: float | None) -> None:
        """Stand at a place (0 top, 1 bottom), or nowhere; whoever asks repaints the plot."""
        self.place = place
        self.setVisible(place is not None)

    def paint(self, p: QPainter, *_: object) -> None:
        """Tint what lies above, then draw line and name."""
        if self.place is None:
            return
        area, y = self.area, self.area.top() + round(self.place * self.area.height())
        tint = QColor(THEME.colours.alert)
        tint.setAlphaF(TINT)
        p.setClipRect(area, Qt.ClipOperation.IntersectClip)
        p.fillRect(QRectF(area.left(), area.top(), area.width(), y - area.top()), tint)
        p.fillRect(QRectF(area.left(), y, area.width(), 1), QColor(THEME.colours.contour))
        p.setFont(self.font)
        p.setPen(QColor(THEME.colours.faint))
        line = p.fontMetrics().height()
        # Below the line where there is no room above it.
        top = y - line if y - line >= area.top() else y + 1
        box = QRectF(area.left(), top, area.width() - RHYTHM / 2, line)
        p.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._words)


class BendLabel(Overlay):
    """The name of the hatched strips at the bottom, where a run is on ground that bends down."""

    def __init__(self, parent: QGraphicsItem, height: float) -> None:
        super().__init__(parent, height)
        self._at = QPointF()
        self._words = tr("bends down")
        self.hide()

    def show_at(self, at: QPointF | None) -> None:
        """Stand above a pixel, or nowhere; whoever asks repaints the plot."""
        self._at = at or QPointF()
        self.setVisible(at is not None)

    def paint(self, p: QPainter, *_: object) -> None:
        """Write it, inside the plot."""
        p.setFont(self.font)
        p.setPen(QColor(THEME.colours.faint))
        width = p.fontMetrics().horizontalAdvance(self._words)
        left = min(max(self._at.x(), self.area.left() + 2), self.area.right() - width - 2)
        p.drawText(QPointF(left, self._at.y() - 3), self._words)


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
