"""A training run before and after its causes are removed, and what each of them alone would do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from engine.descent import Cancelled
from engine.explanation.comparison import Outcome
from engine.explanation.effect import BLOWN_UP, ERRORS_APART
from engine.networks.explanation.causes import causes, combined, facts_of
from engine.networks.explanation.linear import coupled_decay, limit_of, linear_of, why_silent
from engine.networks.explanation.objective import objective_of
from engine.networks.explanation.sharpness import top
from engine.networks.network import begun_anew, bind
from engine.networks.outcome import outcome
from engine.networks.session import Session
from engine.numbers import short

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.explanation.cause import Chosen
    from engine.explanation.effect import Effect
    from engine.networks.history import History
    from engine.networks.network import Network
    from engine.networks.settings import NetworkExperiment
    from engine.verdict import Status

    Array = NDArray[np.float64]
    Stop = NDArray[np.uint8] | None

#: Of the looks at all data those in the last part count, so that one batch does not decide.
TAIL = 0.1
#: A residual that is good enough for numbers that are read.
ENOUGH = 1e-3


@dataclass(frozen=True, eq=False)
class Side:
    """One experiment's run, trained and judged.

    Parameters
    ----------
    experiment : it has this run alone.
    history, status : with losses in the unit of the unchanged experiment, if there is one.
    unit : what its own losses were multiplied by; NaN if there is no such number.
    """

    experiment: NetworkExperiment
    network: Network
    history: History
    status: Status
    unit: float = 1.0


@dataclass(frozen=True, eq=False)
class Comparison:
    """The same run before and after.

    Parameters
    ----------
    chosen : keys of the switches that were thrown, those left out not counted.
    effect : what that did to the run.
    notes : plain sentences: what has another unit, and what was left out.
    """

    before: Side
    after: Side
    chosen: tuple[str, ...]
    effect: Effect
    notes: tuple[str, ...]


class Trials:
    """Trains variants of one run; not for several threads at once.

    Parameters
    ----------
    experiment, index : the run.
    network : what it is trained on.
    until : the step up to which it is trained; None for all of its steps.
    """

    def __init__(
        self, experiment: NetworkExperiment, index: int, network: Network, until: int | None = None
    ) -> None:
        self.experiment, self.index, self.network = experiment, index, network
        self.until = until
        self.facts = facts_of(network)
        self._before: Side | None = None

    def before(self, stop: Stop = None) -> Side:
        """Return the run as it is; raises Cancelled as `compare` does."""
        if self._before is None:
            self._before = self._trained(self.experiment, stop)
        return self._before

    def compare(self, chosen: Chosen, stop: Stop = None) -> Comparison:
        """Return the run as it is and with the `chosen` causes removed together.

        Raises
        ------
        ValueError : an unknown key, an amount that is not allowed, or weights that do not fit.
        engine.descent.Cancelled : `stop` was set.
        """
        changed, done, left_out = combined(self.experiment, self.index, chosen, self.facts)
        before, after = self.before(stop), self._trained(changed, stop)
        return Comparison(
            before, after, done, effect_of(before, after), (*_unit_notes(after), *left_out)
        )

    def alone(self, stop: Stop = None) -> tuple[Outcome, ...]:
        """Return what each applicable choice of each switch alone would do; raises as `compare`."""
        before, found = self.before(stop), []
        for cause in causes(self.experiment, self.index, self.facts):
            for choice in cause.choices:
                changed = cause.apply(self.experiment, self.index, choice.amount)
                after = self._trained(changed, stop)
                effect = effect_of(before, after)
                found.append(
                    Outcome(cause.key, choice.title, choice.amount, changed, after.status, effect)
                )
        return tuple(found)

    def _trained(self, changed: NetworkExperiment, stop: Stop) -> Side:
        if stop is not None and stop[0]:
            raise Cancelled
        network = _network_for(changed, self.experiment, self.network)
        only = msgspec.structs.replace(changed, runs=(changed.runs[self.index],))
        session = Session(only, network)
        while session.advance(stop, self.until):
            pass
        rows = (self.network.training, self.network.validation)
        unit, held = (unit_of(network, self.network, one.targets.size) for one in rows)
        history = _in_unit(session.histories()[0], unit, held)
        return Side(only, network, history, outcome(history), unit)


def _network_for(changed: NetworkExperiment, known: NetworkExperiment, network: Network) -> Network:
    """Return what a changed experiment is trained on, with as much as possible of what is known."""
    parts = ("data", "model", "batches", "precision")
    if any(getattr(changed, part) != getattr(known, part) for part in parts):
        return bind(changed)
    return network if changed.initial == known.initial else begun_anew(network, changed.initial)


def unit_of(network: Network, wanted: Network, count: int) -> float:
    """Return by what a network's loss is multiplied to be one of the wanted network, or NaN.

    Both have the same `count` targets, in their own scales.
    """
    one, other = (n.prepared.target_scaling.factor for n in (network, wanted))
    ratios = one / other
    loss = wanted.model.loss
    if not np.allclose(ratios, ratios[0], rtol=1e-12):
        return float("nan")
    if "squares" not in loss:
        return 1.0 if loss.startswith("cross") or ratios[0] == 1 else float("nan")
    summed = [n.model.loss == "sum_squares" for n in (wanted, network)]
    return float(ratios[0] ** 2 * float(count or 1) ** (int(summed[0]) - int(summed[1])))


def _in_unit(history: History, unit: float, held: float) -> History:
    """Return a run's record with its losses in another unit, and those of the rows held out.

    NaN leaves them as they are.
    """
    if np.isnan(unit) or unit == 1:
        return history
    return replace(
        history, loss=unit * history.loss, training_loss=unit * history.training_loss,
        validation_loss=held * history.validation_loss,
    )  # fmt: skip


def _unit_notes(after: Side) -> tuple[str, ...]:
    if np.isnan(after.unit):
        return ("On another target scale this loss has no common unit: each is its own.",)
    if abs(after.unit - 1) < 1e-9:
        return ()
    words = f"Its own loss is in another unit: 1 is {short(after.unit)} of the one before"
    return (f"{words}, in which both are shown.",)


def effect_of(before: Side, after: Side) -> Effect:
    """Return what a change did to a run, by the loss on all training rows at its end."""
    blown = [side.status.kind in BLOWN_UP for side in (before, after)]
    if blown[1]:
        return "same" if blown[0] else "worse"
    ends = [_end(before), _end(after)]
    if np.isnan(after.unit):
        # Each in parts of where it began.
        ends = [
            end / side.history.training_loss[0]
            for end, side in zip(ends, (before, after), strict=True)
        ]
    if blown[0]:
        return "saved" if _end(after) < after.history.training_loss[0] else "same"
    sense = -1.0 if before.history.run.maximize else 1.0
    gap = sense * (ends[0] - ends[1])
    least = min(map(abs, ends))
    if abs(gap) <= (ERRORS_APART - 1) * least or not np.isfinite(gap):
        return "same"
    return "better" if gap > 0 else "worse"


def _end(side: Side) -> float:
    """Return the median loss of the last looks."""
    losses = side.history.training_loss
    return float(np.median(losses[-max(1, int(TAIL * len(losses))) :]))


@dataclass(frozen=True, slots=True)
class Load:
    """λ₁ of all training rows at the first weights, and η over its largest stable value there.

    ``reason`` says in one clause why there is no limit, or is "".
    """

    largest: float
    share: float
    reason: str


def load_at_start(side: Side) -> Load:
    """Return the curvature where a run starts, and what it makes of it."""
    history, run = side.history, side.history.run
    objective = objective_of(side.network, maximize=run.maximize).thinned()
    weights = side.network.start[: objective.size].astype(np.float64)
    with np.errstate(all="ignore"):
        largest = float(top(objective, weights, 1, tolerance=ENOUGH)[0][0])
    reason = why_silent(run)
    if not reason and linear_of(run)[0].preconditioned:
        reason = "its limit moves with its gradients"
    rates: Any = np.abs(history.learning_rates)
    peak = float(np.nanmax(rates)) if len(rates) else 0.0
    with np.errstate(all="ignore"):
        share = np.float64(peak) * (largest + coupled_decay(run)) / limit_of(run, peak)
    return Load(largest, float(share) if not reason else float("nan"), reason)
