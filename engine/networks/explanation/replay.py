"""Takes a run's steps again: they are the same each time, so that nothing of them need be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from engine.descent import Cancelled
from engine.networks.explanation.linear import gains_of, linear_of
from engine.networks.steps import Chunk, steps_of
from engine.schedules import rates_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.network import Network
    from engine.networks.settings import TrainingRun

    Array = NDArray[np.float64]

#: Steps between two snapshots, and how many are kept: going back begins at one of them.
APART, MOST_SNAPSHOTS = 256, 64
#: Rows of all steps of a chunk, and numbers that its noise may hold.
MOST_ROWS, MOST_NOISE = 1_000_000, 1_000_000


class Moment(NamedTuple):
    """One step of a run, in float64.

    Parameters
    ----------
    step : its number.
    before, after : weights around it, (P,).
    rate : its learning rate.
    gains : (P,), what each filtered gradient was multiplied by; None where that is the rate.
    """

    step: int
    before: Array
    after: Array
    rate: float
    gains: Array | None


class Replay:
    """A run that can be taken to any of its steps.

    Parameters
    ----------
    network : what all runs share.
    run : the optimizer's settings.
    steps : how many steps the run has in all.
    """

    def __init__(self, network: Network, run: TrainingRun, steps: int) -> None:
        self._network, self._run, self._steps = network, run, steps
        self._taker = steps_of(network, run)
        self._rates = rates_of(run.schedule, run.learning_rate, steps)
        self._gains_vary = linear_of(run)[0].gain is not None
        self._noise = np.random.default_rng(run.seed) if run.noise else None
        self.step = 0
        self._snapshots: dict[int, Any] = {}
        self._keep()

    @property
    def theta(self) -> Array:
        """The weights before `step`, (P,)."""
        return self._taker.theta[: self._network.model.size].astype(np.float64)

    def to(self, step: int, stop: NDArray[np.uint8] | None = None) -> None:
        """Go to the weights before a step, or to where the run broke off.

        Raises
        ------
        engine.descent.Cancelled : `stop` was set.
        """
        if step < self.step:
            self._restore(max(at for at in self._snapshots if at <= step))
        while self.step < step:
            count = min(step, (self.step // APART + 1) * APART) - self.step
            if self._take(count, stop) < count:
                return
            if self.step % APART == 0 and self.step not in self._snapshots:
                self._keep()

    def moment(self, step: int, stop: NDArray[np.uint8] | None = None) -> Moment:
        """Return what one step did; the replay stands behind it then."""
        self.to(step, stop)
        before, theta = self._taker.snapshot(), self.theta
        self._take(1, stop)
        rate = float(self._rates[min(step, len(self._rates) - 1)])
        gains = None
        if self._gains_vary:
            found = gains_of(self._run, step, rate, before, self._taker.snapshot())
            gains = found[: self._network.model.size]
        return Moment(step, theta, self.theta, rate, gains)

    def _take(self, count: int, stop: NDArray[np.uint8] | None) -> int:
        flag = np.zeros(1, np.uint8) if stop is None else stop
        left = count
        while left > 0:
            here = min(left, max(1, MOST_ROWS // self._network.order.size))
            if self._noise is not None:
                here = min(here, max(1, MOST_NOISE // self._network.model.size))
            chunk = self.chunk(here)
            taken = self._taker.take(chunk, np.empty((3, here)), flag)
            if flag[0]:
                raise Cancelled
            self.step += taken
            left -= here
            if taken < here:
                break
        return count - left

    def chunk(self, count: int) -> Chunk:
        """Return the next steps as the loop takes them; with noise each call draws anew."""
        order, first = self._network.order, self.step
        rows, counts = order.order(first, count)
        seen = rows[:1] if order.full else rows
        # Behind a smaller batch stands what fills it up.
        seen = seen[np.arange(seen.shape[1]) < counts[: len(seen), None]]
        noise = np.zeros((0, 0))
        if self._noise is not None:
            noise = self._noise.standard_normal((count, self._network.model.size))
        rates = self._rates[first : first + count] if len(self._rates) > 1 else self._rates
        return Chunk(first, seen, counts, order.full, rates, noise)

    def _keep(self) -> None:
        chance = None if self._noise is None else self._noise.bit_generator.state
        self._snapshots[self.step] = self._taker.snapshot(), chance
        if len(self._snapshots) > MOST_SNAPSHOTS:
            for step in sorted(self._snapshots)[1::2]:
                del self._snapshots[step]

    def _restore(self, step: int) -> None:
        snapshot, chance = self._snapshots[step]
        self._taker.restore(snapshot)
        if self._noise is not None:
            self._noise.bit_generator.state = chance
        self.step = step
