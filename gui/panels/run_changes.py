"""What can be done with the runs of either half, for buttons, menus and shortcuts alike."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Protocol

from msgspec.structs import replace
from PySide6.QtCore import QObject

from engine.experiment import MOST_RUNS
from engine.parameter import complete

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.parameter import Parameter
    from gui.editing import Editing

#: The ladder's rungs, as factors of the learning rate.
RUNGS = (0.01, 0.1, 1.0, 10.0, 100.0)


class Rule(Protocol):
    """What panels show of an optimizer, whether it is made for points or for whole tensors."""

    @property
    def name(self) -> str:
        """Identifier."""

    @property
    def title(self) -> str:
        """Name on screen."""

    @property
    def help(self) -> str:
        """One sentence."""

    @property
    def latex(self) -> tuple[str, ...]:
        """The update rule."""

    @property
    def source(self) -> str:
        """Paper or library."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Hyperparameters."""


class RunChanges(QObject):
    """Add, remove, duplicate, spread and hide runs of a state; each is one step of undo."""

    #: How many runs there may be.
    most = 0

    def __init__(self, state: Editing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state: Any = state

    @abstractmethod
    def rules(self) -> Sequence[Rule]:
        """Return the optimizers that can be chosen, in the order of the picker."""

    @abstractmethod
    def kinds(self) -> list[tuple[str, list[Rule]]]:
        """Return the same under headings."""

    @abstractmethod
    def rule_named(self, name: str) -> Rule:
        """Return an optimizer; raise ValueError for an unknown one."""

    @abstractmethod
    def new_run(self, optimizer: str, slot: int = 0) -> Any:
        """Return a run with the optimizer's own defaults."""

    def recording_of(self, run: Any) -> str:
        """Return the file that a run was read from; empty for one that the engine makes."""
        return ""

    @property
    def selected(self) -> Any:
        """The selected run; None if there are no runs."""
        runs = self._state.experiment.runs
        return runs[self._state.selected] if self._state.selected < len(runs) else None

    def add_run(self, optimizer: str) -> None:
        """Add a run of an optimizer with its own defaults and select it."""
        runs = self._state.experiment.runs
        if self._has_room(1):
            slot = free_slots(runs, self.most)[0]
            self._show((*runs, self.new_run(optimizer, slot)), len(runs))

    def duplicate_selected(self) -> None:
        """Add a copy of the selected run behind it, with a colour of its own, and select it."""
        run = self.selected
        if run is not None and self._has_room(1):
            runs, at = self._state.experiment.runs, self._state.selected + 1
            copy = replace(run, slot=free_slots(runs, self.most)[0])
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
        others = iter(free_slots(runs, self.most))
        try:
            ladder = tuple(
                run if rung == 1 else self._anew(run, learning_rate=rate, slot=next(others))
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

    def change_optimizer(self, optimizer: str) -> None:
        """Let the selected run use another optimizer at the same learning rate.

        Hyperparameters of the same name are kept where the other optimizer allows their values.
        """
        run = self.selected
        if run is None or run.optimizer == optimizer:
            return
        fresh = self.new_run(optimizer)
        changed = self._anew(
            run, label=run.label, optimizer=optimizer,
            hyperparameters=self._kept(run, optimizer), weight_decay=fresh.weight_decay,
            decoupled=fresh.decoupled,
        )  # fmt: skip
        runs, at = self._state.experiment.runs, self._state.selected
        self._state.update(runs=(*runs[:at], changed, *runs[at + 1 :]))

    def _anew(self, run: Any, **fields: Any) -> Any:
        """Return a run with other settings, which the engine is to make."""
        return replace(run, **fields)

    def _kept(self, run: Any, optimizer: str) -> dict[str, float]:
        kept = {}
        for parameter in self.rule_named(optimizer).parameters:
            if parameter.name in run.hyperparameters:
                value = run.hyperparameters[parameter.name]
                try:
                    complete((parameter,), {parameter.name: value})
                except ValueError:
                    continue
                kept[parameter.name] = value
        return kept

    def _has_room(self, count: int) -> bool:
        excess = len(self._state.experiment.runs) + count - self.most
        if excess <= 0:
            return True
        few = self.tr("one") if excess == 1 else str(excess)
        sentence = self.tr("At most {most} runs are shown at once; remove {few} first.")
        self._state.say(sentence.format(most=self.most, few=few))
        return False

    def _show(self, runs: tuple[Any, ...], selected: int) -> None:
        self._state.update(runs=runs)
        self._state.select(selected)


def free_slots(runs: Iterable[Any], most: int = MOST_RUNS) -> list[int]:
    """Return the slots that no run uses, lowest first."""
    taken = {run.slot for run in runs}
    return [slot for slot in range(most) if slot not in taken]


def _short_product(rate: float, factor: float) -> float:
    """Return rate · factor without the rounding that would show as 0.30000000000000004."""
    return float(f"{rate * factor:.15g}")
