"""Causes of trouble as switches: what could be changed at one run, alone or together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from engine.explanation import causes_in_data, causes_in_rates, causes_in_runs
from engine.explanation.cause import Cause, Choice, Switch

if TYPE_CHECKING:
    from engine.experiment import Experiment

#: In the order in which they are applied: the surface first, what depends on it later.
SWITCHES: tuple[Switch, ...] = (
    *causes_in_data.SWITCHES,
    *causes_in_runs.BEFORE_RATE,
    *causes_in_rates.SWITCHES,
    causes_in_runs.CLIP,
)

#: Keys of switches, or each key with its amount (None for the usual one).
Chosen = Iterable[str] | Mapping[str, float | None]

RECORDED = "this path was read from a file and cannot be walked again"

_BY_KEY = {switch.key: switch for switch in SWITCHES}


def causes(experiment: Experiment, index: int) -> tuple[Cause, ...]:
    """Return every switch at run `index`, in order; those that do not apply say why.

    Raises ValueError, with a plain sentence, where the surface's table cannot be used.
    """
    return tuple(_at(switch, experiment, index) for switch in SWITCHES)


def _at(switch: Switch, experiment: Experiment, index: int) -> Cause:
    if experiment.runs[index].recorded:
        return Cause(switch, reason=RECORDED)
    offered = switch.offer(experiment, index)
    return Cause(switch, reason=offered) if isinstance(offered, str) else Cause(switch, offered)


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
    amounts: dict[str, float | None] = (
        dict(chosen) if isinstance(chosen, Mapping) else dict.fromkeys(chosen)
    )
    for key in amounts:
        if key not in _BY_KEY:
            raise ValueError(f"There is no cause {key!r}; known: {', '.join(_BY_KEY)}.")
    done, left_out = [], []
    for switch in SWITCHES:
        if switch.key in amounts:
            cause = _at(switch, experiment, index)
            if cause.reason:
                left_out.append(f"{switch.title} changes nothing: {cause.reason}.")
            else:
                experiment = cause.apply(experiment, index, amounts[switch.key])
                done.append(switch.key)
    return experiment, tuple(done), tuple(left_out)


__all__ = ["SWITCHES", "Cause", "Choice", "Switch", "causes", "combined"]
