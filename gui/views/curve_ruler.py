"""The two axes of a curve plot: round values, round steps, and the grid through them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pyqtgraph
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPen

from gui.numbers import show
from gui.theme import RHYTHM, THEME
from gui.views.curve_text import step_text, tick_texts

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QPainter
    from PySide6.QtWidgets import QStyleOptionGraphicsItem

    from engine.drawing.curve_scale import Scale

#: The widest tick label that has room; the same in all plots, so that their steps line up.
WIDEST = "−0.0000"
TICK_GAP_PX = 6.0
#: Room of one tick, in heights of a line.
LINES_PER_TICK = 2.2
#: How far a label may reach beyond its axis.
OVERHANG_PX = 8 * RHYTHM
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextDontClip


class Ruler(pyqtgraph.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """An axis without a line of its own: faint labels outside the plot, a grid inside."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.enableAutoSIPrefix(False)
        # Ticks reach across the plot only while the grid is on.
        self.setGrid(255)
        self._rule = QPen()
        self.picture: Any = None
        # So that it is told which part to paint.
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def dress(self, font: QFont) -> None:
        """Take on a font and the theme's colours."""
        self._rule = QPen(QColor(THEME.colours.grid), 1.0)
        self.setPen(None)
        self.setTextPen(QColor(THEME.colours.faint))
        self.setStyle(tickFont=font)

    def boundingRect(self) -> QRectF:
        """Return axis and plot, with room for labels at the ends."""
        around = QRectF(super().boundingRect())
        return around.adjusted(-OVERHANG_PX, -OVERHANG_PX, OVERHANG_PX, OVERHANG_PX)

    def paint(self, p: QPainter, opt: QStyleOptionGraphicsItem, _: object) -> None:
        """Draw the grid, and the labels unless only the plot is to be painted."""
        # Not by way of a QPicture: that shapes every label anew for each move of the play head.
        if self.picture is None:
            self.picture = self.generateDrawSpecs(p)
        axis, ticks, labels = self.picture
        self.drawPicture(p, axis, ticks, [] if self.plot.contains(opt.exposedRect) else labels)

    def redraw(self) -> None:
        """Forget what was drawn; whoever asks repaints the whole plot."""
        self.picture = None

    @property
    def metrics(self) -> QFontMetricsF:
        """The measures of the labels' font."""
        return QFontMetricsF(self.style["tickFont"])

    @property
    def plot(self) -> QRectF:
        """The plot's rectangle in this item's pixels."""
        return QRectF(self.mapRectFromParent(self.linkedView().geometry()))

    def _specs(self, rules: list[Any], labels: list[Any]) -> tuple[Any, list[Any], list[Any]]:
        """Return what `pyqtgraph.AxisItem.drawPicture` draws."""
        axis = QPen(Qt.PenStyle.NoPen), QPointF(), QPointF()
        return axis, [(self._rule, *ends) for ends in rules], labels


class ValueRuler(Ruler):
    """The upright axis: it counts places (0 top, 1 bottom) and writes the values there.

    Places keep the view's transform finite where values reach the largest floats.
    """

    def __init__(self) -> None:
        super().__init__("left")
        self._scale: Scale | None = None

    def set_scale(self, scale: Scale | None) -> None:
        """Write the values of a scale; none without one."""
        if scale != self._scale:
            self._scale = scale
            self.redraw()

    def dress(self, font: QFont) -> None:
        """Take on a font and the theme's colours, and make room for the widest label."""
        super().dress(font)
        self.setWidth(math.ceil(self.metrics.horizontalAdvance(WIDEST)) + TICK_GAP_PX + RHYTHM / 2)

    def generateDrawSpecs(self, p: QPainter) -> Any:
        """Return grid lines and labels of the values."""
        if self._scale is None:
            return self._specs([], [])
        plot, line = self.plot, self.metrics.height()
        ticks = self._scale.ticks(int(plot.height() / (LINES_PER_TICK * line)))
        rules, labels = [], []
        for tick, text in zip(ticks, tick_texts(ticks), strict=True):
            y = round(plot.top() + tick.place * plot.height())
            rules.append((QPointF(plot.left(), y), QPointF(plot.right() - 1, y)))
            box = QRectF(0, y - line / 2, plot.left() - TICK_GAP_PX, line)
            labels.append((box, _RIGHT, text))
        return self._specs(rules, labels)


class StepRuler(Ruler):
    """The level axis: it follows the steps that the plot shows."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self._steps, self._unit = 0, 1

    def set_steps(self, steps: int, unit: int = 1) -> None:
        """Rule up to the last step, counting in units of so many steps."""
        if (steps, unit) != (self._steps, self._unit):
            self._steps, self._unit = steps, unit
            self.redraw()

    def dress(self, font: QFont) -> None:
        """Take on a font and the theme's colours."""
        super().dress(font)
        self.write_steps(self.style["showValues"])

    def write_steps(self, on: bool) -> None:
        """Write step numbers below the plot, or leave only a margin."""
        self.setStyle(showValues=on)
        self.setHeight(math.ceil(self.metrics.height()) + TICK_GAP_PX if on else RHYTHM / 2)

    def generateDrawSpecs(self, p: QPainter) -> Any:
        """Return grid lines and labels of the steps."""
        plot, metrics = self.plot, self.metrics
        low, high = self.range
        widest = metrics.horizontalAdvance(step_text(self._steps // self._unit)) + 3 * RHYTHM
        rules, labels = [], []
        most = max(1, int(plot.width() / widest))
        for step, text in unit_ticks(low, min(high, self._steps), self._unit, most):
            at = plot.left() + (step - low) / (high - low) * plot.width()
            x = math.floor(at)
            rules.append((QPointF(x, plot.top()), QPointF(x, plot.bottom() - 1)))
            if self.style["showValues"]:
                width = metrics.horizontalAdvance(text)
                # A label at the end moves inwards instead of leaving the widget.
                outermost = plot.right() + RHYTHM - width
                left = min(max(at - width / 2, -self.x()), outermost)
                box = QRectF(left, plot.bottom() + TICK_GAP_PX / 2, width, metrics.height())
                labels.append((box, _LEFT, text))
        return self._specs(rules, labels)


def unit_ticks(low: float, high: float, unit: int, most: int) -> list[tuple[float, str]]:
    """Return steps in [low, high] at round numbers of units, and what is written there."""
    if (high - low) / unit < most and unit > 1:
        from engine.drawing.curve_scale import round_values

        values = round_values(max(0.0, low / unit), high / unit, most)
        return [(value * unit, show(value, 6)) for value in values]
    ticks = step_ticks(low / unit, high / unit, most)
    return [(tick * unit, step_text(tick)) for tick in ticks]


def step_ticks(low: float, high: float, most: int) -> range:
    """Return at most about `most` round steps in [low, high]."""
    every = max(1.0, (high - low) / max(most, 1))
    power = 10 ** math.floor(math.log10(every))
    apart = next(m * power for m in (1, 2, 5, 10) if m * power >= every)
    first = max(0, math.ceil(low / apart))
    return range(first * apart, math.floor(high) + 1, apart)
