"""The scrub bar: a click jumps there, and 10 million steps fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from gui.theme import THEME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QMouseEvent, QPaintEvent

HANDLE_PX, GROOVE_PX, HEIGHT_PX = 7.0, 4.0, 24


class ScrubSlider(QSlider):
    """A thin slider over the steps, with a mark wherever a run stopped being finite."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._marks: tuple[int, ...] = ()
        self._reach: int | None = None
        self.setPageStep(10)
        self.setMinimumWidth(96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        THEME.changed.connect(self.update)

    def set_marks(self, steps: Sequence[int]) -> None:
        """Mark these steps on the groove."""
        marks = tuple(sorted(set(steps)))
        if marks != self._marks:
            self._marks = marks
            self.update()

    def set_reach(self, step: int) -> None:
        """Show that there is something to be seen up to a step, and nothing yet behind it."""
        if step != self._reach:
            self._reach = step
            self.update()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(240, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest useful size."""
        return QSize(96, HEIGHT_PX)

    def x_of(self, step: int) -> float:
        """Return the pixel of a step."""
        share = step / self.maximum() if self.maximum() else 0.0
        return HANDLE_PX + share * (self.width() - 2 * HANDLE_PX)

    def step_at(self, x: float) -> int:
        """Return the step at a pixel."""
        share = (x - HANDLE_PX) / max(1.0, self.width() - 2 * HANDLE_PX)
        return round(min(1.0, max(0.0, share)) * self.maximum())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump there and hold."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setValue(self.step_at(event.position().x()))
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        if self.isSliderDown():
            self.setValue(self.step_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self.setSliderDown(False)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw groove, played part, marks and handle."""
        colours = THEME.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle, x = self.height() / 2, self.x_of(self.value())
        groove = QRectF(HANDLE_PX, middle - GROOVE_PX / 2, self.width() - 2 * HANDLE_PX, GROOVE_PX)
        painter.setBrush(QColor(colours.border))
        painter.drawRoundedRect(groove, GROOVE_PX / 2, GROOVE_PX / 2)
        if self._reach is not None:
            painter.setBrush(QColor(colours.contour))
            groove.setRight(max(self.x_of(self._reach), groove.left()))
            painter.drawRoundedRect(groove, GROOVE_PX / 2, GROOVE_PX / 2)
        painter.setBrush(QColor(colours.accent))
        groove.setRight(max(x, groove.left()))
        painter.drawRoundedRect(groove, GROOVE_PX / 2, GROOVE_PX / 2)
        for step in self._marks:
            mark = QRectF(round(self.x_of(step)) - 1, middle - GROOVE_PX, 2, 2 * GROOVE_PX)
            painter.fillRect(mark, QColor(colours.alert))
        painter.setBrush(QColor(colours.text))
        size = HANDLE_PX if self.isSliderDown() or self.underMouse() else HANDLE_PX - 1
        painter.drawEllipse(QPointF(x, middle), size, size)
        if self.hasFocus():
            painter.setPen(QColor(colours.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(x, middle), HANDLE_PX + 2, HANDLE_PX + 2)
