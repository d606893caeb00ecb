"""How much of the gradient lies along each of the steepest directions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.numbers import show
from gui.theme import RHYTHM, THEME
from gui.views.curve_text import small

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from engine.networks.explanation.steps import GradientShare

ROW_PX, NUMBER_PX = 17, 54
#: Smaller parts are written as smaller than this.
LEAST = 1e-3
_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class ShareBars(QWidget):
    """A bar for each direction, and one for all of them together."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[tuple[str, float], ...] = ()
        self._colour = QColor()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        THEME.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return room for the bars."""
        return QSize(300, max(1, len(self.rows)) * ROW_PX)

    def show_share(self, share: GradientShare, colour: QColor) -> None:
        """Show what was found, in the run's colour."""
        self._colour = colour
        found = zip(share.eigenvalues.tolist(), share.shares.tolist(), strict=True)
        rows = [
            (f"λ{str(k + 1).translate(_SUBSCRIPT)} {show(value)}", part)
            for k, (value, part) in enumerate(found)
        ]
        if len(rows) > 1:
            rows.append((self.tr("together"), share.total))
        self.rows = tuple(rows)
        told = "; ".join(f"{name}: {_percent(part)}" for name, part in self.rows)
        self.setAccessibleName(self.tr("Gradient in the steepest directions: {}").format(told))
        self.setToolTip(self.tr(
            "The part of the gradient’s square that lies along each eigenvector of the largest "
            "eigenvalues: soon after the start most of it lies in a few of them."
        ))  # fmt: skip
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw names, bars and numbers."""
        painter = QPainter(self)
        painter.setFont(small(self.font()))
        widest = max((painter.fontMetrics().horizontalAdvance(n) for n, _ in self.rows), default=0)
        left, right = widest + RHYTHM, self.width() - NUMBER_PX
        align, colours = Qt.AlignmentFlag.AlignVCenter, THEME.colours
        for row, (name, part) in enumerate(self.rows):
            top, whole = row * ROW_PX, row == len(self.rows) - 1 and row > 0
            painter.setPen(QColor(colours.text if whole else colours.faint))
            painter.drawText(QRectF(0, top, left, ROW_PX), align, name)
            painter.setPen(QColor(colours.text))
            box = QRectF(right, top, NUMBER_PX, ROW_PX)
            painter.drawText(box, align | Qt.AlignmentFlag.AlignRight, _percent(part))
            room = QRectF(left, top + 4, max(1.0, right - left), ROW_PX - 8)
            painter.fillRect(room, QColor(colours.base))
            if math.isfinite(part):
                room.setWidth(room.width() * min(1.0, part))
                painter.fillRect(room, QColor(colours.text) if whole else self._colour)


def _percent(part: float) -> str:
    if not math.isfinite(part):
        return "–"
    return f"{show(100 * part, 2)} %" if part >= LEAST else "< 0.1 %"
