"""Takes a run's steps again: they are the same each time, so that nothing of them need be kept."""

from __future__ import annotations

import math
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.networks.explanation.linear import gains_rule
from engine.networks.matching import takes_same_steps
from engine.networks.training import Training

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks import training
    from engine.networks.history import History
    from engine.networks.network import Network
    from engine.networks.settings import TrainingRun

    Array = NDArray[np.float64]

#: Steps between two moments that are kept, and how many are: going back begins at one of them.
APART, MOST_MOMENTS = 256, 32
#: After so many steps it looks at the clock; it divides APART.
AT_ONCE = 32


class StepTaken(NamedTuple):
    """One step of a run, in float64.

    Parameters
    ----------
    step : its number.
    run : the settings that held.
    before, after : weights around it, (P,).
    rate : its learning rate.
    gains : (P,), what each filtered gradient was multiplied by; None where that is the rate.
    """

    step: int
    run: TrainingRun
    before: Array
    after: Array
    rate: float
    gains: Array | None


class Replay:
    """A run that can be taken to any of its steps, changes of its settings included.

    Parameters
    ----------
    network : what all runs of the experiment share.
    history : the run.
    """

    def __init__(self, network: Network, history: History) -> None:
        self.network, self.history = network, history
        self._training = Training(network, history.run, history.steps)
        self._moments: dict[int, training.Moment] = {0: self._training.moment()}
        self._changed = 0

    @property
    def theta(self) -> Array:
        """The weights now, (P,)."""
        return self._training.theta.astype(np.float64)

    def go_on_with(self, history: History) -> bool:
        """Take a longer record of the same run; False, and nothing happens, if it is another."""
        old, at = self.history, self.history.last_step
        same = history is old or (
            takes_same_steps(old.run, history.run)
            and old.steps == history.steps
            and history.last_step >= at
            and [c for c in history.changes if c[0] < at] == [c for c in old.changes if c[0] < at]
        )
        if same:
            self.history = history
        return same

    def to(self, step: int, stop: NDArray[np.uint8] | None = None, until: float = math.inf) -> bool:
        """Go to the weights before a step, or to where the run broke off.

        Once the clock (`time.monotonic`) is past `until` the rest is left for the next time:
        return whether it is there.

        Raises
        ------
        engine.descent.Cancelled : `stop` was set.
        """
        run, changes = self._training, self.history.changes
        if step < run.step:
            run.go_back_to(self._moments[max(at for at in self._moments if at <= step)])
            self._changed = sum(at <= run.step for at, _ in changes)
        self._change()
        while run.step < step and not run.over:
            due = [at for at, _ in changes[self._changed : self._changed + 1]]
            goal = min(step, (run.step // AT_ONCE + 1) * AT_ONCE, *due)
            run.advance(goal - run.step, stop)
            self._change()
            if run.step % APART == 0:
                self._keep()
            if run.step < step and monotonic() > until:
                # Some steps were taken at least.
                return run.over
        return True

    def taken(self, step: int, stop: NDArray[np.uint8] | None = None) -> StepTaken:
        """Return what one step did; the replay stands behind it then.

        Raises
        ------
        ValueError : the run took no such step.
        """
        if not 0 <= step < self.history.last_step:
            last = self.history.last_step - 1
            raise ValueError(f"There is no step {step}: the run's steps are 0 to {last}.")
        self.to(step, stop)
        run, before, theta = self._training.run, self._training.moment(), self.theta
        rate = float(self.history.learning_rates[step])
        self._training.advance(1, stop)
        rule, gains = gains_rule(run), None
        if rule is not None:
            found = rule(step - before.began, rate, before.taker, self._training.moment().taker)
            gains = found[: self.network.model.size]
        return StepTaken(step, run, theta, self.theta, rate, gains)

    def _change(self) -> None:
        """Have the settings hold that are due here."""
        for at, run in self.history.changes[self._changed :]:
            if at > self._training.step:
                break
            self._training.change(run)
            self._changed += 1

    def _keep(self) -> None:
        self._moments[self._training.step] = self._training.moment()
        if len(self._moments) > MOST_MOMENTS:
            for step in sorted(self._moments)[1::2]:
                del self._moments[step]


def run_at(history: History, step: int) -> TrainingRun:
    """Return the settings that held for the step that leaves a row."""
    found = history.run
    for at, run in history.changes:
        found = run if at <= step else found
    return found
