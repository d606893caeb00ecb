"""What is asked of the training: settings, and how far the runs are to go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from engine.networks.settings import NetworkExperiment


class Goal(Struct, frozen=True, eq=False):
    """What is to be trained; a newer goal takes the place of the one before.

    Parameters
    ----------
    experiment : data, network and runs.
    until : the step at which all runs wait; None for their last one.
    back_to : the step to go back to before anything else; None to stay.
    keeps : whether a run whose settings have changed goes on with its weights, instead of
        beginning anew.
    """

    experiment: NetworkExperiment
    until: int | None = None
    back_to: int | None = None
    keeps: bool = False
