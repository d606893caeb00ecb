"""The spectrum at one step of a run, beside the optimizer's own limit, and what to say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.limits import transient_of
from engine.explanation.method import method_name
from engine.explanation.words import told_apart
from engine.networks.explanation.linear import coupled_decay, limit_of, linear_of, why_silent
from engine.networks.explanation.objective import objective_of
from engine.networks.explanation.replay import run_at
from engine.networks.explanation.spectrum import MOST_WHOLE, PROBES, spectrum_of
from engine.networks.explanation.steps import gradient_share
from engine.networks.settings import rule_named
from engine.numbers import short as number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.explanation.replay import Replay
    from engine.networks.explanation.spectrum import Spectrum
    from engine.networks.explanation.steps import GradientShare
    from engine.networks.history import History
    from engine.networks.settings import TrainingRun

    Array = NDArray[np.float64]

#: Steepest directions in which the gradient is looked for, and the residual at which they are.
DIRECTIONS, ENOUGH = 5, 1e-3
#: Eigenvalues smaller than this part of the largest one are told as flat.
FLAT = 1e-3


@dataclass(frozen=True, eq=False)
class SpectrumAt:
    """What was found at one step.

    Parameters
    ----------
    step : the row of the history whose weights these are.
    run : the settings that held.
    spectrum : of the Hessian of what is lowered or, with `scaled`, of √G (H + c) √G with the
        gains G of the step and coupled weight decay c.
    share : of the gradient in the steepest directions, in the same coordinates.
    scaled : whether this is the curvature as the optimizer scales it.
    limit : the largest stable eigenvalue; NaN where none applies.
    reason : why none does, in one clause, or "".
    note : how and on which rows it was found.
    size : number of parameters, P.
    """

    step: int
    run: TrainingRun
    spectrum: Spectrum
    share: GradientShare
    scaled: bool
    limit: float
    reason: str
    note: str
    size: int

    @property
    def largest(self) -> float:
        """λ₁."""
        return float(self.share.eigenvalues[0])

    @property
    def method(self) -> str:
        """The method's name inside a sentence."""
        return method_name(rule_named(self.run.optimizer), *linear_of(self.run))


def last_finite(history: History, head: int) -> int:
    """Return the last row up to the play head whose loss is finite, 0 without any."""
    finite = np.flatnonzero(np.isfinite(history.loss[: min(head, history.last_step) + 1]))
    return int(finite[-1]) if len(finite) else 0


def spectrum_at(
    replay: Replay, step: int, *, scaled: bool = True, stop: NDArray[np.uint8] | None = None
) -> SpectrumAt:
    """Return the spectrum at a step of a run; NaN where it is not finite.

    Parameters
    ----------
    scaled : for preconditioned methods show the curvature as they scale it.

    Raises
    ------
    engine.descent.Cancelled : `stop` was set.
    """
    history, run = replay.history, run_at(replay.history, step)
    whole = objective_of(replay.network, maximize=history.run.maximize)
    objective, scale, decay = whole.thinned(), None, 0.0
    replay.to(step, stop)
    weights, gains = replay.theta[: objective.size], None
    if scaled and linear_of(run)[0].preconditioned and history.last_step > 0:
        # The last weights, which no step leaves, repeat its gains.
        gains = replay.taken(min(step, history.last_step - 1), stop).gains
    if gains is not None and (gains >= 0).all():
        with np.errstate(all="ignore"):
            scale, decay = np.sqrt(gains), coupled_decay(run)
    # A trace's error falls with the number of parameters: large networks need fewer vectors.
    probes = int(np.clip(PROBES * MOST_WHOLE / objective.size, 2, PROBES))
    with np.errstate(all="ignore"):
        spectrum = spectrum_of(
            objective, weights, scale=scale, decay=decay, probes=probes, stop=stop
        )
        share = gradient_share(
            objective, weights, DIRECTIONS, scale=scale, decay=decay, tolerance=ENOUGH, stop=stop
        )
    limit, reason = _limit(history, step, scale is not None)
    return SpectrumAt(
        step, run, spectrum, share, scale is not None, limit, reason, spectrum.note,
        objective.size,
    )  # fmt: skip


def _limit(history: History, step: int, scaled: bool) -> tuple[float, str]:
    """Return the largest stable eigenvalue, or why there is none."""
    run, rate = run_at(history, step), float(history.learning_rates[step])
    if reason := why_silent(run):
        return float("nan"), reason
    stability, h = linear_of(run)
    if not stability.preconditioned:
        with np.errstate(all="ignore"):
            found = np.float64(limit_of(run, rate)) / rate - coupled_decay(run)
        return float(found), "" if rate > 0 else "the learning rate is 0 here"
    if not scaled:
        return float("nan"), f"{rule_named(run.optimizer).title} scales the curvature first"
    if step < transient_of(stability, h):
        return float("nan"), "its memory is still too short here for a limit to hold"
    return limit_of(run, rate), ""


def words(seen: SpectrumAt) -> list[str]:
    """Return what there is to say, in sentences."""
    values = seen.spectrum.values
    if not np.isfinite(values).all() or not np.isfinite(seen.largest):
        return ["The curvature is not finite at these weights."]
    said, count = [_against_limit(seen)], len(values)
    if seen.spectrum.whole and np.isfinite(seen.limit):
        beyond = int(np.count_nonzero(values > seen.limit))
        if beyond:
            verb = "eigenvalue is" if beyond == 1 else "eigenvalues are"
            said.append(f"{beyond} of {count:,} {verb} beyond it.")
    if seen.spectrum.whole:
        # The nodes of a quadrature lie too far apart to tell.
        size = max(abs(float(values[0])), abs(float(values[-1])))
        flat = float(np.mean(np.abs(values) < FLAT * size))
        down = float(np.mean(values < -FLAT * size))
        text = f"{_percent(flat)} of the eigenvalues are smaller than a thousandth of the largest"
        said.append(f"{text}; {_percent(down)} bend down by more than that.")
    held, many = seen.share.total, len(seen.share.shares)
    if np.isfinite(held) and many > 1:
        text = f"The {many} steepest directions hold {_percent(held)} of the gradient's square"
        said.append(f"{text}, {_percent(float(seen.share.shares[0]))} the steepest alone.")
    return said


def _against_limit(seen: SpectrumAt) -> str:
    name = "The scaled λ₁" if seen.scaled else "λ₁"
    if seen.reason:
        return f"{name} is {number(seen.largest)}. No limit is given: {seen.reason}."
    if not np.isfinite(seen.limit):
        return f"{name} is {number(seen.largest)}; no eigenvalue is too large for {seen.method}."
    if seen.largest <= 0:
        return f"{name} is {number(seen.largest)}: nothing bends up here."
    if seen.limit <= 0:
        return f"{name} is {number(seen.largest)}; nothing is stable for {seen.method} here."
    largest, limit = told_apart(seen.largest, seen.limit)
    ratio, named = seen.largest / seen.limit, f"{seen.method}'s limit {limit}"
    if ratio > 1:
        return f"{name} = {largest} is above {named}, {number(ratio)} times as large."
    return f"{name} = {largest} is below {named}, which is {number(1 / ratio)} times as large."


def _percent(share: float) -> str:
    """Return a share in hundredths; what is hardly anything is told as that."""
    return f"{number(100 * share, 2)} %" if share == 0 or share >= 1e-3 else "less than 0.1 %"
