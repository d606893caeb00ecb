"""The plot itself: axes, curves, marks at the edge, play head, what is under the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem

from gui.theme import RHYTHM, THEME
from gui.views.curve_content import edge_marks, exit_marks, limit_place, rows_at, why_empty
from gui.views.curve_frame import Frame, device_size
from gui.views.curve_head import DOT_PX, SELECTED_DOT_PX, Dot, PlayHead, StepLine
from gui.views.curve_layers import BendLabel, CurveLayer, EdgeLayer, LimitLayer, Notice
from gui.views.curve_marks import place_labels
from gui.views.curve_readout import Readout
from gui.views.curve_ruler import StepRuler, ValueRuler
from gui.views.curve_text import small

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QPaintEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from engine.drawing.curve_picture import Picture
    from gui.views.curve_axis import StepAxis
    from gui.views.curve_drawing import CurveDrawing, Looking

#: How much of their colour the lines keep over the ground.
HEAD_SHARE, POINTED_SHARE = 0.6, 0.43
#: From back to front; the view box with the curves stands at -100.
GROUND, GRID, LIMIT, EDGE, NOTICE, READOUT = -2000, -1000, -500, 1, 2, 3


class CurveCanvas(pyqtgraph.GraphicsView):  # type: ignore[misc]  # pyqtgraph has no types
    """Draws one plot. `pointer` is where the mouse is, or None; `panning` hides the readout.

    A pyqtgraph plot would bring menus and buttons that nobody sees, and take longer to make.
    """

    def __init__(
        self, looking: Looking, drawing: CurveDrawing, axis: StepAxis, parent: QWidget | None = None
    ) -> None:
        self.drawing = drawing
        self._looking, self._axis = looking, axis
        self._stale, self._filled = True, False
        self.pointer: QPointF | None = None
        self.panning = False
        self._values, self._steps = ValueRuler(), StepRuler()
        # Our own gestures are finer than those of the view box.
        self._box = pyqtgraph.ViewBox(enableMouse=False, enableMenu=False, invertY=True)
        super().__init__(parent, background=None)
        self._prepare_widget()
        self._place_items()
        self._links = [
            (drawing.drawn, self._on_drawn),
            (axis.changed, self._on_axis_changed),
            (axis.hovered_changed, self.point),
            (looking.head_changed, self._show_head),
            (THEME.changed, self._dress),
        ]
        for signal, slot in self._links:
            signal.connect(slot)
        self._dress()
        self._on_axis_changed()

    def _prepare_widget(self) -> None:
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        # One rectangle is painted far quicker than a region of several.
        self.setViewportUpdateMode(self.ViewportUpdateMode.BoundingRectViewportUpdate)
        self.setAcceptDrops(False)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        layout = self.centralLayout
        layout.setSpacing(0)
        layout.setContentsMargins(0, RHYTHM / 2, RHYTHM, 0)
        layout.addItem(self._values, 0, 0)
        layout.addItem(self._box, 0, 1)
        layout.addItem(self._steps, 1, 1)

    def _place_items(self) -> None:
        """Create what is drawn, once; later it is only given new data."""
        plot = self.centralWidget
        self._ground = QGraphicsRectItem(plot)
        self._ground.setFlag(QGraphicsItem.GraphicsItemFlag.ItemNegativeZStacksBehindParent)
        self._ground.setPen(QPen(Qt.PenStyle.NoPen))
        self._ground.setZValue(GROUND)
        for ruler in (self._values, self._steps):
            ruler.linkToView(self._box)
            ruler.setZValue(GRID)
            ruler.setFlag(QGraphicsItem.GraphicsItemFlag.ItemNegativeZStacksBehindParent)
        self._curves, self._pointed, self._head = CurveLayer(), StepLine(), PlayHead()
        for item in (self._curves, self._pointed, self._head):
            self._box.addItem(item, ignoreBounds=True)
        self.limit, self.bend = LimitLayer(plot, LIMIT), BendLabel(plot, EDGE)
        self.edge, self.notice = EdgeLayer(plot, EDGE), Notice(plot, NOTICE)
        self.readout = Readout(plot, READOUT)

    def close(self) -> bool:
        """Take the plot down; a closed one follows nothing any more."""
        if not self.closed:
            for signal, slot in self._links:
                signal.disconnect(slot)
            # First, because a scene that deletes what lies in a layout can crash.
            for ruler in (self._values, self._steps):
                ruler.close()
            self.scene().removeItem(self._box)
            self.setParent(None)
            super().close()
        return True

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(328, 200)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size in which a curve can be read."""
        return QSize(144, 96)

    @property
    def frame(self) -> Frame:
        """Where the plot stands in this widget."""
        return Frame(self._box.geometry(), self._axis.low, self._axis.high)

    @property
    def shows_steps(self) -> bool:
        """Whether step numbers stand below the plot."""
        return bool(self._steps.style["showValues"])

    def show_steps(self, on: bool) -> None:
        """Write step numbers below the plot, or leave that to the plot below."""
        self._steps.write_steps(on)
        self._arrange()

    def refresh(self) -> None:
        """Draw the curves anew before the next paint."""
        self._stale, self._filled = True, False
        self.viewport().update()

    def _dress(self) -> None:
        """Take on the font and the theme's colours."""
        colours, font = THEME.colours, small(self.font())
        self._ground.setBrush(QBrush(QColor(colours.base)))
        self._head.dress(colours.text, HEAD_SHARE)
        self._pointed.dress(colours.faint, POINTED_SHARE)
        for overlay in (self.limit, self.bend, self.edge, self.notice, self.readout):
            overlay.font = font
        for ruler in (self._values, self._steps):
            ruler.dress(font)
        self._arrange()

    def _arrange(self) -> None:
        """Let ground and overlays cover what the axes leave free."""
        self.centralLayout.activate()
        area = self._box.geometry()
        self._ground.setRect(area)
        for overlay in (self.limit, self.bend, self.edge, self.notice):
            overlay.set_area(area)
        self.refresh()

    def _on_axis_changed(self) -> None:
        shown = self._axis.low, self._axis.high
        self._box.setRange(xRange=shown, yRange=(0, 1), padding=0)
        # At once instead of in the next paint, which would ask for another paint.
        self._box.updateMatrix()
        self._show_head()
        self.point()
        self.refresh()

    def _on_drawn(self) -> None:
        self._filled = False
        if not self._stale:
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ask for a picture if there is none of this view, then draw what there is."""
        if self._stale:
            # A quick picture arrives here and needs no further paint.
            self.drawing.request(*device_size(self._box.geometry(), self), self.devicePixelRatioF())
            self._stale = False
        if not self._filled:
            self._fill()
            self._filled = True
        super().paintEvent(event)

    def _fill(self) -> None:
        """Give the items what was drawn last."""
        drawing, frame = self.drawing, self.frame
        self.notice.set_text(why_empty(drawing))
        picture = None if self.notice.text else drawing.picture
        self._values.set_scale(picture.scale if picture else None)
        self._steps.set_steps(self._axis.steps, self._axis.unit)
        self._curves.set_picture(picture)
        marks = edge_marks(drawing, frame) if picture else []
        more = self.tr(" and {count} more")
        labels = place_labels(marks, frame.plot, self._values.metrics, self._looking.selected, more)
        self.edge.set_marks(marks, labels, exit_marks(drawing, frame) if picture else [])
        self._show_bounds(picture, frame)
        self._show_dots()
        self._show_rows()

    def _show_bounds(self, picture: Picture | None, frame: Frame) -> None:
        """Show the limit, and name the strips below the curves."""
        self.limit.show_at(limit_place(self.drawing) if picture else None)
        at = None
        if picture is not None and picture.hatched:
            above = frame.plot.bottom() - picture.hatched / self.devicePixelRatioF()
            at = QPointF(frame.x(picture.bend), above)
        self.bend.show_at(at)

    def _show_head(self) -> None:
        """Move the play head to its step."""
        self._head.show_at(self._looking.head, (self._axis.low, self._axis.high))
        self._show_dots()

    def _show_dots(self) -> None:
        selected = self._looking.selected
        self._head.set_dots(
            [
                Dot(
                    row.place, THEME.path_colour(row.slot),
                    SELECTED_DOT_PX if row.index == selected else DOT_PX,
                )
                for row in rows_at(self.drawing, self._looking.head)
                if 0 <= row.place <= 1
            ]
        )  # fmt: skip

    def point(self) -> None:
        """Show the pointed step, and beside the pointer what the curves have there."""
        if self._axis.hovered >= 0 and not self.panning:
            self._pointed.show_at(self._axis.hovered, (self._axis.low, self._axis.high))
        else:
            self._pointed.hide()
        self._show_rows()
        self.readout.update()

    def _show_rows(self) -> None:
        step, pointer = self._axis.hovered, self.pointer
        rows = rows_at(self.drawing, step) if step >= 0 and not self.panning else []
        if rows and pointer is not None:
            at = QPointF(self.frame.x(step), pointer.y())
            title, heads = self._axis.words(step), self.drawing.heads
            self.readout.show_rows(title, rows, heads, at, self.frame, QRectF(self.rect()))
        else:
            self.readout.hide()

    def step(self, at: QPointF) -> int:
        """Return the step at a point of this widget."""
        return min(max(round(self.frame.step(at.x())), 0), self._axis.steps)

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Draw a frame around the plot that has the focus."""
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(THEME.colours.accent))
            painter.drawRect(self._box.geometry().adjusted(0.5, 0.5, -0.5, -0.5))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the frame."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the frame away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Draw anew in the new size; pyqtgraph itself asks without an event."""
        super().resizeEvent(event)
        if event is not None and not self.closed:
            self._box.updateMatrix()
            self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew in a new font or on a screen of another density."""
        changes = QEvent.Type.FontChange, QEvent.Type.DevicePixelRatioChange
        if event.type() in changes and not self.closed:
            self._dress()
        super().changeEvent(event)
