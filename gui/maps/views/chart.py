"""What the plots of many runs share: a ground with ticks at both axes, and where the pointer is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import RHYTHM, THEME, dash
from gui.views.curve_text import small, tick_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent

    from engine.drawing.curve_scale import Scale

LEFT_PX, BELOW_PX, ABOVE_PX = 52, 34, 20
FAR = 50.0
LEAST_X_PX, LEAST_Y_PX = 72, 28
WIDTH_PX = 2.0
_CENTRE, _RIGHT = Qt.AlignmentFlag.AlignCenter, Qt.AlignmentFlag.AlignRight


class Chart(QWidget):
    """A plot on two scales, of which those that inherit draw the content.

    Parameters
    ----------
    name : for a screen reader.
    across, up : what the axes count; the one that goes up is written above it.
    """

    def __init__(self, name: str, across: str, up: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.across, self.up = across, up
        self.x_scale: Scale | None = None
        self.y_scale: Scale | None = None
        #: Where the pointer is, None when it is elsewhere.
        self.pointer: QPointF | None = None
        #: Room below the plot, above the labels of its axis.
        self.foot = 0.0
        self.empty = ""
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # The window leaves the arrow keys to this widget.
        self.setProperty("usesArrows", True)
        self.setMouseTracking(True)
        #: Everything but the pointer: a paint that asks Qt for little is not held up by threads.
        self._drawn = QPixmap()
        THEME.changed.connect(self.redraw)

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(480, 280)

    def minimumSizeHint(self) -> QSize:
        """Return the least in which curves can be told apart."""
        return QSize(240, 140)

    def paint_content(self, painter: QPainter, plot: QRectF) -> None:
        """Draw what the plot is about, clipped to it."""

    def paint_pointer(self, painter: QPainter, plot: QRectF) -> None:
        """Draw what goes along with the pointer, over all else."""

    def redraw(self) -> None:
        """Draw anew what has changed."""
        self._drawn = QPixmap()
        self.update()

    def paint_over(self, painter: QPainter, plot: QRectF) -> None:
        """Draw what may reach out of the plot."""

    def pointed(self, at: QPointF | None) -> None:
        """Take note of where the pointer is."""

    def plot(self) -> QRectF:
        """Return where curves are drawn."""
        whole = QRectF(self.rect())
        return whole.adjusted(LEFT_PX, ABOVE_PX, -1.5 * RHYTHM, -BELOW_PX - self.foot)

    def x_of(self, value: float, plot: QRectF) -> float:
        """Return the pixel of a value across; NaN if it is nowhere."""
        assert self.x_scale is not None
        return plot.right() - self.x_scale.place(value) * plot.width()

    def y_of(self, value: float, plot: QRectF) -> float:
        """Return the pixel of a value upwards, perhaps beyond the plot; NaN if it is nowhere."""
        assert self.y_scale is not None
        place = self.y_scale.place(value)
        # Far outside Qt's coordinates overflow.
        near = min(max(place, -FAR), FAR)
        return plot.top() + near * plot.height() if place == place else place

    def x_value(self, x: float, plot: QRectF) -> float:
        """Return the value across at a pixel."""
        scale = self.x_scale
        assert scale is not None
        share = (plot.right() - x) / max(1.0, plot.width())
        return scale.backward(scale.top - share * (scale.top - scale.bottom))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        self._point(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        """Follow it no more."""
        self._point(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw anew for another size."""
        super().resizeEvent(event)
        self.redraw()

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew in another font or colours."""
        super().changeEvent(event)
        self.redraw()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show what is drawn, and the pointer."""
        if self._drawn.isNull():
            self._draw()
        painter, plot = QPainter(self), self.plot()
        painter.drawPixmap(0, 0, self._drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.x_scale is not None and self.y_scale is not None:
            self.paint_pointer(painter, plot)
        if self.hasFocus():
            painter.setPen(QPen(QColor(THEME.colours.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(plot)

    def _draw(self) -> None:
        """Draw ground, ticks and content."""
        ratio, plot = self.devicePixelRatioF(), self.plot()
        self._drawn = QPixmap(self.size() * ratio)
        self._drawn.setDevicePixelRatio(ratio)
        self._drawn.fill(Qt.GlobalColor.transparent)
        if plot.width() < 20 or plot.height() < 20:
            return
        painter = QPainter(self._drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small(self.font()))
        painter.fillRect(plot, QColor(THEME.colours.base))
        if self.x_scale is None or self.y_scale is None:
            painter.setPen(QColor(THEME.colours.faint))
            flags = int(_CENTRE | Qt.TextFlag.TextWordWrap)
            painter.drawText(plot.adjusted(RHYTHM, 0, -RHYTHM, 0), flags, self.empty)
        else:
            self._paint_ticks(painter, plot)
            painter.save()
            painter.setClipRect(plot.adjusted(0, -1, 0, 1))
            self.paint_content(painter, plot)
            painter.restore()
            self.paint_over(painter, plot)
        painter.end()

    def _point(self, at: QPointF | None) -> None:
        plot = self.plot().adjusted(0, 0, 0, self.foot)
        self.pointer = at if at is not None and plot.contains(at) and self.x_scale else None
        self.pointed(self.pointer)
        self.update()

    def _paint_ticks(self, painter: QPainter, plot: QRectF) -> None:
        assert self.x_scale is not None
        assert self.y_scale is not None
        grid, faint = QPen(QColor(THEME.colours.grid), 1), QColor(THEME.colours.faint)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        ticks = self.y_scale.ticks(int(plot.height() / LEAST_Y_PX))
        for tick, text in zip(ticks, tick_texts(ticks), strict=True):
            y = round(plot.top() + tick.place * plot.height())
            painter.setPen(grid)
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(faint)
            box = QRectF(0, y - 8, LEFT_PX - 6, 16)
            painter.drawText(box, int(_RIGHT | Qt.AlignmentFlag.AlignVCenter), text)
        metrics = painter.fontMetrics()
        ticks = self.x_scale.ticks(int(plot.width() / LEAST_X_PX))
        # The name of the axis stands at its end, and is not written over.
        end = plot.right() - metrics.horizontalAdvance(self.across)
        line = plot.bottom() + self.foot + 3 + metrics.ascent()
        for tick, text in zip(ticks, tick_texts(ticks), strict=True):
            x = round(plot.right() - tick.place * plot.width())
            painter.setPen(grid)
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            painter.setPen(faint)
            painter.drawText(QPointF(x - metrics.horizontalAdvance(text) / 2, line), text)
        painter.setPen(QColor(THEME.colours.text))
        painter.drawText(QPointF(end, line + metrics.height() - 3), self.across)
        painter.drawText(QPointF(plot.left(), plot.top() - 6), self.up)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def stroke(slot: int, width: float = WIDTH_PX) -> QPen:
    """Return the pen of a run's slot."""
    return dashed(THEME.path_colour(slot), dash(slot), width)


def dashed(colour: QColor, lengths: Sequence[float], width: float = WIDTH_PX) -> QPen:
    """Return a pen whose dashes have lengths in pixels."""
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if lengths:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        # Qt counts dashes in pen widths.
        pen.setDashPattern([length / width for length in lengths])
    return pen


def pieces(points: Iterable[tuple[float, float]]) -> list[QPolygonF]:
    """Return the unbroken pieces of a curve in pixels, which ends where a number is none."""
    found, piece = [], QPolygonF()
    for x, y in points:
        if x == x and y == y:
            piece.append(QPointF(x, y))
        elif piece.count():
            found.append(piece)
            piece = QPolygonF()
    return [*found, piece] if piece.count() else found


def paint_cross(painter: QPainter, x: float, y: float) -> None:
    """Draw the sign of what is not finite."""
    painter.setPen(QPen(QColor(THEME.colours.alert), 2))
    for sign in (-1, 1):
        painter.drawLine(QPointF(x - 4, y - 4 * sign), QPointF(x + 4, y + 4 * sign))
