"""The small table that says what each curve has at the step under the pointer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF

from gui.numbers import show
from gui.theme import RHYTHM, THEME
from gui.views.curve_swatch import SWATCH_PX, paint_swatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPainter

MOST_ROWS = 8
GAP_PX = 6.0
LONGEST_LABEL_PX = 150.0


@dataclass(frozen=True, slots=True)
class Row:
    """One run's line in the table."""

    index: int
    slot: int
    label: str
    value: float
    place: float

    @property
    def text(self) -> str:
        """The value as it is written."""
        return show(self.value)


def nearest_rows(rows: Sequence[Row], place: float) -> tuple[list[Row], int]:
    """Return the rows to show, highest value first, and the index of the nearest run (or -1).

    Of more than `MOST_ROWS`, those nearest to `place` (0 top, 1 bottom) are taken.
    """
    finite = [row for row in rows if math.isfinite(row.place)]
    nearest = min(finite, key=lambda row: abs(row.place - place), default=None)

    def distance(row: Row) -> float:
        return abs(row.place - place) if math.isfinite(row.place) else math.inf

    kept = sorted(rows, key=distance)[:MOST_ROWS]
    # NaN has no order; what left for infinity stands above everything.
    kept.sort(key=lambda row: -row.value if not math.isnan(row.value) else -math.inf)
    return kept, nearest.index if nearest else -1


def paint_readout(
    painter: QPainter, area: QRectF, pointer: QPointF, title: str, rows: Sequence[Row],
    nearest: int, hidden: int,
) -> QRectF:  # fmt: skip
    """Draw the table inside `area`, beside the pointer; return where it stands."""
    bold = QFont(painter.font())
    bold.setBold(True)
    metrics = QFontMetricsF(bold)
    line = math.ceil(metrics.height()) + 2.0
    labels = [
        metrics.elidedText(row.label, Qt.TextElideMode.ElideRight, LONGEST_LABEL_PX) for row in rows
    ]
    label_width = max((metrics.horizontalAdvance(text) for text in labels), default=0.0)
    text_width = max((metrics.horizontalAdvance(row.text) for row in rows), default=0.0)
    if hidden:
        title = f"{title}  (+{hidden})"
    width = max(
        SWATCH_PX + label_width + text_width + 3 * GAP_PX, metrics.horizontalAdvance(title) + GAP_PX
    )
    box = QRectF(0, 0, width + 2 * GAP_PX, (len(rows) + 1) * line + RHYTHM)
    left = pointer.x() + 2 * RHYTHM
    if left + box.width() > area.right():
        left = pointer.x() - 2 * RHYTHM - box.width()
    box.moveLeft(max(area.left(), left))
    top = min(pointer.y() - box.height() / 2, area.bottom() - box.height())
    box.moveTop(max(area.top(), top))
    _paint_ground(painter, box)
    painter.setPen(QColor(THEME.colours.faint))
    painter.drawText(QPointF(box.left() + GAP_PX, box.top() + metrics.ascent() + 4), title)
    for number, (row, label) in enumerate(zip(rows, labels, strict=True), 1):
        _paint_row(painter, box, box.top() + 4 + number * line, line, row, label, nearest)
    return box


def _paint_ground(painter: QPainter, box: QRectF) -> None:
    ground = QColor(THEME.colours.raised)
    ground.setAlpha(238)
    painter.setPen(QColor(THEME.colours.border))
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 4, 4)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_row(
    painter: QPainter, box: QRectF, top: float, line: float, row: Row, label: str, nearest: int
) -> None:
    font = painter.font()
    font.setBold(row.index == nearest)
    painter.setFont(font)
    left = box.left() + GAP_PX
    paint_swatch(painter, QRectF(left, top, SWATCH_PX, line), row.slot)
    painter.setPen(QColor(THEME.colours.text))
    rest = QRectF(left + SWATCH_PX + GAP_PX, top, box.right() - left - SWATCH_PX - GAP_PX, line)
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
    painter.drawText(rest, int(flags | Qt.AlignmentFlag.AlignLeft), label)
    painter.setPen(QColor(THEME.colours.text if math.isfinite(row.value) else THEME.colours.alert))
    rest.setRight(box.right() - GAP_PX)
    painter.drawText(rest, int(flags | Qt.AlignmentFlag.AlignRight), row.text)
    font.setBold(False)
    painter.setFont(font)
