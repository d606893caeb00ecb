"""One quantity of one layer: its histogram, and beside it its size over the steps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.networks.views.layers_text import bin_text, size_text
from gui.numbers import count, show
from gui.theme import RHYTHM, THEME
from gui.views.curve_text import small

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from engine.networks.spread import Spread

    Array = NDArray[Any]

PLOT_PX, TALLEST_PX, LINE_PX, LEAST_PX = 40, 96, 16, 96
#: Room between the two numbers below a histogram.
APART_PX = 6
FILL, CROSS_PX, ROOM_PX = 0.55, 3.5, 3.0


class Shown(Struct, frozen=True, eq=False):
    """What a cell shows.

    Parameters
    ----------
    name : of layer and quantity, for the pointer and for screen readers.
    measure : what its size is called.
    spread : at the head; None where there is nothing.
    heights : (bins,) of the histogram.
    steps, sizes, places : (k,), the measured steps, the size at each, its height from 0 to 1.
    last : the last step that there is, measured or not.
    size, step : at the head.
    broken : the first step at which something of it is not finite, or -1.
    """

    name: str
    measure: str
    spread: Spread | None
    heights: Array
    steps: Array
    sizes: Array
    places: Array
    last: int
    size: float
    step: int
    broken: int


class LayersCell(QWidget):
    """Draws a quantity; empty until it is shown one.

    Signals
    -------
    told : (str), what lies under the pointer; empty when it leaves.
    stepped : (int), the step that was clicked or dragged to in the curve.
    """

    told = Signal(str)
    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown: Shown | None = None
        self._slot, self._tall = 0, PLOT_PX
        self.setFont(small(self.font()))
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        THEME.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return room for both plots and the numbers below."""
        return QSize(2 * LEAST_PX, self._tall + LINE_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the least that can be read."""
        return QSize(LEAST_PX, self._tall + LINE_PX)

    def show_quantity(self, shown: Shown | None, slot: int) -> None:
        """Show a quantity in a run's colour, or nothing."""
        self.shown, self._slot = shown, slot
        name = ""
        if shown is not None:
            name = size_text(shown.name, shown.measure, shown.step, shown.size)
        self.setAccessibleName(name)
        self.update()

    def set_tall(self, pixels: int) -> None:
        """Make the plots as tall as there is room, within limits."""
        tall = max(PLOT_PX, min(TALLEST_PX, pixels))
        if tall != self._tall:
            self._tall = tall
            self.updateGeometry()
            self.update()

    def text_at(self, x: float) -> str:
        """Return what lies at a place across the cell."""
        shown = self.shown
        if shown is None:
            return ""
        left, right = self._halves()
        if x <= left.right() and shown.spread is not None:
            last = len(shown.heights) - 1
            index = max(0, min(last, int(x / left.width() * len(shown.heights))))
            return bin_text(shown.name, shown.spread, index)
        row = self._row_at(shown, x, right)
        return size_text(shown.name, shown.measure, int(shown.steps[row]), float(shown.sizes[row]))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw histogram, curve and the numbers below."""
        if self.shown is None:
            return
        painter = QPainter(self)
        left, right = self._halves()
        for plot in (left, right):
            painter.fillRect(plot, QColor(THEME.colours.base))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_histogram(painter, self.shown, left)
        self._paint_curve(painter, self.shown, right)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the head where the curve was clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._step_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what lies here, and take the head along."""
        x = event.position().x()
        self.told.emit(self.text_at(x))
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._step_to(x)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell nothing any more."""
        self.told.emit("")

    def _halves(self) -> tuple[QRectF, QRectF]:
        width = (self.width() - RHYTHM / 2) / 2
        return (
            QRectF(0, 0, width, self._tall),
            QRectF(width + RHYTHM / 2, 0, width, self._tall),
        )

    def _paint_histogram(self, painter: QPainter, shown: Shown, plot: QRectF) -> None:
        spread, colours = shown.spread, THEME.colours
        if spread is None:
            painter.setPen(QColor(colours.faint))
            painter.drawText(plot, Qt.AlignmentFlag.AlignCenter, self.tr("none yet"))
            return
        below = QRectF(plot.left(), plot.bottom(), plot.width(), LINE_PX)
        width = plot.width() / len(shown.heights)
        colour = THEME.path_colour(self._slot)
        colour.setAlphaF(FILL)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for i, height in enumerate(shown.heights):
            tall = height * (plot.height() - ROOM_PX)
            painter.drawRect(QRectF(plot.left() + i * width, plot.bottom() - tall, width, tall))
        zero = spread.place(0.0)
        if math.isfinite(zero):
            painter.setPen(QPen(QColor(colours.contour), 1, Qt.PenStyle.DotLine))
            x = plot.left() + zero * plot.width()
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        self._paint_ends(painter, spread, below)

    def _paint_ends(self, painter: QPainter, spread: Spread, below: QRectF) -> None:
        """Write below a histogram from where to where it goes, or how many are not finite."""
        metrics, room = painter.fontMetrics(), below.width()
        if spread.broken:
            painter.setPen(QColor(THEME.colours.alert))
            text = self.tr("{} not finite").format(count(spread.broken))
            fits = metrics.horizontalAdvance(text) <= room
            text = text if fits else self.tr("not finite")
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)
            return
        painter.setPen(QColor(THEME.colours.faint))
        if spread.low == spread.high:
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, show(spread.low, 2))
            return
        middle = Qt.AlignmentFlag.AlignVCenter
        for digits in (2, 1):
            low, high = show(spread.low, digits), show(spread.high, digits)
            if metrics.horizontalAdvance(low + high) + APART_PX <= room:
                painter.drawText(below, middle | Qt.AlignmentFlag.AlignLeft, low)
                painter.drawText(below, middle | Qt.AlignmentFlag.AlignRight, high)
                return
        largest = max(-spread.low, spread.high)
        text = "|x| ≤ " + show(largest, 2)
        if metrics.horizontalAdvance(text) > room:
            text = "≤ " + show(largest, 1)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_curve(self, painter: QPainter, shown: Shown, plot: QRectF) -> None:
        colours = THEME.colours
        x = self._x(shown, shown.step, plot)
        painter.setPen(QPen(QColor(colours.contour), 1))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(THEME.path_colour(self._slot), 1.4))
        for piece in self._pieces(shown, plot):
            painter.drawPolyline(piece)
        if shown.broken >= 0:
            at = self._x(shown, shown.broken, plot)
            inside = max(plot.left() + 2 * CROSS_PX, min(plot.right() - 2 * CROSS_PX, at))
            self._paint_cross(painter, QPointF(inside, plot.top() + 2 * CROSS_PX))
        if shown.spread is None:
            return
        broken, finite = shown.spread.broken, math.isfinite(shown.size)
        name = colours.alert if broken else colours.text if finite else colours.faint
        painter.setPen(QColor(name))
        text = show(shown.size) if broken or finite else "–"
        below = QRectF(plot.left(), plot.bottom(), plot.width(), LINE_PX)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)

    @staticmethod
    def _paint_cross(painter: QPainter, at: QPointF) -> None:
        painter.setPen(QPen(QColor(THEME.colours.alert), 1.6))
        for side in (-CROSS_PX, CROSS_PX):
            arm = QPointF(CROSS_PX, side)
            painter.drawLine(at - arm, at + arm)

    def _pieces(self, shown: Shown, plot: QRectF) -> list[QPolygonF]:
        """Return the curve where it is finite."""
        pieces = [QPolygonF()]
        room = plot.adjusted(0, ROOM_PX, 0, -ROOM_PX)
        for step, place in zip(shown.steps, shown.places, strict=True):
            if math.isfinite(place):
                y = room.bottom() - place * room.height()
                pieces[-1].append(QPointF(self._x(shown, step, plot), y))
            elif pieces[-1].size():
                pieces.append(QPolygonF())
        return [piece for piece in pieces if piece.size() > 1]

    @staticmethod
    def _x(shown: Shown, step: int, plot: QRectF) -> float:
        return plot.left() + (plot.width() - 1) * min(1.0, step / max(1, shown.last))

    def _row_at(self, shown: Shown, x: float, plot: QRectF) -> int:
        step = (x - plot.left()) / plot.width() * shown.last
        return int(abs(shown.steps - step).argmin())

    def _step_to(self, x: float) -> None:
        right = self._halves()[1]
        if self.shown is not None and x >= right.left():
            self.stepped.emit(int(self.shown.steps[self._row_at(self.shown, x, right)]))
