"""What a cause of trouble is: a named switch that makes another experiment out of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from engine.experiment import Experiment, RunSettings


@dataclass(frozen=True, slots=True)
class Choice:
    """One setting of a switch: its number and its name on screen, which stands alone."""

    amount: float
    title: str


#: (experiment, index, amount) -> changed experiment.
Change = Callable[["Experiment", int, float], "Experiment"]
#: (experiment, index) -> the choices there are, or in one clause why there are none.
Offer = Callable[["Experiment", int], "tuple[Choice, ...] | str"]


@dataclass(frozen=True, slots=True)
class Switch:
    """What is declared of a cause, whatever the experiment.

    Parameters
    ----------
    key : identifier, e.g. ``"standardise"``.
    title : name on screen.
    help : one sentence.
    offer : which choices an experiment's run has.
    change : the same experiment with this cause removed.
    """

    key: str
    title: str
    help: str
    offer: Offer
    change: Change


@dataclass(frozen=True, slots=True)
class Cause:
    """A switch at one run of one experiment.

    Parameters
    ----------
    switch : its declaration.
    choices : its settings, the usual one first; empty where it does not apply.
    reason : one clause why it does not apply here, or "".
    """

    switch: Switch
    choices: tuple[Choice, ...] = ()
    reason: str = ""

    @property
    def key(self) -> str:
        """Identifier."""
        return self.switch.key

    @property
    def title(self) -> str:
        """Name on screen."""
        return self.switch.title

    @property
    def help(self) -> str:
        """One sentence."""
        return self.switch.help

    def apply(self, experiment: Experiment, index: int, amount: float | None = None) -> Experiment:
        """Return the experiment with the switch thrown for run `index`.

        `amount` None takes the first choice. Raises ValueError where the switch does not apply or
        the amount is not allowed.
        """
        if self.reason:
            raise ValueError(f"{self.title} does not apply here: {self.reason}.")
        return self.switch.change(
            experiment, index, self.choices[0].amount if amount is None else amount
        )


def with_run(experiment: Experiment, index: int, run: RunSettings) -> Experiment:
    """Return the experiment with another run at `index`."""
    runs = (*experiment.runs[:index], run, *experiment.runs[index + 1 :])
    return replace(experiment, runs=runs)
