"""The path in the Hessian's own coordinates: what happens along each eigenvector."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from gui.numbers import show
from gui.theme import FAINT, RHYTHM, THEME
from gui.views.curve_text import step_text
from gui.views.elided_label import ElidedLabel
from gui.views.small_curves import SmallCurve, SmallCurves
from gui.views.why_page import WhyPage

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPaintEvent

    from engine.explanation.modes import Mode
    from gui.state import State, Submit

INDICES = "₁₂"
#: The second mode is told apart by its dash, as well as by its colour.
DASHES: tuple[tuple[float, ...], ...] = ((), (7.0, 4.0))
ENVELOPE_DASH = (1.5, 3.5)
PERCENT_PX = 46


class ShareBar(QWidget):
    """Part of the squared gradient that lies along a mode."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = math.nan
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the size of a slim bar."""
        return QSize(48, 18)

    def set_share(self, share: float) -> None:
        """Show a share from 0 to 1, or NaN for none."""
        self._share = share
        self.setToolTip(self.tr("Share of the squared gradient along this eigenvector"))
        self.setAccessibleName(self.tr("Share of the squared gradient: {}").format(_percent(share)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar and its number."""
        painter = QPainter(self)
        colours = THEME.colours
        bar = QRectF(0, self.height() / 2 - 4, self.width() - PERCENT_PX, 8)
        painter.fillRect(bar, QColor(colours.grid))
        if math.isfinite(self._share):
            bar.setWidth(bar.width() * min(1.0, self._share))
            painter.fillRect(bar, QColor(colours.accent))
        painter.setPen(QColor(colours.text))
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), align, _percent(self._share))


class ModesPage(WhyPage):
    """A row of numbers for each eigenvector, and the error along it over the steps."""

    def __init__(self, state: State, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(state, submit, parent)
        self.heading = QLabel()
        self.values = [QLabel() for _ in INDICES]
        self.motions = [ElidedLabel() for _ in INDICES]
        self.shares = [ShareBar() for _ in INDICES]
        self.curves = SmallCurves()
        self.curves.setAccessibleName(self.tr("Error along each eigenvector over the steps"))
        self.curves.stepped.connect(state.set_head)
        self._lay_out()
        self.outdated.connect(self.refresh)

    def refresh(self) -> None:
        """Show the modes at the play head."""
        explanation = self.explanation
        if explanation is None:
            self._show_nothing(self.reason)
            return
        from engine.explanation.last_told import last_row
        from engine.explanation.modes import condition_at, in_eigenbasis, modes_at

        head = self._state.head
        step = head if head < explanation.rows - 1 else last_row(explanation)
        modes = modes_at(explanation, step)
        if not modes:
            self._show_nothing(
                self.tr("The Hessian at step {} is not finite.").format(step_text(step))
            )
            return
        self._show_body()
        condition = condition_at(explanation, step)
        known = () if math.isnan(condition) else (f"κ = {show(condition)}",)
        parts = [part for part in (*known, explanation.load.reason) if part]
        if explanation.trajectory.run.maximize:
            parts.append(self.tr("of the negative loss, which this run lowers"))
        heading = self.tr("At step {step}: {what}") if parts else self.tr("At step {step}")
        self.heading.setText(heading.format(step=step_text(step), what="; ".join(parts)))
        for row, mode in enumerate(modes):
            self._show_mode(row, mode)
        self._show_curves(modes, in_eigenbasis(explanation, step), step)

    def _show_mode(self, row: int, mode: Mode) -> None:
        from engine.explanation.mode_words import flips_text, motion, multiplier_text

        index = INDICES[row]
        parts = [f"<b>λ{index}</b> {show(mode.eigenvalue)}"]
        if math.isfinite(mode.load):
            parts.append(f"ηλ{index} {show(mode.load)}")
        multiplier = multiplier_text(mode)
        if multiplier:
            parts.append(f"× {multiplier}")
        colour = self._colour(row).name()
        self.values[row].setText(
            f"<span style='color:{colour}'>{'━' if row == 0 else '╍'}</span> "
            + " &nbsp; ".join(parts)
        )
        self.values[row].setToolTip(
            self.tr("Eigenvalue, load ηλ, and what each step multiplies the error along it by")
        )
        words = [text for text in (motion(mode), flips_text(mode)) if text]
        self.motions[row].set_text("; ".join(words))
        self.shares[row].set_share(mode.share)

    def _show_curves(self, modes: tuple[Mode, ...], errors: NDArray[Any], step: int) -> None:
        from engine.explanation.mode_words import envelope

        curves = []
        for row, mode in reversed(tuple(enumerate(modes))):
            colour = self._colour(row)
            name = self.tr("along v{}").format(INDICES[row])
            curves.append(SmallCurve(name, errors[:, row], colour, DASHES[row]))
            pale = QColor(colour)
            pale.setAlphaF(0.5)
            predicted = envelope(errors[:, row], mode, step)
            if predicted is not None:
                curves.append(SmallCurve("", predicted, pale, ENVELOPE_DASH, 1.0))
        self.curves.show_curves(curves, step)

    def _colour(self, row: int) -> QColor:
        return QColor(THEME.colours.accent if row == 0 else THEME.colours.text)

    def _lay_out(self) -> None:
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(RHYTHM)
        grid.setVerticalSpacing(0)
        self.heading.setForegroundRole(FAINT)
        self.heading.setWordWrap(True)
        grid.addWidget(self.heading, 0, 0, 1, 2)
        for row in range(len(INDICES)):
            self.values[row].setTextFormat(Qt.TextFormat.RichText)
            grid.addWidget(self.values[row], 1 + 2 * row, 0)
            grid.addWidget(self.shares[row], 1 + 2 * row, 1)
            grid.addWidget(self.motions[row], 2 + 2 * row, 0, 1, 2)
        grid.addWidget(self.curves, 5, 0, 1, 2)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        grid.setRowStretch(5, 1)
        self._place(body)


def _percent(share: float) -> str:
    return f"{round(100 * share)} %" if math.isfinite(share) else "–"
