"""Marks at the edge of a curve plot: where a curve stops being finite, and where it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPen, QPolygonF

from gui.theme import RHYTHM, THEME
from gui.views.curve_swatch import paint_swatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPainter

MOST_LABELS = 4
#: Marks nearer than this share one label.
TOGETHER_PX = 10.0
CROSS_PX = 4.0
SWATCH_PX, ROOM_PX = 14.0, 18.0
ARROW_PX = 5.0


@dataclass(frozen=True, slots=True)
class EdgeMark:
    """A cross at the top edge: which run, where, and what is said about it."""

    index: int
    slot: int
    x: float
    text: str


@dataclass(frozen=True, slots=True)
class EdgeLabel:
    """A label under the top edge, for one or several crosses."""

    box: QRectF
    slot: int
    text: str


def place_labels(
    marks: Sequence[EdgeMark], area: QRectF, metrics: QFontMetricsF, selected: int, more: str
) -> list[EdgeLabel]:
    """Return labels that do not overlap: the selected run's first, then from the left.

    Parameters
    ----------
    area : the plot.
    more : what is said about the others at the same place, with ``{count}``.
    """
    groups: list[list[EdgeMark]] = []
    for mark in sorted(marks, key=lambda m: (m.index != selected, m.x)):
        for group in groups:
            if abs(group[0].x - mark.x) < TOGETHER_PX:
                group.append(mark)
                break
        else:
            groups.append([mark])
    labels: list[EdgeLabel] = []
    for group in groups[:MOST_LABELS]:
        text = group[0].text
        if len(group) > 1:
            text += more.format(count=len(group) - 1)
        box = _free_place(
            group[0].x, metrics.horizontalAdvance(text) + ROOM_PX, area, metrics, labels
        )
        if box is not None:
            labels.append(EdgeLabel(box, group[0].slot, text))
    return labels


def _free_place(
    x: float, width: float, area: QRectF, metrics: QFontMetricsF, taken: Sequence[EdgeLabel]
) -> QRectF | None:
    box = QRectF(x + RHYTHM, area.top() + 1, width, metrics.height())
    if box.right() > area.right():
        box.moveRight(x - RHYTHM)
    if box.left() < area.left():
        box.moveLeft(area.left() + RHYTHM / 2)
        box.translate(0, 2 * CROSS_PX + 4)
    for _ in range(MOST_LABELS + 1):
        if not any(box.adjusted(-4, 0, 4, 0).intersects(label.box) for label in taken):
            return box if box.bottom() < area.bottom() else None
        box.translate(0, metrics.height())
    return None


def paint_marks(
    painter: QPainter, area: QRectF, marks: Sequence[EdgeMark], labels: Sequence[EdgeLabel]
) -> None:
    """Draw crosses pinned at the top edge and their labels."""
    alert = QPen(QColor(THEME.colours.alert), 2.0)
    painter.setPen(alert)
    middle = area.top() + CROSS_PX + 3
    for mark in marks:
        for slope in (-1, 1):
            reach = QPointF(CROSS_PX, slope * CROSS_PX)
            painter.drawLine(QPointF(mark.x, middle) - reach, QPointF(mark.x, middle) + reach)
    ground = QColor(THEME.colours.base)
    ground.setAlpha(215)
    metrics = QFontMetricsF(painter.font())
    for label in labels:
        box = label.box
        painter.fillRect(box.adjusted(-2, 0, 2, 0), ground)
        paint_swatch(painter, QRectF(box.left(), box.top(), SWATCH_PX, box.height()), label.slot)
        painter.setPen(alert)
        place = QPointF(box.left() + ROOM_PX, box.top() + metrics.ascent())
        painter.drawText(place, label.text)


def paint_exit(painter: QPainter, area: QRectF, x: float, upwards: bool, colour: QColor) -> None:
    """Draw an arrow head at the edge over which a curve leaves."""
    tip = area.top() if upwards else area.bottom()
    foot = tip + 1.5 * ARROW_PX * (1 if upwards else -1)
    painter.setPen(QPen(QColor(THEME.colours.base), 1.0))
    painter.setBrush(colour)
    painter.drawPolygon(
        QPolygonF([QPointF(x - ARROW_PX, foot), QPointF(x, tip), QPointF(x + ARROW_PX, foot)])
    )
