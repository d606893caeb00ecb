"""The loss budget: why the loss changed in the step under the play head, and in all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.views.budget_page import AnyBudgetPage
from gui.views.why_page import WhyPage

if TYPE_CHECKING:
    from engine.explanation.explanation import Budget, Explanation


class BudgetPage(AnyBudgetPage, WhyPage):
    """The budget of a path on a surface."""

    def refresh(self) -> None:
        """Show the budget of the step that leaves the play head."""
        explanation = self.explanation
        if explanation is None or explanation.rows < 2:
            reason = self.reason if explanation is None else self.tr("No step has been taken.")
            self._show_nothing(reason)
            return
        from engine.explanation.budget_words import budget_at, first_rise, sentence

        self._show_body()
        budget, run = self._budget(explanation), explanation.trajectory.run
        step = budget_at(budget, self.step)
        assert step is not None
        batched = explanation.batch_budget is not None
        self._show_step(self.step, step, sentence(step, run, batched))
        self._show_curves(budget, first_rise(budget), run.slot, self.step)

    def _budget(self, explanation: Explanation) -> Budget:
        batch = explanation.batch_budget
        self.on_batch.setVisible(batch is not None)
        return batch if batch is not None and self.on_batch.isChecked() else explanation.budget
