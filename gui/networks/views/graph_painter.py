"""Draws the graph of a network: edges by sign and size, units by what they compute."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from gui.networks.views.function_colours import ABOVE, BELOW, class_colour, over, sign_colour
from gui.networks.views.graph_layout import NAMES_PX
from gui.networks.views.graph_words import column_names, end_names, tr
from gui.numbers import show
from gui.theme import RHYTHM, THEME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.wiring import Edges
    from gui.networks.views.graph_layout import Layout
    from gui.networks.views.graph_work import Answer

    Array = NDArray[Any]

#: Edges come in so many thicknesses.
LEVELS = 8
THINNEST_PX, THICKEST_PX = 0.6, 4.0
#: Thick lines would cover each other where a layer has more edges than this.
MANY, THICKEST_OF_MANY_PX = 80, 2.4
FAINTEST, STRONGEST = 0.25, 1.0
BIAS_PX = 3.6
DIAGONAL = math.sqrt(0.5)
MARGIN = 0.12


def paint_graph(painter: QPainter, answer: Answer, layout: Layout, height: float) -> None:
    """Draw everything that does not depend on the pointer."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for column, edges in enumerate(answer.wiring.edges):
        paint_edges(painter, layout.ends(column, edges), edges)
        _paint_largest(painter, layout, column, edges.largest, height)
    for column in range(len(layout.centres)):
        for place in range(len(layout.rows[column])):
            _paint_unit(painter, answer, layout, column, place)
        _paint_biases(painter, answer, layout, column)
    _paint_names(painter, answer, layout)


def shares_of(edges: Edges) -> Array:
    """Return sizes (e,) as shares of the largest one that is finite; inf where it is not."""
    size = np.abs(edges.weights)
    fine = np.isfinite(size)
    top = size[fine].max(initial=0.0) or 1.0
    return np.where(fine, size / top, np.inf)


def paint_edges(painter: QPainter, ends: Array, edges: Edges) -> None:
    """Draw edges, thickest last; those that are not finite broken, in the colour of divergence."""
    shares = shares_of(edges)
    # Squared: where all weights are about alike, none of them matters.
    level = np.minimum(shares, 1.0) ** 2 * (LEVELS - 1)
    level = np.where(np.isfinite(shares), np.round(level), LEVELS)
    thickest = THICKEST_PX if len(edges.weights) <= MANY else THICKEST_OF_MANY_PX
    for number in range(LEVELS + 1):
        for side in (BELOW, ABOVE):
            some = (level == number) & ((edges.weights < 0) == (side == BELOW))
            if some.any():
                painter.setPen(_pen(number, side, thickest))
                painter.drawLines([QLineF(*line) for line in ends[some].tolist()])


def _pen(level: int, side: int, thickest: float) -> QPen:
    if level == LEVELS:
        return QPen(QColor(THEME.colours.alert), 1.2, Qt.PenStyle.DashLine)
    share = level / (LEVELS - 1)
    cover = FAINTEST + share * (STRONGEST - FAINTEST)
    colour = over(THEME.colours.window, class_colour(side), cover)
    return QPen(colour, THINNEST_PX + share * (thickest - THINNEST_PX))


def _paint_unit(painter: QPainter, answer: Answer, layout: Layout, column: int, place: int) -> None:
    box, pictures = layout.box(column, place), answer.pictures[column]
    if pictures is None:
        painter.setPen(QPen(QColor(THEME.colours.contour), 1.2))
        painter.setBrush(QColor(THEME.colours.base))
        painter.drawEllipse(box)
        return
    if pictures.ndim == 3:
        pixels = pictures[place]
        side = pixels.shape[0]
        image = QImage(pixels.data, side, side, 4 * side, QImage.Format.Format_RGB32)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(box, image)
    else:
        painter.fillRect(box, QColor(THEME.colours.base))
        paint_line(painter, box, pictures[place], QPen(QColor(THEME.colours.text), 1.4))
    painter.setPen(QPen(QColor(THEME.colours.contour), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box)


def paint_line(painter: QPainter, box: QRectF, shares: Array, pen: QPen) -> None:
    """Draw a small curve of shares (n,) of a box's height, with a line at 0, its middle."""
    painter.setPen(QPen(QColor(THEME.colours.grid), 1))
    painter.drawLine(QLineF(box.left(), box.center().y(), box.right(), box.center().y()))
    painter.setPen(pen)
    step, high = box.width() / max(1, len(shares) - 1), box.height() * (1 - 2 * MARGIN)
    line = QPolygonF()
    for k, share in enumerate(shares.tolist()):
        if math.isfinite(share):
            line.append(
                QPointF(box.left() + k * step, box.bottom() - MARGIN * box.height() - share * high)
            )
        elif not line.isEmpty():
            painter.drawPolyline(line)
            line = QPolygonF()
    painter.drawPolyline(line)


def _paint_biases(painter: QPainter, answer: Answer, layout: Layout, column: int) -> None:
    biases = answer.wiring.biases[column - 1] if column else None
    if biases is None:
        return
    largest = np.abs(biases[np.isfinite(biases)]).max(initial=0.0) or 1.0
    painter.setPen(QPen(QColor(THEME.colours.base), 1))
    for place, bias in enumerate(biases.tolist()):
        fine = math.isfinite(bias)
        radius = BIAS_PX * math.sqrt(abs(bias) / largest) if fine else BIAS_PX
        painter.setBrush(sign_colour(bias) if fine else QColor(THEME.colours.alert))
        if radius > 0.6:
            box = layout.box(column, place)
            # On the outline of a square or a circle.
            away = box.width() / 2 * (1.0 if answer.pictures[column] is not None else DIAGONAL)
            painter.drawEllipse(box.center() + QPointF(-away, away), radius, radius)


def _paint_largest(
    painter: QPainter, layout: Layout, column: int, largest: float, height: float
) -> None:
    """Say below the edges how large the largest weight of the layer is: thickness is relative."""
    text = tr("|w| ≤ {value}").format(value=show(largest, 2))
    fine = math.isfinite(largest)
    if not fine:
        text = tr("w {value}").format(value=show(largest))
    painter.setPen(QColor(THEME.colours.faint if fine else THEME.colours.alert))
    left, right = layout.centres[column], layout.centres[column + 1]
    metrics = QFontMetricsF(painter.font())
    box = QRectF(left, height - metrics.height() - RHYTHM / 2, right - left, metrics.height())
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), text)


def _paint_names(painter: QPainter, answer: Answer, layout: Layout) -> None:
    metrics = QFontMetricsF(painter.font())
    high = metrics.height()
    apart = layout.centres[1] - layout.centres[0]
    centre = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip)
    names = column_names(len(layout.centres))
    for x, column, name in zip(layout.centres, answer.wiring.columns, names, strict=True):
        painter.setPen(QColor(THEME.colours.text))
        painter.drawText(QRectF(x - apart / 2, 2, apart, high), centre, name)
        if len(column.units) < column.total:
            text = tr("strongest {some} of {total}")
            if metrics.horizontalAdvance(text) > apart:
                text = tr("{some} of {total}")
            text = text.format(some=len(column.units), total=column.total)
            painter.setPen(QColor(THEME.colours.faint))
            painter.drawText(QRectF(x - apart / 2, 2 + high, apart, high), centre, text)
    for end in (0, len(layout.centres) - 1):
        _paint_end_names(painter, answer, layout, end)


def _paint_end_names(painter: QPainter, answer: Answer, layout: Layout, column: int) -> None:
    """Write the names of the inputs at their left, or of the outputs at their right."""
    metrics, first = QFontMetricsF(painter.font()), column == 0
    flag = Qt.AlignmentFlag.AlignRight if first else Qt.AlignmentFlag.AlignLeft
    texts = end_names(answer.wish.run.network, column)
    painter.setPen(QColor(THEME.colours.text))
    for place, unit in enumerate(answer.wiring.columns[column].units.tolist()):
        box = layout.box(column, place)
        x = box.left() - NAMES_PX if first else box.right() + RHYTHM
        high = metrics.height()
        room = QRectF(x, box.center().y() - high / 2, NAMES_PX - RHYTHM, high)
        text = metrics.elidedText(texts[unit], Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(flag | Qt.AlignmentFlag.AlignVCenter), text)
