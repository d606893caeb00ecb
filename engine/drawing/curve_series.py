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
    ``bends`` tells at which steps the surface bends down, so that there is nothing to measure.
    """

    values: NDArray[np.float64]
    calm: bool
    lowest: float
    second: float
    highest: float
    mark: Mark | None
    limits: NDArray[np.float64] | None = None
    bends: NDArray[np.bool_] | None = None

    @property
    def start(self) -> float:
        """The first value, or 0 if that is not finite."""
        first = float(self.values[0]) if len(self.values) else 0.0
        return first if math.isfinite(first) else 0.0


@dataclass(frozen=True)
class Prepared:
    """What does not depend on the view: the series and the base of a log axis.

    ``known`` tells whether the base is a known minimum; ``signed`` whether only a symmetric log
    axis can show these values; ``always`` are values that the axis never leaves out; ``reasons``
    say of each run why it has no values, "" where it has some; ``grain`` is a size that a symmetric
    log axis tells apart from 0, however far it reaches.
    """

    quantity: str
    series: tuple[Series, ...]
    base: float
    known: bool
    signed: bool
    always: tuple[float, ...] = ()
    reasons: tuple[str, ...] = ()
    grain: float = math.inf


def spanning(
    values: NDArray[np.float64],
    calm: bool,
    mark: Mark | None = None,
    limits: NDArray[np.float64] | None = None,
    bends: NDArray[np.bool_] | None = None,
) -> Series:
    """Return a series of contiguous values, with what they span; a marked one is not calm."""
    found = np.empty(4)
    survey(values, found)
    lowest, second, highest = (float(v) for v in found[1:])
    return Series(values, calm and mark is None, lowest, second, highest, mark, limits, bends)


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
