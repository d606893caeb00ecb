"""What is said of a run below its limit: how it settles, or what keeps it so long."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.case import period
from engine.explanation.diagnosis import Claim
from engine.explanation.words import below_limit, capital, no_limit, number, told_apart

if TYPE_CHECKING:
    from engine.explanation.case import Case

#: A step that changes less than this part of an error does nothing to it.
IDLE = 1e-6


def contraction(case: Case) -> list[Claim]:
    """Say by how much each step shortens the error."""
    row = case.row
    silent = case.why_silent(row)
    if silent or not case.load(row) < case.limit(row):
        return [Claim(case.status.sentence, "measured"), *([no_limit(silent)] if silent else [])]
    if case.scheduled:
        return [Claim(_under_schedule(case), "measured", "ηλ₁ along this run")]
    held = _held(case)
    if held and abs(abs(case.multiplier(case.load(row), row)) - 1) < IDLE:
        return held
    steep, flat = _rates(case)
    text = f"{below_limit(case, row)}: each step multiplies the error by {steep} along the steep "
    if case.flat_load(row) > 0 and case.condition > 1.01:
        return [*held, Claim(f"{text}direction and by {flat} along the flat one.")]
    return [*held, Claim(text.replace(" along the steep ", "."))]


def _held(case: Case) -> list[Claim]:
    """Say first what holds a path where the surface still slopes."""
    return [Claim(case.status.sentence, "measured")] if case.status.kind == "still" else []


def _under_schedule(case: Case) -> str:
    """Return how the load moved while the schedule moved the rate."""
    loads = case.explanation.load.values[: case.row + 1]
    most = int(np.nanargmax(loads))
    text = f"The schedule moves the rate: {case.symbol} is at most {number(loads[most])}, at step "
    text += f"{most}, against {case.method}'s limit {number(case.limit(most))}, and "
    return f"{text}{number(loads[-1])} in the end."


def _rates(case: Case) -> tuple[str, str]:
    loads = case.load(case.row), case.flat_load(case.row)
    found = [case.multiplier(load, case.row) for load in loads]
    steep, flat = (_factor(m.real if abs(m.imag) < 1e-9 else abs(m)) for m in found)
    return steep, flat


def _factor(value: float) -> str:
    """Return a factor in digits that tell it from 1."""
    return told_apart(value, math.copysign(1, value))[0]


def _thrown_on_the_way(case: Case) -> list[Claim]:
    """Say where the load passed its limit on the way and the loss rose for it."""
    signs, loss = case.signs, case.explanation.loss
    above = np.flatnonzero(signs.ratio > 1)
    if not len(above) or case.why_silent(case.row) or above[-1] >= case.row:
        return []
    first, last = int(above[0]), int(above[-1])
    most = first + int(np.nanargmax(signs.ratio[first : last + 1]))
    stretch = loss[first : min(case.row, last + 16) + 1]
    peak = int(np.argmax(stretch))
    if len(above) < 4 or not stretch[peak] > 10 * abs(stretch[0]) or not last < 1.5 * first + 16:
        return []
    rose = "fell" if case.run.maximize else "rose"
    text = (
        f"Between steps {first} and {last} it was above, at most {number(case.load(most))}, and "
        f"the loss {rose} from {number(case.loss(first))} to {number(case.loss(first + peak))} at "
        f"step {first + peak}."
    )
    return [Claim(text, "measured", "load and loss along this run")]


def overshoot(case: Case) -> list[Claim]:
    """Say how the error flips from side to side and shrinks."""
    row, flips = case.row, max(case.signs.flips)
    silent = case.why_silent(row)
    crossed = f"The path crosses the valley's floor {flips} times, each swing shorter in the end"
    if silent or not case.load(row) < case.limit(row):
        return [Claim(f"{crossed}.", "measured"), *([no_limit(silent)] if silent else [])]
    if case.scheduled:
        text = f"{_under_schedule(case)} {crossed}."
        return [Claim(text, "measured", "ηλ₁ along this run")]
    flat_rings = case.signs.flips[1] > case.signs.flips[0]
    load = case.flat_load(row) if flat_rings else case.load(row)
    where = "flat" if flat_rings else "steep"
    multiplier = case.multiplier(load, row)
    turn = 0.5 * period(multiplier)
    in_time = 0.8 * turn <= case.signs.paces[int(flat_rings)] <= 1.25 * turn
    if not in_time or abs(multiplier) < 0.05:
        first = Claim(f"{below_limit(case, row)}. {crossed}.", "measured")
        return [*_held(case), first, *_thrown_on_the_way(case)]
    if abs(multiplier.imag) > 1e-9:
        text = (
            f"{below_limit(case, row)}, but along the {where} direction the error rings: it goes "
            f"round once in {number(period(multiplier))} steps and keeps "
            f"{_factor(abs(multiplier))} of its size a step."
        )
    else:
        text = (
            f"{below_limit(case, row)} but so large that each step overshoots: along the {where} "
            f"direction it multiplies the error by {_factor(multiplier.real)}, so the path flips "
            "sides at each step and still settles."
        )
    return [Claim(text, "measured", "the sign of this run's gradient along the direction")]


def ravine(case: Case) -> list[Claim]:
    """Say what κ does to the flat direction."""
    high, low = case.bends(case.row)
    text = f"κ = {number(case.condition)}: the surface bends {number(high)} across the ravine and "
    text += f"{number(low)} along it"
    if low < 0:
        text = f"The surface bends {number(high)} across the ravine and the other way along it, "
        text += f"λ₂ = {number(low)}"
    silent = case.why_silent(case.row)
    if silent:
        return [Claim(f"{text}.", "measured"), no_limit(silent)]
    if not case.load(case.row) < case.limit(case.row):
        return [Claim(f"{text}. {capital(_above_now(case))}", "measured")]
    rate = abs(case.multiplier(case.flat_load(case.row), case.row))
    if not 0 < rate < 1 or low <= 0:
        return [Claim(f"{text}. {below_limit(case, case.row)}.", "measured")]
    share, decade = number(100 * (1 - rate)), number(math.ceil(math.log(10) / -math.log(rate)))
    text = (
        f"{text}. {below_limit(case, case.row)}, which the steep direction sets; along the flat "
        f"one each step takes off {share} % of the error: {decade} steps for a factor of 10."
    )
    return [Claim(text, "measured", "the curvature where this run ended")]


def moving(case: Case) -> list[Claim]:
    """Say how far the rate is below its limit, or that the path bends on."""
    first, row = Claim(case.status.sentence, "measured"), case.row
    silent = case.why_silent(row)
    stability, _ = case.linear
    if stability.amplitude is not None or case.run.clip_norm or case.run.clip_value:
        steps = np.hypot(*np.diff(case.explanation.points[: row + 1], axis=0).T)
        mean = number(float(steps.mean())) if len(steps) else "0"
        most = float(np.abs(case.explanation.trajectory.learning_rates).max())
        bounded = stability.amplitude is not None and steps.max(initial=0.0) <= 1.5 * most
        what = "bounded by η: they are " if bounded else ""
        return [first, Claim(f"Its steps are {what}{mean} long on average.", "measured")]
    if silent:
        return [first, no_limit(silent)]
    load, limit = case.load(row), case.limit(row)
    if not case.flat_or_convex(row):
        down = "up" if case.run.maximize else "down"
        low = number(case.sense * case.bends(row)[1])
        text = f"Along one direction the surface bends {down}, λ₂ = {low}."
        return [first, Claim(text, "measured")]
    if 0 < load < 0.1 * limit:
        text = f"{below_limit(case, row)}, by a factor of {number(limit / load)}."
        return [first, Claim(text, "measured", "the curvature where this run ended")]
    return [first, Claim(f"{below_limit(case, row)}." if load < limit else _above_now(case))]


def _above_now(case: Case) -> str:
    load, limit = told_apart(case.load(case.row), case.limit(case.row))
    return f"{case.symbol} = {load} is above {case.method}'s limit {limit} now."


def plateau(case: Case) -> list[Claim]:
    """Say how faint slope and curvature are against the rest of the surface."""
    row = case.row
    slope = float(np.hypot(*case.explanation.gradients[row]))
    high, low = case.bends(row)
    bend = max(abs(high), abs(low))
    last = case.explanation.points[max(0, row - 1) : row + 1]
    if not (slope or bend):
        text = "Slope and curvature are exactly 0 here, so nothing moves at any learning rate."
        return [Claim(text, "measured", "the surface at the end")]
    step = float(np.hypot(*(last[-1] - last[0])))
    text = (
        f"Slope {number(slope)} and curvature {number(bend)} are faint here: elsewhere in view "
        f"they are about {number(case.usual.gradient)} and {number(case.usual.curvature)}. The "
        f"last step was {number(step)} long, with the loss still {number(case.loss(row))}."
    )
    return [Claim(text, "measured", "the surface in view")]
