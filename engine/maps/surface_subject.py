"""Runs on a surface, tried at other learning rates and seeds."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from engine.answer import landscape_of, perform_run
from engine.descent import Cancelled
from engine.experiment import start_of
from engine.explanation.explain import explain
from engine.explanation.limits import decays_beside, stability_of
from engine.explanation.rates import rate_limits
from engine.explanation.trials import STEPS, Bench
from engine.maps.counting import counting
from engine.maps.outcomes import VERDICTS
from engine.maps.theory import Theory
from engine.maps.trial import Trial, with_rate
from engine.optimizers import optimizer_named
from engine.status import judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.experiment import Experiment, RunSettings
    from engine.landscape import Landscape
    from engine.maps.trial import Stop

#: The share of the way from the start to the lowest known minimum that a target leaves.
LEFT = 0.01


@dataclass(frozen=True)
class SurfaceSubject:
    """An experiment on a surface whose runs are tried at other rates.

    A seed above 0 changes what is drawn: gradient noise, mini-batches and, with `scatter`, the
    start, which then lies anywhere within that share of the view around the experiment's.

    Raises
    ------
    ValueError : a run is read from a file, and so cannot be run at another rate.
    """

    experiment: Experiment
    scatter: float = 0.0

    def __post_init__(self) -> None:
        """Raise ValueError, with the fix, for what cannot be tried."""
        if not 0.0 <= self.scatter < math.inf:
            raise ValueError(f"scatter is {self.scatter:g}; give 0 (off) or more, such as 0.05.")
        for run in self.experiment.runs:
            if run.recorded:
                raise ValueError(
                    f"{self.label(run)} is read from {run.recorded} and cannot be run at another "
                    "learning rate; remove that run."
                )

    @property
    def runs(self) -> tuple[RunSettings, ...]:
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
        return 1e-4

    @property
    def title(self) -> str:
        """What the surface is called."""
        settings = self.experiment.surface
        return settings.formula or self.landscape.surface.title

    @property
    def landscape(self) -> Landscape:
        """The surface, bound."""
        return landscape_of(self.experiment)

    def label(self, run: RunSettings) -> str:
        """See `engine.maps.trial.Subject`."""
        return run.label or optimizer_named(run.optimizer).title

    def random(self, run: RunSettings) -> bool:
        """See `engine.maps.trial.Subject`."""
        return run.noise > 0 or self.scatter > 0 or self.landscape.batched

    def target(self, run: RunSettings) -> float:
        """See `engine.maps.trial.Subject`."""
        landscape = self.landscape
        start = float(landscape.value(start_of(self.experiment, run)))
        if run.maximize or not len(landscape.minima) or not math.isfinite(start):
            return math.nan
        lowest = float(landscape.minima[:, 2].min())
        return lowest + LEFT * (start - lowest) if start > lowest else lowest

    def trial(
        self, run: RunSettings, rate: float, seed: int, stop: Stop = None, *, budget: int = 0
    ) -> Trial:
        """See `engine.maps.trial.Subject`."""
        experiment, run = self._drawn(with_rate(run, rate), seed)
        if budget:
            experiment = msgspec.structs.replace(experiment, steps=budget)
        landscape = landscape_of(experiment)
        seen, counts = landscape, np.ones(experiment.steps + 1)
        if budget and optimizer_named(run.optimizer).step is not None:
            seen, counts = counting(landscape, experiment.steps)
        path = perform_run(experiment, run, seen, stop)
        if stop is not None and stop[0]:
            raise Cancelled
        path = replace(path, minima=landscape.minima)
        status, rows = judge(path, landscape), path.last_step + 1
        return Trial(
            at=np.arange(rows),
            losses=path.loss[:rows].astype(np.float64),
            evaluations=np.append(0.0, np.cumsum(counts[: rows - 1])),
            verdict=VERDICTS.index(status.kind),
            ended=status.step,
            factor=math.nan if status.factor is None else abs(status.factor),
            sense=-1.0 if run.maximize else 1.0,
        )

    def settles(self, run: RunSettings, stop: Stop = None) -> Callable[[float], bool]:
        """See `engine.maps.trial.Subject`."""
        bench = Bench(self.experiment, self.landscape, stop)
        stability = stability_of(run)[0]
        if not self.random(run) and stability.filter is not None and stability.amplitude is None:
            return lambda rate: bench.try_run(with_rate(run, rate)).settles
        # Chance, or steps of a fixed length, keep it from coming to rest at any rate.
        steps = 0 if self.random(run) or bench.fixed(run) else max(self.steps, STEPS)

        def settles(rate: float) -> bool:
            trial = self.trial(run, rate, 0, stop, budget=steps)
            # Corrections may throw it at first. What divides by its gradients comes back, in
            # bursts, from anywhere, and only looks as if it had settled.
            late = trial.sense * trial.losses[len(trial.losses) // 2 :]
            return trial.trains and bool(late.max() <= trial.sense * trial.losses[0])

        return settles

    def theory(self, run: RunSettings, stop: Stop = None) -> Theory:
        """See `engine.maps.trial.Subject`."""
        path = perform_run(self.experiment, run, self.landscape, stop)
        found = rate_limits(explain(path, self.experiment, stop))
        stability, numbers = stability_of(run)
        # Where gains move, or decay pulls besides, the load alone does not tell the growth.
        told = stability.filter is not None and not stability.gains_vary
        first = float(path.loss[0])
        return Theory(
            start=found.start, lowest=found.lowest, lowest_step=found.lowest_step,
            minimum=found.minimum, reason=found.reason, scaled=found.scaled,
            stability=stability if told and not sum(decays_beside(run)) else None,
            numbers=numbers, size=first - self.floor(run),
        )  # fmt: skip

    def ramp(
        self, run: RunSettings, steps: int, stop: Stop = None
    ) -> tuple[NDArray[np.float64], float]:
        """See `engine.maps.trial.Subject`."""
        experiment = msgspec.structs.replace(self.experiment, steps=steps)
        path = perform_run(experiment, run, landscape_of(experiment), stop)
        losses = path.seen_loss[: path.last_step + 1].astype(np.float64)
        return losses, self.floor(run)

    def floor(self, run: RunSettings) -> float:
        """Return the lowest loss there is, as far as it is known; 0 where it is not."""
        minima = self.landscape.minima
        return float(minima[:, 2].min()) if len(minima) and not run.maximize else 0.0

    def _drawn(self, run: RunSettings, seed: int) -> tuple[Experiment, RunSettings]:
        """Return experiment and run as a seed draws them."""
        if not seed:
            return self.experiment, run
        experiment = self.experiment
        data = experiment.surface.data
        if data is not None and data.batch_size:
            data = msgspec.structs.replace(data, seed=data.seed + seed)
            surface = msgspec.structs.replace(experiment.surface, data=data)
            experiment = msgspec.structs.replace(experiment, surface=surface)
        if self.scatter > 0:
            x_low, x_high, y_low, y_high = self.landscape.view
            half = self.scatter * np.array([x_high - x_low, y_high - y_low])
            if self.landscape.surface.one_variable:
                half[1] = 0.0
            push = half * np.random.default_rng(seed).uniform(-1.0, 1.0, 2)
            x, y = np.array(start_of(experiment, run)) + push
            run = msgspec.structs.replace(run, start=(float(x), float(y)))
        return experiment, msgspec.structs.replace(run, seed=run.seed + seed)
