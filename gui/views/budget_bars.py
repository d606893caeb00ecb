"""Bars of one step's loss budget."""

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

    from engine.explanation.budget_words import StepBudget

ROW_PX, NUMBER_PX = 19, 74


class BudgetBars(QWidget):
    """Bars from a zero line: to the left what lowers the loss, to the right what raises it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step: StepBudget | None = None
        self._lengths: tuple[float, ...] = ()
        self._logarithmic = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        THEME.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return room for four bars and the words below them."""
        return QSize(300, 5 * ROW_PX)

    def show_step(self, step: StepBudget, lengths: tuple[float, ...], logarithmic: bool) -> None:
        """Show a step's terms."""
        self._step, self._lengths, self._logarithmic = step, lengths, logarithmic
        parts = zip(self._names(), step.terms, strict=True)
        self.setAccessibleName("; ".join(f"{name} {show(value, 4)}" for name, value in parts))
        self.setToolTip("\n".join(
            f"{name}: {show(value, 6)}"
            for name, value in zip(self._names(), step.terms, strict=True)
        ))  # fmt: skip
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw names, bars and numbers."""
        if self._step is None:
            return
        painter = QPainter(self)
        painter.setFont(small(self.font()))
        metrics = painter.fontMetrics()
        names = self._names()
        left = max(metrics.horizontalAdvance(name) for name in names) + RHYTHM
        right = self.width() - NUMBER_PX
        middle, reach = (left + right) / 2, max(4.0, (right - left) / 2 - 2)
        colours = THEME.colours
        for row, (name, value, length) in enumerate(
            zip(names, self._step.terms, self._lengths, strict=True)
        ):
            top = row * ROW_PX
            painter.setPen(QColor(colours.text if row == 3 else colours.faint))
            align = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, top, left, ROW_PX), align, name)
            painter.setPen(QColor(colours.text))
            box = QRectF(right, top, NUMBER_PX, ROW_PX)
            sign = "+" if value > 0 else ""
            painter.drawText(box, align | Qt.AlignmentFlag.AlignRight, sign + show(value))
            if math.isfinite(length):
                bar = QRectF(middle, top + 4, length * reach, ROW_PX - 8).normalized()
                painter.fillRect(bar, QColor(colours.accent if row < 3 else colours.text))
        painter.fillRect(QRectF(middle, 1, 1, 4 * ROW_PX - 2), QColor(colours.contour))
        self._paint_words(painter, QRectF(left, 4 * ROW_PX, right - left, ROW_PX))

    def _paint_words(self, painter: QPainter, box: QRectF) -> None:
        painter.setPen(QColor(THEME.colours.faint))
        lowers, raises = self.tr("← lowers"), self.tr("raises →")
        if painter.fontMetrics().horizontalAdvance(f"{lowers} {raises}") > box.width():
            lowers, raises = "←", "→"
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft, lowers)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight, raises)
        if self._logarithmic:
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, self.tr("log"))

    def _names(self) -> tuple[str, str, str, str]:
        return (
            self.tr("slope g·Δ"), self.tr("curvature ½ΔᵀHΔ"), self.tr("remainder"),
            self.tr("sum = change"),
        )  # fmt: skip
