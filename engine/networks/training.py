"""Trains one run, a chunk at a time, and keeps what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.descent import Cancelled
from engine.networks.evaluation import Evaluator
from engine.networks.fault import first_fault
from engine.networks.history import Fault, History
from engine.networks.settings import rule_named
from engine.networks.steps import Chunk, Steps, steps_of
from engine.numbers import short
from engine.schedules import rates_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.network import Network
    from engine.networks.settings import TrainingRun

    Array = NDArray[Any]

#: Steps between two looks at all data, and between two kept weights: about so many of each.
SCORES, KEPT = 200, 200
#: Numbers that one chunk's noise may hold.
MOST_NOISE = 1_000_000


class Training:
    """One run of an experiment, taken step by step as far as one likes.

    Parameters
    ----------
    network : what all runs share.
    run : the optimizer's settings.
    steps : how many steps there are in all.
    """

    def __init__(self, network: Network, run: TrainingRun, steps: int) -> None:
        self.network, self.run, self.steps = network, run, steps
        self.step = 0
        self.fault: Fault | None = None
        self._taker: Steps = steps_of(network, run)
        self._evaluator = Evaluator(network)
        rates = rates_of(run.schedule, run.learning_rate, steps)
        self._rates = rates if len(rates) else np.array([run.learning_rate])
        self._records = np.full((3, steps + 1), np.nan)
        self._noise = np.random.default_rng(run.seed) if run.noise else None
        self._scores: list[tuple[float, ...]] = []
        self._kept: list[tuple[int, Array]] = []
        self._every = max(1, steps // SCORES)
        self._look()

    @property
    def over(self) -> bool:
        """Whether no step is left to be taken."""
        return self.step >= self.steps or self.fault is not None

    @property
    def theta(self) -> Array:
        """The weights now, (P,)."""
        return self._taker.theta[: self.network.model.size]

    def advance(self, steps: int, stop: NDArray[np.uint8] | None = None) -> None:
        """Take some steps, at most as many as are left.

        Raises
        ------
        engine.descent.Cancelled : `stop` was set; the steps taken until then count.
        """
        flag = np.zeros(1, np.uint8) if stop is None else stop
        target = min(self.steps, self.step + steps)
        while self.step < target and not self.over:
            # Up to the next look at all data.
            count = min(target, (self.step // self._every + 1) * self._every) - self.step
            self._take(count, flag)
            if flag[0]:
                raise Cancelled
            if self.step % self._every == 0 or self.over:
                self._look()

    def history(self) -> History:
        """Return what was recorded so far."""
        columns = np.array(self._scores)
        rates = self._rates
        every = np.append(rates, rates[-1]) if len(rates) > 1 else np.full(self.steps + 1, rates[0])
        return History(
            run=self.run,
            label=label_of(self.run),
            loss=self._records[0].copy(),
            gradient_norm=self._records[1].copy(),
            step_norm=self._records[2].copy(),
            learning_rates=every,
            scored=columns[:, 0].astype(np.int64),
            training_loss=columns[:, 1],
            validation_loss=columns[:, 2],
            training_accuracy=columns[:, 3],
            validation_accuracy=columns[:, 4],
            kept=np.array([step for step, _ in self._kept], np.int64),
            weights=np.array([weights for _, weights in self._kept]),
            last_step=self.step,
            fault=self.fault,
        )

    def _take(self, count: int, stop: NDArray[np.uint8]) -> None:
        if self._noise is not None:
            count = min(count, max(1, MOST_NOISE // self.network.model.size))
        before = self._taker.snapshot()
        first = self.step
        rows, counts = self.network.order.order(first, count)
        same = self.network.order.full
        valid = np.ascontiguousarray(rows[0]) if same else _behind_each_other(rows, counts)
        noise = np.zeros((0, 0))
        if self._noise is not None:
            noise = self._noise.standard_normal((count, self.network.model.size))
        rates = self._rates[first : first + count] if len(self._rates) > 1 else self._rates
        chunk = Chunk(first, valid, np.ascontiguousarray(counts), same, rates, noise)
        records = np.empty((3, count))
        taken = self._taker.take(chunk, records, stop)
        records = records[:, :taken]
        self.step += taken
        self._records[:, first : self.step] = records
        if not np.isfinite(records).all():
            self.fault = first_fault(self.network, self.run, chunk, records, before)

    def _look(self) -> None:
        """Keep the weights, and the loss on all data."""
        here = self._taker.theta
        with np.errstate(all="ignore"):
            score = self._evaluator.score(here, self.network.training)
            held = self._evaluator.score(here, self.network.validation)
        self._scores.append((self.step, score.loss, held.loss, score.accuracy, held.accuracy))
        self._kept.append((self.step, self.theta.copy()))
        if self.over:
            self._last_row()

    def _last_row(self) -> None:
        """Fill in the loss and gradient where the run ended, on the batch that would be next."""
        rows = self.network.order.rows_of(self.step)
        loss, norm = self._evaluator.loss_and_norm(self._taker.theta, self.network.training, rows)
        self._records[0, self.step], self._records[1, self.step] = loss, norm


def label_of(run: TrainingRun) -> str:
    """Return the run's own label or one made of optimizer and learning rate."""
    return run.label or f"{rule_named(run.optimizer).title} η {short(run.learning_rate)}"


def _behind_each_other(rows: Array, counts: Array) -> Array:
    """Return the rows of all steps in one line, without what fills up smaller batches."""
    width = rows.shape[1]
    if (counts == width).all():
        return np.ascontiguousarray(rows).reshape(-1)
    return rows[np.arange(width) < counts[:, None]]
