"""What can be done with training runs, for buttons, menus and shortcuts alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.networks.matrix_rules import MATRIX_CATALOGUE
from engine.networks.settings import MOST_RUNS, new_training_run, rule_named, rules
from engine.optimizers.optimizer import Optimizer
from gui.panels.run_changes import RunChanges

if TYPE_CHECKING:
    from engine.networks.settings import TrainingRun
    from gui.panels.run_changes import Rule


class NetworkRunActions(RunChanges):
    """Change the runs of a network's state."""

    most = MOST_RUNS

    def rules(self) -> tuple[Rule, ...]:
        """Return the optimizers that can be chosen, in the order of the picker."""
        return rules()

    def kinds(self) -> list[tuple[str, list[Rule]]]:
        """Return the same under headings."""
        each = [rule for rule in rules() if isinstance(rule, Optimizer)]
        return [
            (self.tr("In torch.optim"), [rule for rule in each if rule.torch]),
            (self.tr("Each weight for itself"), [rule for rule in each if not rule.torch]),
            (self.tr("Whole layers or all weights"), list(MATRIX_CATALOGUE)),
        ]

    def rule_named(self, name: str) -> Rule:
        """Return an optimizer; raise ValueError for an unknown one."""
        return rule_named(name)

    def new_run(self, optimizer: str, slot: int = 0) -> TrainingRun:
        """Return a run with the optimizer's own defaults."""
        return new_training_run(optimizer, slot=slot)
