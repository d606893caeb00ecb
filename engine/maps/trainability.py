"""The networks of Sohl-Dickstein 2024, "The boundary of neural network trainability is fractal".

One hidden layer of n units, no biases, f(x) = W₁ φ(W₀x √2/√m)/n for tanh and ReLU and
f(x) = W₁ W₀x/(√m n) for the identity, m inputs; weights, samples and targets are standard normal;
mean squared error, gradient descent in float64. What a map asks: whether it trains.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from msgspec.structs import replace

from engine.experiment import MOST_STEPS, Settings
from engine.maps.axes import Axis
from engine.maps.outcomes import NO_BASIN, VERDICTS, Outcomes, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Reals = NDArray[np.float64]

#: Settings of a network that are real numbers.
REALS = ("input_rate", "output_rate", "momentum", "gain", "offset")
ACTIVATIONS = ("tanh", "relu", "identity")
MOST_UNITS, MOST_POINTS = 256, 100_000
#: Networks that are trained together, and how many weights they may have in all.
CHUNK, MOST_WEIGHTS = 1024, 2**22
#: Draws of points that a run of mini-batches may take in all: half a gigabyte.
MOST_DRAWS = 2**26
#: A run whose last losses lie on average so many times above its first has diverged, as
#: `engine.networks.verdict` has it.
WORSE = 2.0


class AxisName(NamedTuple):
    """A setting that may vary: name, title on screen, and a sensible range."""

    name: str
    title: str
    axis: Axis


def _log(name: str, low: float, high: float) -> Axis:
    return Axis(name=name, low=low, high=high, scale="log")


def _even(name: str, low: float, high: float) -> Axis:
    return Axis(name=name, low=low, high=high)


class Trainability(Settings, frozen=True):
    """Which networks are trained, and which two of their settings vary; an `engine.maps.task.Task`.

    ``batch`` 0 means all points; else each step draws so many of them anew, with replacement, and
    the losses are still those of all points. ``input_rate`` and ``output_rate`` are the learning
    rates of W₀ and W₁, ``momentum`` is heavy ball's as in torch, ``gain`` multiplies both layers'
    first weights, and ``offset`` is the mean of W₀'s. Settings ``x`` and ``y`` go by the pixel;
    "learning_rate" is both layers' at once. ``steps`` and ``batch`` are rounded to whole numbers.
    """

    activation: Literal["tanh", "relu", "identity"] = "tanh"
    width: int = 16
    inputs: int = 16
    points: int = 272
    batch: int = 0
    seed: int = 0
    steps: int = 500
    input_rate: float = 1.0
    output_rate: float = 1.0
    momentum: float = 0.0
    gain: float = 1.0
    offset: float = 0.0
    x: str = "input_rate"
    y: str = "output_rate"

    def __post_init__(self) -> None:
        """Raise ValueError, naming the field and the fix, for what is not allowed."""
        for name, low, high in (
            ("width", 1, MOST_UNITS), ("inputs", 1, MOST_UNITS), ("points", 1, MOST_POINTS),
            ("batch", 0, MOST_POINTS), ("steps", 0, MOST_STEPS),
        ):  # fmt: skip
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} is {getattr(self, name)}; give {low} to {high:,}.")
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; give a whole number of 0 or more.")
        for name in REALS:
            if not math.isfinite(getattr(self, name)):
                raise ValueError(
                    f"{name} is {getattr(self, name)}; give a finite number such as 0.5."
                )
        self._check_axes()

    def _check_axes(self) -> None:
        known = [found.name for found in names(self)]
        for field in ("x", "y"):
            if getattr(self, field) not in known:
                raise ValueError(
                    f"{field} is {getattr(self, field)!r}; give one of {', '.join(known)}."
                )
        both = {self.x, self.y}
        if len(both) == 1 or ("learning_rate" in both and both & {"input_rate", "output_rate"}):
            raise ValueError(f"x is {self.x} and y is {self.y}; give two different settings.")

    def at(self, x: float, y: float) -> Trainability:
        """Return the settings behind a pixel, as plain ones; its own axes are the defaults."""
        xs, ys = np.array([x]), np.array([y])
        whole = {name: int(self._whole(name, xs, ys)[0]) for name in ("steps", "batch")}
        reals = {name: float(self._values(name, xs, ys)[0]) for name in REALS}
        unset = Trainability()
        return replace(self, **whole, **reals, x=unset.x, y=unset.y)

    def run(self, xs: Reals, ys: Reals, stop: NDArray[np.uint8]) -> Outcomes:
        """See `engine.maps.task.Task.run`."""
        found = unknown(len(xs))
        chunk = max(1, min(CHUNK, MOST_WEIGHTS // (self.width * self.inputs)))
        for places, steps, batch in self._alike(xs, ys):
            for begin in range(0, len(places), chunk):
                some = places[begin : begin + chunk]
                trained = self._train(xs[some], ys[some], steps, batch, stop)
                parts = outcomes_of(trained.kept, steps)
                for field in Outcomes._fields:
                    getattr(found, field)[some] = getattr(parts, field)
        return found

    def _alike(self, xs: Reals, ys: Reals) -> Iterator[tuple[NDArray[np.int64], int, int]]:
        """Yield the places of pixels with the same numbers of steps and of rows, and those."""
        steps, batch = (self._whole(name, xs, ys) for name in ("steps", "batch"))
        pairs, which = np.unique(np.stack([steps, batch]), axis=1, return_inverse=True)
        for n, (count, rows) in enumerate(pairs.T.tolist()):
            if count * rows > MOST_DRAWS:
                raise ValueError(
                    f"{count:,} steps with {rows:,} points each need more memory than a map may "
                    "take; give fewer steps, or batch 0 for all points."
                )
            yield np.flatnonzero(which.ravel() == n), count, rows

    def _whole(self, name: str, xs: Reals, ys: Reals) -> NDArray[np.int64]:
        low, high = (0, MOST_STEPS) if name == "steps" else (1, self.points)
        if name not in (self.x, self.y):
            return np.full(len(xs), getattr(self, name))
        values = np.nan_to_num(np.rint(xs if name == self.x else ys))
        return np.asarray(np.clip(values, low, high), np.int64)

    def _values(self, name: str, xs: Reals, ys: Reals) -> Reals:
        """Return what a setting is at each pixel."""
        for chosen, values in ((self.x, xs), (self.y, ys)):
            if chosen == name or (chosen == "learning_rate" and name.endswith("_rate")):
                return np.asarray(values, np.float64)
        return np.full(len(xs), getattr(self, name), np.float64)

    def _train(
        self, xs: Reals, ys: Reals, steps: int, batch: int, stop: NDArray[np.uint8],
        record: Reals | None = None,
    ) -> Any:  # fmt: skip
        from engine.maps.trainability_lanes import train

        settings = {name: self._values(name, xs, ys) for name in REALS}
        return train(self, settings, steps, batch, stop, np.zeros(0) if record is None else record)


def outcomes_of(kept: Reals, steps: int) -> Outcomes:
    """Return the outcomes of networks from what the kernel has kept of them, (networks, 7).

    A run has converged if its last 20 losses lie on average below the first (Sohl-Dickstein 2024).
    """
    from engine.maps.trainability_kernel import MOST, TAIL

    first, last, ratios, inverses, ending, taken, changed = kept.T
    rest = steps - taken
    with np.errstate(all="ignore"):
        mean = (ending + MOST * np.minimum(rest, TAIL)) / min(steps, TAIL) if steps else first * 0
    gone = ~np.isfinite(last)
    converged = ~gone & (mean < 1.0) & (steps > 0)
    measure = np.where(converged, ratios + MOST * rest, -(inverses + rest / MOST))
    kinds = np.select(
        [gone & ~np.isfinite(first), gone, changed == 0, converged, mean > WORSE],
        [VERDICTS.index(v) for v in ("nan", "diverged", "still", "converged", "diverged")],
        VERDICTS.index("moving"),
    )
    return Outcomes(
        last.copy(), measure, taken.astype(np.int32), kinds.astype(np.uint8),
        np.full(len(last), NO_BASIN, np.int16),
    )  # fmt: skip


class SingleRun(NamedTuple):
    """One pixel's run, step by step.

    Attributes
    ----------
    losses : (t + 1,) on all points, before the first step and after each; t is the outcome's
        steps.
    input_weights, output_weights : W₀ (width, inputs) and W₁ (width,) at the end.
    outcome : what `Trainability.run` says of it, with arrays of length 1.
    """

    losses: Reals
    input_weights: Reals
    output_weights: Reals
    outcome: Outcomes


def single(task: Trainability, x: float, y: float) -> SingleRun:
    """Return the run behind a pixel, with bit for bit the same losses."""
    xs, ys, go_on = np.array([x]), np.array([y]), np.zeros(1, np.uint8)
    (_, steps, batch) = next(iter(task._alike(xs, ys)))
    record = np.full(steps + 1, np.nan)
    trained = task._train(xs, ys, steps, batch, go_on, record)
    outcome = outcomes_of(trained.kept, steps)
    end = int(outcome.steps[0])
    if end < steps:
        # The weights of a run that broke off, before others' steps went on.
        trained = task._train(xs, ys, end, batch, go_on)
    return SingleRun(record[: end + 1], trained.input_weights, trained.output_weights, outcome)


def names(task: Trainability) -> tuple[AxisName, ...]:
    """Return which settings of a task may be axes."""
    size = float(max(2, task.points))
    return (
        AxisName("input_rate", "Learning rate of the first layer", _log("input_rate", 1e-3, 1e6)),
        AxisName("output_rate", "Learning rate of the last layer", _log("output_rate", 1e-3, 1e6)),
        AxisName("learning_rate", "Learning rate", _log("learning_rate", 1e-3, 1e6)),
        AxisName("gain", "Scale of the first weights", _log("gain", 1e-2, 1e2)),
        AxisName("offset", "Mean of the first layer's first weights", _even("offset", -4.0, 4.0)),
        AxisName("momentum", "Momentum", _even("momentum", 0.0, 1.0)),
        AxisName("steps", "Steps", _log("steps", 1.0, 1000.0)),
        AxisName("batch", "Batch size", _log("batch", 1.0, size)),
    )
