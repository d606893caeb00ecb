"""The visible piece of the plane and the rectangle of pixels that shows it."""

from __future__ import annotations

import math

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF

View = tuple[float, float, float, float]

#: Narrowest view over the size of its coordinates: below, neighbouring pixels share a number.
NARROWEST = 1e-12
SMALLEST, LARGEST = 1e-290, 1e304
#: Room left around starts that lie outside the surface's own view.
MARGIN = 0.08
#: The blow-up is shown up to this many times the size of the fitted view.
FARTHEST = 1000.0
_FAR_PX = 1e6


class Frame(Struct, frozen=True):
    """Maps data to pixels. ``view`` is x low, x high, y low, y high; y grows upwards.

    No zoom leads to a view narrower than ``narrowest`` times the size of its coordinates.
    """

    view: View
    plot: QRectF
    narrowest: float = NARROWEST

    @property
    def scale(self) -> tuple[float, float]:
        """Pixels per unit of x and of y."""
        x0, x1, y0, y1 = self.view
        width, height = self.plot.width(), self.plot.height()
        return 0.5 * width / (0.5 * x1 - 0.5 * x0), 0.5 * height / (0.5 * y1 - 0.5 * y0)

    def pixel(self, x: float, y: float) -> QPointF:
        """Return where a point stands; far and infinite ones come out far, NaN at the edge."""
        sx, sy = self.scale
        return QPointF(
            self.plot.left() + _near((x - self.view[0]) * sx),
            self.plot.top() + _near((self.view[3] - y) * sy),
        )

    def data(self, pixel: QPointF) -> tuple[float, float]:
        """Return x and y at a pixel."""
        sx, sy = self.scale
        return (
            self.view[0] + (pixel.x() - self.plot.left()) / sx,
            self.view[3] - (pixel.y() - self.plot.top()) / sy,
        )

    def zoomed(self, factor: float, at: QPointF, *, x_only: bool = False) -> View:
        """Return the view `factor` times as wide that keeps the point under `at` there."""
        px = (at.x() - self.plot.left()) / self.plot.width()
        py = (self.plot.bottom() - at.y()) / self.plot.height()
        x0, x1, y0, y1 = self.view
        across = _zoomed(x0, x1, px, factor, self.narrowest)
        if x_only:
            return (*across, y0, y1)
        return (*across, *_zoomed(y0, y1, py, factor, self.narrowest))

    def panned(self, by: QPointF, *, x_only: bool = False) -> View:
        """Return the view after the ground was dragged by some pixels."""
        sx, sy = self.scale
        dx, dy = -by.x() / sx, by.y() / sy
        x0, x1, y0, y1 = self.view
        if x_only:
            dy = 0.0
        return x0 + dx, x1 + dx, y0 + dy, y1 + dy


def _near(pixel: float) -> float:
    return max(-_FAR_PX, min(_FAR_PX, pixel))


def _zoomed(
    low: float, high: float, share: float, factor: float, narrowest: float
) -> tuple[float, float]:
    centre = low + share * (high - low)
    size = max(abs(low), abs(high))
    width = min(max((high - low) * factor, narrowest * size, SMALLEST), LARGEST)
    return centre - share * width, centre + (1.0 - share) * width


def is_drawable(view: View) -> bool:
    """Return whether a view has an extent that pixels can be counted in."""
    x0, x1, y0, y1 = view
    return all(math.isfinite(v) and abs(v) <= LARGEST for v in view) and x0 < x1 and y0 < y1


def fill_plot(view: View, plot: QRectF, *, equal: bool) -> Frame:
    """Return the frame that shows a view; with `equal` aspect one axis shows more."""
    if not equal:
        return Frame(view, plot)
    x0, x1, y0, y1 = view
    unit = max((x1 - x0) / plot.width(), (y1 - y0) / plot.height())
    wide, high = unit * plot.width(), unit * plot.height()
    cx, cy = 0.5 * x0 + 0.5 * x1, 0.5 * y0 + 0.5 * y1
    return Frame((cx - wide / 2, cx + wide / 2, cy - high / 2, cy + high / 2), plot)


def around(view: View, points: list[tuple[float, float]]) -> View:
    """Return the view, extended so that all finite points lie inside."""
    x0, x1 = _extended(view[0], view[1], [p[0] for p in points])
    y0, y1 = _extended(view[2], view[3], [p[1] for p in points])
    return x0, x1, y0, y1


def _extended(low: float, high: float, values: list[float]) -> tuple[float, float]:
    seen = [v for v in values if abs(v) <= LARGEST / 10]
    first, last = min([low, *seen]), max([high, *seen])
    room = MARGIN * (last - first)
    return (first - room if first < low else low), (last + room if last > high else high)
