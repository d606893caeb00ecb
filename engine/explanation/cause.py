"""What a cause of trouble is: a named switch that makes another experiment out of one.

Experiments are those on surfaces or those of networks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

if TYPE_CHECKING:
    from engine.experiment import Experiment
    from engine.networks.settings import NetworkExperiment

E = TypeVar("E", "Experiment", "NetworkExperiment")


@dataclass(frozen=True, slots=True)
class Choice:
    """One setting of a switch: its number and its name on screen, which stands alone."""

    amount: float
    title: str


#: (experiment, index, amount) -> changed experiment.
Change = Callable[[Any, int, float], Any]
#: (experiment, index) -> the choices there are, or in one clause why there are none.
Offer = Callable[[Any, int], "tuple[Choice, ...] | str"]
#: Keys of switches, or each key with its amount (None for the usual one).
Chosen = Iterable[str] | Mapping[str, float | None]


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

    def apply(self, experiment: Any, index: int, amount: float | None = None) -> Any:
        """Return the experiment with the switch thrown for run `index`.

        `amount` None takes the first choice. Raises ValueError where the switch does not apply or
        the amount is not allowed.
        """
        if self.reason:
            raise ValueError(f"{self.title} does not apply here: {self.reason}.")
        return self.switch.change(
            experiment, index, self.choices[0].amount if amount is None else amount
        )


def with_run(experiment: E, index: int, run: Any) -> E:
    """Return the experiment with another run at `index`."""
    runs = (*experiment.runs[:index], run, *experiment.runs[index + 1 :])
    return replace(experiment, runs=runs)


def cause_at(switch: Switch, experiment: Any, index: int) -> Cause:
    """Return a switch at run `index`, with its choices or why there are none."""
    offered = switch.offer(experiment, index)
    return Cause(switch, reason=offered) if isinstance(offered, str) else Cause(switch, offered)


def throw(
    switches: Sequence[Switch],
    at: Callable[[Switch, Any, int], Cause],
    experiment: Any,
    index: int,
    chosen: Chosen,
) -> tuple[Any, tuple[str, ...], tuple[str, ...]]:
    """Throw several switches at once, always in the order of `switches`.

    Parameters
    ----------
    at : gives a switch at a run.

    Returns
    -------
    experiment : the changed one; equal to the given one where no switch applies.
    done : keys of the switches that were thrown, in order.
    left_out : one sentence for each switch that does not apply, given those before it.

    Raises
    ------
    ValueError : an unknown key or an amount that is not allowed.
    """
    amounts: dict[str, float | None] = (
        dict(chosen) if isinstance(chosen, Mapping) else dict.fromkeys(chosen)
    )
    known = [switch.key for switch in switches]
    for key in amounts:
        if key not in known:
            raise ValueError(f"There is no cause {key!r}; known: {', '.join(known)}.")
    done, left_out = [], []
    for switch in switches:
        if switch.key in amounts:
            cause = at(switch, experiment, index)
            if cause.reason:
                left_out.append(f"{switch.title} changes nothing: {cause.reason}.")
            else:
                experiment = cause.apply(experiment, index, amounts[switch.key])
                done.append(switch.key)
    return experiment, tuple(done), tuple(left_out)
