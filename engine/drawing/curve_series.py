"""One quantity of several runs over their steps, before it is drawn: values, span, marks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.drawing.curves import survey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.drawing.curve_scale import Scale
    from engine.trajectory import Trajectory

QUANTITIES = {
    "loss": "loss",
    "distance": "distance",
    "gradient_norm": "gradient_norm",
    "step_norm": "step_norm",
    "learning_rate": "learning_rates",
}
#: A diverging run that falls this many times its initial size below the others has no base.
BOTTOMLESS = 100.0


@dataclass(frozen=True, slots=True)
class Mark:
    """The first step at which a curve stops being finite.

    ``value`` is inf, -inf or NaN, or finite if the run ended although this quantity was finite.
    """

    step: int
    value: float
    last_finite: float


@dataclass(frozen=True)
class Series:
    """One run's quantity: (steps + 1,) or shorter, what it spans, and whether it stays calm.

    ``limits`` is what the values are to stay below, where they are measured against something;
    ``bends`` tells at which steps the surface bends down, so that there is nothing to measure;
    ``steps`` are those that the values belong to, rising, where not every step has one.
    """

    values: NDArray[np.float64]
    calm: bool
    lowest: float
    second: float
    highest: float
    mark: Mark | None
    limits: NDArray[np.float64] | None = None
    bends: NDArray[np.bool_] | None = None
    steps: NDArray[np.int64] | None = None

    @property
    def start(self) -> float:
        """The first value, or 0 if that is not finite."""
        first = float(self.values[0]) if len(self.values) else 0.0
        return first if math.isfinite(first) else 0.0

    def value(self, step: int) -> float | None:
        """Return the value at a step, or the last one before it; None beyond both ends."""
        if self.steps is None:
            return float(self.values[step]) if 0 <= step < len(self.values) else None
        if not len(self.steps) or not self.steps[0] <= step <= self.steps[-1]:
            return None
        return float(self.values[np.searchsorted(self.steps, step, "right") - 1])

    def place(self, step: int, scale: Scale) -> float:
        """Return where the curve passes a step: 0 at the top, 1 at the bottom, NaN nowhere."""
        value = self.value(step)
        place = math.nan if value is None else scale.place(value)
        if self.steps is None or math.isnan(place):
            return place
        after = int(np.searchsorted(self.steps, step, "right"))
        if after == len(self.steps):
            return place
        before, behind = self.steps[after - 1], self.steps[after]
        share = float(step - before) / float(behind - before)
        return place + share * (scale.place(float(self.values[after])) - place) if share else place


@dataclass(frozen=True)
class Prepared:
    """What does not depend on the view: the series and the base of a log axis.

    ``known`` tells whether the base is a known minimum; ``signed`` whether only a symmetric log
    axis can show these values; ``always`` are values that the axis never leaves out; ``reasons``
    say of each run why it has no values, "" where it has some; ``grain`` is a size that a symmetric
    log axis tells apart from 0, however far it reaches; ``least`` is where a log axis ends, though
    some values are lower.
    """

    quantity: str
    series: tuple[Series, ...]
    base: float
    known: bool
    signed: bool
    always: tuple[float, ...] = ()
    reasons: tuple[str, ...] = ()
    grain: float = math.inf
    least: float = -math.inf


def spanning(
    values: NDArray[np.float64],
    calm: bool,
    mark: Mark | None = None,
    limits: NDArray[np.float64] | None = None,
    bends: NDArray[np.bool_] | None = None,
    steps: NDArray[np.int64] | None = None,
) -> Series:
    """Return a series of contiguous values, with what they span; a marked one is not calm."""
    found = np.empty(4)
    survey(values, found)
    lowest, second, highest = (float(v) for v in found[1:])
    calm = calm and mark is None
    return Series(values, calm, lowest, second, highest, mark, limits, bends, steps)


def prepare(trajectories: Sequence[Trajectory], calm: Sequence[bool], quantity: str) -> Prepared:
    """Collect one quantity of all runs; `calm` is False for the runs that diverged."""
    series = tuple(_series(t, c, quantity) for t, c in zip(trajectories, calm, strict=True))
    lowest = min((s.lowest for s in series), default=math.inf)
    if quantity != "loss" or lowest == math.inf:
        return Prepared(quantity, series, 0.0, True, lowest < 0)
    minima = trajectories[0].minima
    known = float(minima[:, 2].min()) if len(minima) else math.nan
    if known <= lowest:
        return Prepared(quantity, series, known, True, False)
    # A run that falls without end must not become the base of all others.
    size = max(abs(s.start) for s in series)
    ground = min(s.lowest if s.calm else min(s.start, s.highest) for s in series)
    signed = lowest < ground - BOTTOMLESS * max(size, 1e-300)
    return Prepared(quantity, series, lowest, False, signed)


def _series(trajectory: Trajectory, calm: bool, quantity: str) -> Series:
    values = np.ascontiguousarray(getattr(trajectory, QUANTITIES[quantity]), dtype=np.float64)
    # A step or a rate belongs to the step that leaves a row, so the last row has none.
    leaving = quantity in ("step_norm", "learning_rate")
    values = values[: trajectory.last_step + (0 if leaving else 1)]
    found = np.empty(4)
    survey(values, found)
    bad, lowest, second, highest = int(found[0]), *(float(v) for v in found[1:])
    mark = None
    if highest > -math.inf and quantity != "learning_rate":
        if bad < len(values):
            mark = Mark(bad, float(values[bad]), float(values[bad - 1]) if bad else math.nan)
        elif trajectory.cause:
            last = float(values[-1])
            mark = Mark(trajectory.last_step, last, last)
    return Series(values, calm and mark is None, lowest, second, highest, mark)
