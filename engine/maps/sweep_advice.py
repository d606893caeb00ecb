"""Which learning rate, and why: one sentence for each run of a sweep."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.maps.curve import Advice
from engine.maps.outcomes import VERDICTS
from engine.numbers import short

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.maps.curve import Curve
    from engine.maps.sweep_limits import Limits

    Array = NDArray[np.float64]

#: Multiples of a limit at which growth is told.
ABOVE = 1.5
#: How far apart two limits may lie and be called one.
ALIKE = 0.01


def advise(curve: Curve, rates: Array) -> Advice:
    """Return which rate to use by what is known so far, and the reason."""
    if not curve.done.any():
        return Advice()
    place = curve.best_place()
    if place is None:
        return Advice(None, _none_trains(curve, rates))
    rate = float(rates[place])
    parts = [f"Use {short(rate)}: {_does(curve, place)}"]
    parts += _at_an_end(curve, rates, place)
    if curve.limits is not None:
        parts += _limits(curve, curve.limits)
    return Advice(rate, "; ".join(parts) + ".")


def _none_trains(curve: Curve, rates: Array) -> str:
    known = rates[curve.done]
    low, high = short(float(known[0])), short(float(known[-1]))
    where = f"at {low}" if len(known) == 1 else f"from {low} to {high}"
    verdicts = curve.verdict[curve.done]
    broke = np.isin(verdicts, [VERDICTS.index("diverged"), VERDICTS.index("nan")])
    if broke.all():
        return f"Every run {where} diverges or ends at what is no number; sweep lower rates."
    if (verdicts == VERDICTS.index("still")).all():
        return f"Nothing moves {where}; sweep higher rates, or begin elsewhere."
    better = "higher" if curve.sense < 0 else "lower"
    return f"No run {where} ends at a {better} loss than it began with."


def _does(curve: Curve, place: int) -> str:
    """Return what the runs at a rate do, in a clause."""
    (steps,), (loss,) = curve.quantiles(0.5, of="steps"), curve.quantiles(0.5)
    alone = int(curve.done.sum()) == 1
    several = curve.seeds > 1
    who = "it" if not several else f"the median of {curve.seeds} seeds"
    if math.isfinite(steps[place]):
        words = f"{who} reaches a loss of {short(curve.target)} in {_count(int(steps[place]))}"
        words += ", the only rate tried" if alone else ", sooner than at any other rate tried"
    else:
        words = f"{who} ends at a loss of {short(float(loss[place]))}"
        best = "highest" if curve.sense < 0 else "lowest"
        words += ", at the only rate tried" if alone else f", the {best} of all rates tried"
    failed = 1.0 - float(curve.share[place])
    return words + (f", but {short(100 * failed)} % of the seeds do not train" if failed else "")


def _count(steps: int) -> str:
    return f"{steps:,} step{'s' * (steps != 1)}"


def _at_an_end(curve: Curve, rates: Array, place: int) -> list[str]:
    """Warn where the best rate is the first or the last that was tried."""
    if int(curve.done.sum()) < 2:
        return []
    known = np.flatnonzero(curve.done)
    if place == known[0]:
        return ["it is the smallest rate tried, and a smaller one may do better"]
    if place == known[-1]:
        return ["it is the largest rate tried, and a larger one may do better"]
    return []


def _limits(curve: Curve, limits: Limits) -> list[str]:
    theory = limits.theory
    if limits.found is None:
        foretold = f", though theory has a limit of {short(theory.rate)}" if theory.rate else ""
        return [f"no limit was found: {limits.why}{foretold}"]
    words = f"by bisection runs train up to {short(limits.found, 4)}"
    if theory.rate is None:
        words += f", and theory has no word: {theory.reason}" if theory.reason else ""
    elif abs(limits.bias - 1.0) <= ALIKE:
        words += f", which is theory's limit {short(theory.rate, 4)} {theory.place}"
    else:
        words += f", where theory has {short(theory.rate, 4)} {theory.place}"
    parts = [words]
    if limits.mixed:
        parts.append("above that some rates train and some do not")
    # Where the limit is another than theory's, so may the growth be.
    return parts + (_growth(curve, limits) if abs(limits.bias - 1.0) <= ALIKE else [])


def _growth(curve: Curve, limits: Limits) -> list[str]:
    """Say how fast the error grows above the limit."""
    assert limits.found is not None
    rate = ABOVE * limits.found
    factor = limits.theory.factor(rate, limits.found)
    if not factor > 1.0:
        return []
    text = f"at {short(rate)}, {short(ABOVE)} times that, each step multiplies the error by "
    text += short(factor)
    steps = limits.theory.overflow(rate, curve.precision, limits.found)
    return [f"{text}, and the loss overflows after about {_count(steps)}" if steps else text]
