"""Rows of the data as points: filled for training, hollow for validation, drawn once per view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from gui.theme import MARKERS, THEME, ramp
from gui.views.landscape_marks import marker_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gui.views.landscape_frame import Frame

    Array = NDArray[Any]

#: Radius of a point among few and among many, in pixels.
LARGE_PX, SMALL_PX, MANY = 4.0, 2.8, 400
#: Colours along the ramp that points of numbers can have.
SHADES = 24
#: Points that lie beside the slice that is shown are so faint.
BESIDE = 0.4


class Points:
    """Where rows of the data stand, and what they look like.

    Parameters
    ----------
    x, y : (n,) in the units of the axes.
    held : (n,) whether they are for validation.
    classes : (n,) numbers of their classes; −1 for numbers.
    shares : (n,) places on the ramp from 0 to 1; NaN where the ramp says nothing.
    beside : whether they lie off the slice that is shown.
    ink : of points that have neither class nor shade.
    """

    def __init__(
        self, x: Array, y: Array, held: Array, classes: Array, shares: Array, beside: bool, ink: str
    ) -> None:
        self.x, self.y, self.held, self.beside, self.ink = x, y, held, beside, ink
        self.classes = classes
        fine = np.isfinite(shares)
        shade = np.clip(np.where(fine, shares, 0.0), 0.0, 1.0) * (SHADES - 1)
        self.shades = np.where(fine, np.round(shade), -1).astype(int)

    def pixels(self, frame: Frame) -> tuple[Array, Array]:
        """Return x and y (n,) in pixels; what is not finite comes out NaN."""
        sx, sy = frame.scale
        with np.errstate(all="ignore"):
            x = frame.plot.left() + (self.x - frame.view[0]) * sx
            y = frame.plot.top() + (frame.view[3] - self.y) * sy
        return x, y

    def inside(self, frame: Frame) -> NDArray[np.bool_]:
        """Return which points are seen (n,)."""
        x, y = self.pixels(frame)
        plot = frame.plot
        return (x >= plot.left()) & (x <= plot.right()) & (y >= plot.top()) & (y <= plot.bottom())

    def nearest(self, at: QPointF, frame: Frame, within: float) -> int | None:
        """Return the point nearest to a pixel, if there is one within so many pixels."""
        if not len(self.x):
            return None
        x, y = self.pixels(frame)
        with np.errstate(all="ignore"):
            far = np.hypot(x - at.x(), y - at.y())
        far[~np.isfinite(far)] = np.inf
        found = int(far.argmin())
        return found if far[found] <= within else None


class PointLayer:
    """Paints points by stamps of their few kinds, and keeps the picture while nothing moves."""

    def __init__(self) -> None:
        self._key: object = None
        self._image = QImage()

    def paint(self, painter: QPainter, frame: Frame, points: Points, ratio: float) -> None:
        """Draw the points that are inside the plot."""
        key = (points, frame, ratio, THEME.colours)
        if key != self._key:
            self._key = key
            self._image = self._drawn(frame, points, ratio)
        painter.drawImage(frame.plot.topLeft(), self._image)

    def _drawn(self, frame: Frame, points: Points, ratio: float) -> QImage:
        image = QImage(
            (frame.plot.size() * ratio).toSize(), QImage.Format.Format_ARGB32_Premultiplied
        )
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        seen = np.flatnonzero(points.inside(frame))
        size = LARGE_PX if len(points.x) <= MANY else SMALL_PX
        stamps: dict[tuple[int, int, bool], QPixmap] = {}
        painter = QPainter(image)
        painter.setOpacity(BESIDE if points.beside else 1.0)
        x, y = points.pixels(frame)
        corner = frame.plot.topLeft()
        for i in seen.tolist():
            kind = int(points.classes[i]), int(points.shades[i]), bool(points.held[i])
            stamp = stamps.get(kind)
            if stamp is None:
                stamp = stamps[kind] = stamp_of(*kind, points.ink, size, ratio)
            half = stamp.width() / ratio / 2
            painter.drawPixmap(QPointF(x[i] - corner.x() - half, y[i] - corner.y() - half), stamp)
        painter.end()
        return image


def stamp_of(number: int, shade: int, held: bool, ink: str, size: float, ratio: float) -> QPixmap:
    """Return the picture of one kind of point: its class's shape, or a circle; hollow if held."""
    side = round((3 * size + 4) * ratio)
    found = QPixmap(side, side)
    found.setDevicePixelRatio(ratio)
    found.fill(Qt.GlobalColor.transparent)
    painter = QPainter(found)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(side / ratio / 2, side / ratio / 2)
    paint_point(painter, number, shade, held, ink, size)
    painter.end()
    return found


def paint_point(
    painter: QPainter, number: int, shade: int, held: bool, ink: str, size: float
) -> None:
    """Draw one point at the origin."""
    from gui.networks.views.function_colours import class_colour

    base = QColor(THEME.colours.base)
    if shade >= 0:
        # The filling tells the number, so that the shape has to tell who is held back.
        colour = QColor(*ramp(THEME.colours, SHADES)[shade].tolist())
        painter.setPen(QPen(QColor(THEME.colours.text), 1.2))
        painter.setBrush(colour)
        painter.drawPath(marker_path("square" if held else "circle", 0.9 * size))
        return
    colour = class_colour(number) if number >= 0 else QColor(ink)
    path = marker_path(MARKERS[number % len(MARKERS)] if number > 0 else "circle", 0.9 * size)
    painter.setPen(QPen(base, 3.0))
    painter.setBrush(base if held else colour)
    painter.drawPath(path)
    painter.setPen(QPen(colour.darker(115), 1.6) if held else QPen(base, 1.0))
    painter.drawPath(path)
