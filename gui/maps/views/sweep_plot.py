"""What became of each run at each learning rate: curves, bands, limits, and verdicts below."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gui.maps.views.chart import Chart, paint_cross, pieces, stroke
from gui.maps.views.fate_strips import strip
from gui.maps.views.sweep_limit_lines import paint_limits, shade_beyond
from gui.maps.views.sweep_lines import Line, lines_of, x_scale, y_scale
from gui.theme import THEME

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
    from PySide6.QtWidgets import QWidget

    from engine.maps.axes import Axis
    from gui.maps.sweep_state import Quantity, Swept

HIGHEST_ROW_PX, LOWEST_ROW_PX, FATES_PX = 13.0, 3.0, 104.0
#: Rows at least so high are named at their left.
NAMED_PX = 11.0
#: Of the range, by one notch of the wheel.
ZOOM = 1.25
BAND_OPACITY, OTHERS_OPACITY = 0.22, 0.75
NEAR_PX = 40.0


class SweepPlot(Chart):
    """The curves of a sweep over the learning rate.

    Signals
    -------
    pointed_at : (int, int), the row of a curve and the place of a rate, or −1 and −1.
    rate_chosen : (int, float), the row of a curve and the rate at which its run is to be opened.
    range_wanted : (float, float), the rates between which is to be swept.
    """

    pointed_at = Signal(int, int)
    rate_chosen = Signal(int, float)
    range_wanted = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", "", parent)
        self.setAccessibleName(
            self.tr("Losses over the learning rate; arrows move along a curve, Enter opens the run")
        )
        self.across = self.tr("learning rate η")
        self.empty = self.tr("The curve of each optimizer over its learning rate will be here.")
        self.lines: list[Line] = []
        self.swept: Swept | None = None
        self.selected = 0
        self.at = -1, -1
        self.setCursor(Qt.CursorShape.CrossCursor)

    def minimumSizeHint(self) -> QSize:
        """Return the least in which curves can be told apart."""
        return QSize(280, 180)

    def show_sweep(
        self, swept: Swept | None, quantity: Quantity, selected: int, axis: Axis | None = None
    ) -> None:
        """Show what was found so far; `selected` is the row of the curve in front.

        Over another `axis`, until there is a sweep of it, if one is given.
        """
        self.swept, self.selected = swept, selected
        self.lines = lines_of(swept, quantity) if swept is not None else []
        self.x_scale = x_scale(axis or swept.asked.axis) if swept is not None else None
        self.y_scale = y_scale(self.lines, swept, quantity) if swept is not None else None
        if swept is not None and self.y_scale is None:
            from gui.maps.views.chart_scales import between

            # Nothing finite: the verdicts below still tell what happened.
            self.y_scale = between(0.1, 10.0, log=True)
        rows = len(self.lines)
        self.foot = 2 + rows * self._row_px() if rows else 0.0
        self.pointed(self.pointer)
        self.redraw()

    def paint_content(self, painter: QPainter, plot: QRectF) -> None:
        """Draw bands, curves and limits."""
        if self.lines and self.selected < len(self.lines):
            shade_beyond(self, painter, plot, self.lines[self.selected])
        order = sorted(self.lines, key=lambda line: line.row == self.selected)
        for line in order:
            self._paint_band(painter, plot, line)
        for line in order:
            self._paint_line(painter, plot, line)
        paint_limits(self, painter, plot, self.lines, self.selected)

    def paint_over(self, painter: QPainter, plot: QRectF) -> None:
        """Draw the fates of all seeds in a row per curve."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for line in self.lines:
            self._paint_fates(painter, plot, line)
            self._paint_name(painter, plot, line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def paint_pointer(self, painter: QPainter, plot: QRectF) -> None:
        """Mark the rate under the pointer on all curves."""
        row, place = self.at
        if row < 0 or row >= len(self.lines) or place not in self.lines[row].places:
            return
        x = self.x_of(self.rate(place), plot)
        painter.setPen(QPen(QColor(THEME.colours.contour), 1))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        for line in self.lines:
            if place in line.places:
                y = self._y(line.middle[line.places.index(place)], plot)
                painter.setPen(QPen(QColor(THEME.colours.base), 1.5))
                painter.setBrush(THEME.path_colour(line.slot))
                size = 5.0 if line.row == row else 3.0
                painter.drawEllipse(QPointF(x, y), size, size)

    def pointed(self, at: QPointF | None) -> None:
        """Find the curve and the rate that are meant."""
        found = self._nearest(at) if at is not None and self.swept is not None else (-1, -1)
        if found != self.at:
            self.at = found
            self.pointed_at.emit(*found)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the run whose curve was clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._point(event.position())
            self._choose()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Sweep a smaller or a larger range about the rate under the pointer."""
        plot, turns = self.plot(), event.angleDelta().y() / 120.0
        if self.x_scale is None or not turns:
            event.ignore()
            return
        x = min(max(event.position().x(), plot.left()), plot.right())
        factor = ZOOM**-turns
        ends = [self.x_value(x + (end - x) * factor, plot) for end in (plot.left(), plot.right())]
        self.range_wanted.emit(*(float(f"{end:.3g}") for end in ends))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along a curve with left and right, to others with up and down; Enter opens."""
        key = Qt.Key(event.key())
        across = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
        down = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(key, 0)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        elif (across or down) and self.lines:
            self._move(across, down)
        else:
            super().keyPressEvent(event)

    def rate(self, place: int) -> float:
        """Return the rate at a place of the sweep."""
        assert self.swept is not None
        return float(self.swept.sweep.rates[place])

    def _choose(self) -> None:
        row, place = self.at
        if row >= 0:
            self.rate_chosen.emit(row, self.rate(place))

    def _move(self, across: int, down: int) -> None:
        row, place = self.at
        if row < 0:
            row, place = self.selected, self.lines[self.selected].places[0]
        row = min(max(row + down, 0), len(self.lines) - 1)
        places = self.lines[row].places
        if places:
            k = min(max(self.lines[row].nearest(place) + across, 0), len(places) - 1)
            self.at = row, places[k]
            self.pointed_at.emit(*self.at)
            self.update()

    def _nearest(self, at: QPointF) -> tuple[int, int]:
        assert self.swept is not None
        plot = self.plot()
        if at.y() > plot.bottom():
            row = min(int((at.y() - plot.bottom()) / self._row_px()), len(self.lines) - 1)
            return row, self._place(self.lines[row], at.x(), plot)
        near = (math.inf, -1, -1)
        for line in self.lines:
            place = self._place(line, at.x(), plot)
            if place >= 0:
                value = line.middle[line.places.index(place)]
                away = abs(self._y(value, plot) - at.y()) - (line.row == self.selected)
                near = min(near, (away, line.row, place))
        return near[1:]

    def _place(self, line: Line, x: float, plot: QRectF) -> int:
        """Return the place of the rate nearest to a pixel at which a curve is known, or −1."""
        return min(
            line.places, key=lambda place: abs(self.x_of(self.rate(place), plot) - x), default=-1
        )

    def _row_px(self) -> float:
        return min(HIGHEST_ROW_PX, max(LOWEST_ROW_PX, FATES_PX / max(1, len(self.lines))))

    def _y(self, value: float, plot: QRectF) -> float:
        """Return the pixel of a value: what is not finite is at the upper edge."""
        y = self.y_of(value, plot)
        return y if y == y else plot.top()

    def _points(self, line: Line, values: list[float], plot: QRectF) -> list[tuple[float, float]]:
        xs = [self.x_of(self.rate(place), plot) for place in line.places]
        return list(zip(xs, [self._y(value, plot) for value in values], strict=True))

    def _paint_band(self, painter: QPainter, plot: QRectF, line: Line) -> None:
        if not line.spread or not line.places:
            return
        ends = self._points(line, line.low, plot), self._points(line, line.high, plot)
        area = QPolygonF([QPointF(*point) for point in (*ends[0], *reversed(ends[1]))])
        colour = THEME.path_colour(line.slot)
        colour.setAlphaF(BAND_OPACITY)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(area)

    def _paint_line(self, painter: QPainter, plot: QRectF, line: Line) -> None:
        own = line.row == self.selected
        painter.setOpacity(1.0 if own else OTHERS_OPACITY)
        painter.setPen(stroke(line.slot, 2.6 if own else 1.8))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        points = self._points(line, line.middle, plot)
        crosses, kept = [], []
        for k, (point, value) in enumerate(zip(points, line.middle, strict=True)):
            if math.isfinite(value):
                kept.append(point)
                continue
            # A curve goes up to where its run breaks, and comes down where it is back.
            before = k > 0 and math.isfinite(line.middle[k - 1])
            after = k + 1 < len(points) and math.isfinite(line.middle[k + 1])
            kept += [point] if before or after else [(math.nan, math.nan)]
            crosses += [point] if before else []
            if before and not after:
                kept.append((math.nan, math.nan))
        for piece in pieces(kept):
            painter.drawPolyline(piece)
        if len(line.places) == 1:
            painter.drawEllipse(QPointF(*points[0]), 3, 3)
        for x, y in crosses:
            paint_cross(painter, x, y + 6)
        painter.setOpacity(1.0)

    def _paint_name(self, painter: QPainter, plot: QRectF, line: Line) -> None:
        high = self._row_px()
        if high < NAMED_PX:
            return
        metrics, room = painter.fontMetrics(), plot.left() - 8
        text = metrics.elidedText(line.label, Qt.TextElideMode.ElideRight, int(room))
        middle = plot.bottom() + 2 + (line.row + 0.5) * high
        left = room - metrics.horizontalAdvance(text) + 3
        painter.setPen(THEME.path_colour(line.slot))
        painter.drawText(QPointF(left, middle + metrics.ascent() / 2 - 2), text)

    def _paint_fates(self, painter: QPainter, plot: QRectF, line: Line) -> None:
        """Draw which share of the seeds trains (its colour), does not (grey), breaks (alert)."""
        if not line.places:
            return
        ratio, high = self.devicePixelRatioF(), self._row_px()
        xs = [(self.x_of(self.rate(place), plot) - plot.left()) * ratio for place in line.places]
        size = round(plot.width() * ratio), max(1, round((high - 1) * ratio))
        image = strip(xs, line.fates, line.slot, size, ratio)
        painter.drawImage(QPointF(plot.left(), plot.bottom() + 2 + line.row * high), image)
