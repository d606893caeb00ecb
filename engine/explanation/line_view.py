"""What the step microscope shows of a line: how high it reaches, and what stands at a place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.numbers import short

if TYPE_CHECKING:
    from engine.experiment import RunSettings
    from engine.explanation.explanation import Explanation
    from engine.explanation.microscope import StepLine
    from engine.networks.settings import TrainingRun

#: The picture is at most this many times as high as what happens between the marks.
HEADROOM = 1.6
MARGIN = 0.08
#: Part of a sum's terms that is rounding.
GRAIN = 1e-14
#: Lengths this near to each other are told as one.
SAME = 1e-9


def loss_range(line: StepLine, other: StepLine | None = None) -> tuple[float, float]:
    """Return the losses between which a picture of the line is drawn.

    The start, the landing and the lowest places are always in it, and of another loss along the
    same step the start and the landing; a wall behind them is cut off.
    """
    marks = [line.value, line.landed]
    if line.lowest is not None:
        marks.append(line.lowest[1])
    if line.best is not None:
        marks.append(line.value + 0.5 * line.slope * line.best)
    if other is not None:
        marks += [other.value, other.landed]
    finite = [v for v in marks if math.isfinite(v)]
    if not finite:
        return 0.0, 1.0
    low, high = min(finite), max(finite)
    seen = np.concatenate([one.loss for one in (line, other) if one is not None])
    seen = seen[np.isfinite(seen)]
    if len(seen):
        low = max(min(low, float(seen.min())), low - (high - low))
        high = min(float(seen.max()), low + HEADROOM * (high - low)) if high > low else seen.max()
    extent = float(high - low) or abs(low) or 1.0
    return float(low - MARGIN * extent), float(low + (1 + MARGIN) * extent)


def values_at(explanation: Explanation, step: int, line: StepLine, s: float) -> tuple[float, float]:
    """Return (true loss, quadratic model's loss) at a place of a step's line; rounding is 0."""
    point = explanation.points[step]
    with np.errstate(all="ignore"):
        there = point + s * (explanation.points[step + 1] - point)
        true = float(explanation.objective.value(there[None])[0])
    return _without_grain(line, s, true)


def values_on(line: StepLine, s: float) -> tuple[float, float]:
    """Return the same, with the true loss as the line's curve has it: exact at its places."""
    return _without_grain(line, s, float(np.interp(s, line.positions, line.loss)))


def _without_grain(line: StepLine, s: float, true: float) -> tuple[float, float]:
    model = line.value + line.slope * s + 0.5 * line.bend * s * s
    grain = GRAIN * max(abs(line.value), abs(line.slope * s), abs(line.bend * s * s))
    return 0.0 if abs(true) <= grain else true, 0.0 if abs(model) <= grain else model


def verdict(line: StepLine, run: RunSettings | TrainingRun, what: str = "surface") -> str:
    """Return in one sentence how this step's length stands to the best one.

    `what` bends along the step.
    """
    if line.best is None:
        bend = "does not bend" if line.bend == 0 else "bends down"
        what = "negative loss" if run.maximize else what
        return f"The {what} {bend} along this step, so no best length follows from curvature."
    if line.best <= 0:
        return "The step goes uphill: the best one along this line would have gone back."
    times = 1 / line.best
    if math.isclose(times, 2.0, rel_tol=SAME):
        return "The step is twice the best one: the model lands as high as it began."
    if times > 2:
        return f"The step is {short(times)} times the best one, beyond twice it: the model rises."
    if math.isclose(times, 1.0, rel_tol=SAME):
        return "The step is the best one along this line."
    if times > 1:
        return f"The step is {short(times)} times the best one: it overshoots, and still falls."
    return f"The step is {short(times)} of the best one."
