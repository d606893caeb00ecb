"""Other settings, run for real from the same start: what a claim is checked by."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from engine.answer import landscape_of, perform_run
from engine.descent import Cancelled
from engine.status import judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.experiment import Experiment, RunSettings
    from engine.landscape import Landscape
    from engine.verdict import Status

#: Steps of one trial, unless the run's schedule or its batches fix them.
STEPS = 2000
#: Steps of a trial where theory does not tell the limit: only then it takes long to show.
LONG = 20_000
#: Runs with more steps of their own than this are not tried: a check should take milliseconds.
MOST_STEPS = 20_000
#: Growth of the loss from the second to the last quarter that tells a rate above the limit.
GREW = 1.02
#: The share of the last step that the advised heavy ball keeps.
MOMENTUM = 0.9
#: By how much less steps may shrink from one quarter of a trial to the next than the one before.
SLOWER = 1.1
#: How many times its start a loss must rise to for the path to have been thrown.
THROWN = 10.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a trial.

    Parameters
    ----------
    status : the verdict on its path.
    settles : whether it neither diverged nor grew nor went on to oscillate.
    thrown : whether its loss rose to many times that of the start.
    calms : whether it converged or its steps shrink so evenly that it will.
    loss : its last loss, on all data; infinite if that is not finite.
    late : mean loss of its last quarter.
    end : its last point.
    """

    status: Status
    settles: bool
    loss: float
    late: float
    end: tuple[float, float]
    calms: bool
    thrown: bool

    @property
    def converges(self) -> bool:
        """Whether it arrived."""
        return self.status.kind == "converged"


@dataclass
class Bench:
    """Where trials are run, each once; ends with Cancelled once `stop` is set."""

    experiment: Experiment
    landscape: Landscape
    stop: NDArray[np.uint8] | None = None
    known: dict[bytes, Outcome] = field(default_factory=dict)

    def steps_for(self, run: RunSettings) -> int:
        """Return how many steps a trial of this run takes."""
        return self.experiment.steps if self.fixed(run) else STEPS

    def fixed(self, run: RunSettings) -> bool:
        """Whether the number of steps is part of what the run is."""
        return self.scheduled(run) or self.landscape.batched

    def scheduled(self, run: RunSettings) -> bool:
        """Whether the rate changes from step to step."""
        return run.schedule.name != "constant" or run.schedule.warm_up_steps > 0

    def possible(self, run: RunSettings) -> bool:
        """Whether trials of this run are short enough."""
        return not run.recorded and self.short(self.steps_for(run))

    def short(self, steps: int) -> bool:
        """Whether a trial of that many steps takes milliseconds."""
        return 0 < steps <= MOST_STEPS

    def try_run(self, run: RunSettings, steps: int = 0, *, whole: bool = False) -> Outcome:
        """Run settings from the experiment's start; `whole` uses all data instead of batches."""
        if self.stop is not None and self.stop[0]:
            raise Cancelled
        plain = msgspec.structs.replace(run, label="", slot=0, visible=True)
        key = msgspec.json.encode((plain, steps, whole))
        if key not in self.known:
            self.known[key] = self._walk(plain, steps or self.steps_for(run), whole)
        return self.known[key]

    def _walk(self, run: RunSettings, steps: int, whole: bool) -> Outcome:
        experiment = msgspec.structs.replace(self.experiment, steps=steps)
        landscape = self.landscape
        data = experiment.surface.data
        if whole and data is not None:
            all_rows = msgspec.structs.replace(data, batch_size=0)
            surface = msgspec.structs.replace(experiment.surface, data=all_rows)
            experiment = msgspec.structs.replace(experiment, surface=surface)
            landscape = landscape_of(experiment)
        path = perform_run(experiment, run, landscape, self.stop)
        status = judge(path, landscape)
        loss = path.loss[: path.last_step + 1].astype(np.float64)
        end = float(loss[-1]) if math.isfinite(loss[-1]) else math.inf
        settles = status.kind in ("converged", "still", "moving") and not _grew(loss, run.maximize)
        thrown = _thrown(loss * (-1.0 if run.maximize else 1.0))
        # Schedules end a run before it is back.
        settles &= not (thrown and self.scheduled(run) and not end < loss[0])
        quarter = max(1, len(loss) // 4)
        x, y = (float(c) for c in path.points[path.last_step])
        late = float(np.mean(loss[-quarter:]))
        calms = status.kind in ("converged", "still") or (settles and _calms(path.points))
        return Outcome(status, settles, end, late, (x, y), calms, thrown)


def _thrown(loss: NDArray[np.float64]) -> bool:
    """Return whether a loss rose to many times its start, both above its lowest."""
    lowest = float(loss.min())
    return bool(loss.max() - lowest > THROWN * (loss[0] - lowest))


def _calms(points: NDArray[np.floating[Any]]) -> bool:
    """Return whether the longest steps shrink from quarter to quarter, and not ever more slowly."""
    steps = np.hypot(*np.diff(points.astype(np.float64), axis=0).T)
    quarter = len(steps) // 4
    if quarter < 2:
        return False
    before, then, now = steps[-3 * quarter :].reshape(3, quarter).max(axis=1)
    # Steps that shrink like a power of time may go on for any distance.
    return bool(now < 0.99 * then and now * before < SLOWER * then**2)


def _grew(loss: NDArray[np.float64], climbs: bool) -> bool:
    """Return whether the loss's highest values rise from the second quarter to the last."""
    quarter = len(loss) // 4
    if quarter < 2 or climbs:
        return False
    early, late = loss[quarter : 2 * quarter], loss[-quarter:]
    base = float(loss.min())
    grain = 1e-12 * (abs(base) + float(np.abs(loss[:quarter]).max()))
    return bool(late.max() - base > GREW * (early.max() - base) + grain)


def with_rate(run: RunSettings, rate: float) -> RunSettings:
    """Return the run at another base rate."""
    return msgspec.structs.replace(run, learning_rate=rate)


def as_heavy_ball(run: RunSettings) -> RunSettings:
    """Return the run by heavy ball, at the same base rate."""
    return msgspec.structs.replace(
        run, optimizer="heavy_ball", hyperparameters={"momentum": MOMENTUM}
    )


def bracket(
    bench: Bench, run: RunSettings, guess: float, steps: int = 0
) -> tuple[float, float] | None:
    """Return rates (low, high), at most 1 % apart, of which the first settles and the second not.

    Bisection on real runs, begun around `guess`; None where no such pair is near it.
    """
    return narrowed(lambda rate: bench.try_run(with_rate(run, rate), steps).settles, guess)


def narrowed(
    settles: Callable[[float], bool], guess: float, part: float = 0.01
) -> tuple[float, float] | None:
    """Return the same of any question about rates, the two at most by a `part` apart."""
    low, high = (1.0 - 0.5 * part) * guess, (1.0 + 0.5 * part) * guess
    if settles(low):
        step = 1.0 + 2.0 * part
        while settles(high):
            low, high, step = high, high * step, min(4.0, step**2)
            if high > 1e4 * guess:
                return None
    else:
        high, step = low, 1.0 + 2.0 * part
        low /= step
        while not settles(low):
            high, low, step = low, low / step, min(4.0, step**2)
            if low < 1e-6 * guess:
                return None
    while high > (1.0 + part) * low:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if settles(middle) else (low, middle)
    return low, high
