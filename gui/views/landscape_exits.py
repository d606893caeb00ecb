"""Arrows at the edge for paths that left the view, with labels that keep clear of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainterPath, QPen

from gui.numbers import show
from gui.theme import THEME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFont, QPainter

ARROW_PX, ARROW_HALF_PX = 15.0, 6.5
SELECTED_SCALE = 1.25
#: More labels than this would lie across the paths: then only one run has one.
MOST_LABELS = 3
PADDING_PX = 4.0
GAP_PX = 3.0


class Departure(Struct, frozen=True):
    """A path's way out: tip of the arrow, unit direction, which run, where it ended, and how.

    Without a direction the path ended here, inside the view, and has a label but no arrow.
    """

    at: QPointF
    direction: QPointF | None
    label: str
    step: int
    end: tuple[float, float] | None
    colour: QColor
    diverged: bool
    chosen: bool


def paint_exits(
    painter: QPainter,
    plot: QRectF,
    departures: Sequence[Departure],
    font: QFont,
    taken: Sequence[QRectF] = (),
) -> None:
    """Draw all arrows, and labels for a few runs or the selected one, beside what is `taken`."""
    for departure in sorted(departures, key=lambda d: d.chosen):
        if departure.direction is not None:
            _paint_arrow(painter, plot, departure, departure.direction)
    wanted = sorted(departures, key=lambda d: (not d.chosen, not d.diverged))
    named = wanted if len(wanted) <= MOST_LABELS else wanted[:1]
    spots, metrics = [d.at for d in named], QFontMetricsF(font)
    room = plot.width() - 2 * (GAP_PX + PADDING_PX)
    texts = [metrics.elidedText(_text(d), Qt.TextElideMode.ElideRight, room) for d in named]
    boxes = place_labels(plot, spots, texts, metrics, taken)
    painter.setFont(font)
    for departure, text, box in zip(wanted, texts, boxes, strict=False):
        ink = QColor(THEME.colours.alert if departure.diverged else THEME.colours.text)
        paint_chip(painter, box, text, ink)
    more = len(wanted) - len(texts)
    if more > 0 and boxes:
        text = QCoreApplication.translate("landscape", "and {count} more").format(count=more)
        spot = QPointF(boxes[-1].center().x(), boxes[-1].bottom())
        box = place_labels(plot, [spot], [text], metrics, [*taken, *boxes])[0]
        paint_chip(painter, box, text, QColor(THEME.colours.text))


def place_labels(
    plot: QRectF,
    spots: Sequence[QPointF],
    texts: Sequence[str],
    metrics: QFontMetricsF,
    taken: Sequence[QRectF] = (),
    origin: QPointF | None = None,
) -> list[QRectF]:
    """Return one box per text near its spot, inside the plot, none on top of another.

    Boxes lie on the side of the plot's middle, or away from `origin`.
    """
    inner = plot.adjusted(GAP_PX, GAP_PX, -GAP_PX, -GAP_PX)
    boxes = list(taken)
    for spot, text in zip(spots, texts, strict=True):
        width = metrics.horizontalAdvance(text) + 2 * PADDING_PX
        height = metrics.height() + PADDING_PX
        way = plot.center() - spot if origin is None else spot - origin
        # Behind an arrow, or close to the end of a line.
        gap = QPointF(ARROW_PX + 6, ARROW_PX + 4) if origin is None else QPointF(4, 2)
        shape = plot.size() if origin is None else QSizeF(1, 1)
        across, up = way.x() / shape.width(), way.y() / shape.height()
        size = max(abs(across), abs(up), 1e-9)
        centre = spot + QPointF(
            across / size * (width / 2 + gap.x()), up / size * (height / 2 + gap.y())
        )
        box = QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)
        boxes.append(_free(_inside(box, inner), inner, boxes))
    return boxes[len(taken) :]


def _free(box: QRectF, inner: QRectF, boxes: Sequence[QRectF]) -> QRectF:
    step = box.height() + GAP_PX
    for k in range(1, 2 * int(inner.height() / step) + 2):
        if not any(box.intersects(other) for other in boxes):
            break
        # Below, above, further below, …
        box = _inside(box.translated(0, step * k * (1 if k % 2 else -1)), inner)
    return box


def _inside(box: QRectF, inner: QRectF) -> QRectF:
    x = max(inner.left(), min(box.left(), inner.right() - box.width()))
    y = max(inner.top(), min(box.top(), inner.bottom() - box.height()))
    return QRectF(x, y, box.width(), box.height())


def paint_chip(painter: QPainter, box: QRectF, text: str, ink: QColor) -> None:
    """Draw a short text on a quiet ground that keeps it readable."""
    ground = QColor(THEME.colours.base)
    ground.setAlphaF(0.86)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(ink)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


def _text(departure: Departure) -> str:
    tr, end = QCoreApplication.translate, departure.end
    if departure.direction is None or end is None:
        text = tr("landscape", "{run}, step {step}")
        return text.format(run=departure.label, step=departure.step)
    x, y = (show(value, 2) for value in end)
    text = tr("landscape", "{run}, step {step}, to ({x}, {y})")
    return text.format(run=departure.label, step=departure.step, x=x, y=y)


def _paint_arrow(painter: QPainter, plot: QRectF, departure: Departure, way: QPointF) -> None:
    scale = SELECTED_SCALE if departure.chosen else 1.0
    back = departure.at - way * (ARROW_PX * scale)
    side = QPointF(-way.y(), way.x()) * (ARROW_HALF_PX * scale)
    shape = QPainterPath(departure.at)
    shape.lineTo(back + side)
    shape.lineTo(back + way * (ARROW_PX * scale * 0.25))
    shape.lineTo(back - side)
    shape.closeSubpath()
    # Whole, also where a path leaves at a shallow angle.
    place = shape.boundingRect()
    shape.translate(_inside(place, plot).topLeft() - place.topLeft())
    painter.setPen(QPen(QColor(THEME.colours.base), 1.5))
    painter.setBrush(departure.colour)
    painter.drawPath(shape)
