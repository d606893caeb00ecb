"""Mouse and keys of a curve plot: zoom, pan, drag the play head, select, point."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal

from gui.views.curve_canvas import CurveCanvas
from gui.views.curve_content import rows_at
from gui.views.curve_readout import nearest_rows

if TYPE_CHECKING:
    from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QWheelEvent
    from PySide6.QtWidgets import QWidget

    from gui.views.curve_axis import StepAxis
    from gui.views.curve_drawing import CurveDrawing, Looking

GRIP_PX = 6.0
#: A press that moves less than this is a click.
CLICK_PX = 3.0
#: A click farther than this from every curve selects none.
NEAR_PX = 40.0
NOTCH = 120.0
ZOOM_PER_NOTCH = 0.8


class CurvePlot(CurveCanvas):
    """The plot that answers to mouse and keys.

    Signals
    -------
    menu_wanted : (QPoint in global pixels, int step), on a right click.
    """

    menu_wanted = Signal(QPoint, int)

    def __init__(
        self, looking: Looking, drawing: CurveDrawing, axis: StepAxis, parent: QWidget | None = None
    ) -> None:
        super().__init__(looking, drawing, axis, parent)
        self._pressed: QPointF | None = None
        self._holds_head = False

    def nearest(self, at: QPointF) -> int:
        """Return the run whose curve passes nearest above or below a point; -1 if none is near."""
        frame = self.frame
        rows, place = rows_at(self.drawing, self.step(at)), frame.place(at.y())
        _, index = nearest_rows(rows, place)
        gap = min((abs(r.place - place) for r in rows if r.index == index), default=math.inf)
        return index if gap * frame.plot.height() <= NEAR_PX else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the play head, or of the plot."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
            self._holds_head = self._is_on_head(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is held, or point at a step."""
        at = event.position()
        self.pointer = at
        if self._holds_head:
            self._looking.set_head(self.step(at))
        elif self._pressed is not None:
            self._pan(at)
        self._axis.hover(self.step(at) if self.frame.plot.contains(at) else -1)
        self.point()
        sideways = self._holds_head or self._is_on_head(at)
        self.setCursor(Qt.CursorShape.SizeHorCursor if sideways else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a click selects the nearest run."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._pressed is not None and not self._holds_head and not self.panning:
            index = self.nearest(event.position())
            if index >= 0:
                self._looking.select(index)
        self._pressed, self._holds_head, self.panning = None, False, False
        self.point()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Put the play head here."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._looking.set_head(self.step(event.position()))
            self._pressed, self._holds_head = event.position(), True

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom the steps at the pointer; sideways pans."""
        turned = event.angleDelta()
        if turned.y():
            at = self.frame.step(event.position().x())
            self._axis.zoom(ZOOM_PER_NOTCH ** (turned.y() / NOTCH), at)
        elif turned.x():
            width = self._axis.high - self._axis.low
            self._axis.pan(-turned.x() / NOTCH * width / 10)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom with + and − at the play head."""
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._axis.zoom(ZOOM_PER_NOTCH, self._looking.head)
        elif event.key() == Qt.Key.Key_Minus:
            self._axis.zoom(1 / ZOOM_PER_NOTCH, self._looking.head)
        else:
            # The window has other keys; pyqtgraph would keep them.
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu."""
        self.menu_wanted.emit(event.globalPos(), self.step(QPointF(event.pos())))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        self.pointer = None
        self._axis.hover(-1)

    def _is_on_head(self, at: QPointF) -> bool:
        return abs(self.frame.x(self._looking.head) - at.x()) <= GRIP_PX

    def _pan(self, at: QPointF) -> None:
        assert self._pressed is not None
        if self.panning or abs(at.x() - self._pressed.x()) > CLICK_PX:
            self.panning = True
            frame = self.frame
            self._axis.pan(frame.step(self._pressed.x()) - frame.step(at.x()))
            self._pressed = at
