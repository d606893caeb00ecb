"""The loss budget: why the loss changed in the step under the play head, and in all others."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.numbers import show
from gui.theme import RHYTHM, THEME
from gui.views.curve_text import small, step_text
from gui.views.small_curves import SmallCurve, SmallCurves
from gui.views.why_page import WhyPage, bold

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from engine.explanation.budget_words import StepBudget
    from engine.explanation.explanation import Budget, Explanation
    from gui.state import State, Submit

ROW_PX, NUMBER_PX = 19, 74
FIRST_DASH, SECOND_DASH, REST_DASH = (), (7.0, 4.0), (2.0, 3.5)


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


class BudgetPage(WhyPage):
    """Bars of one step, a sentence, and the same terms as curves over all steps."""

    def __init__(self, state: State, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(state, submit, parent)
        self.heading, self.words = QLabel(), QLabel()
        self.on_batch = QCheckBox(self.tr("on its own batch"))
        self.on_batch.setToolTip(
            self.tr("The loss that this step’s mini-batch saw before and after the step")
        )
        self.rise = QPushButton()
        self.rise.setFlat(True)
        self.bars, self.curves = BudgetBars(), SmallCurves()
        self.curves.setAccessibleName(self.tr("Budget over the steps"))
        self._first_rise = -1
        self._lay_out()
        self.outdated.connect(self.refresh)
        self.on_batch.toggled.connect(self.refresh)
        self.rise.clicked.connect(lambda: state.set_head(self._first_rise))
        self.curves.stepped.connect(state.set_head)

    def refresh(self) -> None:
        """Show the budget of the step that leaves the play head."""
        explanation = self.explanation
        if explanation is None or explanation.rows < 2:
            reason = self.reason if explanation is None else self.tr("No step has been taken.")
            self._show_nothing(reason)
            return
        from engine.explanation.budget_words import bar_lengths, budget_at, sentence

        self._show_body()
        budget = self._budget(explanation)
        step = budget_at(budget, self.step)
        assert step is not None
        here = step_text(self.step)
        self.heading.setText(self.tr("Step {} → {}").format(here, step_text(self.step + 1)))
        self.bars.show_step(step, *bar_lengths(step.terms))
        batched = explanation.batch_budget is not None
        self.words.setText(sentence(step, explanation.trajectory.run, batched))
        self._show_curves(explanation, budget)

    def _budget(self, explanation: Explanation) -> Budget:
        batch = explanation.batch_budget
        self.on_batch.setVisible(batch is not None)
        return batch if batch is not None and self.on_batch.isChecked() else explanation.budget

    def _show_curves(self, explanation: Explanation, budget: Budget) -> None:
        from engine.explanation.budget_curves import averaged, mean_window
        from engine.explanation.budget_words import first_rise, remainder_of

        colours, window = THEME.colours, mean_window(budget)
        means = averaged(budget, window)
        run = THEME.path_colour(explanation.trajectory.run.slot)
        text, faint = QColor(colours.text), QColor(colours.faint)
        curves = [
            SmallCurve(self.tr("remainder"), remainder_of(means), faint, REST_DASH),
            SmallCurve(self.tr("curvature"), means.second, text, SECOND_DASH),
            SmallCurve(self.tr("slope"), means.first, text, FIRST_DASH),
            SmallCurve(self.tr("change"), means.measured, run, FIRST_DASH, 2.2),
        ]
        note = tip = ""
        if window > 1:
            curves.insert(0, SmallCurve("", budget.measured, QColor(colours.contour), width=1.0))
            note = self.tr("means of {}").format(window)
            tip = self.tr("Means of {} steps each; behind them the change in every step")
        self.curves.setToolTip(tip.format(window))
        self._first_rise = first_rise(budget)
        self.curves.show_curves(curves, self.step, self._first_rise, note=note)
        self.rise.setVisible(self._first_rise >= 0)
        self.rise.setText(self.tr("First rise: step {}").format(step_text(self._first_rise)))
        self.rise.setToolTip(self.tr("Put the play head where “minimise” starts to maximise"))

    def _lay_out(self) -> None:
        self.words.setWordWrap(True)
        bold(self.heading)
        header = QHBoxLayout()
        header.addWidget(self.heading)
        header.addStretch(1)
        header.addWidget(self.rise)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(header)
        for widget in (self.bars, self.words, self.on_batch):
            column.addWidget(widget)
        column.addWidget(self.curves, 1)
        self._place(body)
