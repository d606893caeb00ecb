"""A run before and after its causes are removed, and what each of them alone would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.answer import landscape_of, perform_run
from engine.curvature import eigen
from engine.descent import Cancelled
from engine.experiment import start_of
from engine.explanation.causes import causes, combined
from engine.explanation.effect import Effect, effect_of, translated
from engine.numbers import short
from engine.status import Status, judge
from engine.verdict import place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.experiment import Experiment
    from engine.explanation.causes import Chosen
    from engine.landscape import Landscape
    from engine.trajectory import Trajectory


@dataclass(frozen=True, slots=True)
class Sharpness:
    """Both eigenvalues of the Hessian on all data at one point, in float64."""

    point: tuple[float, float]
    largest: float
    smallest: float

    @property
    def condition(self) -> float:
        """κ = λ₁/λ₂; NaN where the surface does not curve upwards in both directions."""
        return self.largest / self.smallest if self.smallest > 0 else float("nan")


@dataclass(frozen=True, eq=False)
class Side:
    """One experiment's run, walked and judged.

    Parameters
    ----------
    experiment, landscape, trajectory, status : as in `engine.answer.Answer`, for this run.
    start : curvature where the run starts.
    minimum : curvature at the known minimum nearest to where the run ended (to its start, if it
        ended nowhere); None where none is known.
    """

    experiment: Experiment
    landscape: Landscape
    trajectory: Trajectory
    status: Status
    start: Sharpness
    minimum: Sharpness | None


@dataclass(frozen=True, eq=False)
class Comparison:
    """The same run before and after.

    Parameters
    ----------
    chosen : keys of the switches that were thrown, those left out not counted.
    effect : what that did to the run.
    notes : plain sentences: what became of curvature, start and loss, and what was left out.
    """

    before: Side
    after: Side
    chosen: tuple[str, ...]
    effect: Effect
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one choice of one switch alone would change, on a surface or in training.

    ``title`` is the choice's own, e.g. ``"η ÷ 10"``; ``status.short`` tells how the run ended.
    """

    key: str
    title: str
    amount: float
    experiment: Any
    status: Status
    effect: Effect

    @property
    def improved(self) -> bool:
        """Whether the run did better than without it."""
        return self.effect in ("saved", "better")


def compare(
    experiment: Experiment, index: int, chosen: Chosen, stop: NDArray[np.uint8] | None = None
) -> Comparison:
    """Return run `index` as it is and with the `chosen` causes removed together.

    Parameters
    ----------
    chosen : keys of switches, or a mapping from key to amount; see `causes.combined`.
    stop : one byte that another thread may set to 1 to end the work.

    Raises
    ------
    ValueError : an unknown key, an amount that is not allowed, or data that cannot be used.
    engine.descent.Cancelled : `stop` was set.
    """
    changed, done, left_out = combined(experiment, index, chosen)
    before, after = (_side(one, index, stop) for one in (experiment, changed))
    effect = effect_of(
        experiment,
        changed,
        (before.trajectory, after.trajectory),
        (before.status, after.status),
    )
    notes = (*curvature_notes(before, after), *_unit_notes(before, after), *left_out)
    return Comparison(before, after, done, effect, notes)


def alone(
    experiment: Experiment, index: int, stop: NDArray[np.uint8] | None = None
) -> tuple[Outcome, ...]:
    """Return what each applicable choice of each switch alone would do to run `index`.

    Raises as `compare` does; a choice that the experiment does not allow is left out.
    """
    before = _walked(experiment, index, stop)
    outcomes = []
    for cause in causes(experiment, index):
        for choice in cause.choices:
            changed = cause.apply(experiment, index, choice.amount)
            trajectory, status = _walked(changed, index, stop)
            effect = effect_of(experiment, changed, (before[0], trajectory), (before[1], status))
            outcomes.append(
                Outcome(cause.key, choice.title, choice.amount, changed, status, effect)
            )
    return tuple(outcomes)


def _walked(
    experiment: Experiment, index: int, stop: NDArray[np.uint8] | None
) -> tuple[Trajectory, Status]:
    if stop is not None and stop[0]:
        raise Cancelled
    landscape = landscape_of(experiment)
    trajectory = perform_run(experiment, experiment.runs[index], landscape, stop)
    return trajectory, judge(trajectory, landscape)


def _side(experiment: Experiment, index: int, stop: NDArray[np.uint8] | None) -> Side:
    trajectory, status = _walked(experiment, index, stop)
    exact = landscape_of(experiment, "float64")
    start = start_of(experiment, experiment.runs[index])
    end = trajectory.points[trajectory.last_step].astype(np.float64)
    minimum = None
    if len(exact.minima):
        places = exact.minima[:, :2]
        with np.errstate(all="ignore"):
            gaps = np.hypot(*(places - (end if np.isfinite(end).all() else start)).T)
        x, y = places[int(np.argmin(gaps))]
        minimum = sharpness_at(exact, (float(x), float(y)))
    return Side(
        experiment,
        landscape_of(experiment),
        trajectory,
        status,
        sharpness_at(exact, start),
        minimum,
    )


def sharpness_at(landscape: Landscape, point: tuple[float, float]) -> Sharpness:
    """Return the Hessian's eigenvalues on all data at a point, as the landscape computes them."""
    hessian = landscape.hessian(point)
    entries = np.array([[hessian[0, 0], hessian[0, 1], hessian[1, 1]]])
    largest, smallest = eigen(entries)[0][0]
    return Sharpness(point, float(largest), float(smallest))


def curvature_notes(before: Side, after: Side) -> list[str]:
    """Return how λ₁ and κ change at the start and at the minimum, in sentences."""
    said: dict[str, str] = {}
    for where, old, new in (
        ("the start", before.start, after.start),
        ("the minimum", before.minimum, after.minimum),
    ):
        words = _curvature_words(old, new) if old and new else ""
        # On a quadratic both places have the same curvature.
        said[words] = f"{said[words]} and at {where}" if words in said else where
    return [f"At {where} {words}." for words, where in said.items() if words]


def _curvature_words(old: Sharpness, new: Sharpness) -> str:
    return " and ".join(
        f"{name} goes from {short(was, 4)} to {short(now, 4)}"
        for name, was, now in (
            ("λ₁", old.largest, new.largest),
            ("κ", old.condition, new.condition),
        )
        if np.isfinite([was, now]).all() and short(was, 4) != short(now, 4)
    )


def _unit_notes(before: Side, after: Side) -> list[str]:
    """Return how to read start and loss, where coordinates or the loss's unit have changed."""
    notes = []
    here = np.array([before.start.point])
    there = translated(before.experiment, after.experiment, here)
    if there is not here and (there != here).any():
        x, y = there[0]
        notes.append(
            f"The start {place(before.start.point)} is {place((float(x), float(y)))} in the new "
            "coordinates: the same line."
        )
    with np.errstate(all="ignore"):
        ratio = float(after.landscape.value(there)[0] / before.landscape.value(here)[0])
    if np.isfinite(ratio) and abs(ratio - 1) > 1e-4:
        notes.append(f"Losses are in another unit: the same line has {short(ratio)} of its loss.")
    return notes
