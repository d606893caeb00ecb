"""Axes around the landscape: ticks at round numbers, labels that stay right at any zoom."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pyqtgraph as pg
from msgspec import Struct
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPen

from gui.numbers import show
from gui.theme import RHYTHM, THEME

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPainter

    from gui.views.landscape_frame import Frame

    #: From the ends of an axis, its pixels and the distance of labels.
    MakeTicks = Callable[[float, float, float, float], "Ticks"]

#: With more digits than this, labels are written as differences from a round number.
MOST_DIGITS = 5
TICK_PX = 4.0
LABEL_DISTANCE_PX = 84.0, 48.0
WIDEST_LABEL = "−0.0000"


class Ticks(Struct, frozen=True):
    """Values of the ticks, their labels, and what the labels are measured from ("" for 0)."""

    values: tuple[float, ...]
    labels: tuple[str, ...]
    origin: str


def small_font(font: QFont) -> QFont:
    """Return the font of labels: smaller, with figures of equal width."""
    result = QFont(font)
    result.setPointSizeF(max(7.0, font.pointSizeF() * 0.88))
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def margins(metrics: QFontMetricsF) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of the plot, in whole eights so that pixels stay whole."""
    left = metrics.horizontalAdvance(WIDEST_LABEL) + TICK_PX + RHYTHM
    bottom = metrics.height() + TICK_PX + RHYTHM / 2
    return _eights(left), _eights(metrics.height()), RHYTHM, _eights(bottom)


def _eights(length: float) -> int:
    return RHYTHM * math.ceil(length / RHYTHM)


def ticks(low: float, high: float, pixels: float, distance: float) -> Ticks:
    """Return ticks at least `distance` pixels apart on an axis of `pixels`."""
    step = _round_up((high / pixels - low / pixels) * distance)
    first, last = math.ceil(low / step), math.floor(high / step)
    numbers = range(first, min(last, first + 100) + 1)
    values = tuple(k * step for k in numbers)
    exponent = math.floor(math.log10(step))
    digits = math.floor(math.log10(max(abs(low), abs(high)))) - exponent + 1
    if digits > MOST_DIGITS:
        origin = round((first + last) / 20) * 10
        labels = tuple(show((k - origin) * step) for k in numbers)
        return Ticks(values, labels, _long(origin * step, max(0, -exponent), digits))
    return Ticks(values, tuple(_label(v, exponent, digits) for v in values), "")


def _round_up(wished: float) -> float:
    size = 10.0 ** math.floor(math.log10(wished))
    factor = next((m for m in (1.0, 2.0, 5.0) if m * size >= wished * 0.999), 10.0)
    # Written in decimals and read back, so that 3 × 0.1 style errors do not show.
    return float(f"{factor * size:.0e}")


def _label(value: float, exponent: int, digits: int) -> str:
    if abs(value) >= 1e5 or exponent < -4:
        return show(value, max(1, digits))
    return f"{value:.{max(0, -exponent)}f}".replace("-", "−")


def _long(value: float, decimals: int, digits: int) -> str:
    if 1e-4 <= abs(value) < 1e15:
        text = f"{abs(value):.{decimals}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return show(abs(value), digits)


def axis_title(name: str, ticks_: Ticks) -> str:
    """Return an axis name such as "x", or "x − 1.00000012" where labels are differences."""
    if not ticks_.origin:
        return name
    below = ticks_.values and ticks_.values[0] < 0
    return f"{name} {'+' if below else '−'} {ticks_.origin}"


class PlaneAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis whose ticks stay right at any zoom."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self._shown: object = None
        self.setZValue(1)

    def restyle(self, font: QFont, thickness: int) -> None:
        """Take the theme's colours and a font."""
        self.setPen(QPen(QColor(THEME.colours.border), 1))
        self.setTextPen(QColor(THEME.colours.faint))
        self.setStyle(
            tickFont=font, tickLength=int(TICK_PX), tickTextOffset=3, maxTickLevel=0,
            hideOverlappingLabels=False, autoExpandTextSpace=False, autoReduceTextSpace=False,
        )  # fmt: skip
        (self.setWidth if self.orientation == "left" else self.setHeight)(thickness)

    def show_ticks(self, low: float, high: float, pairs: list[tuple[float, str]]) -> None:
        """Show the piece from `low` to `high` with these (value, label)."""
        if (low, high, pairs) != self._shown:
            self._shown = (low, high, pairs)
            self.setTicks([pairs])
            self.setRange(low, high)


def show_axes(
    across: PlaneAxis,
    up: PlaneAxis,
    frame: Frame,
    metrics: QFontMetricsF,
    names: tuple[str, str],
    makers: tuple[MakeTicks, MakeTicks] = (ticks, ticks),
) -> tuple[str, str]:
    """Bring both axes up to date with a frame and return their titles."""
    plot = frame.plot
    wide = makers[0](*frame.view[:2], plot.width(), LABEL_DISTANCE_PX[0])
    high = makers[1](*frame.view[2:], plot.height(), LABEL_DISTANCE_PX[1])
    titles = axis_title(names[0], wide), axis_title(names[1], high)
    end = plot.right() - metrics.horizontalAdvance(titles[0]) - RHYTHM
    pairs = []
    for value, label in zip(wide.values, wide.labels, strict=True):
        right = frame.pixel(value, frame.view[2]).x() + metrics.horizontalAdvance(label) / 2
        # The axis' name stands at its end.
        pairs.append((value, label if right < end else ""))
    across.show_ticks(*frame.view[:2], pairs)
    up.show_ticks(*frame.view[2:], list(zip(high.values, high.labels, strict=True)))
    return titles


def paint_titles(painter: QPainter, plot: QRectF, font: QFont, titles: tuple[str, str]) -> None:
    """Write the axes' names at their ends, and draw a line around the plot."""
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    painter.setPen(QPen(QColor(THEME.colours.border), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(plot.adjusted(-0.5, -0.5, 0.5, 0.5))
    end = plot.right() - metrics.horizontalAdvance(titles[0])
    _paint_title(painter, QRectF(end, plot.bottom(), plot.right() - end, 0), metrics, titles[0], 1)
    _paint_title(painter, QRectF(plot.left(), plot.top(), 0, 0), metrics, titles[1], -1)


def _paint_title(
    painter: QPainter, place: QRectF, metrics: QFontMetricsF, text: str, side: int
) -> None:
    painter.setPen(QColor(THEME.colours.text))
    down = TICK_PX if side > 0 else -metrics.height() - 1
    box = QRectF(
        place.left(), place.top() + down, metrics.horizontalAdvance(text) + 1, metrics.height()
    )
    painter.drawText(box, int(Qt.TextFlag.TextDontClip), text)
