"""What is said of a training run, in the words of a path on a surface."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.diagnosis import Claim
from engine.explanation.words import a_step, capital, told_apart
from engine.networks.ending import losses_before_end
from engine.numbers import short as number

if TYPE_CHECKING:
    from engine.networks.explanation.run_case import RunCase


def divergence(case: RunCase) -> list[Claim]:
    """Say why the loss grows, how fast, and what became infinite first."""
    history = case.history
    # Batches may have carried it off before the second look at all rows.
    losses = case.losses if len(case.losses) > 1 else losses_before_end(history)
    said = _above_limit(case)
    verb = "rises" if losses[-1] > losses[0] else "goes"
    grew = f"the loss {verb} from {number(losses[0])} to {number(losses[-1])}"
    growth = case.growth
    if growth is not None and growth.factor > 1:
        grew += f"; in the end the steps grow {a_step(growth.factor)}"
    if history.fault is not None:
        grew += f"; {_fault(case)}"
    text = f"{said}, so {grew}." if said else f"{capital(grew)}."
    claims = [Claim(text, "measured", "loss, steps and curvature of this run")]
    return claims + _silence(case)


def not_a_number(case: RunCase) -> list[Claim]:
    """Say what was not finite first, and when."""
    losses, history = case.losses, case.history
    text = "The loss is not finite in the end"
    if history.fault is not None:
        text = capital(_fault(case))
    known = f"; the last finite loss on the way was {number(losses[-1])}" if len(losses) else ""
    claims = [Claim(f"{text}{known}.", "measured", "the first quantity that was not finite")]
    naive = case.network.model.loss == "cross_entropy_probabilities"
    if naive and history.fault is not None and not history.fault.quantity.endswith("activation"):
        why = "A probability rounded to 0 or 1, and 0 · log 0 is NaN: cross-entropy from logits "
        claims.append(Claim(f"{why}would have stayed finite."))
    return claims


def _fault(case: RunCase) -> str:
    fault = case.history.fault
    assert fault is not None
    largest = number(float(np.finfo(case.network.precision).max))
    beyond = f", beyond {case.network.precision}'s {largest}" if "inf" in fault.value else ""
    return f"the {fault.words} is {fault.value} at step {fault.step}{beyond}"


def _above_limit(case: RunCase) -> str:
    """Return when the load was above its limit, without a full stop; "" if it never was."""
    steps, loads, limits, ratio = case.curvature
    if not (ratio > 1).any():
        return ""
    row = int(np.argmax(ratio > 1))
    load, limit = told_apart(float(loads[row]), float(limits[row]))
    if row == 0:
        return capital(f"{case.symbol} = {load} is above {case.method}'s limit {limit}")
    begun = number(float(loads[0]))
    return capital(
        f"{case.symbol} is {begun} at the start and passes {case.method}'s limit {limit} by step "
        f"{steps[row]}, with {load}"
    )


def _silence(case: RunCase) -> list[Claim]:
    """Say why no limit is given, where none is."""
    reason = case.sharpness.reason if case.sharpness else ""
    return [Claim(f"No limit is given: {reason}.")] if reason else []


def still(case: RunCase) -> list[Claim]:
    """Say that nothing moves."""
    slope = case.history.gradient_norm[0]
    text = f"Nothing moves: the gradient is {number(float(slope))} and every step is 0 long."
    return [Claim(text, "measured")]


def climbing(case: RunCase) -> list[Claim]:
    """Say where a run that maximises went."""
    losses = case.losses
    text = f"the loss goes from {number(losses[0])} to {number(losses[-1])}"
    return [Claim(f"It climbs on purpose: the run maximises; {text}.", "measured")]


def catapult(case: RunCase) -> list[Claim]:
    """Say how the loss rose and where the curvature let go."""
    losses = case.losses
    peak = int(np.argmax(losses))
    text = (
        f"{_above_limit(case)}, so the loss rises first, from {number(losses[0])} to "
        f"{number(losses[peak])}{_at(case, peak)}"
    )
    found = case.sharpness
    assert found is not None
    sharp = found.eigenvalues[:, 0][np.isfinite(found.eigenvalues[:, 0])]
    _, loads, limits, _ = case.curvature
    load, limit = told_apart(float(loads[-1]), float(limits[-1]))
    if len(sharp) and sharp[-1] < 0.98 * sharp[0]:
        text += (
            "; that throws the weights to where the curvature is lower, λ₁ = "
            f"{number(sharp[-1])} instead of {number(sharp[0])}"
        )
    text += f"; with {case.symbol} = {load}, below the limit {limit}, it recovers to a loss of "
    how = "loss and curvature along this run"
    return [Claim(f"{text}{number(losses[-1])}.", "measured", how)]


def _at(case: RunCase, row: int) -> str:
    """Return `` at step 12``, of a row of the losses."""
    return f" at step {case.looks[0][row] if case.random else row}"


def edge(case: RunCase) -> list[Claim]:
    """Say that the load hovers at its limit while the loss comes down."""
    steps, loads, limits, ratio = case.curvature
    losses, row = case.losses, int(np.argmax(ratio > 1))
    crossings = int(np.count_nonzero(np.diff((ratio > 1).astype(np.int8))))
    low, high = (number(float(np.quantile(loads[row:], q))) for q in (0.1, 0.9))
    before = ""
    if row > 0 and loads[row] > 1.1 * loads[0]:
        before = f"Training raises {case.symbol} from {number(float(loads[0]))}; from"
    text = (
        f"{before or 'From'} step {steps[row]} on it hovers at {case.method}'s limit "
        f"{number(float(limits[row]))}, mostly between {low} and {high}, and is seen to cross it "
        f"{crossings} times, while the loss falls from {number(losses[0])} to {number(losses[-1])} "
        f"although it rises in {case.rises} of {len(losses) - 1} "
        f"{'looks' if case.random else 'steps'}."
    )
    text = text if before else text.replace("it hovers", f"{case.symbol} hovers", 1)
    return [Claim(text, "measured", "the curvature along this run")]


def noise(case: RunCase) -> list[Claim]:
    """Say how high noise holds the loss."""
    text = (
        f"Gradient noise of {number(case.run.noise)} keeps it from settling: over the last quarter "
        f"the loss stays {number(_excess(case))} above the lowest met."
    )
    return [Claim(text, "measured", "the loss of this run's last quarter")]


def batches(case: RunCase) -> list[Claim]:
    """Say that the loss comes down no farther because batches disagree."""
    against = disagreeing(case)
    text = (
        f"Batches of {case.network.order.size} keep it from settling: {against}, and over the last "
        f"quarter the loss stays {number(_excess(case))} above the lowest met."
    )
    return [Claim(text, "measured", "the gradients of this run's batches")]


def disagreeing(case: RunCase) -> str:
    """Return how many batches of the second half ask to go against all rows, in a clause."""
    found = case.agreement
    if not len(found):
        return "their gradients differ"
    many = np.count_nonzero(found < 0)
    middle = number(float(np.median(found)), 2)
    return (
        f"of {len(found)} batches of the second half {many} ask to go against the gradient of all "
        f"rows, and the median cosine to it is {middle}"
    )


def _excess(case: RunCase) -> float:
    _, losses = case.looks
    return float(losses[-max(1, len(losses) // 4) :].mean() - losses.min())


def plateau(case: RunCase) -> list[Claim]:
    """Say how faint the slope is, and how much of the loss is left."""
    norms = case.history.gradient_norm[: case.history.last_step + 1]
    losses = case.looks[1]
    text = (
        f"The gradient's norm has fallen from {number(float(norms[0]))} to "
        f"{number(float(norms[-1]))} while the loss is still {number(losses[-1])} of "
        f"{number(losses[0])}: over the last half of the run it changed by "
        f"{_percent(losses[-1] / losses[len(losses) // 2] - 1)}."
    )
    return [Claim(text, "measured", "loss and gradient of this run")]


def _percent(share: float) -> str:
    return f"{number(100 * share, 2)} %"


def overshoot(case: RunCase) -> list[Claim]:
    """Say that steps are too long somewhere, and the loss comes down all the same."""
    losses = case.losses
    text = f"The loss falls from {number(losses[0])} to {number(losses[-1])}"
    if case.rises:
        what = "looks" if case.random else "steps"
        text += f" although it rises in {case.rises} of {len(losses) - 1} {what}"
    side = ""
    if case.method == "gradient descent" and _now_at(case)[2] > 1:
        side = ", so that along the steepest direction each step lands on the other side"
    return [Claim(f"{text}{_below(case)}{side}.", "measured", "loss and curvature of this run")]


def contraction(case: RunCase) -> list[Claim]:
    """Say that every step lowers the loss, and how far the limit is."""
    losses = case.losses
    text = f"Every step lowers the loss, from {number(losses[0])} to {number(losses[-1])}"
    return [Claim(f"{text}{_below(case)}.", "measured", "loss and curvature of this run")]


def moving(case: RunCase) -> list[Claim]:
    """Say how far the loss has come."""
    losses = case.looks[1]
    verb = "has come from" if losses[-1] <= losses[0] else "has risen from"
    text = f"The loss {verb} {number(losses[0])} to {number(losses[-1])}{_below(case)}."
    return [Claim(text, "measured", "loss and curvature of this run"), *_silence(case)]


def _now_at(case: RunCase) -> tuple[str, str, float]:
    """Return load and limit at the end in words, and the load; NaN where there is no limit."""
    _, loads, limits, _ = case.curvature
    if not len(loads):
        return "", "", float("nan")
    load, limit = told_apart(float(loads[-1]), float(limits[-1]))
    return load, limit, float(loads[-1])


def _below(case: RunCase) -> str:
    """Return on which side of its limit the load ends, after a semicolon; "" without a limit."""
    load, limit, _ = _now_at(case)
    if not load:
        return ""
    where = "below" if case.curvature[3][-1] < 1 else "above"
    return f"; {case.symbol} ends at {load}, {where} {case.method}'s limit {limit}"
