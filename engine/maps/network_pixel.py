"""A training run of which a map needs only the end, without looks at all data on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.networks.looks import Looks
from engine.networks.training import Training

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.networks.history import History
    from engine.networks.network import Network
    from engine.networks.settings import NetworkExperiment, StopSettings, TrainingRun

#: Steps that are planned at once.
AT_ONCE = 512


class Ends(Looks):
    """Looks at all data only where a run begins and ends; keeps no weights."""

    def due(self, step: int) -> bool:
        """See `Looks.due`."""
        return False

    def after(self, step: int) -> int:
        """See `Looks.after`."""
        return step + AT_ONCE

    def keep(self, step: int, theta: Any, last: bool) -> None:
        """See `Looks.keep`."""


class Pixel(Training):
    """A training run that does not look at all data on the way, unless its rules judge by that."""

    def __init__(self, network: Network, run: TrainingRun, steps: int, rules: StopSettings) -> None:
        super().__init__(network, run, steps, rules)
        if not (rules.loss_below or rules.patience):
            self._looks = Ends(network, steps)
            self._look()


def trained(network: Network, experiment: NetworkExperiment, stop: NDArray[np.uint8]) -> History:
    """Train an experiment's only run.

    Raises
    ------
    ValueError : the optimizer cannot do what the run asks of it (a plain sentence).
    engine.descent.Cancelled : `stop` was set.
    """
    training = Pixel(network, experiment.runs[0], experiment.steps, experiment.stop)
    training.advance(experiment.steps, stop)
    return training.history()
