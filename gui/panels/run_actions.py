"""What can be done with runs, for buttons, menus and shortcuts alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import QObject

from engine.experiment import MOST_RUNS, RunSettings, new_run, surface_of
from engine.optimizers import optimizer_named
from engine.parameter import complete

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gui.state import State

#: The ladder's rungs, as factors of the learning rate.
RUNGS = (0.01, 0.1, 1.0, 10.0, 100.0)
#: A run's own start appears this share of the view beside the shared one, to be seen and grabbed.
APART = 0.08


class RunActions(QObject):
    """Add, remove, duplicate, spread and hide runs of a state; each is one step of undo."""

    def __init__(self, state: State, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state

    @property
    def selected(self) -> RunSettings | None:
        """The selected run; None if there are no runs."""
        runs = self._state.experiment.runs
        return runs[self._state.selected] if self._state.selected < len(runs) else None

    def add_run(self, optimizer: str) -> None:
        """Add a run of an optimizer with its own defaults and select it."""
        runs = self._state.experiment.runs
        if self._has_room(1):
            slot = free_slots(runs)[0]
            self._show((*runs, new_run(optimizer, slot=slot)), len(runs))

    def duplicate_selected(self) -> None:
        """Add a copy of the selected run behind it, with a colour of its own, and select it."""
        run = self.selected
        if run is not None and self._has_room(1):
            runs, at = self._state.experiment.runs, self._state.selected + 1
            copy = replace(run, slot=free_slots(runs)[0])
            self._show((*runs[:at], copy, *runs[at:]), at)

    def remove_selected(self) -> None:
        """Remove the selected run."""
        if self.selected is not None:
            runs, at = self._state.experiment.runs, self._state.selected
            self._show((*runs[:at], *runs[at + 1 :]), max(0, min(at, len(runs) - 2)))

    def decade_ladder(self) -> None:
        """Replace the selected run by five: η/100, η/10, η, 10η and 100η."""
        run = self.selected
        if run is None or not self._has_room(len(RUNGS) - 1):
            return
        if run.learning_rate == 0:
            self._state.say(self.tr("A decade ladder needs a learning rate other than 0."))
            return
        runs, at = self._state.experiment.runs, self._state.selected
        rates = [_short_product(run.learning_rate, factor) for factor in RUNGS]
        others = iter(free_slots(runs))
        try:
            ladder = tuple(
                run if rung == 1 else _walked(run, learning_rate=rate, slot=next(others))
                for rung, rate in zip(RUNGS, rates, strict=True)
            )
        except ValueError as error:
            self._state.say(str(error))
            return
        self._show((*runs[:at], *ladder, *runs[at + 1 :]), at + RUNGS.index(1.0))

    def toggle_visible(self, index: int | None = None) -> None:
        """Show or hide a run; the selected one if none is named."""
        index = self._state.selected if index is None else index
        runs = self._state.experiment.runs
        if index < len(runs):
            self._state.update_run(index, visible=not runs[index].visible)

    def walk_selected(self) -> None:
        """Walk a recorded run here, by its optimizer from its start."""
        run = self.selected
        if run is not None and run.recorded:
            runs, at = self._state.experiment.runs, self._state.selected
            self._show((*runs[:at], _walked(run), *runs[at + 1 :]), at)

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

    def change_optimizer(self, optimizer: str) -> None:
        """Let the selected run use another optimizer at the same learning rate.

        Hyperparameters of the same name are kept where the other optimizer allows their values.
        """
        run = self.selected
        if run is None or run.optimizer == optimizer:
            return
        fresh = new_run(optimizer)
        fields: dict[str, Any] = {
            "recorded": "",
            "recorded_run": 0,
            "optimizer": optimizer,
            "hyperparameters": _kept(run, optimizer),
            "weight_decay": fresh.weight_decay,
            "decoupled": fresh.decoupled,
        }
        self._state.update_run(self._state.selected, **fields)

    def _beside_shared_start(self) -> tuple[float, float]:
        experiment = self._state.experiment
        view = experiment.display.view or surface_of(experiment.surface).view
        x, y = experiment.start
        return x + (view[1] - view[0]) * APART, y

    def _has_room(self, count: int) -> bool:
        excess = len(self._state.experiment.runs) + count - MOST_RUNS
        if excess <= 0:
            return True
        few = self.tr("one") if excess == 1 else str(excess)
        sentence = self.tr("At most {most} runs are shown at once; remove {few} first.")
        self._state.say(sentence.format(most=MOST_RUNS, few=few))
        return False

    def _show(self, runs: tuple[RunSettings, ...], selected: int) -> None:
        self._state.update(runs=runs)
        self._state.select(selected)


def free_slots(runs: Iterable[RunSettings]) -> list[int]:
    """Return the slots that no run uses, lowest first."""
    taken = {run.slot for run in runs}
    return [slot for slot in range(MOST_RUNS) if slot not in taken]


def _walked(run: RunSettings, **fields: Any) -> RunSettings:
    """Return a run that is walked here, also where it was a recording with a name of its own."""
    if run.recorded:
        fields = {"recorded": "", "recorded_run": 0, "label": "", **fields}
    return replace(run, **fields)


def _short_product(rate: float, factor: float) -> float:
    """Return rate · factor without the rounding that would show as 0.30000000000000004."""
    return float(f"{rate * factor:.15g}")


def _kept(run: RunSettings, optimizer: str) -> dict[str, float]:
    kept = {}
    for parameter in optimizer_named(optimizer).parameters:
        if parameter.name in run.hyperparameters:
            value = run.hyperparameters[parameter.name]
            try:
                complete((parameter,), {parameter.name: value})
            except ValueError:
                continue
            kept[parameter.name] = value
    return kept
