"""Start rings: dragged, nudged with the arrow keys, reached with Tab."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from gui.theme import RHYTHM

#: Shift makes drags and nudges this much finer.
FINE = 0.1
NUDGE_PX = float(RHYTHM)
SIZE_PX = 3 * RHYTHM
WAYS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
#: Index of the start that runs share.
SHARED = -1


class StartHandle(QWidget):
    """The invisible part of a ring: what mouse, keyboard and screen reader get hold of.

    The canvas paints the ring, to a fraction of a pixel.

    Signals
    -------
    moved : (index, QPointF), where the user put the ring, in the canvas's pixels.
    pressed, released : (index), a drag begins or ends.
    focus_changed : the ring got or lost the keyboard.
    menu_wished : (index, QPoint), a right click, on the screen.
    wheeled : (QWheelEvent), which is meant for the canvas below.
    """

    moved = Signal(int, QPointF)
    pressed = Signal(int)
    released = Signal(int)
    focus_changed = Signal()
    menu_wished = Signal(int, QPoint)
    wheeled = Signal(QWheelEvent)

    def __init__(self, index: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.index = index
        self.centre = QPointF()
        self._grip: QPointF | None = None
        self._wanted = QPointF()
        self.setFixedSize(SIZE_PX, SIZE_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    @property
    def is_held(self) -> bool:
        """Whether a drag is going on."""
        return self._grip is not None

    def place(self, centre: QPointF) -> None:
        """Put the handle over a ring at `centre` in the canvas."""
        self.centre = centre
        half = SIZE_PX // 2
        self.move(QPoint(round(centre.x()) - half, round(centre.y()) - half))

    def describe(self, name: str, x: str, y: str) -> None:
        """Say to screen readers and tooltips what this is."""
        self.setAccessibleName(name)
        self.setAccessibleDescription(f"{x}, {y}")
        tip = self.tr("{name}: drag, or nudge with the arrow keys; right-click for more")
        self.setToolTip(tip.format(name=name))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._grip = event.globalPosition()
        self._wanted = self.centre
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.pressed.emit(self.index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move by as much as the mouse, or a tenth of it with shift."""
        if self._grip is None:
            event.ignore()
            return
        step = event.globalPosition() - self._grip
        self._grip = event.globalPosition()
        self._wanted += step * _share(event.modifiers())
        self.moved.emit(self.index, self._wanted)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._grip is not None and event.button() == Qt.MouseButton.LeftButton:
            self._grip = None
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self.released.emit(self.index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Be only another press: the ground's double click would move the start."""
        self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of this start."""
        self.menu_wished.emit(self.index, event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Hand the wheel on: a scroll area takes no wheel from its children."""
        if not self.is_held:
            self.wheeled.emit(event)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Nudge with the arrow keys."""
        way = WAYS.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
            return
        # The next nudge may come before the view has put the ring here.
        self.centre += way * (NUDGE_PX * _share(event.modifiers()))
        self.moved.emit(self.index, self.centre)

    def event(self, event: QEvent) -> bool:
        """Keep the arrow keys, which otherwise move the play head."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and Qt.Key(event.key()) in WAYS:
            event.accept()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the canvas to show the focus."""
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell the canvas to hide the focus."""
        super().focusOutEvent(event)
        self.focus_changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint nothing: the canvas draws the ring."""


def _share(modifiers: Qt.KeyboardModifier) -> float:
    return FINE if modifiers & Qt.KeyboardModifier.ShiftModifier else 1.0
