"""Up to which rate a run settles: theory's guess, bracketed by bisection on real runs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from engine.explanation.diagnosis import Claim
from engine.explanation.limits import best_rate, coupled_decay, largest_rate
from engine.explanation.trials import LONG, MOMENTUM, as_heavy_ball, bracket, with_rate
from engine.explanation.words import first_above, number

if TYPE_CHECKING:
    from engine.experiment import RunSettings
    from engine.explanation.case import Case
    from engine.explanation.trials import Bench, Outcome

#: Parts of a limit at which a run must settle, too.
SMALLER = (0.97, 0.92, 0.85, 0.75, 0.6, 0.45, 0.3, 0.15)
#: Ends of runs that lie this near to each other, as a part of their size, are at one minimum.
ONE_PLACE = 1e-2
#: Kinds whose limit is read where they first were above it; others end where it holds.
UNSTABLE = ("divergence", "oscillation", "edge", "catapult")


def limit_claims(case: Case, bench: Bench, kind: str) -> list[Claim]:
    """Say up to which rate the run settles; bracketed by bisection on real runs."""
    run = case.run
    row = first_above(case) if kind in UNSTABLE else case.row
    if case.random or run.maximize or case.linear[0].gains_vary or case.why_silent(row):
        return []
    guess = largest_rate(run, _bend(case, kind, row))
    if guess is None or not math.isfinite(guess) or not guess > 0:
        return []
    claim = _as_theory_has_it(case, bench, guess, row)
    return [claim] if claim is not None else _by_trial(case, bench, guess, row)


def _as_theory_has_it(case: Case, bench: Bench, guess: float, row: int) -> Claim | None:
    """Return the claim that theory makes, if runs at and below the limit bear it out."""
    run = case.run
    low, high = bracket(bench, run, guess) or (0.0, 0.0)
    if not low / 1.005 <= guess <= high * 1.005 or not _all_settle(bench, run, guess):
        return None
    how = f"runs at η = {number(low, 5)}, which settles, and {number(high, 5)}, which does not"
    safe = bench.try_run(with_rate(run, 0.97 * guess))
    text = f"Below η = {number(guess)} it {_verb(safe)}"
    advised = _round_down(0.9 * guess, 2)
    fastest = _fastest(case, bench, guess, row)
    if fastest is not None:
        words, advised = fastest
        text += f"; {words}"
        how += f"; {number(0.9 * advised)} and {number(0.5 * (advised + guess))} take more steps"
    return Claim(f"{text}.", "run", how, advised)


def _all_settle(bench: Bench, run: RunSettings, rate: float) -> bool:
    return all(bench.try_run(with_rate(run, part * rate)).settles for part in SMALLER)


def _by_trial(case: Case, bench: Bench, guess: float, row: int) -> list[Claim]:
    """Return the claim that runs make where they contradict theory, and why they do."""
    run = case.run
    steps = 0 if bench.fixed(run) else LONG
    found = bracket(bench, run, guess, steps)
    if found is None:
        return []
    # Between rates that settle there may be others that do not: only what lies below all counts.
    low, smaller = found[0], [part * found[0] for part in SMALLER]
    trials = [bench.try_run(with_rate(run, rate), steps) for rate in smaller]
    for part, trial in zip(SMALLER, trials, strict=True):
        if not trial.settles:
            low = 0.0
        elif low == 0.0:
            low = part * found[0]
    if not low > 0.0:
        return []
    largest = _round_down(low, 3)
    below = [trial for trial, rate in zip(trials, smaller, strict=True) if rate < low]
    verb = _verb(bench.try_run(with_rate(run, 0.97 * largest), steps), *below)
    if bench.scheduled(run) and any(trial.thrown for trial in below):
        verb = "comes back within these steps"
    parts = ", ".join(number(part * found[0]) for part in SMALLER if part * found[0] < low)
    how = f"runs at η = {number(low, 4)} and below, at {parts}"
    text = f"{_below(run, largest)} η = {number(largest)} it {verb}, by trial"
    if low < found[0]:
        text += f"; between there and {number(found[0])} some rates do and some do not"
        return [Claim(f"{text}.", "run", how, _round_down(0.9 * largest, 2))]
    if not 0.99 < largest / guess < 1.01:
        text += f": theory gives {number(guess)} here, but {_why(case, bench, low, guess, row)}"
    return [Claim(f"{text}.", "run", how, _round_down(0.9 * largest, 2))]


def _below(run: RunSettings, rate: float) -> str:
    return "Below" if run.learning_rate >= rate else "Up to"


def _verb(*trials: Outcome) -> str:
    """Return what runs do that settle.

    Where they end in different minima, what lies between two of them need not come to rest.
    """
    ends = np.array([trial.end for trial in trials])
    size = 1.0 + float(np.abs(ends).max())
    one = bool(np.ptp(ends, axis=0).max() <= ONE_PLACE * size)
    return "converges" if one and all(trial.converges for trial in trials) else "stays stable"


def _bend(case: Case, kind: str, row: int) -> float:
    """Return the curvature that the limit is read from: where the run is held up."""
    load, _ = case.at_centre if kind == "oscillation" else (math.nan, 0.0)
    return load / case.rate(case.row) - coupled_decay(case.run) if load > 0 else case.curvature(row)


def _round_down(rate: float, digits: int) -> float:
    step = 10.0 ** (math.floor(math.log10(rate)) + 1 - digits)
    return float(f"{math.floor(rate / step) * step:.{digits}g}")


def _fastest(case: Case, bench: Bench, largest: float, row: int) -> tuple[str, float] | None:
    """Return words and the best constant rate of gradient descent on a quadratic, if runs agree.

    It is the best for an error with equal parts along both directions, which is what decides in
    the long run; the words say so where this run's own start comes sooner at another rate.
    """
    run = case.run
    if case.method != "gradient descent" or run.schedule.name != "constant" or run.weight_decay:
        return None
    high, low = case.bends(row)
    equal = _equal_errors(case, row)
    if equal is None or run.clip_norm or run.clip_value:
        return None
    if case.landscape.surface.one_variable:
        low = high
    rate = best_rate(low, high)
    others = 0.9 * rate, rate, 0.5 * (rate + largest)

    def arrivals(start: tuple[float, float] | None) -> list[float]:
        settings = msgspec.structs.replace(run, start=start)
        trials = [bench.try_run(with_rate(settings, other)) for other in others]
        return [trial.status.step if trial.converges else math.inf for trial in trials]

    if not _best_in_the_middle(arrivals(equal)):
        return None
    everywhere = _best_in_the_middle(arrivals(run.start))
    return f"{number(rate)} is fastest{'' if everywhere else ' in the long run'}", rate


def _best_in_the_middle(steps: list[float]) -> bool:
    return math.isfinite(steps[1]) and steps[1] <= min(steps[0], steps[2])


def _equal_errors(case: Case, row: int) -> tuple[float, float] | None:
    """Return a start whose errors along both eigenvectors are alike; None off a quadratic bowl."""
    point, gradient = case.explanation.points[row], case.explanation.gradients[row]
    xx, xy, yy = case.explanation.curvature.hessians[row]
    if case.landscape.surface.one_variable:
        return float(point[0]), float(point[1])
    hessian = np.array([[xx, xy], [xy, yy]])
    if not case.bends(row)[1] > 0:
        return None
    bottom = point - np.linalg.solve(hessian, gradient)
    there = case.landscape.hessian(bottom)
    if not np.allclose(there, hessian, rtol=1e-5, atol=1e-5 * abs(xx + yy)):
        return None
    angle = float(case.explanation.curvature.angles[row])
    size = float(np.abs(point - bottom).max()) or 1.0
    cos, sin = math.cos(angle), math.sin(angle)
    return float(bottom[0]) + size * (cos - sin), float(bottom[1]) + size * (sin + cos)


def _why(case: Case, bench: Bench, low: float, guess: float, row: int) -> str:
    """Return in one clause why the run's limit is not that of the curvature it was read from."""
    run = case.run
    if run.schedule.name != "constant" or run.schedule.warm_up_steps:
        return "the schedule changes η on the way"
    lower = low < guess
    if (run.clip_norm or run.clip_value) and not lower:
        return "clipping bounds the steps"
    first = case.curvature(0)
    if lower and first > 1.02 * case.curvature(row):
        return f"the curvature is higher at the start, λ₁ = {number(first)}"
    end = bench.try_run(with_rate(run, low)).end
    bends = np.linalg.eigvalsh(case.landscape.hessian(end))
    there, here = float(bends[-1]), case.curvature(row)
    if there < 0.98 * here and not lower:
        return "at that rate the curvature falls along the path"
    if there > 1.02 * here and lower:
        return "at that rate the curvature rises along the path"
    return "the surface is not quadratic"


def momentum_claim(case: Case, bench: Bench) -> list[Claim]:
    """Say what rate heavy ball with β = 0.9 would allow."""
    row = first_above(case)
    if case.random or case.method != "gradient descent" or case.why_silent(row):
        return []
    ball = as_heavy_ball(case.run)
    rate = largest_rate(ball, case.curvature(row))
    if rate is None or case.run.decoupled or case.run.schedule.name != "constant":
        return []
    below, above = (bench.try_run(with_rate(ball, part * rate)) for part in (0.97, 1.03))
    if not below.settles or above.settles:
        return []
    how = f"heavy ball at η = {number(0.97 * rate)}, which settles, and {number(1.03 * rate)}"
    text = f"Momentum {number(MOMENTUM)} would allow {number(rate)}."
    return [Claim(text, "run", f"{how}, which does not")]
