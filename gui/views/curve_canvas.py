"""The plot itself: curves, grid, marks at the edge, play head, what is under the pointer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import RHYTHM, THEME
from gui.views.curve_frame import Frame, device_size
from gui.views.curve_marks import EdgeMark, paint_exit, paint_marks, place_labels
from gui.views.curve_readout import Row, nearest_rows, paint_readout
from gui.views.curve_text import mark_text, small, step_text

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QPaintEvent,
        QResizeEvent,
    )

    from gui.state import State
    from gui.views.curve_axis import StepAxis
    from gui.views.curve_drawing import CurveDrawing

DOT_PX, SELECTED_DOT_PX = 3.5, 5.0
#: The foot by which the play head is held.
GRIP_PX = 5.0


class CurveCanvas(QWidget):
    """Draws one plot. `pointer` is where the mouse is, or None; `panning` hides the readout."""

    def __init__(
        self, state: State, drawing: CurveDrawing, axis: StepAxis, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.drawing = drawing
        self.shows_steps = True
        self._state, self._axis = state, axis
        self._stale = True
        self._layer: QPixmap | None = None
        self.pointer: QPointF | None = None
        self.panning = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        drawing.drawn.connect(self._on_drawn)
        axis.changed.connect(self.refresh)
        axis.hovered_changed.connect(self.update)
        state.head_changed.connect(self.update)
        THEME.changed.connect(self.refresh)

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(328, 200)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size in which a curve can be read."""
        return QSize(200, 96)

    def refresh(self) -> None:
        """Draw the curves anew before the next paint."""
        self._stale, self._layer = True, None
        self.update()

    @property
    def frame(self) -> Frame:
        """Where the plot stands in this widget."""
        metrics = QFontMetricsF(small(self.font()))
        return Frame(self.width(), self.height(), metrics, self.shows_steps)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cached layer, then what moves: play head, dots, readout."""
        frame = self.frame
        if self._stale:
            # A quick picture arrives while this paints and needs no further paint.
            self.drawing.request(*device_size(frame.plot, self), self.devicePixelRatioF())
            self._stale = False
        if self._layer is None:
            self._layer = self._paint_layer(frame)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small(self.font()))
        painter.drawPixmap(0, 0, self._layer)
        self._paint_head(painter, frame)
        self._paint_hover(painter, frame)
        if self.hasFocus():
            painter.setPen(QColor(THEME.colours.accent))
            painter.drawRect(frame.plot.adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_layer(self, frame: Frame) -> QPixmap:
        ratio = self.devicePixelRatioF()
        layer = QPixmap(math.ceil(self.width() * ratio), math.ceil(self.height() * ratio))
        layer.setDevicePixelRatio(ratio)
        layer.fill(Qt.GlobalColor.transparent)
        painter = QPainter(layer)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small(self.font()))
        picture = self.drawing.picture
        nothing = self._nothing()
        frame.paint(painter, self._axis, None if nothing or not picture else picture.scale)
        if nothing:
            painter.setPen(QColor(THEME.colours.faint))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(frame.plot.adjusted(RHYTHM, 0, -RHYTHM, 0), int(flags), nothing)
        elif picture:
            painter.setClipRect(frame.plot)
            self._paint_curves(painter, frame)
            self._paint_edge(painter, frame)
        painter.end()
        return layer

    def _paint_curves(self, painter: QPainter, frame: Frame) -> None:
        picture = self.drawing.picture
        assert picture is not None
        height, width = picture.image.shape
        image = QImage(picture.image.data, width, height, QImage.Format.Format_ARGB32_Premultiplied)
        if (picture.low, picture.high) == (self._axis.low, self._axis.high):
            image.setDevicePixelRatio(width / frame.plot.width())
            painter.drawImage(frame.plot.topLeft(), image)
            return
        # After a zoom the old picture is stretched until the new one is there.
        left, right = frame.x(self._axis, picture.low), frame.x(self._axis, picture.high)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(left, frame.plot.top(), right - left, frame.plot.height()), image)

    def _paint_edge(self, painter: QPainter, frame: Frame) -> None:
        picture, drawing = self.drawing.picture, self.drawing
        assert picture is not None
        runs = drawing.runs
        for leaving in picture.exits:
            if leaving.index < len(runs):
                colour = QColor(THEME.colours.alert)
                if not drawing.is_loud(leaving.index):
                    colour = THEME.path_colour(runs[leaving.index].slot)
                x = frame.x(self._axis, leaving.step)
                paint_exit(painter, frame.plot, x, leaving.upwards, colour)
        marks = self.edge_marks(frame)
        metrics, more = frame.metrics, self.tr(" and {count} more")
        labels = place_labels(marks, frame.plot, metrics, self._state.selected, more)
        paint_marks(painter, frame.plot, marks, labels)

    def edge_marks(self, frame: Frame) -> list[EdgeMark]:
        """Return the marks of the visible runs that stopped being finite within the view."""
        drawing = self.drawing
        assert drawing.prepared is not None
        found = []
        for index in drawing.visible:
            mark = drawing.prepared.series[index].mark
            if mark is not None and self._axis.low <= mark.step <= self._axis.high:
                text = mark_text(mark.value, mark.step, mark.last_finite)
                x = frame.x(self._axis, mark.step)
                found.append(EdgeMark(index, drawing.runs[index].slot, x, text))
        return found

    def _nothing(self) -> str:
        """Return why there is nothing to draw, or an empty string."""
        drawing = self.drawing
        if drawing.prepared is None:
            return self.tr("The curves appear here in a moment.")
        if not drawing.runs:
            return self.tr("Add an optimizer, and its curve appears here.")
        if not drawing.visible:
            return self.tr("Every run is hidden; show one to see its curve.")
        series = [drawing.prepared.series[i] for i in drawing.visible]
        if all(s.highest == -math.inf for s in series):
            if drawing.prepared.quantity == "distance" and any(len(s.values) for s in series):
                return self.tr("No minimum of this surface is known.")
            return self.tr("There is no finite value to draw.")
        return ""

    def _paint_head(self, painter: QPainter, frame: Frame) -> None:
        head = self._state.head
        if not self._axis.low <= head <= self._axis.high:
            return
        x = frame.x(self._axis, head)
        line = QColor(THEME.colours.text)
        line.setAlpha(150)
        frame.paint_rule(painter, x, line)
        foot = QPointF(round(x) + 0.5, frame.plot.bottom())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(THEME.colours.text))
        reach = QPointF(GRIP_PX, 0)
        painter.drawPolygon(QPolygonF([foot - reach, foot - QPointF(0, GRIP_PX), foot + reach]))
        painter.setPen(QPen(QColor(THEME.colours.base), 1.0))
        for row in self.rows(head):
            if 0 <= row.place <= 1:
                size = SELECTED_DOT_PX if row.index == self._state.selected else DOT_PX
                painter.setBrush(THEME.path_colour(row.slot))
                painter.drawEllipse(QPointF(x, frame.y(row.place)), size, size)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_hover(self, painter: QPainter, frame: Frame) -> None:
        step = self._axis.hovered
        if step < 0 or self.panning:
            return
        x = frame.x(self._axis, step)
        line = QColor(THEME.colours.faint)
        line.setAlpha(110)
        frame.paint_rule(painter, x, line)
        if self.pointer is None:
            return
        rows = self.rows(step)
        if rows:
            kept, nearest = nearest_rows(rows, frame.place(self.pointer.y()))
            title = self.tr("step {step}").format(step=step_text(step))
            at = QPointF(x, self.pointer.y())
            area, hidden = QRectF(self.rect()), len(rows) - len(kept)
            paint_readout(painter, area, at, title, kept, nearest, hidden)

    def rows(self, step: int) -> list[Row]:
        """Return what each visible run has at a step; runs that have no such step are left out."""
        drawing, picture = self.drawing, self.drawing.picture
        if picture is None:
            return []
        found = []
        for index in drawing.visible:
            value = drawing.value(index, step)
            if value is not None:
                found.append(
                    Row(
                        index, drawing.runs[index].slot, drawing.label(index), value,
                        picture.scale.place(value),
                    )
                )  # fmt: skip
        return found

    def step(self, frame: Frame, at: QPointF) -> int:
        """Return the step at a point of this widget."""
        return min(max(round(frame.step(self._axis, at.x())), 0), self._axis.steps)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw anew in the new size."""
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew in a new font or on a screen of another density."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.DevicePixelRatioChange):
            self.refresh()
        super().changeEvent(event)

    def _on_drawn(self) -> None:
        self._layer = None
        if not self._stale:
            self.update()
