"""Learning-rate sweeps: what becomes of each run at each rate, and where its limit is."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.experiment import Experiment
from engine.maps.axes import Axis
from engine.maps.curve import Curve, empty_curve
from engine.maps.sweep_advice import advise
from engine.maps.sweep_limits import find_limits
from engine.maps.theory import Theory
from engine.maps.trial import with_rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.maps.sweep_limits import Limits
    from engine.maps.trial import Stop, Subject, Trial
    from engine.networks.settings import NetworkExperiment

    Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]

MOST_POINTS, MOST_SEEDS = 10_000, 1_000
#: A window is shown what there is about so often.
SECONDS = 0.1
#: How far below and above the runs' own rates a sweep goes where nothing is said.
BELOW, ABOVE = 1e-3, 1e2


@dataclass(frozen=True, eq=False)
class Sweep:
    """What a sweep has found so far.

    Parameters
    ----------
    rates : (n,) learning rates, rising, from one end of the axis to the other.
    seeds : how many seeds each run was tried with; seed 0 is the experiment's own.
    curves : what became of each run, in the experiment's order.
    share : what is done, 0 to 1.
    note : what is to be said beforehand, in a sentence, or "".
    """

    rates: NDArray[np.float64]
    seeds: int
    curves: tuple[Curve, ...]
    share: float = 0.0
    note: str = ""

    def to_csv(self, path: str | Path) -> None:
        """Write a row per run, rate and seed; the file appears whole or not at all.

        Raises OSError with a plain sentence if it cannot be written.
        """
        from engine.maps.sweep_table import write_sweep

        write_sweep(path, self)


def subject_of(experiment: Experiment | NetworkExperiment, scatter: float = 0.0) -> Subject:
    """Return what is tried; ValueError, with the fix, for what cannot be."""
    if not experiment.runs:
        raise ValueError("There are no runs to sweep; add one with an optimizer.")
    if isinstance(experiment, Experiment):
        from engine.maps.surface_subject import SurfaceSubject

        return SurfaceSubject(experiment, scatter)
    from engine.maps.network_subject import NetworkSubject

    if scatter:
        raise ValueError(
            "scatter moves the start on a surface; in a network other seeds draw other weights."
        )
    return NetworkSubject(experiment)


def axis_around(experiment: Experiment | NetworkExperiment) -> Axis:
    """Return an axis of rates around the runs' own."""
    rates = [run.learning_rate for run in experiment.runs if run.learning_rate > 0] or [0.01]
    low = max(BELOW * min(rates), 1e-300)
    return Axis(name="learning_rate", low=low, high=min(ABOVE * max(rates), 1e300), scale="log")


def rates_on(axis: Axis, points: int) -> NDArray[np.float64]:
    """Return so many rates from one end of an axis to the other; one alone lies in the middle.

    Raises
    ------
    ValueError : there are none, or too many.
    """
    if not 1 <= points <= MOST_POINTS:
        raise ValueError(f"points is {points}; give 1 to {MOST_POINTS:,}, such as 49.")
    shares = np.linspace(0.0, 1.0, points) if points > 1 else np.array([0.5])
    if axis.scale == "linear":
        return axis.low * (1.0 - shares) + axis.high * shares
    low, high = math.log(axis.low), math.log(axis.high)
    rates = np.exp(low * (1.0 - shares) + high * shares)
    if points > 1:
        rates[0], rates[-1] = axis.low, axis.high
    return rates


def growing_sweep(
    experiment: Experiment | NetworkExperiment,
    axis: Axis | None = None,
    *,
    points: int = 49,
    seeds: int = 1,
    target: float | None = None,
    scatter: float = 0.0,
    limits: bool = True,
    stop: Stop = None,
    spread: Map = map,
) -> Iterator[Sweep]:
    """Yield what a sweep has found so far, coarse to fine; the last is the whole.

    Parameters
    ----------
    axis : the rates; left out, around the runs' own.
    points : how many rates.
    seeds : how many seeds, where chance has a part.
    target : the loss whose steps are counted; left out, one near the lowest that is known.
    scatter : on surfaces, how far seeds move the start, as a share of the view.
    limits : whether limits are bisected at the end.
    stop : one byte that another thread may set to 1 to end the work.
    spread : how trials are spread over threads, e.g. an executor's ``map``.

    Raises
    ------
    ValueError : the range, the runs or their data do not allow it (a plain sentence).
    engine.descent.Cancelled : `stop` was set; what was yielded before stays true.
    """
    if not 1 <= seeds <= MOST_SEEDS:
        raise ValueError(f"seeds is {seeds}; give 1 to {MOST_SEEDS:,}, such as 5.")
    if target is not None and not math.isfinite(target):
        raise ValueError(f"target is {target}; give a finite loss, or none.")
    subject = subject_of(experiment, scatter)
    rates = rates_on(axis or axis_around(experiment), points)
    return _grow(subject, rates, seeds, target, limits, stop, spread)


def sweep(
    experiment: Experiment | NetworkExperiment, axis: Axis | None = None, **options: Any
) -> Sweep:
    """Return the whole sweep at once; see `growing_sweep`."""
    *_, last = growing_sweep(experiment, axis, **options)
    return last


def _grow(
    subject: Subject, rates: NDArray[np.float64], seeds: int, target: float | None,
    limits: bool, stop: Stop, spread: Map,
) -> Iterator[Sweep]:  # fmt: skip
    runs = subject.runs
    chance = [subject.random(run) for run in runs]
    goals = [subject.target(run) if target is None else target for run in runs]
    curves = [
        empty_curve(
            run, subject.label(run), goal, len(rates), seeds if random else 1, subject.precision
        )
        for run, goal, random in zip(runs, goals, chance, strict=True)
    ]
    note = "" if all(chance) or seeds == 1 else _unmoved(subject, chance)
    jobs = [
        (row, place, seed)
        for places in levels(len(rates))
        for place in places
        for row in range(len(runs))
        for seed in range(curves[row].seeds)
    ]

    def perform(job: tuple[int, int, int]) -> Trial:
        row, place, seed = job
        return subject.trial(runs[row], float(rates[place]), seed, stop)

    def seen(share: float) -> Sweep:
        told = tuple(replace(curve.copy(), advice=advise(curve, rates)) for curve in curves)
        return Sweep(rates, seeds, told, share, note)

    part = 0.9 if limits else 1.0
    for done in _in_portions(jobs, perform, spread, curves):
        yield seen(part * done / len(jobs))
    if limits:
        for row, curve in enumerate(curves):
            curves[row] = replace(curve, limits=_limits_of(subject, curve, rates, stop))
            yield seen(0.9 + 0.1 * (row + 1) / len(curves))


def levels(points: int) -> list[list[int]]:
    """Return the places of a sweep, coarse to fine; each stands in one level only."""
    stride = 1 << max(0, (points - 1).bit_length() - 3)
    known: set[int] = set()
    found = []
    while stride:
        ends = {points - 1} if not known else set()
        level = sorted((set(range(0, points, stride)) | ends) - known)
        known.update(level)
        found += [level] if level else []
        stride //= 2
    return found


def _in_portions(
    jobs: list[Any], perform: Callable[[Any], Trial], spread: Map, curves: list[Curve]
) -> Iterator[int]:
    """Do all jobs and write what comes of them; yield how many are done about every 0.1 s."""
    done, count, shown = 0, 8, perf_counter()
    while done < len(jobs):
        portion, start = jobs[done : done + count], perf_counter()
        for (row, place, seed), trial in zip(portion, spread(perform, portion), strict=True):
            curves[row].write(place, seed, trial)
        done += len(portion)
        now = perf_counter()
        if now - start < 0.5 * SECONDS:
            count *= 2
        if now - shown > SECONDS or done == len(jobs):
            shown = now
            yield done


def _limits_of(subject: Subject, curve: Curve, rates: NDArray[np.float64], stop: Stop) -> Limits:
    """Return the limits of a run: theory's along the path at its best rate, and the true one."""
    positive = rates > 0
    trained = curve.trained[positive]
    best = curve.best_place()
    base = curve.run if best is None or rates[best] <= 0 else with_rate(curve.run, rates[best])
    theory = subject.theory(base, stop) if subject.steps else Theory(reason="there are no steps")
    return find_limits(
        theory, subject.settles(curve.run, stop), rates[positive], trained, subject.part
    )


def _unmoved(subject: Subject, chance: list[bool]) -> str:
    names = [subject.label(r) for r, c in zip(subject.runs, chance, strict=True) if not c]
    return f"Nothing is left to chance with {', '.join(names)}: one seed is all there is."
