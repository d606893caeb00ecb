"""Marks at the edge of a curve plot: where a curve stops being finite, and where it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
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


class EdgeMark(Struct, frozen=True):
    """A cross at the top edge: which run, where, and what is said about it."""

    index: int
    slot: int
    x: float
    text: str


class EdgeLabel(Struct, frozen=True):
    """A label under the top edge, for one or several crosses."""

    box: QRectF
    slot: int
    text: str


class ExitMark(Struct, frozen=True):
    """An arrow head where a curve leaves: at which pixel, over the top or the bottom."""

    x: float
    upwards: bool
    colour: QColor


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
    taken = [_cross(group[0].x, area).adjusted(-2, 0, 2, 0) for group in groups]
    for number, group in enumerate(groups[:MOST_LABELS]):
        text = group[0].text
        if len(group) > 1:
            text += more.format(count=len(group) - 1)
        room = area.width() - RHYTHM - ROOM_PX
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        width = ROOM_PX + metrics.horizontalAdvance(text)
        others = taken[:number] + taken[number + 1 :]
        box = _free_place(group[0].x, QSizeF(width, metrics.height()), area, others)
        if box is not None:
            labels.append(EdgeLabel(box, group[0].slot, text))
            taken.append(box.adjusted(-4, 0, 4, 0))
    return labels


def _cross(x: float, area: QRectF) -> QRectF:
    return QRectF(x - CROSS_PX, area.top() + 3, 2 * CROSS_PX, 2 * CROSS_PX)


def _free_place(x: float, size: QSizeF, area: QRectF, taken: Sequence[QRectF]) -> QRectF | None:
    """Return a free box beside a cross, or rows below it; None if there is no room."""
    for row in range(MOST_LABELS + 1):
        box = QRectF(QPointF(x + RHYTHM, area.top() + 1 + row * size.height()), size)
        if box.right() > area.right():
            box.moveRight(x - RHYTHM)
        if box.left() < area.left():
            box.moveLeft(area.left() + RHYTHM / 2)
        own = _cross(x, area)
        if box.bottom() < area.bottom() and not any(box.intersects(b) for b in (*taken, own)):
            return box
    return None


def paint_marks(
    painter: QPainter, area: QRectF, marks: Sequence[EdgeMark], labels: Sequence[EdgeLabel]
) -> None:
    """Draw crosses pinned at the top edge and their labels."""
    alert = QPen(QColor(THEME.colours.alert), 2.0)
    painter.setPen(alert)
    for mark in marks:
        box = _cross(mark.x, area)
        painter.drawLine(box.topLeft(), box.bottomRight())
        painter.drawLine(box.bottomLeft(), box.topRight())
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


def paint_exit(painter: QPainter, area: QRectF, mark: ExitMark) -> None:
    """Draw an arrow head at the edge over which a curve leaves."""
    x, tip = mark.x, area.top() if mark.upwards else area.bottom()
    foot = tip + 1.5 * ARROW_PX * (1 if mark.upwards else -1)
    painter.setPen(QPen(QColor(THEME.colours.base), 1.0))
    painter.setBrush(mark.colour)
    painter.drawPolygon(
        QPolygonF([QPointF(x - ARROW_PX, foot), QPointF(x, tip), QPointF(x + ARROW_PX, foot)])
    )
