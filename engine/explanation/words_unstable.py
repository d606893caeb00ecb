"""What is said of a run above its limit: it diverges, is thrown and recovers, hovers or cycles."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.case import period
from engine.explanation.diagnosis import Claim
from engine.explanation.limits import bounded_amplitude, steps_to_overflow
from engine.explanation.words import (
    a_step,
    above_limit,
    first_above,
    no_limit,
    number,
    told_apart,
)
from engine.explanation.words_chance import in_mean_square
from engine.verdict import place, steps_words

if TYPE_CHECKING:
    from engine.explanation.case import Case

#: Theory and run agree when their factors differ by less than this.
AGREE = 0.02
_WIDER = "what it remembers makes it swing wider"


def divergence(case: Case) -> list[Claim]:
    """Say why the loss grows and when it overflows."""
    return _growth(case) + in_mean_square(case)


def _growth(case: Case) -> list[Claim]:
    row = first_above(case)
    silent = case.why_silent(row)
    if bottomless(case):
        return [Claim(case.status.sentence, "measured"), _down(case)]
    if silent or not case.signs.ratio[row] > 1:
        first = Claim(_ends(case), "measured")
        return [first, *([no_limit(silent)] if silent and case.rate(0) >= 0 else [])]
    multiplier = case.multiplier(case.load(row), row)
    factor = case.status.factor
    agrees = factor is not None and abs(abs(factor) / abs(multiplier) - 1) < AGREE
    if agrees:
        grows = _geometric(case, multiplier) + _overflow(case, multiplier)
        text = f"{above_limit(case, row)}: {grows}."
        return [Claim(text, "measured", "the growth of this run's steps")]
    return [Claim(_faster(case, row), "measured", "loss and curvature along this run")]


def _ends(case: Case) -> str:
    if case.status.kind != "moving":
        return case.status.sentence
    first, last = (number(case.loss(at)) for at in (0, case.row))
    return f"The loss {case.worse} and {case.worse}: from {first} to {last}."


def _geometric(case: Case, multiplier: complex) -> str:
    growth = f"the loss grows {number(abs(multiplier) ** 2)}-fold a step"
    if case.run.maximize:
        growth = f"the loss falls, {number(abs(multiplier) ** 2)}-fold farther each step"
    if abs(multiplier.imag) > 1e-9:
        every = number(period(multiplier))
        return (
            f"along the steep direction the error rings, round once in {every} steps, and grows "
            f"by {number(abs(multiplier))} a step, so {growth}"
        )
    return (
        f"along the steep direction each step multiplies the error by {number(multiplier.real)}, "
        f"so {growth}"
    )


def _overflow(case: Case, multiplier: complex) -> str:
    if case.status.cause:
        return _met(case)
    precision = case.experiment.precision
    loss = abs(float(case.explanation.loss[case.row]))
    more = steps_to_overflow(abs(multiplier), loss, precision, squared=True)
    return "" if more is None else f"; {precision} overflows near step {case.row + more}"


def _met(case: Case) -> str:
    """Say what became non-finite first, and at which step; weights may last some steps longer."""
    status, precision = case.status, case.experiment.precision
    return f"; the {status.cause} overflows {precision} at step {status.step}"


def _faster(case: Case, row: int) -> str:
    start, end = case.bends(row)[0], case.bends(case.row)[0]
    text = above_limit(case, row)
    if case.status.kind != "diverged" and case.signs.recovered:
        return f"{text}, so the swings along the steep direction grow."
    if case.status.kind != "diverged":
        first, last = (number(case.loss(at)) for at in (0, case.row))
        moving = "falling" if case.run.maximize else "rising"
        return f"{text}, and the loss is {moving}: from {first} to {last}."
    if end > 1.1 * start:
        text += (
            f"; the curvature then rises along the path, λ₁ from {number(start)} to {number(end)}, "
            f"so the loss {case.worse} faster than geometrically"
        )
    if case.status.cause:
        text += _met(case)
    elif end <= 1.1 * start:
        text += f"; the loss is {number(case.loss(case.row))} by then"
    return f"{text}."


def bottomless(case: Case) -> bool:
    """Return whether the loss fell without end, along a direction that bends down."""
    falls = case.explanation.loss[case.row] < case.explanation.loss[0]
    return bool(falls) and not case.flat_or_convex(case.row)


def _down(case: Case) -> Claim:
    low = case.sense * case.bends(case.row)[1]
    linear = case.linear[0].filter is not None
    factor = abs(case.multiplier(case.flat_load(case.row), case.row)) if linear else 0.0
    grows = f": an error along it grows {a_step(factor)}" if factor > 1 else ""
    down = "up" if case.run.maximize else "down"
    text = f"The surface bends {down} along one direction, λ₂ = {number(low)}{grows}, and no limit "
    return Claim(text + "on the learning rate would stop that.", "measured")


def catapult(case: Case) -> list[Claim]:
    """Say how the loss rose and where the curvature let go."""
    signs, loss = case.signs, case.explanation.loss
    row, first = first_above(case), number(case.loss(0))
    if not signs.recovered:
        here, there = case.bends(row)[0], case.bends(case.row)[0]
        moving = "falling" if case.run.maximize else "rising"
        text = f"{above_limit(case, row)}, and the loss is {moving}, from {first} to "
        text += number(case.loss(case.row))
        if there < here:
            text += f"; but the curvature falls, λ₁ from {number(here)} to {number(there)}"
        return [Claim(f"{text}.", "measured", "loss and curvature along this run")]
    back = signs.peak + int(np.argmax(loss[signs.peak : case.row + 1] < loss[0]))
    here, there = case.bends(row)[0], case.bends(case.row)[0]
    why, side = "the rate then comes down", "above" if case.run.maximize else "below"
    if there < 0.98 * here:
        why = f"that throws the path to where the curvature is lower, λ₁ = {number(there)} instead "
        why += f"of {number(here)}"
    text = (
        f"{above_limit(case, row)}, so the loss {case.worse}, from {first} to "
        f"{number(case.loss(signs.peak))} at step {signs.peak}; {why}, and with {case.symbol} = "
        f"{number(case.load(case.row))} it recovers: from step {back} on the loss is {side} "
        "where it began."
    )
    return [Claim(text, "measured", "loss and curvature along this run")]


def edge(case: Case) -> list[Claim]:
    """Say that the load goes to and fro across its limit while the loss comes down."""
    row, signs = first_above(case), case.signs
    loss = case.explanation.loss
    rises = int(np.count_nonzero(np.diff(loss[: case.row + 1]) > 0))
    end, limit = case.load(case.row), case.limit(case.row)
    where = "above it" if end > limit else "just below it" if end > 0.9 * limit else "below it"
    text = (
        f"From step {row} on {case.symbol} goes to and fro across {case.method}'s limit "
        f"{number(limit)}, {signs.crossings} times: above it the path bounces and the loss "
        f"{case.worse}, which drives it to where the curvature is lower. So the loss {case.better} "
        f"from {number(case.loss(0))} to {number(case.loss(case.row))} although it {case.worse} in "
        f"{rises} of {case.row} steps; it ends {where}, at {number(end)}."
    )
    return [Claim(text, "measured", "the curvature along this run")]


def oscillation(case: Case) -> list[Claim]:
    """Say what keeps the path from settling, and from leaving."""
    first = _swing(case)
    bound = bounded_amplitude(case.run)
    if bound:
        return [first, _bounded(case, bound)]
    if not case.landscape.surface.smooth:
        text = "The slope does not shrink towards the kink, so at a constant rate no step is short "
        return [first, Claim(text + "enough to settle.")]
    load, limit = case.at_centre
    if not (math.isfinite(load) and math.isfinite(limit) and limit > 0):
        return [first, *([no_limit(why)] if (why := case.why_silent(case.row)) else [])]
    if abs(load / limit - 1) < 1e-6:
        text = f"{case.symbol} = {number(load)} is exactly {case.method}'s limit: each step "
        return [first, Claim(f"{text}multiplies the error by −1.", "measured")]
    if load > limit and case.status.kind == "oscillating":
        shown = told_apart(load, limit)
        text = (
            f"In its middle, {place(case.centre)}, {case.symbol} = {shown[0]} is above "
            f"{case.method}'s limit {shown[1]}, so it cannot settle; farther out the slope "
            "grows less than there, so it does not leave either."
        )
        return [first, Claim(text, "measured", "the curvature in the middle of the cycle")]
    return [first]


def _swing(case: Case) -> Claim:
    if case.status.kind == "oscillating":
        return Claim(case.status.sentence, "measured")
    rows = case.explanation.points[max(0, case.row - 63) : case.row + 1]
    width = number(0.5 * float(np.ptp(rows, axis=0).max()))
    text = f"After {steps_words(case.row)} it still swings, by {width} to either side."
    return Claim(text, "measured", "the last 64 rows of this run")


def _bounded(case: Case, bound: float) -> Claim:
    last = np.diff(case.explanation.points[max(0, case.row - 1) : case.row + 1], axis=0)
    step, rate = float(np.hypot(*last[-1])), number(case.rate(case.row))
    # A cycle that lies aslant is longer than either side of its box.
    aslant = case.status.period == 2 and 0.9 < 0.5 * step / bound < 1.1
    cycle = f"a cycle with steps {number(step)} long" if aslant else ""
    if 0.9 < (case.status.amplitude or 0.0) / bound < 1.1:
        cycle = f"a cycle {number(bound)} to either side"
    if cycle:
        text = f"Its steps are bounded: with η = {rate} it ends in {cycle}, however the surface "
        text += "bends there."
        return Claim(text, "measured", "the amplitude of this run")
    wider = "it swings wider" if case.method == "gradient descent" else _WIDER
    text = (
        f"Its steps are bounded, so that it cannot overflow; with η = {rate} its smallest cycle is "
        f"{number(bound)} to either side, and {wider}."
    )
    return Claim(text, "measured", "the amplitude of this run")
