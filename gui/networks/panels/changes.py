"""How the sections change the experiment: what is refused becomes a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.networks.settings import NetworkExperiment
    from gui.networks.state import NetworkState


def change(state: NetworkState, part: str, gesture: str = "", **fields: Any) -> bool:
    """Replace fields of a part of the experiment, or its own if `part` is empty.

    Returns whether they were taken; if not, the user is told why.
    """
    try:
        if part:
            state.update_part(part, f"{part} {gesture}" if gesture else "", **fields)
        else:
            state.update(gesture, **fields)
    except ValueError as error:
        state.say(str(error))
        return False
    return True


def attempt(state: NetworkState, make: Callable[[], NetworkExperiment], gesture: str = "") -> bool:
    """Take the experiment that `make` returns, likewise."""
    try:
        state.set_experiment(make(), gesture)
    except ValueError as error:
        state.say(str(error))
        return False
    return True
