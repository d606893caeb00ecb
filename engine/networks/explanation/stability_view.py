"""A run's load against its limit: over the steps, at one of them, and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.limits import dominant
from engine.explanation.words import capital, told_apart
from engine.networks.explanation.linear import linear_of
from engine.networks.explanation.run_case import RunCase
from engine.numbers import short as number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.explanation.verdict import Finding
    from engine.networks.explanation.watch import RunExplained

    Array = NDArray[np.float64]

#: Places of the curve, about.
PLACES = 300
#: What the curve is about where it comes first in the verdict.
TOLD = ("edge", "catapult", "divergence", "overshoot", "contraction")


@dataclass(frozen=True, eq=False)
class StabilityView:
    """What is shown of a run's stability.

    Parameters
    ----------
    ratio : (n,), load over limit at every `every` steps, between the looks along a straight line
        in logarithms; NaN before the first look that counts, and where the loss bends down.
    every : steps between two values.
    step : the look that is nearest to the play head.
    title : what this is called, e.g. "Edge of stability".
    sentences : on the step, on the run.
    reason : why there is nothing of this, in a sentence, or "".
    """

    ratio: Array
    every: int
    step: int
    title: str
    sentences: tuple[str, ...]
    reason: str = ""


def stability_view(explained: RunExplained, head: int) -> StabilityView:
    """Return what is to be seen at a play head of a run whose verdict is known."""
    history = explained.history
    found = explained.sharpness
    if history.curvature is not None and len(history.curvature.steps):
        # The training itself has looked more often.
        found = history.curvature
    case = RunCase(explained.network, history, found)
    steps, _, limits, _ = case.curvature
    if found is None or not len(steps):
        why = found.reason if found is not None else ""
        reason = f"No limit is given: {why}." if why else "The curvature is not known yet."
        return StabilityView(np.empty(0), 1, 0, "", (), reason)
    if not (limits > 0).all():
        reason = f"No rate is stable for {case.method} with these settings."
        return StabilityView(np.empty(0), 1, 0, "", (), reason)
    row = int(np.abs(steps - head).argmin())
    values, every = _along(case)
    first = explained.findings[0] if explained.findings else None
    told = first is not None and first.kind in TOLD
    return StabilityView(
        values, every, int(steps[row]), first.title if told and first is not None else "",
        (*_at(case, row), *_over(case), *_named(first)),
    )  # fmt: skip


def _along(case: RunCase) -> tuple[Array, int]:
    steps, _, _, ratio = case.curvature
    every = max(1, -(-int(steps[-1]) // PLACES))
    grid = np.arange(0, int(steps[-1]) + 1, every)
    with np.errstate(all="ignore"):
        heights = np.log(np.where(ratio > 0, ratio, np.nan))
    values = np.exp(np.interp(grid, steps, heights))
    values[grid < steps[0]] = np.nan
    return values, every


def _at(case: RunCase, row: int) -> list[str]:
    """Say how far the limit is at a look, and what a step does along the steepest direction."""
    steps, loads, limits, ratio = case.curvature
    load, limit = told_apart(float(loads[row]), float(limits[row]))
    if loads[row] <= 0:
        return [capital(f"{case.symbol} = {load} at step {steps[row]}: nothing bends up here.")]
    factor = number(float(max(ratio[row], 1 / ratio[row])))
    where = f"above {case.method}'s limit {limit}, {factor} times as large"
    if ratio[row] <= 1:
        where = f"below {case.method}'s limit {limit}, which is {factor} times as large"
    said = [capital(f"{case.symbol} = {load} at step {steps[row]} is {where}.")]
    return [*said, *_factor(case, float(loads[row]))]


def _factor(case: RunCase, load: float) -> list[str]:
    stability, h = linear_of(case.run)
    if case.run.decoupled and case.run.weight_decay:
        return []
    root = dominant(stability, h, load)
    if not np.isfinite(root):
        return []
    text = "Along the steepest direction a step multiplies the error by"
    if abs(root.imag) < 1e-9:
        return [f"{text} {number(root.real)} in the long run."]
    return [f"{text} {number(abs(root))} in the long run, swinging."]


def _over(case: RunCase) -> list[str]:
    """Say how the load went over the run."""
    steps, _, _, ratio = case.curvature
    if len(steps) < 2:
        return []
    text = f"It goes from {number(float(ratio[0]))} to {number(float(ratio[-1]))} of its limit"
    top = int(ratio.argmax())
    if 0 < top < len(steps) - 1:
        text += f", at most {number(float(ratio[top]))} at step {steps[top]}"
    above = int(np.count_nonzero(ratio > 1))
    if not above:
        return [f"{text}, and is never seen above it."]
    since = f" since step {steps[int(np.argmax(ratio > 1))]}" if ratio[0] <= 1 else ""
    return [f"{text}, and is above it in {above} of {len(steps)} looks{since}."]


def _named(finding: Finding | None) -> list[str]:
    """Return what the verdict says of an edge of stability or a catapult."""
    return [finding.text] if finding is not None and finding.kind in ("edge", "catapult") else []
