"""Looks at all data, every so often during a run, and the weights that are kept with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from engine.networks.evaluation import Evaluator

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.network import Network

    Array = NDArray[Any]

#: Looks of a run, and bytes of the weights that are kept at them.
MOST, LEAST, MOST_KEPT = 200, 10, 2**26
#: A step takes as long as this many rows more than its batch.
STEP_ROWS = 100


class Look(NamedTuple):
    """What a look at all data has found, at a step; NaN where there is nothing to be seen."""

    step: int
    training_loss: float
    validation_loss: float
    training_accuracy: float
    validation_accuracy: float


class Looks:
    """What a run looks at besides its batches.

    Parameters
    ----------
    network : its data are looked at.
    steps : how many steps the run has in all.

    Attributes
    ----------
    seen : the looks so far, in the order of their steps.
    kept : (step, weights (P,)) of some of them.
    """

    def __init__(self, network: Network, steps: int) -> None:
        self.seen: list[Look] = []
        self.kept: list[tuple[int, Array]] = []
        self._network = network
        self._evaluator = Evaluator(network)
        looks = most_looks(network, steps)
        self._every = -(-steps // looks) or 1
        self._keep_every = self._every * -(-looks // most_kept(network, steps))
        self._here = (-1, (np.nan, np.nan))

    def due(self, step: int) -> bool:
        """Return whether all data are to be looked at before this step."""
        return step % self._every == 0

    def after(self, step: int) -> int:
        """Return the step of the next look."""
        return (step // self._every + 1) * self._every

    def look(self, step: int, theta: Array) -> None:
        """Look at all data once."""
        if self.seen and self.seen[-1].step == step:
            return
        with np.errstate(all="ignore"):
            score = self._evaluator.score(theta, self._network.training)
            held = self._evaluator.score(theta, self._network.validation)
        self.seen.append(Look(step, score.loss, held.loss, score.accuracy, held.accuracy))

    def keep(self, step: int, theta: Array, last: bool) -> None:
        """Keep the weights, if it is their turn or the run's last step."""
        kept = self.kept[-1][0] if self.kept else -1
        if kept < step and (last or step % self._keep_every == 0):
            self.kept.append((step, theta[: self._network.model.size].copy()))

    def kept_and_now(self, step: int, theta: Array) -> list[tuple[int, Array]]:
        """Return what was kept, and the weights (P,) of the step that the run is at."""
        if self.kept and self.kept[-1][0] == step:
            return self.kept
        return [*self.kept, (step, theta.copy())]

    def loss_and_norm(self, step: int, theta: Array) -> tuple[float, float]:
        """Return loss and gradient norm on the batch that a step sees, without dropout."""
        if self._here[0] != step:
            rows = self._network.order.rows_of(step)
            found = self._evaluator.loss_and_norm(theta, self._network.training, rows)
            self._here = (step, found)
        return self._here[1]

    def forget_after(self, step: int) -> None:
        """Know nothing of what came after a step."""
        self.seen = [look for look in self.seen if look.step <= step]
        self.kept = [kept for kept in self.kept if kept[0] <= step]
        self._here = (-1, self._here[1])


def most_looks(network: Network, steps: int) -> int:
    """Return how often at most a run of so many steps looks at all data.

    All looks together take about as long as the steps, except that there are at least ten.
    """
    rows = network.training.count + network.validation.count
    affordable = steps * (3 * network.order.size + STEP_ROWS) // rows
    return min(MOST, max(LEAST, affordable))


def most_kept(network: Network, steps: int) -> int:
    """Return at how many of the looks the weights are kept, at most."""
    return max(2, min(most_looks(network, steps), MOST_KEPT // network.start.nbytes))
