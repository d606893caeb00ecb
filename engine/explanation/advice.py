"""Claims about other settings; each is run before it is made, and left out if it fails."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from engine.explanation.diagnosis import Claim
from engine.explanation.trials import MOMENTUM, MOST_STEPS, as_heavy_ball, with_rate
from engine.explanation.words import number

if TYPE_CHECKING:
    from engine.explanation.case import Case
    from engine.explanation.diagnosis import Kind
    from engine.explanation.trials import Bench, Outcome


def smaller_rate(case: Case, bench: Bench) -> list[Claim]:
    """Say by which factor the rate must come down, where no theory tells."""
    for part in (2, 5, 10, 100, 1000):
        rate = case.run.learning_rate / part
        trial = bench.try_run(with_rate(case.run, rate))
        bounded = case.random and trial.status.kind in ("moving", "oscillating")
        if (trial.settles or bounded) and trial.status.kind != "still":
            verb = "converges" if trial.converges else "stays finite"
            text = f"At η = {number(rate)} it {verb}."
            return [Claim(text, "run", f"a run at η = {number(rate)}", rate)]
    return []


def smaller_cycle(case: Case, bench: Bench) -> list[Claim]:
    """Say what a tenth of the rate does to an oscillation."""
    rate = case.run.learning_rate / 10
    trial = bench.try_run(with_rate(case.run, rate))
    how = f"a run at η = {number(rate)}"
    if trial.settles and trial.converges:
        return [Claim(f"At η = {number(rate)} it converges.", "run", how, rate)]
    if trial.status.kind == "oscillating" and trial.status.amplitude:
        text = f"At η = {number(rate)} it still oscillates, by {number(trial.status.amplitude)}."
        return [Claim(text, "run", how, rate)]
    return []


def with_momentum(case: Case, bench: Bench) -> list[Claim]:
    """Say how much farther momentum comes in as many steps, at the same rate."""
    if case.method != "gradient descent" or not bench.short(case.experiment.steps):
        return []
    trial = bench.try_run(as_heavy_ball(case.run), case.experiment.steps)
    mine = float(case.explanation.loss[case.row])
    lowest = min(trial.loss, case.known_lowest, mine)
    lower = trial.loss - lowest <= 0.5 * (mine - lowest) and number(trial.loss) != number(mine)
    if case.run.maximize or not trial.settles or not lower:
        return []
    text = (
        f"Momentum {number(MOMENTUM)} at the same rate ends at a loss of {number(trial.loss)} in "
    )
    text += f"as many steps, instead of {number(mine)}."
    return [Claim(text, "run", f"heavy ball for {case.experiment.steps} steps")]


def larger_rate(case: Case, bench: Bench) -> list[Claim]:
    """Say whether a larger rate leaves the plateau in as many steps."""
    stuck = not case.explanation.gradients[case.row].any()
    if case.run.maximize or stuck or not bench.short(case.experiment.steps):
        return []
    mine = float(case.explanation.loss[case.row])
    lowest = min(case.usual.lowest, case.known_lowest)
    tried = []
    for factor in (10, 100, 1000):
        rate = factor * case.run.learning_rate
        tried.append(number(rate))
        trial = bench.try_run(with_rate(case.run, rate), case.experiment.steps)
        if trial.settles and trial.loss - lowest < 0.5 * (mine - lowest):
            text = f"At η = {number(rate)} it leaves the plateau in as many steps."
            return [Claim(text, "run", f"runs at η = {' and '.join(tried)}", rate)]
    text = f"None of the rates {', '.join(tried)} settles lower in as many steps."
    return [Claim(text, "run", f"runs at η = {', '.join(tried)}")]


def nudged(case: Case, bench: Bench, direction: tuple[float, float]) -> list[Claim]:
    """Say whether a start moved a little to the side leaves the saddle."""
    view = case.landscape.view
    push = float(f"{1e-3 * (view[1] - view[0]):.1g}")
    x, y = case.explanation.points[0]
    start = float(x) + push * direction[0], float(y) + push * direction[1]
    trial = bench.try_run(msgspec.structs.replace(case.run, start=start))
    way = math.dist(trial.end, case.explanation.points[case.row])
    if trial.status.kind == "diverged" or way > 10 * push:
        text = f"A start moved by {number(push)} along that direction leaves it."
        return [Claim(text, "run", f"a run from ({number(start[0])}, {number(start[1])})")]
    return []


def calmer(case: Case, bench: Bench) -> list[Claim]:
    """Say how low the noise floor is at a tenth of the rate."""
    rate = case.run.learning_rate / 10
    steps = 10 * case.experiment.steps
    if case.batched or not bench.short(steps) or not math.isfinite(case.known_lowest):
        return []
    trial = bench.try_run(with_rate(case.run, rate), steps)
    floor = trial.late - case.known_lowest
    if not floor > 0:
        return []
    text = f"At a tenth of the rate, after ten times the steps, it hovers {number(floor)} above."
    return [Claim(text, "run", f"a run at η = {number(rate)}", rate)]


def all_rows(case: Case, bench: Bench) -> list[Claim]:
    """Say what the full batch does at the same rate."""
    trial = bench.try_run(case.run, case.experiment.steps, whole=True)
    what = "converges" if trial.converges else "settles" if trial.settles else "does not settle"
    return [Claim(f"On all rows at once the same rate {what}.", "run", "a run on all rows")]


def run_on(case: Case, bench: Bench, kind: Kind) -> tuple[Kind, list[Claim]]:
    """Run on a path that swings or rises; the run decides whether it settles, stays or leaves."""
    steps = max(2000, 10 * case.experiment.steps)
    if case.run.schedule.name != "constant" or case.batched or not bench.short(steps):
        return kind, []
    trial = bench.try_run(case.run, steps)
    how = f"the same run for {steps} steps"
    grows = "falls" if case.run.maximize else "grows"
    worse = f"Run on for {steps} steps, the loss {grows} to {number(trial.loss)}."
    if trial.status.kind in ("diverged", "nan"):
        overflow = f"Run on, it overflows at step {trial.status.step}."
        return "divergence", [Claim(overflow if trial.status.cause else worse, "run", how)]
    now = case.loss(case.row)
    lower = trial.loss > now if case.run.maximize else trial.loss < now
    if kind == "divergence" and trial.status.kind == "moving" and not (trial.settles or lower):
        return kind, [Claim(worse, "run", how)]
    if trial.settles and lower:
        return _lower(case, trial, kind, steps)
    text = f"Run on for {steps} steps, it does not settle, with a loss of {number(trial.loss)}."
    return "oscillation", [Claim(text, "run", how)]


def _lower(case: Case, trial: Outcome, kind: Kind, steps: int) -> tuple[Kind, list[Claim]]:
    """Return what is said of a run that ends lower when it is run on."""
    rising = kind in ("divergence", "catapult")
    if rising or trial.calms:
        kind = "catapult" if rising else "edge" if kind == "edge" else "overshoot"
        back = "it comes back" if rising else "it settles"
    else:
        kind = "edge" if kind == "edge" else "moving"
        back = "it has not settled yet"
    text = f"Run on for {steps} steps, {back}: the loss {case.better} to {number(trial.loss)}."
    return kind, [Claim(text, "run", f"the same run for {steps} steps")]


def leaves_later(case: Case, bench: Bench) -> list[Claim]:
    """Warn where a rule that forgets its early gradients settles at first and swings later."""
    settled = case.status.kind == "converged" and case.linear[0].preconditioned
    if not settled or case.random or case.run.schedule.name != "constant":
        return []
    trial = bench.try_run(case.run, MOST_STEPS)
    how = f"the same run for {MOST_STEPS} steps"
    if trial.status.kind in ("diverged", "nan"):
        text = f"But run on for {MOST_STEPS} steps, it leaves again and diverges."
        return [Claim(text, "run", how)]
    if trial.status.kind != "oscillating" or not trial.status.amplitude:
        return []
    text = f"But run on for {MOST_STEPS} steps, it leaves again and oscillates, by "
    text += f"{number(trial.status.amplitude)}: as the gradients shrink, so does what it divides "
    return [Claim(f"{text}its steps by.", "run", how)]


def falls_on(case: Case, bench: Bench) -> tuple[Kind, list[Claim]]:
    """Run on a path that gains speed downhill; the run decides whether there is a floor."""
    steps = max(2000, 10 * case.experiment.steps)
    if case.run.schedule.name != "constant" or case.batched or not bench.short(steps):
        return "moving", []
    trial = bench.try_run(case.run, steps)
    how = f"the same run for {steps} steps"
    if trial.status.kind in ("diverged", "nan"):
        return "divergence", [Claim("Run on, it falls without end.", "run", how)]
    text = f"Run on for {steps} steps, it ends at a loss of {number(trial.loss)}."
    return "moving", [Claim(text, "run", how)]
