"""Trains one run, a chunk at a time, and keeps what happened."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from engine.descent import Cancelled
from engine.networks.fault import first_fault, part
from engine.networks.history import Fault, History
from engine.networks.looks import Looks
from engine.networks.misfits import notes_of
from engine.networks.settings import StopSettings, rule_named
from engine.networks.steps import Chunk, Steps, steps_of
from engine.networks.stopping import reason_to_stop
from engine.numbers import short
from engine.schedules import rates_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.explanation.tracking import Tracker
    from engine.networks.network import Network
    from engine.networks.settings import TrainingRun

    Array = NDArray[Any]

#: Numbers that one chunk's noise may hold.
MOST_NOISE = 1_000_000
NO_RULES = StopSettings()
_NO_NOISE = np.zeros((0, 0))


class Moment(NamedTuple):
    """All that a run goes on from: the same moment gives the same steps."""

    step: int
    run: TrainingRun
    taker: Any
    noise: Any
    began: int
    fault: Fault | None
    seconds: float


class Training:
    """One run of an experiment, taken step by step as far as one likes.

    Parameters
    ----------
    network : what all runs share.
    run : the optimizer's settings.
    steps : how many steps there are in all.
    rules : what ends it earlier.
    curvature_every : steps between two looks at curvature, 0 for none.
    """

    def __init__(
        self, network: Network, run: TrainingRun, steps: int, rules: StopSettings = NO_RULES,
        curvature_every: int = 0,
    ) -> None:  # fmt: skip
        self.network, self.run, self.steps, self.rules = network, run, steps, rules
        self.step = 0
        self.seconds = 0.0
        self.fault: Fault | None = None
        self.stopped = ""
        self._broken = False
        self._began = 0
        self._first = run
        self._changes: list[tuple[int, TrainingRun]] = []
        self._tracker: Tracker | None = None
        if curvature_every:
            from engine.networks.explanation.tracking import Tracker

            self._tracker = Tracker(network, curvature_every)
        self._taker = self._steps(run)
        self._rates = self._planned(run)
        self._records = np.full((3, steps + 1), np.nan)
        self._noise = np.random.default_rng(run.seed)
        self._looks = Looks(network, steps)
        self._look()

    @property
    def over(self) -> bool:
        """Whether no step is left to be taken."""
        return self.step >= self.steps or self._broken or bool(self.stopped)

    @property
    def theta(self) -> Array:
        """The weights now, (P,)."""
        return self._taker.theta[: self.network.model.size]

    @property
    def evaluations(self) -> int:
        """Gradients, or what costs as much, taken since the optimizer began."""
        return self._taker.evaluations

    def advance(self, steps: int, stop: NDArray[np.uint8] | None = None) -> None:
        """Take some steps, at most as many as are left.

        Raises
        ------
        engine.descent.Cancelled : `stop` was set; the steps taken until then count.
        """
        flag = np.zeros(1, np.uint8) if stop is None else stop
        target = min(self.steps, self.step + steps)
        while self.step < target and not self.over:
            start = perf_counter()
            # Up to the next look at all data.
            self._take(min(target, self._looks.after(self.step)) - self.step, flag)
            self.seconds += perf_counter() - start
            if 0 < self.rules.seconds <= self.seconds and not self.over:
                self.stopped = f"its {short(self.rules.seconds)} seconds were over"
            if self._looks.due(self.step) or self.over:
                self._look()
            if flag[0]:
                raise Cancelled

    def end(self, reason: str) -> None:
        """End the run here, if it is not over; the reason is a clause."""
        if not self.over:
            self.stopped = reason
            self._look()

    def change(self, run: TrainingRun) -> None:
        """Go on with other settings; the same optimizer keeps its state, another begins anew."""
        # A refusal must leave the run as it is.
        same = run.optimizer == self.run.optimizer
        taker = self._steps(run, self._began if same else self.step)
        before = self._taker
        if run.seed != self.run.seed:
            self._noise = np.random.default_rng(run.seed)
        if self.step:
            self._changes.append((self.step, run))
        else:
            self._first = run
        self._put(run, self.step, taker)
        if same:
            self._taker.restore(before.snapshot())
        else:
            self._taker.theta[:], self._began = before.theta, self.step

    def moment(self) -> Moment:
        """Return what `go_back_to` needs to be here again."""
        return Moment(
            self.step, self.run, self._taker.snapshot(), self._noise.bit_generator.state,
            self._began, self.fault, self.seconds,
        )  # fmt: skip

    def go_back_to(self, moment: Moment) -> None:
        """Be where the run was; what came after it, changes too, has not happened."""
        self._put(moment.run, moment.step, self._steps(moment.run, moment.began))
        self._taker.restore(moment.taker)
        self._noise.bit_generator.state, self._began = moment.noise, moment.began
        self.step, self.fault, self.seconds = moment.step, moment.fault, moment.seconds
        self.stopped, self._broken = "", False
        self._records[:, self.step :] = np.nan
        self._looks.forget_after(self.step)
        self._changes = [change for change in self._changes if change[0] <= self.step]

    def history(self) -> History:
        """Return what was recorded so far."""
        looks = np.array(self._looks.seen)
        kept = self._looks.kept_and_now(self.step, self.theta)
        rates = self._rates
        every = np.append(rates, rates[-1]) if len(rates) > 1 else np.full(self.steps + 1, rates[0])
        records = self._records.copy()
        records[:2, self.step] = self._looks.loss_and_norm(self.step, self._taker.theta)
        return History(
            run=self._first,
            label=label_of(self.run),
            loss=records[0],
            gradient_norm=records[1],
            step_norm=records[2],
            learning_rates=every,
            scored=looks[:, 0].astype(np.int64),
            training_loss=looks[:, 1],
            validation_loss=looks[:, 2],
            training_accuracy=looks[:, 3],
            validation_accuracy=looks[:, 4],
            kept=np.array([step for step, _ in kept], np.int64),
            weights=np.array([weights for _, weights in kept]),
            last_step=self.step,
            fault=self.fault,
            stopped=self.stopped,
            changes=tuple(self._changes),
            seconds=self.seconds,
            tensors=self.network.model.tensors,
            notes=(*self.network.notes, *notes_of(self.network, self.run), *self._note),
            curvature=self._tracker.result() if self._tracker is not None else None,
        )

    @property
    def _note(self) -> tuple[str, ...]:
        return (self._tracker.note,) if self._tracker is not None and self._tracker.note else ()

    def _steps(self, run: TrainingRun, began: int = 0) -> Steps:
        """Return what takes the run's steps, and looks at curvature between them if asked to."""
        steps = steps_of(self.network, run)
        if self._tracker is None:
            return steps
        from engine.networks.explanation.tracking import TrackedSteps

        return TrackedSteps(steps, self._tracker, run, began)

    def _planned(self, run: TrainingRun) -> NDArray[np.float64]:
        rates = rates_of(run.schedule, run.learning_rate, self.steps)
        return rates if len(rates) else np.array([run.learning_rate])

    def _put(self, run: TrainingRun, step: int, taker: Steps) -> None:
        """Have other settings hold from a step on."""
        old, new = self._rates, self._planned(run)
        if step and (len(old) > 1 or len(new) > 1 or old[0] != new[0]):
            old, new = (np.broadcast_to(r, self.steps) if len(r) == 1 else r for r in (old, new))
            new = np.concatenate([old[:step], new[step:]])
        self._rates = new
        self.run, self._taker = run, taker

    def _take(self, count: int, stop: NDArray[np.uint8]) -> None:
        if self.run.noise:
            count = min(count, max(1, MOST_NOISE // self.network.model.size))
        before, seed = self._taker.snapshot(), self._noise.bit_generator.state
        chunk = self._chunk(count)
        records = np.empty((3, count))
        taken = self._taker.take(chunk, records, stop)
        broken = ~np.isfinite(records[:, :taken]).all(axis=0)
        if broken.any() and self.fault is None:
            bare = before if self._tracker is None else before[:-1]
            found = first_fault(self.network, self.run, chunk, records[:, :taken], bare)
            self.fault = found and replace(found, step=self._began + found.step)
        if broken.any() and self.rules.non_finite and (first := int(broken.argmax()) + 1) < taken:
            taken = first
            self._taker.restore(before)
            self._taker.take(part(chunk, 0, taken), np.empty((3, taken)), np.zeros(1, np.uint8))
        if taken < count and self.run.noise:
            # As if no more had been drawn than was used.
            self._noise.bit_generator.state = seed
            self._noise.standard_normal((taken, self.network.model.size))
        self._records[:, self.step : self.step + taken] = records[:, :taken]
        self.step += taken
        ended = taken > 0 and not np.isfinite(records[2, taken - 1])
        self._broken = bool(ended or (self.rules.non_finite and broken.any()))

    def _chunk(self, count: int) -> Chunk:
        first, size = self.step, self.network.model.size
        rows, counts = self.network.order.order(first, count)
        rates = self._rates[first : first + count] if len(self._rates) > 1 else self._rates
        same = self.network.order.full
        return Chunk(
            # An optimizer counts its own steps.
            first=first - self._began,
            rows=np.ascontiguousarray(rows[0]) if same else _behind_each_other(rows, counts),
            counts=np.ascontiguousarray(counts),
            same=same,
            rates=rates,
            noise=self._noise.standard_normal((count, size)) if self.run.noise else _NO_NOISE,
        )

    def _look(self) -> None:
        """Look at all data, judge what is seen, and perhaps keep the weights."""
        self._looks.look(self.step, self._taker.theta)
        if not self.over:
            validated = self.network.validation.count > 0
            self.stopped = reason_to_stop(self.rules, self._looks.seen, validated)
        self._looks.keep(self.step, self._taker.theta, self.over)


def label_of(run: TrainingRun) -> str:
    """Return the run's own label or one made of optimizer and learning rate."""
    return run.label or f"{rule_named(run.optimizer).title} η {short(run.learning_rate)}"


def _behind_each_other(rows: Array, counts: Array) -> Array:
    """Return the rows of all steps in one line, without what fills up smaller batches."""
    width = rows.shape[1]
    if (counts == width).all():
        return np.ascontiguousarray(rows).reshape(-1)
    return rows[np.arange(width) < counts[:, None]]
