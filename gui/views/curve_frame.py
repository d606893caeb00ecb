"""The ground of a curve plot: margins, grid and tick labels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF

from gui.theme import RHYTHM, THEME
from gui.views.curve_text import step_text, tick_texts

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintDevice, QPainter

    from engine.drawing.curve_scale import Scale
    from gui.views.curve_axis import StepAxis

#: The widest tick label that has room; the same in all plots, so that their steps line up.
WIDEST = "−0.0000"
TICK_GAP_PX = 6.0
#: Room of one tick, in heights of a line.
LINES_PER_TICK = 2.2


class Frame:
    """Where the plot stands in its widget, and how steps and values map to pixels."""

    def __init__(self, width: float, height: float, metrics: QFontMetricsF, steps: bool) -> None:
        left = math.ceil(metrics.horizontalAdvance(WIDEST)) + TICK_GAP_PX + RHYTHM / 2
        bottom = math.ceil(metrics.height()) + TICK_GAP_PX if steps else RHYTHM / 2
        self.metrics = metrics
        self.shows_steps = steps
        self.plot = QRectF(
            left,
            RHYTHM / 2,
            max(1.0, width - left - RHYTHM),
            max(1.0, height - bottom - RHYTHM / 2),
        )

    def x(self, axis: StepAxis, step: float) -> float:
        """Return the pixel of a step."""
        share = (step - axis.low) / (axis.high - axis.low)
        return self.plot.left() + share * self.plot.width()

    def step(self, axis: StepAxis, x: float) -> float:
        """Return the step at a pixel."""
        share = (x - self.plot.left()) / self.plot.width()
        return axis.low + share * (axis.high - axis.low)

    def y(self, place: float) -> float:
        """Return the pixel of a place (0 top, 1 bottom)."""
        return self.plot.top() + place * self.plot.height()

    def place(self, y: float) -> float:
        """Return the place (0 top, 1 bottom) at a pixel."""
        return (y - self.plot.top()) / self.plot.height()

    def paint(self, painter: QPainter, axis: StepAxis, scale: Scale | None) -> None:
        """Draw ground, grid and labels."""
        painter.fillRect(self.plot, QColor(THEME.colours.base))
        if scale is not None:
            self._paint_values(painter, scale)
        self._paint_steps(painter, axis)

    def paint_rule(self, painter: QPainter, x: float, colour: QColor) -> None:
        """Draw a line over the plot's whole height; filling is far quicker than a thin pen."""
        painter.fillRect(QRectF(round(x), self.plot.top(), 1, self.plot.height()), colour)

    def _paint_values(self, painter: QPainter, scale: Scale) -> None:
        line = self.metrics.height()
        ticks = scale.ticks(int(self.plot.height() / (LINES_PER_TICK * line)))
        for tick, text in zip(ticks, tick_texts(ticks), strict=True):
            y = round(self.y(tick.place))
            rule = QRectF(self.plot.left(), y, self.plot.width(), 1)
            painter.fillRect(rule, QColor(THEME.colours.grid))
            painter.setPen(QColor(THEME.colours.faint))
            area = QRectF(0, y - line / 2, self.plot.left() - TICK_GAP_PX, line)
            painter.drawText(area, int(_RIGHT), text)

    def _paint_steps(self, painter: QPainter, axis: StepAxis) -> None:
        for step in step_ticks(axis.low, min(axis.high, axis.steps), self._most_steps(axis)):
            x = self.x(axis, step)
            self.paint_rule(painter, x, QColor(THEME.colours.grid))
            if self.shows_steps:
                painter.setPen(QColor(THEME.colours.faint))
                text = step_text(step)
                width = self.metrics.horizontalAdvance(text)
                left = min(max(x - width / 2, 0.0), self.plot.right() + RHYTHM - width)
                y = self.plot.bottom() + TICK_GAP_PX / 2 + self.metrics.ascent()
                painter.drawText(QPointF(left, y), text)

    def _most_steps(self, axis: StepAxis) -> int:
        widest = self.metrics.horizontalAdvance(step_text(axis.steps)) + 3 * RHYTHM
        return max(1, int(self.plot.width() / widest))


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip


def step_ticks(low: float, high: float, most: int) -> range:
    """Return at most about `most` round steps in [low, high]."""
    every = max(1.0, (high - low) / max(most, 1))
    power = 10 ** math.floor(math.log10(every))
    apart = next(m * power for m in (1, 2, 5, 10) if m * power >= every)
    first = max(0, math.ceil(low / apart))
    return range(first * apart, math.floor(high) + 1, apart)


def device_size(plot: QRectF, device: QPaintDevice) -> tuple[int, int]:
    """Return the plot's width and height in device pixels."""
    ratio = device.devicePixelRatioF()
    return max(1, round(plot.width() * ratio)), max(1, round(plot.height() * ratio))
