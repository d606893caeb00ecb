"""Gradients of several batches as arrows, each at its angle to what all rows want."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.numbers import show
from gui.theme import RHYTHM, THEME
from gui.views.curve_text import small

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

HEAD_PX, WORDS_PX = 7.0, 16


class GradientFan(QWidget):
    """The descent direction of all rows to the right; batches above it, at their angles.

    An arrow that points to the left asks for the opposite. Lengths are those of the gradients.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._arrows: tuple[tuple[float, float], ...] = ()
        self._full = 1.0
        self._colour = QColor()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        THEME.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return room for half a disc."""
        return QSize(300, 90)

    def minimumSizeHint(self) -> QSize:
        """Return the least in which arrows can be told apart."""
        return QSize(160, 60)

    def show_arrows(
        self, cosines: Sequence[float], lengths: Sequence[float], full: float, colour: QColor
    ) -> None:
        """Show gradients by cosine and length, the step's own one first; `full` is that of all."""
        pairs = zip(cosines, lengths, strict=True)
        self._arrows = tuple((c, r) for c, r in pairs if math.isfinite(c) and math.isfinite(r))
        self._full, self._colour = full if math.isfinite(full) else 0.0, colour
        told = ", ".join(show(c, 2) for c, _ in self._arrows)
        self.setAccessibleName(self.tr("Cosines of batches to all rows: {}").format(told))
        self.setToolTip(
            self.tr(
                "Coloured: this step’s batch; faint: the next ones; plain: all rows. Each arrow "
                "has its angle to what all rows want, and its length.\nCosines: {}"
            ).format(told)
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground line, arrows and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small(self.font()))
        colours = THEME.colours
        floor = self.height() - WORDS_PX
        middle = QPointF(self.width() / 2, floor)
        reach = max(8.0, min(self.width() / 2 - RHYTHM, floor - RHYTHM))
        painter.setPen(QPen(QColor(colours.contour), 1))
        painter.drawLine(QPointF(0, floor), QPointF(self.width(), floor))
        longest = max([self._full, *(length for _, length in self._arrows)])
        if longest > 0:
            own, *others = self._arrows or ((math.nan, 0.0),)
            for cosine, length in reversed(others):
                self._arrow(painter, middle, reach * length / longest, cosine, colours.faint, 1.3)
            self._arrow(painter, middle, reach * self._full / longest, 1.0, colours.text, 1.8)
            self._arrow(painter, middle, reach * own[1] / longest, own[0], self._colour, 2.4)
        painter.setPen(QColor(colours.faint))
        box = self.rect().adjusted(2, floor + 1, -2, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft, self.tr("← against"))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight, self.tr("what all rows want →"))

    def _arrow(
        self, painter: QPainter, start: QPointF, length: float, cosine: float,
        colour: str | QColor, width: float,
    ) -> None:  # fmt: skip
        if not math.isfinite(cosine):
            return
        angle = math.acos(max(-1.0, min(1.0, cosine)))
        way = QPointF(math.cos(angle), -math.sin(angle))
        side = QPointF(-way.y(), way.x()) * (0.45 * HEAD_PX)
        end = start + way * length
        back = end - way * HEAD_PX
        painter.setPen(QPen(QColor(colour), width))
        painter.drawLine(start, end - way * min(length, HEAD_PX))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawPolygon(QPolygonF([end, back + side, back - side]))
