"""The loss of one run of a trainability map, step by step, on a log axis."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.maps.views.map_frame import log_ticks
from gui.numbers import show
from gui.theme import RHYTHM, THEME
from gui.views.landscape_axes import small_font, ticks

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPaintEvent

LEFT_PX, BELOW_PX, MARK_PX = 48, 20, 4.0
DISTANCE_PX = 60.0, 28.0


class PixelPlot(QWidget):
    """A curve; a run that ended in inf or NaN ends in a cross at the upper edge."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._losses: NDArray[np.float64] = np.zeros(0)
        self._range = (0.0, 1.0)
        self.setFont(small_font(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(15 * RHYTHM)
        self.setAccessibleName(self.tr("Loss of the chosen run"))
        THEME.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(300, 200)

    def show_losses(self, losses: NDArray[np.float64]) -> None:
        """Show a loss before the first step and after each."""
        self._losses = losses
        with np.errstate(all="ignore"):
            seen = np.log10(losses)
        seen = seen[np.isfinite(seen)]
        low, high = (float(seen.min()), float(seen.max())) if seen.size else (0.0, 1.0)
        room = 0.05 * (high - low) or 0.5
        self._range = low - room, high + room
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axes and curve."""
        if self._losses.size < 2:
            return
        painter = QPainter(self)
        plot = QRectF(self.rect()).adjusted(LEFT_PX, RHYTHM / 2, -RHYTHM, -BELOW_PX)
        painter.fillRect(plot, QColor(THEME.colours.base))
        self._paint_axes(painter, plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(plot.adjusted(-1, -1, 1, 1))
        self._paint_curve(painter, plot)

    def _paint_axes(self, painter: QPainter, plot: QRectF) -> None:
        metrics = QFontMetricsF(self.font())
        across = ticks(0.0, self._last, plot.width(), DISTANCE_PX[0])
        up = log_ticks(*self._range, plot.height(), DISTANCE_PX[1])
        for value, text in zip(up.values, up.labels, strict=True):
            y = self._place(plot, 0.0, value).y()
            painter.setPen(QPen(QColor(THEME.colours.grid), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(THEME.colours.faint))
            left = plot.left() - metrics.horizontalAdvance(text) - RHYTHM / 2
            painter.drawText(QPointF(left, y + metrics.ascent() / 2 - 1), text)
        for value, text in zip(across.values, across.labels, strict=True):
            x = self._place(plot, value, 0.0).x() - metrics.horizontalAdvance(text) / 2
            x = min(x, self.width() - metrics.horizontalAdvance(text) - 1)
            painter.drawText(QPointF(x, plot.bottom() + metrics.ascent() + 3), text)

    def _paint_curve(self, painter: QPainter, plot: QRectF) -> None:
        painter.setPen(QPen(QColor(THEME.colours.accent), 1.6))
        piece = QPolygonF()
        for step, loss in enumerate(self._losses.tolist()):
            if math.isfinite(loss) and loss > 0:
                piece.append(self._place(plot, step, math.log10(loss)))
        painter.drawPolyline(piece)
        last = float(self._losses[-1])
        if not math.isfinite(last):
            at = self._place(plot, self._last, self._range[1]) + QPointF(-MARK_PX, 2 * MARK_PX)
            painter.setPen(QPen(QColor(THEME.colours.alert), 2))
            for side in (-1, 1):
                arm = QPointF(MARK_PX, side * MARK_PX)
                painter.drawLine(at - arm, at + arm)
            painter.drawText(at + QPointF(-6 * RHYTHM, MARK_PX), show(last))

    @property
    def _last(self) -> float:
        return float(self._losses.size - 1)

    def _place(self, plot: QRectF, step: float, height: float) -> QPointF:
        low, high = self._range
        share = (height - low) / (high - low)
        return QPointF(
            plot.left() + plot.width() * step / self._last, plot.bottom() - plot.height() * share
        )
