"""The learning-rate range test, and how far above the true limit it ends.

One run whose rate rises by the same factor at each step, until the loss is four times the best so
far (Smith 2017, "Cyclical Learning Rates", §3.3; the rule to stop is fastai's). Once the rate has
passed the limit the run still has to grow, which puts the end too high; a loss that rises in
passing, as momentum's does, puts it too low. Both are told as one number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec.structs import replace

from engine.experiment import ScheduleSettings
from engine.maps.sweep import axis_around, rates_on, subject_of
from engine.maps.sweep_limits import find_limits
from engine.maps.trial import with_rate
from engine.numbers import short
from engine.schedules import rates_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.experiment import Experiment
    from engine.maps.axes import Axis
    from engine.maps.sweep_limits import Limits
    from engine.maps.trial import Stop, Subject
    from engine.networks.settings import NetworkExperiment

    Array = NDArray[np.float64]

#: The loss, in multiples of the best so far, at which the test ends.
STOP_AT = 4.0
#: What a batch's loss keeps of those before it.
SMOOTHING = 0.9
MOST_STEPS = 1_000_000


@dataclass(frozen=True, eq=False)
class RangeTest:
    """What one rising run shows.

    Parameters
    ----------
    run : the run with its rising rate, which can be opened as any other.
    label : its name.
    rates : (n,) the rate of the step that leaves row t.
    loss : (n,) the loss that each step saw, NaN behind the end of a run that broke off.
    smoothed : (n,) what the test looks at: with mini-batches or noise a running mean of it.
    stop : the row at which it ends, None if the loss never rose to four times its best.
    steepest : the row of the steepest fall per decade of rate, None if it never falls.
    limits : the true limit, from runs at constant rates; None if it was not looked for.
    """

    run: Any
    label: str
    rates: Array
    loss: Array
    smoothed: Array
    stop: int | None
    steepest: int | None
    limits: Limits | None = None

    @property
    def stop_rate(self) -> float | None:
        """The rate at which the test ends."""
        return None if self.stop is None else float(self.rates[self.stop])

    @property
    def bias(self) -> float:
        """That rate over the true limit, above 1 where the test promises too much; or NaN."""
        limit = self.limits.rate if self.limits is not None else None
        return self.stop_rate / limit if self.stop_rate and limit else math.nan

    @property
    def sentence(self) -> str:
        """What the test says, and by how much it is wrong."""
        low, high = short(float(self.rates[0])), short(float(self.rates[-1]))
        if not np.isfinite(self.loss[0]):
            return "The loss is not finite at the start, so that the test says nothing."
        if self.stop is None:
            return (
                f"The loss does not rise to {short(STOP_AT)} times its best between η = {low} and "
                f"{high}; raise the high end."
            )
        words = f"The range test ends at η = {short(float(self.rates[self.stop]))}"
        if self.steepest is not None:
            words += f", and its loss falls fastest at {short(float(self.rates[self.steepest]))}"
        return f"{words}; {self._beside()}."

    def _beside(self) -> str:
        if math.isnan(self.bias):
            why = f": {self.limits.why}" if self.limits is not None and self.limits.why else ""
            return f"there is no limit to compare it with{why}"
        assert self.stop_rate is not None
        limit = self.stop_rate / self.bias
        only = " only" if self.bias >= 1.0 else ""
        text = f"runs at a constant rate train up to {short(limit)}{only}, so that the test is "
        if self.bias >= 1.0:
            return f"{text}{short(self.bias)} times too high: it goes on until the run has grown"
        return f"{text}{short(1.0 / self.bias)} times too low: a rise in passing has ended it"


def range_test(
    experiment: Experiment | NetworkExperiment,
    index: int = 0,
    axis: Axis | None = None,
    *,
    steps: int | None = None,
    limits: Limits | None = None,
    compared: bool = True,
    stop: Stop = None,
) -> RangeTest:
    """Let one run's learning rate rise and say what can be read from it.

    Parameters
    ----------
    index : which of the experiment's runs.
    axis : from which rate to which, by equal factors; left out, around the runs' own.
    steps : how many; the experiment's if left out.
    limits : the true limit, if a sweep has found it already.
    compared : whether the true limit is looked for where it is not given.

    Raises
    ------
    ValueError : there is no such run, or the range does not allow it (a plain sentence).
    engine.descent.Cancelled : `stop` was set.
    """
    subject = subject_of(experiment)
    if not 0 <= index < len(subject.runs):
        raise ValueError(f"index is {index}; give 0 to {len(subject.runs) - 1}.")
    count = subject.steps if steps is None else steps
    if not 2 <= count <= MOST_STEPS:
        raise ValueError(f"A range test takes 2 to {MOST_STEPS:,} steps, not {count}.")
    axis = axis or axis_around(experiment)
    if axis.low <= 0:
        raise ValueError(
            f"A range test raises η by equal factors and cannot begin at {axis.low:g}; give a low "
            "end above 0."
        )
    run = subject.runs[index]
    factor = math.exp((math.log(axis.high) - math.log(axis.low)) / (count - 1))
    rising = ScheduleSettings(name="exponential", parameters={"gamma": factor})
    risen = replace(run, learning_rate=axis.low, schedule=rising)
    found, floor = subject.ramp(risen, count, stop)
    rates = rates_of(rising, axis.low, count)
    loss = np.full(count, np.nan)
    seen = min(count, len(found))
    loss[:seen] = found[:seen]
    smoothed = smooth(loss) if subject.random(run) else loss
    end = end_of(_sense(run) * smoothed, _sense(run) * floor)
    if limits is None and compared:
        limits = _true_limits(subject, run, axis, stop)
    return RangeTest(
        risen, subject.label(run), rates, loss, smoothed, end,
        _steepest(_sense(run) * smoothed, end), limits,
    )  # fmt: skip


def _sense(run: Any) -> float:
    """Return −1 for a run that climbs, else 1."""
    return -1.0 if run.maximize else 1.0


def smooth(loss: Array) -> Array:
    """Return a running mean (n,) of losses, its beginning corrected as Adam's."""
    found, mean = np.full(len(loss), np.nan), 0.0
    for t, value in enumerate(loss.tolist()):
        mean = SMOOTHING * mean + (1.0 - SMOOTHING) * value
        found[t] = mean / (1.0 - SMOOTHING ** (t + 1))
    return found


def end_of(loss: Array, floor: float = 0.0) -> int | None:
    """Return the first row whose loss is four times the best so far, or no number.

    Both are taken above `floor`, or above the lowest of them where that lies below it.
    """
    with np.errstate(all="ignore"):
        finite = loss[np.isfinite(loss)]
        base = min(floor, float(finite.min())) if len(finite) else floor
        above = loss - base
        best = np.fmin.accumulate(above)
        # A floor is known to rounding only.
        grain = 1e-14 * abs(base)
        rows = np.flatnonzero(~(above <= STOP_AT * np.maximum(best, grain)))
    return int(rows[0]) if len(rows) else None


def _steepest(loss: Array, end: int | None) -> int | None:
    part = loss[: len(loss) if end is None else end]
    if len(part) < 3:
        return None
    slopes = np.gradient(part)
    row = int(np.argmin(slopes))
    return row if slopes[row] < 0 else None


def _true_limits(subject: Subject, run: Any, axis: Axis, stop: Stop) -> Limits:
    """Return the limit from a coarse sweep of runs at constant rates."""
    rates = rates_on(replace(axis, scale="log"), 25)
    trained = np.array([subject.trial(run, rate, 0, stop).trains for rate in rates.tolist()])
    base = with_rate(run, rates[trained][-1] / 2.0) if trained.any() else run
    theory = subject.theory(base, stop)
    return find_limits(theory, subject.settles(run, stop), rates, trained, subject.part)
