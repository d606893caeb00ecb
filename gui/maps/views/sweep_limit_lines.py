"""The limits of a sweep as labelled verticals: found by bisection, and foretold by theory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen

from gui.numbers import show
from gui.theme import THEME

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from gui.maps.views.chart import Chart
    from gui.maps.views.sweep_lines import Line

#: Of more curves than this only the one in front has its limits labelled.
MOST_LABELLED = 3
LINE_PX, GAP_PX = 15, 5.0
SHADE = 0.07


def shade_beyond(chart: Chart, painter: QPainter, plot: QRectF, line: Line) -> None:
    """Tint the rates above the limit of one curve."""
    limit = line.found if line.found == line.found else line.theory
    if limit == limit:
        x = chart.x_of(limit, plot)
        colour = QColor(THEME.colours.alert)
        colour.setAlphaF(SHADE)
        painter.fillRect(
            QRectF(QPointF(max(x, plot.left()), plot.top()), plot.bottomRight()), colour
        )


def paint_limits(
    chart: Chart, painter: QPainter, plot: QRectF, lines: list[Line], selected: int
) -> None:
    """Draw the limits of all curves; label those of a few."""
    level = 0
    for line in lines:
        own = line.row == selected
        painter.setOpacity(1.0 if own else 0.6)
        marks = [
            (chart.x_of(value, plot), value, style)
            for value, style in (
                (line.found, Qt.PenStyle.SolidLine), (line.theory, Qt.PenStyle.DashLine)
            )
            if value == value
        ]  # fmt: skip
        colour = THEME.path_colour(line.slot)
        for x, _, style in marks:
            painter.setPen(QPen(colour, 1.2, style))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        if marks and (own or len(lines) <= MOST_LABELLED):
            level += 1
            _paint_labels(painter, plot, line, [x for x, _, _ in marks], level)
    painter.setOpacity(1.0)


def _paint_labels(painter: QPainter, plot: QRectF, line: Line, xs: list[float], level: int) -> None:
    texts = _texts(line)
    metrics = painter.fontMetrics()
    if len(texts) == 2 and abs(xs[0] - xs[1]) < metrics.horizontalAdvance(texts[0]) + 4 * GAP_PX:
        # Too near to each other for a label each.
        texts, xs = [", ".join(texts)], [max(xs)]
    y = plot.top() + 2 + LINE_PX * level
    for x, text in zip(xs, texts, strict=True):
        if not plot.left() <= x <= plot.right():
            continue
        width = metrics.horizontalAdvance(text)
        left = x + GAP_PX if x + GAP_PX + width < plot.right() else x - GAP_PX - width
        ground = QColor(THEME.colours.base)
        ground.setAlphaF(0.8)
        box = QRectF(left - 2, y - metrics.ascent(), width + 4, metrics.height())
        painter.fillRect(box, ground)
        painter.setPen(THEME.path_colour(line.slot))
        painter.drawText(QPointF(left, y), text)


def _texts(line: Line) -> list[str]:
    found = _tr("found {}").format(show(line.found, 4)) if line.found == line.found else ""
    theory = _tr("theory {}").format(show(line.theory, 4)) if line.theory == line.theory else ""
    return [text for text in (found, theory) if text]


def _tr(text: str) -> str:
    return QCoreApplication.translate("sweep", text)
