"""The plot under the mouse: turns gestures into wishes, and lets a picture be painted on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QWheelEvent,
)

from gui.theme import RHYTHM, THEME
from gui.views.landscape_axes import PlaneAxis, margins, show_axes, small_font, ticks

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from gui.views.landscape_axes import MakeTicks
    from gui.views.landscape_frame import Frame

#: One notch of the wheel makes the view this much narrower.
NOTCH, NOTCH_DEGREES = 1.22, 120.0
KEY_ZOOM = {Qt.Key.Key_Plus: 1 / NOTCH, Qt.Key.Key_Equal: 1 / NOTCH, Qt.Key.Key_Minus: NOTCH}
#: A press that moves less than this is a click.
CLICK_PX = 3.0
SMALLEST_PX = (144, 96)


class Layer(pg.GraphicsObject):  # type: ignore[misc]
    """The picture as an item of the scene, whose coordinates are the canvas's pixels."""

    def __init__(self, paint: Callable[[QPainter], None]) -> None:
        super().__init__()
        self._paint = paint
        self._area = QRectF()

    def cover(self, area: QRectF) -> None:
        """Reach as far as the canvas does."""
        self.prepareGeometryChange()
        self._area = area

    def boundingRect(self) -> QRectF:
        """Return the whole canvas: axis titles stand outside the plot."""
        return self._area

    def paint(self, painter: QPainter, *_: object) -> None:
        """Paint the picture."""
        self._paint(painter)


class Canvas(pg.GraphicsView):  # type: ignore[misc]
    """Two axes and a picture, whose view is ruled by the state, not by the mouse.

    A pyqtgraph plot would bring menus and buttons that nobody sees, and take longer to make.

    Signals
    -------
    view_wished : (tuple), the view that a wheel or a drag of the ground leads to.
    start_wished : (QPointF), a double click.
    clicked : (QPointF), a click on the ground.
    hovered : (QPointF or None), the pointer over the plot.
    menu_wished : (QPointF, QPoint), a right click: in the canvas, on the screen.
    resized : the plot has another size or pixel ratio.
    """

    view_wished = Signal(object)
    start_wished = Signal(QPointF)
    clicked = Signal(QPointF)
    hovered = Signal(object)
    menu_wished = Signal(QPointF, QPoint)
    resized = Signal()

    def __init__(self, paint: Callable[[QPainter], None], parent: QWidget | None = None) -> None:
        # Before the constructor, which already resizes.
        self._axes = PlaneAxis("bottom"), PlaneAxis("left")
        self._layer = Layer(paint)
        super().__init__(parent)
        across, up = self._axes
        self.centralLayout.setSpacing(0)
        self.centralLayout.addItem(up, 0, 0)
        self.centralLayout.addItem(across, 1, 1)
        self.scene().addItem(self._layer)
        self.frame: Frame | None = None
        #: Whether zooming and panning move x only.
        self.x_only = False
        self._pressed: tuple[QPointF, Frame] | None = None
        self._panning = False
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMinimumSize(*SMALLEST_PX)
        self.setFont(small_font(self.font()))
        self.restyle()

    def close(self) -> bool:
        """Take the plot down, the axes first: a scene that deletes them itself can crash."""
        if not self.closed:
            for axis in self._axes:
                axis.close()
            self.setParent(None)
            super().close()
        return True

    def plot(self) -> QRectF:
        """Return the rectangle inside the axes."""
        left, top, right, bottom = margins(QFontMetricsF(self.font()))
        return QRectF(
            left,
            top,
            max(RHYTHM, self.width() - left - right),
            max(RHYTHM, self.height() - top - bottom),
        )

    def show_axes(
        self,
        names: tuple[str, str],
        frame: Frame,
        makers: tuple[MakeTicks, MakeTicks] = (ticks, ticks),
    ) -> tuple[str, str]:
        """Bring the axes up to date with a frame and return their titles."""
        return show_axes(*self._axes, frame, QFontMetricsF(self.font()), names, makers)

    def restyle(self) -> None:
        """Take the theme's colours."""
        left, top, right, bottom = margins(QFontMetricsF(self.font()))
        self.setBackground(QColor(THEME.colours.window))
        across, up = self._axes
        across.restyle(self.font(), bottom)
        up.restyle(self.font(), left)
        self.centralLayout.setContentsMargins(0, top, right, 0)

    def update(self) -> None:
        """Paint the picture again, in one go with the handles that move over it."""
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say that the plot has changed."""
        super().resizeEvent(event)
        self._layer.cover(QRectF(self.rect()))
        self.resized.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        self.turn_wheel(event.angleDelta().y(), event.position())
        event.accept()

    def turn_wheel(self, angle: float, at: QPointF) -> None:
        """Zoom at a place by an angle of the wheel, in eighths of a degree."""
        if self.frame is not None and angle:
            self._zoom(NOTCH ** -(angle / NOTCH_DEGREES), at)
            self._tell_hover(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom at the middle with plus and minus."""
        factor = KEY_ZOOM.get(Qt.Key(event.key()))
        if factor is None or self.frame is None:
            super().keyPressEvent(event)
        else:
            self._zoom(factor, self.frame.plot.center())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the ground."""
        if event.button() == Qt.MouseButton.LeftButton and self.frame is not None:
            self._pressed = (event.position(), self.frame)
            self._panning = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the ground, or tell where the pointer is."""
        if self._pressed is None:
            self._tell_hover(event.position())
            return
        start, frame = self._pressed
        by = event.position() - start
        if not self._panning and by.manhattanLength() >= CLICK_PX:
            self._panning = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._panning:
            self.view_wished.emit(frame.panned(by, x_only=self.x_only))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; without a drag this was a click."""
        if self._pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if not self._panning and self.plot().contains(event.position()):
            self.clicked.emit(event.position())
        self._pressed = None
        self._panning = False
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Wish the start here."""
        if event.button() == Qt.MouseButton.LeftButton and self.plot().contains(event.position()):
            self.start_wished.emit(event.position())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu."""
        self.menu_wished.emit(QPointF(event.pos()), event.globalPos())

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer is gone."""
        super().leaveEvent(event)
        self.hovered.emit(None)

    def event(self, event: QEvent) -> bool:
        """Notice another screen's pixel ratio."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.resized.emit()
        return bool(super().event(event))

    def _tell_hover(self, at: QPointF) -> None:
        self.hovered.emit(at if self.plot().contains(at) else None)

    def _zoom(self, factor: float, at: QPointF) -> None:
        assert self.frame is not None
        self.view_wished.emit(self.frame.zoomed(factor, at, x_only=self.x_only))
