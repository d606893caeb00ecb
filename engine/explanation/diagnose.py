"""From an explained run to its verdict: why it went so, and what other settings would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.explanation import advice, words_chance, words_settling, words_stopped, words_unstable
from engine.explanation.advice_on_limits import limit_claims, momentum_claim
from engine.explanation.case import Case
from engine.explanation.diagnosis import Claim, Diagnosis
from engine.explanation.kinds import TITLES, kind_of
from engine.explanation.trials import Bench

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.experiment import Experiment
    from engine.explanation.diagnosis import Kind
    from engine.explanation.explanation import Explanation

_WORDS: dict[Kind, Callable[[Case], list[Claim]]] = {
    "contraction": words_settling.contraction,
    "overshoot": words_settling.overshoot,
    "edge": words_unstable.edge,
    "catapult": words_unstable.catapult,
    "oscillation": words_unstable.oscillation,
    "divergence": words_unstable.divergence,
    "plateau": words_settling.plateau,
    "dead": words_stopped.dead,
    "ravine": words_settling.ravine,
    "noise": words_chance.noise,
    "batches": words_chance.batches,
    "nan": words_stopped.not_a_number,
    "resting": words_stopped.resting,
    "moving": words_settling.moving,
    "still": words_stopped.still,
}


def diagnose(
    explanation: Explanation,
    experiment: Experiment,
    *,
    checked: bool = False,
    stop: NDArray[np.uint8] | None = None,
) -> Diagnosis:
    """Return the verdict on an explained run of an experiment.

    Parameters
    ----------
    checked : whether other settings are run, a few dozen short runs, so that something can be said
        of them; without it the verdict is a draft that speaks of this run alone. The draft's
        sentences are the first ones of the checked verdict, except where running on shows that a
        rising loss comes back.
    stop : one byte that another thread may set to 1 to end the work.

    Raises
    ------
    engine.descent.Cancelled : `stop` was set.
    """
    case = Case(explanation, experiment)
    with np.errstate(all="ignore"):
        kind = kind_of(case)
        more: list[Claim] = []
        if checked:
            bench = Bench(experiment, case.landscape, stop)
            if bench.possible(case.run):
                kind, more = _advice(case, bench, kind)
        rest = _WORDS[kind](case) + more
        claims = _climbs(case, rest) + rest
    return Diagnosis(kind, TITLES[kind], tuple(claims), complete=checked)


def _climbs(case: Case, rest: list[Claim]) -> list[Claim]:
    """Return what must be said first of a run that does not go down; `rest` is what follows."""
    claims = []
    if case.run.maximize:
        claims.append(Claim("It climbs on purpose: the run maximises."))
        if any("λ₁" in claim.text for claim in rest):
            claims.append(Claim("Here λ₁ is the curvature of the negative loss, which it lowers."))
    if case.run.learning_rate < 0:
        verb = "descends" if case.run.maximize else "climbs"
        claims.append(Claim(f"The learning rate is negative, so each step {verb}.", "measured"))
    return claims


def _advice(case: Case, bench: Bench, kind: Kind) -> tuple[Kind, list[Claim]]:
    """Return the claims about other settings, and the kind that running on shows it to be."""
    first: list[Claim] = []
    if case.status.kind == "moving" and kind in _UNDECIDED and not case.nearly_there:
        kind, first = advice.run_on(case, bench, kind)
    elif kind == "moving" and words_unstable.bottomless(case):
        kind, first = advice.falls_on(case, bench)
    if kind == "divergence" and not words_unstable.bottomless(case):
        safe = limit_claims(case, bench, kind)
        momentum = momentum_claim(case, bench) if safe else []
        return kind, first + (safe + momentum or advice.smaller_rate(case, bench))
    if kind == "oscillation":
        more = limit_claims(case, bench, kind) or advice.smaller_cycle(case, bench)
        return kind, first + more
    if kind in ("contraction", "overshoot", "edge", "catapult", "moving"):
        return kind, first + advice.leaves_later(case, bench) + limit_claims(case, bench, kind)
    if kind == "ravine":
        limits = limit_claims(case, bench, kind)
        return kind, limits + advice.with_momentum(case, bench)
    if kind == "resting":
        return kind, advice.nudged(case, bench, words_stopped.downhill(case))
    return kind, _OTHERS[kind](case, bench) if kind in _OTHERS else []


#: Kinds of which a run that is still moving may turn out to be another one.
_UNDECIDED = ("divergence", "catapult", "edge", "overshoot", "oscillation")

_OTHERS: dict[Kind, Callable[[Case, Bench], list[Claim]]] = {
    "dead": advice.smaller_rate,
    "nan": advice.smaller_rate,
    "plateau": advice.larger_rate,
    "noise": advice.calmer,
    "batches": advice.all_rows,
}
