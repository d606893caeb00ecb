"""Runs of a network, tried at other learning rates and seeds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from engine.explanation.limits import transient_of
from engine.maps.outcomes import VERDICTS
from engine.maps.theory import Theory
from engine.maps.trial import Trial, with_rate
from engine.networks.explanation.linear import linear_of, why_silent
from engine.networks.explanation.sharpness import sharpness_along
from engine.networks.network import bind
from engine.networks.settings import rule_named
from engine.networks.training import Training
from engine.networks.verdict import judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.maps.trial import Stop
    from engine.networks.history import History
    from engine.networks.network import Network
    from engine.networks.settings import NetworkExperiment, TrainingRun

#: The part of the first loss that a target leaves.
LEFT = 0.1
#: Looks at curvature along a path.
LOOKS = 12
#: Steps between two looks at the budget of a rule whose steps differ in what they cost.
FEW = 8


@dataclass(frozen=True)
class NetworkSubject:
    """An experiment with a network whose runs are tried at other rates.

    A seed above 0 draws other first weights, another order of the rows and other gradient noise;
    the data and what is held back of them stay. A limit in seconds is left out: what it does
    depends on the machine.
    """

    experiment: NetworkExperiment
    _networks: dict[int, Network] = field(default_factory=dict, repr=False, compare=False)

    @property
    def runs(self) -> tuple[TrainingRun, ...]:
        """See `engine.maps.trial.Subject`."""
        return self.experiment.runs

    @property
    def steps(self) -> int:
        """See `engine.maps.trial.Subject`."""
        return self.experiment.steps

    @property
    def precision(self) -> str:
        """See `engine.maps.trial.Subject`."""
        return self.experiment.precision

    @property
    def part(self) -> float:
        """See `engine.maps.trial.Subject`."""
        return 5e-3

    @property
    def title(self) -> str:
        """What data and network are called."""
        return self.experiment.title or self.experiment.data.source

    def label(self, run: TrainingRun) -> str:
        """See `engine.maps.trial.Subject`."""
        return run.label or rule_named(run.optimizer).title

    def random(self, run: TrainingRun) -> bool:
        """See `engine.maps.trial.Subject`."""
        return True

    def target(self, run: TrainingRun) -> float:
        """See `engine.maps.trial.Subject`."""
        first = Training(self._network(0), run, 0).history().training_loss[0]
        return LEFT * float(first) if first > 0 and not run.maximize else math.nan

    def trial(
        self, run: TrainingRun, rate: float, seed: int, stop: Stop = None, *, budget: int = 0
    ) -> Trial:
        """See `engine.maps.trial.Subject`; the loss is known where all data were looked at."""
        each = 2 if run.sharpness > 0 else 1
        steps = max(1, budget // each) if budget else self.steps
        network = self._network(seed)
        run = msgspec.structs.replace(with_rate(run, rate), seed=run.seed + seed)
        rules = msgspec.structs.replace(self.experiment.stop, seconds=0.0)
        training = Training(network, run, steps, rules)
        at, paid = [0], [0]
        while not training.over and not (budget and training.evaluations >= budget):
            training.advance(FEW if budget else steps, stop)
            at.append(training.step)
            paid.append(training.evaluations)
        if not training.over:
            training.end("its budget was spent")
        return _trial(training.history(), np.array(at), np.array(paid, np.float64))

    def settles(self, run: TrainingRun, stop: Stop = None) -> Callable[[float], bool]:
        """See `engine.maps.trial.Subject`."""
        return lambda rate: self.trial(run, rate, 0, stop).trains

    def theory(self, run: TrainingRun, stop: Stop = None) -> Theory:
        """See `engine.maps.trial.Subject`; curvature is that at weights that were kept."""
        reason = why_silent(run)
        stability, numbers = linear_of(run)
        if reason or (stability.preconditioned and not stability.proportional):
            return Theory(reason=reason or "it scales every step by the gradients")
        network = self._network(0)
        training = Training(network, run, self.steps)
        training.advance(self.steps, stop)
        history = training.history()
        every = max(1, len(history.kept) // LOOKS)
        seen = sharpness_along(network, history, every=every, stop=stop)
        with np.errstate(all="ignore"):
            settings = np.where(seen.ratio > 0, run.learning_rate / seen.ratio, np.nan)
        corrected = transient_of(stability, numbers)
        # Corrections lengthen the first steps, which no limit applies to.
        settings[(seen.steps < corrected) | ~np.isfinite(settings)] = np.nan
        if np.isnan(settings).all():
            return Theory(reason="the loss bends down, or is not finite, wherever it was looked at")
        told = not stability.gains_vary and not _decays_beside(run)
        row = int(np.nanargmin(settings))
        return Theory(
            start=_or_none(settings[0]), lowest=float(settings[row]),
            lowest_step=int(seen.steps[row]), minimum=_or_none(settings[-1]), settled=False,
            scaled=stability.preconditioned, stability=stability if told else None,
            numbers=numbers, size=float(history.training_loss[0]),
        )  # fmt: skip

    def ramp(
        self, run: TrainingRun, steps: int, stop: Stop = None
    ) -> tuple[NDArray[np.float64], float]:
        """See `engine.maps.trial.Subject`."""
        training = Training(self._network(0), run, steps)
        training.advance(steps, stop)
        return training.history().loss[: training.step + 1], 0.0

    def _network(self, seed: int) -> Network:
        if seed not in self._networks:
            experiment = self.experiment
            initial, batches = experiment.initial, experiment.batches
            self._networks[seed] = bind(
                msgspec.structs.replace(
                    experiment,
                    initial=msgspec.structs.replace(initial, seed=initial.seed + seed),
                    batches=msgspec.structs.replace(batches, seed=batches.seed + seed),
                )
            )
        return self._networks[seed]


def _trial(history: History, at: NDArray[np.int64], paid: NDArray[np.float64]) -> Trial:
    fault = history.fault
    return Trial(
        at=history.scored,
        losses=history.training_loss,
        evaluations=np.interp(history.scored, at, paid),
        verdict=_verdict(history),
        ended=history.last_step if fault is None else fault.step,
        sense=-1.0 if history.run.maximize else 1.0,
    )


def _verdict(history: History) -> int:
    """Return the verdict on a training run as maps count verdicts."""
    kind = judge(history).kind
    if kind == "diverged":
        return VERDICTS.index("diverged")
    if kind == "non-finite":
        return VERDICTS.index("nan")
    first, last = history.training_loss[[0, -1]]
    return VERDICTS.index("still" if first == last and history.last_step else "moving")


def _decays_beside(run: TrainingRun) -> float:
    """Return what a run, or its rule, shrinks the weights by besides."""
    stability, numbers = linear_of(run)
    own = stability.decay(numbers) if stability.decay is not None else 0.0
    return own + (run.weight_decay if run.decoupled else 0.0)


def _or_none(rate: float) -> float | None:
    return float(rate) if math.isfinite(rate) else None
