"""Where a curve plot stands in its widget, and how steps and values map to pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPaintDevice


class Frame(Struct, frozen=True):
    """The plot's rectangle in pixels and the steps at its left and right edge."""

    plot: QRectF
    low: float
    high: float

    def x(self, step: float) -> float:
        """Return the pixel of a step."""
        share = (step - self.low) / (self.high - self.low)
        return self.plot.left() + share * self.plot.width()

    def step(self, x: float) -> float:
        """Return the step at a pixel."""
        share = (x - self.plot.left()) / self.plot.width()
        return self.low + share * (self.high - self.low)

    def y(self, place: float) -> float:
        """Return the pixel of a place (0 top, 1 bottom)."""
        return self.plot.top() + place * self.plot.height()

    def place(self, y: float) -> float:
        """Return the place (0 top, 1 bottom) at a pixel."""
        return (y - self.plot.top()) / self.plot.height()


def device_size(plot: QRectF, device: QPaintDevice) -> tuple[int, int]:
    """Return the plot's width and height in device pixels."""
    ratio = device.devicePixelRatioF()
    return max(1, round(plot.width() * ratio)), max(1, round(plot.height() * ratio))
