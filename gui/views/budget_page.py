"""The loss budget of a step as bars, and of all steps as curves; on surfaces and on networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.theme import THEME
from gui.views.budget_bars import BudgetBars
from gui.views.curve_text import step_text
from gui.views.explaining_page import ExplainingPage, bold
from gui.views.small_curves import SmallCurve, SmallCurves

if TYPE_CHECKING:
    from engine.explanation.budget_words import StepBudget
    from engine.explanation.explanation import Budget
    from gui.explaining import Explaining
    from gui.state import Submit

FIRST_DASH, SECOND_DASH, REST_DASH = (), (7.0, 4.0), (2.0, 3.5)


class AnyBudgetPage(ExplainingPage):
    """Bars of one step, a sentence, and the same terms as curves over all steps."""

    def __init__(self, state: Explaining, submit: Submit, parent: QWidget | None = None) -> None:
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
        raise NotImplementedError

    def _show_step(self, number: int, step: StepBudget, words: str) -> None:
        from engine.explanation.budget_words import bar_lengths

        self.heading.setText(
            self.tr("Step {} → {}").format(step_text(number), step_text(number + 1))
        )
        self.bars.show_step(step, *bar_lengths(step.terms))
        self.words.setText(words)

    def _show_curves(
        self, budget: Budget, first: int, slot: int, head: int, every: int = 1
    ) -> None:
        """Show the budgets of every so many steps.

        `first` is the row of the first rise, −1 for none; `slot` tells the run's colour.
        """
        from engine.explanation.budget_curves import averaged, mean_window
        from engine.explanation.budget_words import remainder_of

        colours, window = THEME.colours, mean_window(budget)
        means, run = averaged(budget, window), THEME.path_colour(slot)
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
        self._first_rise = first * every
        mark = self._first_rise if first >= 0 else -1
        self.curves.show_curves(curves, head, mark, note=note, every=every)
        self.rise.setVisible(first >= 0)
        named = self.tr("First rise: step {}") if every == 1 else self.tr("Seen to rise: step {}")
        self.rise.setText(named.format(step_text(self._first_rise)))
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
