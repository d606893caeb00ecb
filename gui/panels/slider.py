"""A slim slider over a `Scale`, live on every mouse move, with marks for limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QSlider, QToolTip, QWidget

from gui.panels.slider_marks import SliderMark, paint_mark, paint_tint, placed
from gui.theme import THEME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QWheelEvent

    from gui.panels.scale import Scale

HANDLE_PX = 7.0
HEIGHT_PX = 24
#: The mouse is on a mark within this distance.
NEAR_PX = 5.0
#: Positions told to assistive technology, which knows whole numbers only.
STEPS = 1000
#: With shift the handle follows the mouse this much more slowly.
SLOW = 0.1
_KEYS = {
    Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1,
    Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10,
}  # fmt: skip


class Slider(QSlider):
    """A slider whose value is a float on a `Scale`.

    Signals
    -------
    moved : (float), at each change by mouse, wheel or key; never by `set_value`.
    """

    moved = Signal(float)

    def __init__(self, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._scale = scale
        self._value = scale.low
        self._marks: tuple[SliderMark, ...] = ()
        self._above: float | None = None
        self._grab = 0.0
        self._telling = False
        self.tint: QColor | None = None
        self.setRange(0, STEPS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        # Only assistive technology sets positions directly.
        self.valueChanged.connect(self._on_position_set)
        THEME.changed.connect(self.update)

    @property
    def scale(self) -> Scale:
        """The scale in force."""
        return self._scale

    def number(self) -> float:
        """Return the value, which may lie off the scale."""
        return self._value

    def set_scale(self, scale: Scale) -> None:
        """Take another scale; the value stays."""
        if scale != self._scale:
            self._scale = scale
            self.set_value(self._value)
            self.update()

    def set_value(self, value: float) -> None:
        """Show a value, on or off the scale, silently."""
        self._value = value
        self._telling = True
        self.setValue(round(self._scale.position(value) * STEPS))
        self._telling = False
        self.update()

    @property
    def marks(self) -> tuple[SliderMark, ...]:
        """The marks on the groove."""
        return self._marks

    @property
    def above(self) -> float | None:
        """The value above which the groove is tinted."""
        return self._above

    def set_marks(self, marks: Sequence[SliderMark], above: float | None = None) -> None:
        """Show marks on the groove, the most urgent first, and tint it above a value."""
        if (tuple(marks), above) != (self._marks, self._above):
            self._marks, self._above = tuple(marks), above
            self.update()

    def sizeHint(self) -> QSize:
        """Return a width that leaves room beside a number box."""
        return QSize(104, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest usable size."""
        return QSize(48, HEIGHT_PX)

    def at(self, value: float) -> float:
        """Return the x coordinate of a value in pixels."""
        return HANDLE_PX + 1 + self._scale.position(value) * self._length()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grab the handle, or bring it under the mouse."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.setSliderDown(True)
        x = event.position().x()
        handle = self.at(self._value)
        self._grab = self._scale.position(self._value)
        if abs(x - handle) > HANDLE_PX + 1:
            self._grab = (x - HANDLE_PX - 1) / self._length()
            self._move_to(self._grab)
        self._last_x = x

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse, slowly with shift."""
        if not self.isSliderDown():
            return
        slow = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        x = event.position().x()
        self._grab += (x - self._last_x) / self._length() * (SLOW if slow else 1.0)
        self._last_x = x
        self._move_to(self._grab, 4 if slow else 3)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the handle."""
        self.setSliderDown(False)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step finely, page keys by a decade or a tenth, home and end to the ends."""
        key = Qt.Key(event.key())
        if key in _KEYS:
            self._change(self._scale.stepped(self._value, _KEYS[key]))
        elif key == Qt.Key.Key_Home:
            self._change(self._scale.low)
        elif key == Qt.Key.Key_End:
            self._change(self._scale.high)
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step when focused; otherwise let the panel scroll."""
        if self.hasFocus() and event.angleDelta().y():
            self._change(self._scale.stepped(self._value, event.angleDelta().y() / 120))
            event.accept()
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Show the sentence of the mark under the mouse as a tooltip."""
        if isinstance(event, QHelpEvent):
            x = float(event.pos().x())
            near = [
                mark.text
                for mark in self._marks
                if self._scale.holds(mark.value) and abs(self.at(mark.value) - x) <= NEAR_PX
            ]
            if near:
                QToolTip.showText(event.globalPos(), "\n".join(near), self)
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw groove, decades, marks and handle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        self._paint_groove(painter, middle)
        # The most urgent mark and the handle lie over the others.
        for x, mark in reversed(placed(self._marks, self.at, self._scale.holds)):
            paint_mark(painter, x, middle, mark.shape)
        self._paint_handle(painter, middle)

    def _paint_groove(self, painter: QPainter, middle: float) -> None:
        colours = THEME.colours
        left, right = HANDLE_PX + 1, self.width() - HANDLE_PX - 1
        painter.setPen(QPen(QColor(colours.contour), 1))
        for position in self._scale.decades():
            x = left + position * self._length()
            painter.drawLine(QPointF(x, middle + 4), QPointF(x, middle + 7))
        if self._above is not None and self._above < self._scale.high:
            paint_tint(painter, self.at(self._above), right, middle)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.border))
        painter.drawRoundedRect(QRectF(left, middle - 1.5, right - left, 3), 1.5, 1.5)
        painter.setBrush(self._colour())
        filled = max(0.0, self.at(self._value) - left)
        painter.drawRoundedRect(QRectF(left, middle - 1.5, filled, 3), 1.5, 1.5)

    def _paint_handle(self, painter: QPainter, middle: float) -> None:
        """Draw the handle; off the scale it is hollow."""
        colours = THEME.colours
        on_scale = self._scale.holds(self._value)
        engaged = self.isSliderDown() or self.underMouse() or self.hasFocus()
        radius = HANDLE_PX if engaged else HANDLE_PX - 1
        painter.setPen(QPen(self._colour(), 2))
        painter.setBrush(self._colour() if on_scale else QColor(colours.window))
        centre = QPointF(self.at(self._value), middle)
        painter.drawEllipse(centre, radius - 1, radius - 1)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.text), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(centre, radius + 0.5, radius + 0.5)

    def _colour(self) -> QColor:
        if not self.isEnabled():
            return QColor(THEME.colours.contour)
        return self.tint or QColor(THEME.colours.accent)

    def _length(self) -> float:
        return max(1.0, self.width() - 2 * HANDLE_PX - 2)

    def _move_to(self, position: float, digits: int = 3) -> None:
        self._change(self._scale.value(position, digits))

    def _change(self, value: float) -> None:
        if value != self._value:
            self.set_value(value)
            self.moved.emit(value)

    def _on_position_set(self, position: int) -> None:
        if not self._telling:
            self._change(self._scale.value(position / STEPS))
