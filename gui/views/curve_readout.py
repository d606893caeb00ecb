"""The small table that says what each curve has at the step under the pointer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from gui.numbers import show
from gui.theme import RHYTHM, THEME
from gui.views.curve_layers import Overlay
from gui.views.curve_swatch import SWATCH_PX, paint_swatch
from gui.views.curve_text import step_text, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QGraphicsItem

    from gui.views.curve_frame import Frame

MOST_ROWS = 8
GAP_PX = 6.0
LONGEST_LABEL_PX, SHORTEST_LABEL_PX = 150.0, 40.0


class Row(Struct, frozen=True):
    """One run's line in the table."""

    index: int
    slot: int
    label: str
    value: float
    place: float
    words: str = ""

    @property
    def text(self) -> str:
        """The value as it is written."""
        return self.words or show(self.value)


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


class Readout(Overlay):
    """The table beside the pointer; it covers only itself."""

    def __init__(self, parent: QGraphicsItem, height: float) -> None:
        super().__init__(parent, height)
        self.title = ""
        self.rows: Sequence[Row] = ()
        self.nearest = -1
        self.hide()

    def show_rows(
        self, step: int, rows: Sequence[Row], pointer: QPointF, frame: Frame, within: QRectF
    ) -> None:
        """Show what the curves have at a step, inside an area; whoever asks repaints it.

        The table stands beside the step at the pointer's height, so it moves as the line does.
        """
        self.rows, self.nearest = nearest_rows(rows, frame.place(pointer.y()))
        self.title = tr("step {step}").format(step=step_text(step))
        if any(row.words for row in rows):
            self.title += tr(": ηλ is")
        if len(self.rows) < len(rows):
            self.title += f"  (+{len(rows) - len(self.rows)})"
        self._measure(within.width())
        self.set_area(_beside(QPointF(frame.x(step), pointer.y()), self._size, within))
        self.show()

    def _measure(self, room: float) -> None:
        """Find the table's size; names give way where the room is narrow."""
        bold = QFont(self.font)
        bold.setBold(True)
        metrics = QFontMetricsF(bold)
        self._ascent = metrics.ascent()
        self._line = math.ceil(metrics.height()) + 2.0
        values = max((metrics.horizontalAdvance(row.text) for row in self.rows), default=0.0)
        longest = room - values - SWATCH_PX - 5 * GAP_PX - 2
        longest = min(LONGEST_LABEL_PX, max(longest, SHORTEST_LABEL_PX))
        self._labels = [
            metrics.elidedText(row.label, Qt.TextElideMode.ElideRight, longest) for row in self.rows
        ]
        labels = max((metrics.horizontalAdvance(text) for text in self._labels), default=0.0)
        width = max(
            SWATCH_PX + labels + values + 3 * GAP_PX,
            metrics.horizontalAdvance(self.title) + GAP_PX,
        )
        self._size = QSizeF(width + 2 * GAP_PX, (len(self.rows) + 1) * self._line + RHYTHM)

    def boundingRect(self) -> QRectF:
        """Return the table with its border."""
        return self.area.adjusted(-1, -1, 1, 1)

    def paint(self, p: QPainter, *_: object) -> None:
        """Draw ground, title and rows."""
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setFont(self.font)
        _paint_ground(p, self.area)
        p.setPen(QColor(THEME.colours.faint))
        at = QPointF(self.area.left() + GAP_PX, self.area.top() + self._ascent + 4)
        p.drawText(at, self.title)
        for number, (row, label) in enumerate(zip(self.rows, self._labels, strict=True), 1):
            top = self.area.top() + 4 + number * self._line
            _paint_row(p, self.area, top, self._line, row, label, self.nearest)


def _beside(pointer: QPointF, size: QSizeF, within: QRectF) -> QRectF:
    """Return a box of a size right of a pixel, or left of it where there is no room."""
    box = QRectF(QPointF(pointer.x() + 2 * RHYTHM, pointer.y() - size.height() / 2), size)
    if box.right() > within.right():
        box.moveRight(pointer.x() - 2 * RHYTHM)
    box.moveLeft(max(within.left(), box.left()))
    box.moveTop(max(within.top(), min(box.top(), within.bottom() - box.height())))
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
