"""What can be done with runs on surfaces, for buttons, menus and shortcuts alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from engine.experiment import MOST_RUNS, RunSettings, new_run, surface_of
from engine.optimizers import CATALOGUE, optimizer_named
from gui.panels.run_changes import RunChanges

if TYPE_CHECKING:
    from engine.optimizers.optimizer import Optimizer
    from gui.panels.run_changes import Rule

#: A run's own start appears this share of the view beside the shared one, to be seen and grabbed.
APART = 0.08


class RunActions(RunChanges):
    """Change the runs of a surface's state, also where they start and whether they are walked."""

    most = MOST_RUNS

    def rules(self) -> tuple[Optimizer, ...]:
        """Return the optimizers that can be chosen, in the order of the picker."""
        return CATALOGUE

    def kinds(self) -> list[tuple[str, list[Rule]]]:
        """Return the same under headings; the kind follows from the declaration."""
        headings = {
            "torch": self.tr("In torch.optim"),
            "elementwise": self.tr("Each coordinate for itself"),
            "coupled": self.tr("Whole gradient or curvature"),
        }
        return [
            (heading, [rule for rule in CATALOGUE if _kind(rule) == kind])
            for kind, heading in headings.items()
        ]

    def rule_named(self, name: str) -> Optimizer:
        """Return an optimizer; raise ValueError for an unknown one."""
        return optimizer_named(name)

    def new_run(self, optimizer: str, slot: int = 0) -> RunSettings:
        """Return a run with the optimizer's own defaults."""
        return new_run(optimizer, slot=slot)

    def recording_of(self, run: RunSettings) -> str:
        """Return the file that a run was read from; empty for one that is walked here."""
        return run.recorded

    def walk_selected(self) -> None:
        """Walk a recorded run here, by its optimizer from its start."""
        run = self.selected
        if run is not None and run.recorded:
            runs, at = self._state.experiment.runs, self._state.selected
            self._show((*runs[:at], self._anew(run), *runs[at + 1 :]), at)

    def toggle_own_start(self) -> None:
        """Give the selected run a start of its own beside the shared one, or let it share again."""
        run = self.selected
        if run is None:
            return
        try:
            start = None if run.start is not None else self._beside_shared_start()
            self._state.update_run(self._state.selected, start=start)
        except ValueError as error:
            self._state.say(str(error))

    def _anew(self, run: RunSettings, **fields: Any) -> RunSettings:
        """Return a run that is walked here, also where it was a recording with its own name."""
        if run.recorded:
            fields = {"recorded": "", "recorded_run": 0, "label": "", **fields}
        return replace(run, **fields)

    def _beside_shared_start(self) -> tuple[float, float]:
        experiment = self._state.experiment
        view = experiment.display.view or surface_of(experiment.surface).view
        x, y = experiment.start
        return x + (view[1] - view[0]) * APART, y


def _kind(rule: Optimizer) -> str:
    if rule.torch:
        return "torch"
    return "elementwise" if rule.step is None else "coupled"
