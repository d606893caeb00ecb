"""The loss budget of training: why the loss changed in the step under the play head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.networks.views.why_page import NetworkWhyPage
from gui.views.budget_page import AnyBudgetPage

if TYPE_CHECKING:
    from engine.networks.explanation.watch import RunExplained


class NetworkBudgetPage(AnyBudgetPage, NetworkWhyPage):
    """The budget of a step under the play head, and of those that leave the kept weights."""

    needs = ("step", "steps")

    def refresh(self) -> None:
        """Show the budget of the step that leaves the play head."""
        explanation, seen = self.explanation, self.seen
        if explanation is None or seen is None:
            self._show_nothing(self.reason)
            return
        from engine.explanation.budget_words import budget_of_change, sentence
        from engine.networks.explanation.replay import run_at

        self._show_body()
        whole = explanation.network.sees_all
        self.on_batch.setVisible(not whole)
        change = seen.change.batch if self._own(explanation) else seen.change.full
        run = run_at(explanation.history, seen.step)
        words = sentence(budget_of_change(change), run, not whole)
        self._show_step(seen.step, budget_of_change(change), words)
        self._show_kept(explanation, seen.step)

    def _own(self, explanation: RunExplained) -> bool:
        return self.on_batch.isChecked() and not explanation.network.sees_all

    def _show_kept(self, explanation: RunExplained, step: int) -> None:
        from engine.explanation.budget_words import first_rise
        from engine.networks.explanation.steps import spread_out

        found, history = explanation.budgets, explanation.history
        if found is None:
            return
        known = found.batch if self._own(explanation) else found.full
        budget, every = spread_out(known, found.steps, history)
        self._show_curves(budget, first_rise(known), history.run.slot, step, every)
