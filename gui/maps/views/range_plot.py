"""A range test: the loss of one run whose rate rises at each step, where it ends, and the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui.maps.views.chart import Chart, paint_cross, pieces
from gui.maps.views.chart_scales import between, of_losses
from gui.numbers import show
from gui.theme import THEME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from engine.maps.range_test import RangeTest

#: A longer test is drawn with every second, third … of its steps.
MOST_POINTS = 2000
LINE_PX, GAP_PX = 15, 5.0


class RangePlot(Chart):
    """Loss over the rising rate, with three verticals: steepest, where it ends, the true limit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", "", parent)
        self.setAccessibleName(self.tr("Range test"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.across = self.tr("rising η")
        self.empty = self.tr("The loss of the selected run while its rate rises will be here.")
        self.test: RangeTest | None = None
        self._slot = 0
        self._points: list[tuple[float, float]] = []

    def sizeHint(self) -> QSize:
        """Return less than the sweep's."""
        return QSize(280, 200)

    def show_test(self, test: RangeTest | None, slot: int = 0) -> None:
        """Show another test, in a run's colour."""
        self.test, self._slot = test, slot
        self.x_scale = self.y_scale = None
        self.up = ""
        if test is not None:
            every = -(-len(test.rates) // MOST_POINTS)
            rates, losses = test.rates[::every].tolist(), test.smoothed[::every].tolist()
            self._points = list(zip(rates, losses, strict=True))
            self.x_scale = between(float(test.rates[0]), float(test.rates[-1]), log=True)
            self.y_scale = of_losses(losses, float(test.loss[0]))
            self.up = self.tr("{} – range test").format(test.label)
        self.redraw()

    def paint_content(self, painter: QPainter, plot: QRectF) -> None:
        """Draw the curve, and the verticals with their names."""
        test = self.test
        assert test is not None
        painter.setPen(QPen(THEME.path_colour(self._slot), 2))
        points = [(self.x_of(rate, plot), self.y_of(loss, plot)) for rate, loss in self._points]
        for piece in pieces(points):
            painter.drawPolyline(piece)
        if test.stop is not None:
            stop = float(test.rates[test.stop])
            y = self.y_of(float(test.smoothed[test.stop]), plot)
            paint_cross(painter, self.x_of(stop, plot), plot.top() + 6 if y != y else y)
        self._paint_marks(painter, plot, self._marks(test))

    def _marks(self, test: RangeTest) -> list[tuple[float, str, Qt.PenStyle]]:
        limit = test.limits.rate if test.limits is not None else None
        steepest = None if test.steepest is None else float(test.rates[test.steepest])
        line = Qt.PenStyle
        marks = (
            (limit, _tr("true limit {}"), line.SolidLine),
            (test.stop_rate, _tr("ends {}"), line.DashLine),
            (steepest, _tr("steepest {}"), line.DotLine),
        )
        return [(rate, text.format(show(rate)), style) for rate, text, style in marks if rate]

    def _paint_marks(
        self, painter: QPainter, plot: QRectF, marks: Sequence[tuple[float, str, Qt.PenStyle]]
    ) -> None:
        """Draw each vertical, its label at a height of its own."""
        metrics = painter.fontMetrics()
        for level, (rate, text, style) in enumerate(marks, start=1):
            x = self.x_of(rate, plot)
            if not plot.left() <= x <= plot.right():
                continue
            painter.setPen(QPen(QColor(THEME.colours.text), 1, style))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            width, y = metrics.horizontalAdvance(text), plot.bottom() - LINE_PX * level + 6
            left = x - GAP_PX - width if x - GAP_PX - width > plot.left() else x + GAP_PX
            ground = QColor(THEME.colours.base)
            ground.setAlphaF(0.8)
            painter.fillRect(QRectF(left - 2, y - metrics.ascent(), width + 4, LINE_PX), ground)
            painter.drawText(QPointF(left, y), text)


def _tr(text: str) -> str:
    return QCoreApplication.translate("sweep", text)
