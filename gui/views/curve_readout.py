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
from gui.views.curve_text import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QGraphicsItem

    from gui.views.curve_frame import Frame

MOST_ROWS = 8
NOT_FINITE = (show(math.nan), show(math.inf), show(-math.inf))
GAP_PX, COLUMN_GAP_PX = 6.0, 10.0
LONGEST_LABEL_PX, SHORTEST_LABEL_PX = 150.0, 40.0


class Row(Struct, frozen=True):
    """One run's line in the table."""

    index: int
    slot: int
    label: str
    value: float
    place: float
    words: str = ""
    columns: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The value as it is written."""
        return self.words or show(self.value)

    @property
    def texts(self) -> tuple[str, ...]:
        """All that stands behind the name, in columns."""
        return self.columns or (self.text,)


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
        self.heads: Sequence[str] = ()
        self.nearest = -1
        self.hide()

    def show_rows(
        self,
        title: str,
        rows: Sequence[Row],
        heads: Sequence[str],
        at: QPointF,
        frame: Frame,
        within: QRectF,
    ) -> None:
        """Show what the curves have at a step, inside an area; whoever asks repaints it.

        Parameters
        ----------
        title : which step it is.
        heads : of the rows' columns; none where a row has but one.
        at : beside this the table stands, at the step and the pointer's height, so that it moves
            as the line does.
        """
        self.rows, self.nearest = nearest_rows(rows, frame.place(at.y()))
        self.title, self.heads = title, heads
        if any(row.words for row in rows):
            self.title += tr(": ηλ is")
        if len(self.rows) < len(rows):
            self.title += f"  (+{len(rows) - len(self.rows)})"
        self._measure(within.width())
        self.set_area(_beside(at, self._size, within))
        self.show()

    def _measure(self, room: float) -> None:
        """Find the table's size; names, then the last columns give way where it is narrow."""
        bold = QFont(self.font)
        bold.setBold(True)
        metrics = QFontMetricsF(bold)
        self._ascent = metrics.ascent()
        self._line = math.ceil(metrics.height()) + 2.0
        cells = [row.texts for row in self.rows] + ([tuple(self.heads)] if self.heads else [])
        self._widths = [
            max(metrics.horizontalAdvance(text) for text in column)
            for column in zip(*cells, strict=True)
        ]
        room -= SWATCH_PX + 5 * GAP_PX + 2
        while len(self._widths) > 1 and room - _across(self._widths) < SHORTEST_LABEL_PX:
            self._widths.pop()
        values = _across(self._widths)
        longest = min(LONGEST_LABEL_PX, max(room - values, SHORTEST_LABEL_PX))
        self._labels = [
            metrics.elidedText(row.label, Qt.TextElideMode.ElideRight, longest) for row in self.rows
        ]
        labels = max((metrics.horizontalAdvance(text) for text in self._labels), default=0.0)
        width = max(
            SWATCH_PX + labels + values + 3 * GAP_PX,
            metrics.horizontalAdvance(self.title) + GAP_PX,
        )
        lines = len(self.rows) + 1 + bool(self.heads)
        self._size = QSizeF(width + 2 * GAP_PX, lines * self._line + RHYTHM)

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
        line = QRectF(
            self.area.left() + GAP_PX, self.area.top() + 4, self.area.width() - 2 * GAP_PX,
            self._line,
        )  # fmt: skip
        if self.heads:
            line.translate(0, self._line)
            _paint_cells(p, line, self.heads, self._widths, THEME.colours.faint)
        for row, label in zip(self.rows, self._labels, strict=True):
            line.translate(0, self._line)
            _paint_row(p, line, row, label, self._widths, row.index == self.nearest)


def _across(widths: Sequence[float]) -> float:
    """Return the width of all columns together."""
    return sum(widths) + COLUMN_GAP_PX * max(0, len(widths) - 1)


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
    painter: QPainter, line: QRectF, row: Row, label: str, widths: Sequence[float], bold: bool
) -> None:
    font = painter.font()
    font.setBold(bold)
    painter.setFont(font)
    paint_swatch(painter, QRectF(line.left(), line.top(), SWATCH_PX, line.height()), row.slot)
    painter.setPen(QColor(THEME.colours.text))
    rest = line.adjusted(SWATCH_PX + GAP_PX, 0, 0, 0)
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
    painter.drawText(rest, int(flags | Qt.AlignmentFlag.AlignLeft), label)
    loud = not row.columns and not math.isfinite(row.value)
    colour = THEME.colours.alert if loud else THEME.colours.text
    _paint_cells(painter, line, row.texts, widths, colour)
    font.setBold(False)
    painter.setFont(font)


def _paint_cells(
    painter: QPainter, line: QRectF, texts: Sequence[str], widths: Sequence[float], colour: str
) -> None:
    """Write columns from the right."""
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip | Qt.AlignmentFlag.AlignRight
    right = line.right()
    for text, width in reversed(list(zip(texts, widths, strict=False))):
        painter.setPen(QColor(THEME.colours.alert if text in NOT_FINITE else colour))
        cell = QRectF(right - width, line.top(), width, line.height())
        painter.drawText(cell, int(flags), text)
        right -= width + COLUMN_GAP_PX
