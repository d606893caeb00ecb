"""The loss along one line, with its model and a handle that can be dragged along it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.numbers import show
from gui.theme import RHYTHM, THEME
from gui.views.curve_text import small

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

    from engine.explanation.microscope import StepLine

BELOW_PX, ABOVE_PX = 18, 16
HANDLE_PX, GRIP_PX = 5.5, 14.0
#: Labels stand at least so far apart.
GAP_PX = 4.0
#: An arrow key moves the handle by this part of the width; with shift by a tenth of it.
KEY_SHARE = 0.01


def side_by_side(xs: Sequence[float], widths: Sequence[float], room: float) -> list[float | None]:
    """Return where labels begin that stand centred at ascending `xs`, in pixels.

    Of two that would overlap the first gives way to the left and the second to the right of the
    middle between their marks; where that does not suffice, the second is left out (None).
    """
    lefts: list[float | None] = []
    last, free, before = -1, 0.0, 0.0  # the label before, where it ends, where the one before ends
    for i, (x, width) in enumerate(zip(xs, widths, strict=True)):
        left = max(0.0, min(room - width, x - width / 2))
        if last >= 0 and left < free + GAP_PX:
            middle = (xs[last] + x) / 2
            moved = min(free, middle - GAP_PX / 2) - widths[last]
            left = max(left, middle + GAP_PX / 2)
            if moved < before or left + width > room:
                lefts.append(None)
                continue
            lefts[last], free = moved, moved + widths[last]
        lefts.append(left)
        last, before, free = i, free + GAP_PX if last >= 0 else 0.0, left + width
    return lefts


class LinePlot(QWidget):
    """True curve, quadratic model and tangent; marks at start, landing, best and break-even.

    Signals
    -------
    moved : (float), the place s of the handle; 1 is where the step landed.
    """

    moved = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line: StepLine | None = None
        self.other: StepLine | None = None
        self.place = 1.0
        self._range = self._ends = (0.0, 1.0)
        self._colour = QColor()
        self._loss = 0.0
        #: Whether somebody drags the handle.
        self.held = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Loss along this step; arrows move the landing point"))

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(300, 130)

    def minimumSizeHint(self) -> QSize:
        """Return the least in which a curve can be read."""
        return QSize(180, 84)

    def show_line(
        self, line: StepLine, losses: tuple[float, float], other: StepLine | None = None
    ) -> None:
        """Show another line; the handle goes back to where its step landed.

        Dotted beside it: another loss along the same step.
        """
        self.line, self.other, self._range, self.place = line, other, losses, 1.0
        self._ends = float(line.positions[0]), float(line.positions[-1])
        self.update()

    def set_colour(self, colour: QColor) -> None:
        """Draw the true curve in the run's colour."""
        self._colour = colour
        self.update()

    def set_loss(self, loss: float) -> None:
        """Put the handle at the height of the loss at its place."""
        self._loss = loss
        self.update()

    def move_to(self, s: float) -> None:
        """Put the handle at a place."""
        if self.line is None:
            return
        low, high = self._ends
        self.place = max(low, min(high, s))
        self.update()
        self.moved.emit(self.place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the handle."""
        if event.button() == Qt.MouseButton.LeftButton and self.line is not None:
            self.held = True
            self.move_to(self._s(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the handle."""
        if self.held:
            self.move_to(self._s(event.position().x()))
        else:
            near = (
                self.line is not None
                and abs(self._x(self.place, self._plot()) - event.position().x()) < GRIP_PX
            )
            self.setCursor(Qt.CursorShape.SizeHorCursor if near else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self.held = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Bring the handle back to where the step landed."""
        self.move_to(1.0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the handle with the arrows."""
        sign = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if sign is None or self.line is None:
            event.ignore()
            return
        low, high = self._ends
        fine = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        self.move_to(self.place + sign * (high - low) * KEY_SHARE * (0.1 if fine else 1.0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw marks, curves and handle."""
        line, plot = self.line, self._plot()
        if line is None or plot.width() < 20 or plot.height() < 20:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small(self.font()))
        painter.fillRect(plot, QColor(THEME.colours.base))
        self._paint_marks(painter, plot, line)
        painter.save()
        painter.setClipRect(plot)
        ink, faint = QColor(THEME.colours.text), QColor(THEME.colours.faint)
        self._paint_curve(painter, line, line.tangent, QPen(faint, 1.0))
        self._paint_curve(painter, line, line.model, QPen(ink, 1.4, Qt.PenStyle.DashLine))
        if self.other is not None:
            dots = QPen(self._colour, 1.6, Qt.PenStyle.DotLine)
            self._paint_curve(painter, self.other, self.other.loss, dots)
        self._paint_curve(painter, line, line.loss, QPen(self._colour, 2.2))
        painter.restore()
        self._paint_handle(painter, plot)

    def _paint_marks(self, painter: QPainter, plot: QRectF, line: StepLine) -> None:
        marks = [(0.0, self.tr("start")), (1.0, self.tr("landed"))]
        if line.best is not None and line.break_even is not None:
            marks += [(line.best, "η*"), (line.break_even, "2η*")]
        seen = [
            (x, s, name)
            for x, s, name in ((self._x(s, plot), s, name) for s, name in sorted(marks))
            if plot.left() - 1 <= x <= plot.right() + 1
        ]
        painter.setPen(QPen(QColor(THEME.colours.contour), 1, Qt.PenStyle.DotLine))
        for x, _, _ in seen:
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        painter.setPen(QColor(THEME.colours.faint))
        names = [(x, name) for x, _, name in seen]
        rates = [(x, s, line.learning_rate_at(s)) for x, s, _ in seen]
        numbers = [(x, show(s if rate is None else rate, 2)) for x, s, rate in rates]
        for labels, y in ((names, plot.top() - 4), (numbers, self.height() - 4)):
            widths = [painter.fontMetrics().horizontalAdvance(text) for _, text in labels]
            lefts = side_by_side([x for x, _ in labels], widths, self.width())
            for (_, text), left in zip(labels, lefts, strict=True):
                if left is not None:
                    painter.drawText(QPointF(left, y), text)

    def _paint_curve(
        self, painter: QPainter, line: StepLine, values: NDArray[np.float64], pen: QPen
    ) -> None:
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        piece, plot = QPolygonF(), self._plot()
        for s, value in zip(line.positions.tolist(), values.tolist(), strict=True):
            if value != value:
                painter.drawPolyline(piece)
                piece = QPolygonF()
            else:
                piece.append(QPointF(self._x(s, plot), self._y(value, plot)))
        painter.drawPolyline(piece)

    def _paint_handle(self, painter: QPainter, plot: QRectF) -> None:
        loss = self._loss
        y = plot.top() if loss != loss else max(plot.top(), min(plot.bottom(), self._y(loss, plot)))
        at = QPointF(self._x(self.place, plot), y)
        painter.setPen(QPen(QColor(THEME.colours.base), 1.5))
        painter.setBrush(self._colour)
        painter.drawEllipse(at, HANDLE_PX, HANDLE_PX)
        if self.hasFocus():
            painter.setPen(QPen(QColor(THEME.colours.text), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, HANDLE_PX + 2.5, HANDLE_PX + 2.5)

    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(RHYTHM / 2, ABOVE_PX, -RHYTHM / 2, -BELOW_PX)

    def _x(self, s: float, plot: QRectF) -> float:
        low, high = self._ends
        return plot.left() + plot.width() * (s - low) / (high - low)

    def _s(self, x: float) -> float:
        plot, (low, high) = self._plot(), self._ends
        return low + (high - low) * (x - plot.left()) / max(1.0, plot.width())

    def _y(self, value: float, plot: QRectF) -> float:
        low, high = self._range
        # Far outside Qt's coordinates overflow.
        share = max(-50.0, min(50.0, (value - low) / (high - low)))
        return plot.bottom() - plot.height() * share
