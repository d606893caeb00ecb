"""Causes of trouble as switches: what could be changed at one run, alone or together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.explanation import causes_in_data, causes_in_rates, causes_in_runs
from engine.explanation.cause import Cause, Choice, Chosen, Switch, cause_at, throw

if TYPE_CHECKING:
    from engine.experiment import Experiment

#: In the order in which they are applied: the surface first, what depends on it later.
SWITCHES: tuple[Switch, ...] = (
    *causes_in_data.SWITCHES,
    *causes_in_runs.BEFORE_RATE,
    *causes_in_rates.SWITCHES,
    causes_in_runs.CLIP,
)

RECORDED = "this path was read from a file and cannot be walked again"


def causes(experiment: Experiment, index: int) -> tuple[Cause, ...]:
    """Return every switch at run `index`, in order; those that do not apply say why.

    Raises ValueError, with a plain sentence, where the surface's table cannot be used.
    """
    return tuple(_at(switch, experiment, index) for switch in SWITCHES)


def _at(switch: Switch, experiment: Experiment, index: int) -> Cause:
    if experiment.runs[index].recorded:
        return Cause(switch, reason=RECORDED)
    return cause_at(switch, experiment, index)


def combined(
    experiment: Experiment, index: int, chosen: Chosen
) -> tuple[Experiment, tuple[str, ...], tuple[str, ...]]:
    """Throw several switches at once.

    Parameters
    ----------
    chosen : their order does not matter: switches are always applied in that of `SWITCHES`.

    Returns
    -------
    experiment : the changed one; equal to the given one where no switch applies.
    done : keys of the switches that were thrown, in order.
    left_out : one sentence for each switch that does not apply, given those before it.

    Raises
    ------
    ValueError : an unknown key or an amount that is not allowed.
    """
    found: tuple[Experiment, tuple[str, ...], tuple[str, ...]]
    found = throw(SWITCHES, _at, experiment, index, chosen)
    return found


__all__ = ["SWITCHES", "Cause", "Choice", "Chosen", "Switch", "causes", "combined"]
