"""Draws rows of data into a rectangle: points by class or target, or small pictures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from engine.networks.data.preview import TARGET
from gui.networks.views.function_colours import class_colour
from gui.theme import THEME, marker
from gui.views.landscape_marks import marker_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.networks.data.preview import DataPreview

#: Share of the rectangle that stays free on each side, so that points at the edge are whole.
MARGIN = 0.05
#: Beyond so many classes the markers would say nothing any more.
MOST_MARKED = 6
GAP_PX = 3.0
#: Colours of targets that are told apart.
SHADES = 24


def extent(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of an axis that shows finite values; a single value is in the middle."""
    low, high = min(values), max(values)
    if low == high:
        reach = abs(low) or 1.0
        return low / 2 + (low / 2 - reach / 2), low / 2 + (high / 2 + reach / 2)
    # Halves, because high − low may overflow; kept finite for the same reason.
    margin = (high / 2 - low / 2) * 2 * MARGIN
    most = 1.7e308
    return max(low - margin, -most), min(high + margin, most)


def share(value: float, ends: tuple[float, float]) -> float:
    """Return where a value lies between two ends, 0 to 1."""
    low, high = ends
    return (value / 2 - low / 2) / (high / 2 - low / 2)


def target_colour(place: float) -> QColor:
    """Return the colour of a target, 0 the lowest to 1 the highest."""
    ends = QColor(THEME.colours.paths[0]), QColor(THEME.colours.paths[1])
    middle = QColor(THEME.colours.raised)
    first, second = (ends[0], middle) if place < 0.5 else (middle, ends[1])
    t = 2 * place if place < 0.5 else 2 * place - 1
    return _mixed(first, second, t)


def paint_points(
    painter: QPainter, area: QRectF, preview: DataPreview, axes: tuple[int, int], radius: float
) -> None:
    """Draw the preview's rows as points; those set aside for validation are hollow.

    Classes have colour and marker; numbers have a colour where neither axis is the target.
    """
    xs, ys = preview.along(axes[0]).tolist(), preview.along(axes[1]).tolist()
    x_ends, y_ends = extent(xs), extent(ys)
    classes = preview.classes()
    numbers = classes.tolist() if classes is not None else [0] * len(xs)
    shapes = classes is not None and len(preview.data.class_names) <= MOST_MARKED
    colours = _colours(preview, numbers, axes)
    ratio = painter.device().devicePixelRatioF()
    stamps: dict[tuple[int, int, bool], QPixmap] = {}
    for i, held in enumerate(preview.held.tolist()):
        key = colours[i].rgb(), numbers[i], held
        stamp = stamps.get(key)
        if stamp is None:
            shape = marker(numbers[i]) if shapes else "circle"
            stamp = stamps[key] = _stamp(colours[i], shape, held, radius, ratio)
        half = stamp.width() / ratio / 2
        x = area.left() + area.width() * share(xs[i], x_ends)
        y = area.bottom() - area.height() * share(ys[i], y_ends)
        painter.drawPixmap(QPointF(x - half, y - half), stamp)


def _stamp(colour: QColor, shape: str, held: bool, radius: float, ratio: float) -> QPixmap:
    """Return one point as a picture, which is quicker to repeat than a path."""
    side = math.ceil((3 * radius + 4) * ratio)
    stamp = QPixmap(side, side)
    stamp.setDevicePixelRatio(ratio)
    stamp.fill(Qt.GlobalColor.transparent)
    painter = QPainter(stamp)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.2) if held else Qt.PenStyle.NoPen)
    painter.setBrush(Qt.BrushStyle.NoBrush if held else colour)
    middle = side / ratio / 2
    paint_marker(painter, QPointF(middle, middle), radius, shape)
    painter.end()
    return stamp


def paint_marker(painter: QPainter, at: QPointF, radius: float, shape: str) -> None:
    """Draw one marker with the painter's pen and brush."""
    painter.drawPath(marker_path(shape, radius).translated(at))


def paint_pictures(painter: QPainter, area: QRectF, preview: DataPreview, side: float) -> None:
    """Draw as many rows as fit as small pictures of about a size, full of colour where ink is."""
    assert preview.image is not None
    height, width = preview.image
    down = max(1, round((area.height() + GAP_PX) / (side + GAP_PX)))
    side = (area.height() + GAP_PX) / down - GAP_PX
    across = max(1, int((area.width() + GAP_PX) // (side + GAP_PX)))
    left = area.left() + (area.width() - across * (side + GAP_PX) + GAP_PX) / 2
    table = _ink()
    for i, picture in enumerate(preview.pictures(across * down)):
        x = left + (i % across) * (side + GAP_PX)
        y = area.top() + (i // across) * (side + GAP_PX)
        pixels = picture.tobytes()
        grey = QImage(pixels, width, height, width, QImage.Format.Format_Indexed8)
        grey.setColorTable(table)
        image = grey.convertToFormat(QImage.Format.Format_RGB32)
        painter.drawImage(QRectF(x, y, side, side), image)


def _colours(preview: DataPreview, numbers: list[int], axes: tuple[int, int]) -> list[QColor]:
    if preview.data.task != "regression":
        kinds = [class_colour(i) for i in range(len(preview.data.class_names))]
        return [kinds[number] for number in numbers]
    if TARGET in axes:
        return [QColor(THEME.colours.accent)] * len(numbers)
    targets = preview.along(TARGET).tolist()
    ends = extent(targets)
    return [target_colour(round(share(target, ends) * SHADES) / SHADES) for target in targets]


def _ink() -> list[int]:
    """Return the colours from no ink to full ink."""
    ground, ink = QColor(THEME.colours.base), QColor(THEME.colours.text)
    return [_mixed(ground, ink, i / 255).rgb() for i in range(256)]


def _mixed(first: QColor, second: QColor, t: float) -> QColor:
    """Return the colour between two, t from 0 to 1."""
    ends = (
        (first.red(), second.red()), (first.green(), second.green()),
        (first.blue(), second.blue()),
    )  # fmt: skip
    return QColor(*(round(a + (b - a) * t) for a, b in ends))
