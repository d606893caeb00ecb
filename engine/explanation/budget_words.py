"""What a step's budget says in one sentence, and how long its bars are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.drawing.curve_scale import SYMLOG, Scale, symlog_unit
from engine.explanation.objective import lowered
from engine.numbers import short as number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.experiment import RunSettings
    from engine.explanation.change import Change
    from engine.explanation.explanation import Budget
    from engine.networks.settings import TrainingRun

#: A term below this part of the largest is too short to be seen on a linear scale.
COMPARABLE = 1 / 100
#: A remainder below this part of the other terms is rounding.
ROUNDING = 1e-12
#: A term below this part of the change does not decide.
MINOR = 0.1


@dataclass(frozen=True, slots=True)
class StepBudget:
    """The budget of one step: ΔL = first + second + remainder = measured."""

    first: float
    second: float
    remainder: float
    measured: float

    @property
    def terms(self) -> tuple[float, float, float, float]:
        """First order, second order, remainder, and the measured change, which is their sum."""
        return self.first, self.second, self.remainder, self.measured


def budget_at(budget: Budget, step: int) -> StepBudget | None:
    """Return the budget of the step that leaves a row; None if there is none."""
    if not 0 <= step < len(budget.measured):
        return None
    first, second = float(budget.first[step]), float(budget.second[step])
    return _rounded(first, second, float(budget.remainder[step]), float(budget.measured[step]))


def budget_of_change(change: Change) -> StepBudget:
    """Return the budget of one step that is known by itself."""
    return _rounded(change.first, change.second, change.remainder, change.measured)


def _rounded(first: float, second: float, remainder: float, measured: float) -> StepBudget:
    if abs(remainder) <= ROUNDING * max(abs(first), abs(second)):
        remainder = 0.0
    return StepBudget(first, second, remainder, measured)


def remainder_of(budget: Budget) -> NDArray[np.float64]:
    """Return the remainder of every step, (n,), with 0 for what is only rounding."""
    with np.errstate(invalid="ignore"):
        terms = np.maximum(np.abs(budget.first), np.abs(budget.second))
        return np.where(np.abs(budget.remainder) <= ROUNDING * terms, 0.0, budget.remainder)


def first_rise(budget: Budget) -> int:
    """Return the first step that raises the loss; −1 if none does."""
    with np.errstate(invalid="ignore"):
        # A loss that has become inf or NaN has risen, too.
        rises = ~(budget.measured <= 0)
    return int(np.argmax(rises)) if rises.any() else -1


def bar_lengths(values: tuple[float, ...]) -> tuple[tuple[float, ...], bool]:
    """Return signed lengths of bars, at most 1, and whether they are logarithmic.

    Terms of very different size share a symmetric logarithmic scale; NaN has length NaN, and an
    infinite term is as long as can be.
    """
    sizes = [abs(v) for v in values if math.isfinite(v)]
    largest = max(sizes, default=0.0)
    if largest == 0:
        return tuple(v if math.isnan(v) else math.copysign(float(v != 0), v) for v in values), False
    small = min(s for s in sizes if s > 0)
    logarithmic = small < COMPARABLE * largest
    scale = Scale(SYMLOG, unit=symlog_unit(largest)) if logarithmic else Scale()
    most = scale.forward(largest)
    return tuple(
        math.copysign(1.0, v) if math.isinf(v) else scale.forward(v) / most for v in values
    ), logarithmic


def sentence(step: StepBudget, run: RunSettings | TrainingRun, batched: bool) -> str:
    """Return why the loss, or what the run lowers instead, fell or rose in a step."""
    if not math.isfinite(step.measured):
        return "After this step the loss is no longer finite."
    if step.measured == 0:
        still = step.first == step.second == step.remainder == 0
        return "Nothing moves." if still else "Slope, curvature and remainder cancel."
    if not all(map(math.isfinite, step.terms)):
        return "The slope or the curvature is not finite here, so the change cannot be split."
    return _rise(step, run, batched) if step.measured > 0 else _fall(step, run)


def _rise(step: StepBudget, run: RunSettings | TrainingRun, batched: bool) -> str:
    by = f"the {lowered(run)} rises by {number(step.measured)}"
    if step.first > 0:
        return f"The step goes uphill, {_why_uphill(run, batched)}: {by}."
    model = step.first + step.second
    if model <= 0 or step.remainder > step.second:
        return f"The remainder decides: so long a step leaves the quadratic model, and {by}."
    times = number(step.second / -step.first) if step.first < 0 else "∞"
    return f"Curvature takes back {times} times what the slope gives: {by}."


def _fall(step: StepBudget, run: RunSettings | TrainingRun) -> str:
    by = f"the {lowered(run)} falls by {number(-step.measured)}"
    if step.first > 0:
        what = "a downward bend" if step.second < step.remainder else "the remainder"
        return f"The step goes uphill at first, but {what} outweighs it: {by}."
    model = step.first + step.second
    if model >= 0 or step.remainder < min(step.first, step.second):
        return f"The remainder decides; the quadratic model would not have said that {by}."
    if step.second < -MINOR * abs(step.measured):
        return f"Slope and downward bend pull together: {by}."
    lost = step.second / -step.first if step.first < 0 else 0.0
    if lost < MINOR:
        return f"The slope decides, curvature hardly matters: {by}."
    return f"Curvature takes back {round(100 * lost)} % of what the slope gives: {by}."


def _why_uphill(run: RunSettings | TrainingRun, batched: bool) -> str:
    if batched:
        return "since its mini-batch asks for that"
    if run.noise > 0:
        return "since noise points there"
    if run.weight_decay:
        return "carried by weight decay or by earlier gradients"
    return "carried by earlier gradients"
