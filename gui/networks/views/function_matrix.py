"""Which class was taken for which: a table of counts, right ones blue, mistaken ones orange."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.networks.views.function_colours import ABOVE, BELOW, class_colour
from gui.networks.views.function_words import tr
from gui.theme import RHYTHM, THEME
from gui.views.curve_text import small, step_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from engine.networks.answers import Confusion

LARGEST_CELL_PX, WIDEST_NAME = 72.0, 16
#: How much of a colour covers the ground of a cell that holds a whole row.
COVER = 0.6


class ConfusionMatrix(QWidget):
    """Rows are the true classes, columns what the network says."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counted: Confusion | None = None
        self.names: tuple[str, ...] = ()
        self.setFont(small(self.font()))
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Confusion matrix"))
        THEME.changed.connect(self.update)

    def minimumSizeHint(self) -> QSize:
        """Return the least in which two classes can be read."""
        return QSize(144, 96)

    def show_counts(self, counted: Confusion | None, names: Sequence[str]) -> None:
        """Show counts of classes with these names; None shows nothing."""
        self.counted, self.names = counted, tuple(names)
        self.setAccessibleDescription(self.summary())
        self.update()

    def summary(self) -> str:
        """Return how many rows were classed rightly, in a sentence."""
        counted = self.counted
        if counted is None:
            return ""
        right, all_ = int(counted.counts.trace()), int(counted.counts.sum()) + counted.undecided
        text = tr("{right} of {all} rows are right").format(
            right=step_text(right), all=step_text(all_)
        )
        if counted.undecided:
            text += tr(", {count} without a finite output").format(
                count=step_text(counted.undecided)
            )
        return text + "."

    def cell(self, true: int, found: int) -> QRectF:
        """Return where a cell stands."""
        left, top, side = self._grid()
        return QRectF(left + found * side, top + true * side, side, side)

    def cell_text(self, true: int, found: int) -> str:
        """Return what a cell says, in a sentence."""
        assert self.counted is not None
        count, total = int(self.counted.counts[true, found]), int(self.counted.counts[true].sum())
        right = tr("{count} of {total} {name} are known as such")
        wrong = tr("{count} of {total} {name} are taken for {other}")
        return (right if true == found else wrong).format(
            count=step_text(count), total=step_text(total), name=self.names[true],
            other=self.names[found],
        )  # fmt: skip

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw names, cells and counts."""
        if self.counted is None:
            return
        painter = QPainter(self)
        self._paint_names(painter)
        self._paint_summary(painter)
        for i in range(len(self.names)):
            for j in range(len(self.names)):
                self._paint_cell(painter, i, j)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what the cell under the pointer means."""
        left, top, side = self._grid()
        at = event.position()
        i, j = int((at.y() - top) // side), int((at.x() - left) // side)
        classes = range(len(self.names))
        if self.counted is not None and i in classes and j in classes:
            QToolTip.showText(event.globalPosition().toPoint(), self.cell_text(i, j), self)
        else:
            QToolTip.hideText()

    def _names_px(self) -> float:
        metrics = QFontMetricsF(self.font())
        return max((metrics.horizontalAdvance(self._short(n)) for n in self.names), default=0.0)

    def _short(self, name: str) -> str:
        return name if len(name) <= WIDEST_NAME else name[: WIDEST_NAME - 1] + "…"

    def _grid(self) -> tuple[float, float, float]:
        """Return left and top of the first cell, and the side of all."""
        line = QFontMetricsF(self.font()).height()
        room = self._names_px() + 2 * RHYTHM + line
        count = max(1, len(self.names))
        wide, high = self.width() - room - RHYTHM, self.height() - 4 * line - 2.5 * RHYTHM
        side = max(4.0, min(LARGEST_CELL_PX, wide / count, high / count))
        left = room + max(0.0, (wide - side * count) / 2)
        return left, 2.5 * line + RHYTHM + max(0.0, (high - side * count) / 3), side

    def _paint_names(self, painter: QPainter) -> None:
        left, top, side = self._grid()
        count, metrics = len(self.names), QFontMetricsF(self.font())
        painter.setPen(QColor(THEME.colours.faint))
        heading = QRectF(left, top - 2.4 * metrics.height(), side * count, metrics.height())
        centre = Qt.AlignmentFlag.AlignCenter
        painter.drawText(heading, int(centre | Qt.TextFlag.TextDontClip), tr("predicted"))
        painter.save()
        width = left - RHYTHM - self._names_px() - metrics.height()
        painter.translate(QPointF(width, top + side * count / 2))
        painter.rotate(-90)
        painter.drawText(QRectF(-60, 0, 120, metrics.height()), int(centre), tr("true"))
        painter.restore()
        painter.setPen(QColor(THEME.colours.text))
        mode = Qt.TextElideMode.ElideRight
        for k, name in enumerate(self.names):
            beside = self.cell(k, 0).adjusted(-left, 0, -side - RHYTHM, 0)
            beside.setRight(left - RHYTHM)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            if side >= 0.9 * metrics.height() or k % 2 == 0:
                painter.drawText(beside, int(flags), self._short(name))
            above = self.cell(0, k)
            above = QRectF(above.left(), top - metrics.height() - 4, side, metrics.height())
            painter.drawText(above, int(centre), metrics.elidedText(name, mode, side - 2))

    def _paint_summary(self, painter: QPainter) -> None:
        """Say below the table how many rows are right; loudly if some have no answer."""
        assert self.counted is not None
        _, top, side = self._grid()
        loud = self.counted.undecided > 0
        painter.setPen(QColor(THEME.colours.alert if loud else THEME.colours.text))
        below = QRectF(self.rect())
        below.setTop(top + side * len(self.names) + RHYTHM / 2)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(below, int(flags | Qt.TextFlag.TextDontClip), self.summary())

    def _paint_cell(self, painter: QPainter, i: int, j: int) -> None:
        assert self.counted is not None
        count, total = int(self.counted.counts[i, j]), int(self.counted.counts[i].sum())
        box, share = self.cell(i, j).adjusted(1, 1, -1, -1), count / max(1, total)
        painter.fillRect(box, QColor(THEME.colours.base))
        if not count:
            return
        colour = class_colour(ABOVE if i == j else BELOW)
        colour.setAlphaF(0.12 + (COVER - 0.12) * share)
        painter.fillRect(box, colour)
        painter.setPen(QColor(THEME.colours.text))
        text = step_text(count)
        if painter.fontMetrics().horizontalAdvance(text) <= box.width():
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
