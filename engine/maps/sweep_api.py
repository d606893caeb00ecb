"""What a notebook calls for sweeps, range tests and tournaments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from engine.experiment import Experiment, RunSettings, SurfaceSettings, new_run, surface_of
from engine.experiment_mistakes import settings_of
from engine.maps.axes import Axis
from engine.surfaces import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.maps.range_test import RangeTest
    from engine.maps.sweep import Sweep
    from engine.maps.tournament import Tournament
    from engine.networks.settings import NetworkExperiment, TrainingRun

    Problem = str | Experiment | NetworkExperiment
    Entry = str | RunSettings | TrainingRun

STEPS = 500
NAMES = frozenset(surface.name for surface in CATALOGUE)


def sweep(
    problem: Problem,
    optimizers: Entry | Sequence[Entry] | None = None,
    *,
    low: float | None = None,
    high: float | None = None,
    scale: Literal["log", "linear"] = "log",
    points: int = 49,
    seeds: int = 1,
    target: float | None = None,
    scatter: float = 0.0,
    steps: int | None = None,
    limits: bool = True,
) -> Sweep:
    """Try learning rates and say which to use, and why.

    Parameters
    ----------
    problem : a surface's name, a formula, an `Experiment` or a `NetworkExperiment`.
    optimizers : names or complete runs; left out, the experiment's runs.
    low, high, scale : the range of rates; left out, around the runs' own.
    points, seeds : how many rates, and how many seeds where chance has a part.
    target : the loss whose steps are counted; left out, one near the lowest that is known.
    scatter : on surfaces, how far seeds move the start, as a share of the view.
    steps : of each run; the experiment's, or 500, if left out.
    limits : whether the largest rate is looked for by bisection.

    Returns
    -------
    Sweep : ``rates`` (n,), and ``curves`` with ``loss`` (n, seeds), ``limits``, ``advice`` …

    Raises
    ------
    ValueError : the range, the runs or their data do not allow it; the sentence says why.
    """
    from engine.maps.contest import as_runs
    from engine.maps.sweep import axis_around, sweep

    experiment = _experiment(problem, steps)
    if optimizers is not None:
        entries = _several(optimizers)
        experiment = msgspec.structs.replace(experiment, runs=as_runs(experiment, entries))
    axis = None
    if low is not None or high is not None or scale != "log":
        axis = axis_of(axis_around(experiment), low, high, scale)
    return sweep(
        experiment, axis, points=points, seeds=seeds, target=target, scatter=scatter, limits=limits
    )


def range_test(
    problem: Problem,
    optimizer: Entry | None = None,
    *,
    low: float | None = None,
    high: float | None = None,
    steps: int | None = None,
) -> RangeTest:
    """Let the learning rate rise during one run, and say how far from the true limit that ends.

    Parameters
    ----------
    problem : as for `sweep`.
    optimizer : a name or a complete run; left out, the experiment's first run.
    low, high : the range of rates; left out, around the run's own.
    steps : of the run; the experiment's, or 500, if left out.

    Raises
    ------
    ValueError : the range or the run does not allow it; the sentence says why.
    """
    from engine.maps.contest import as_runs
    from engine.maps.range_test import range_test
    from engine.maps.sweep import axis_around

    experiment = _experiment(problem, steps)
    if optimizer is not None:
        experiment = msgspec.structs.replace(experiment, runs=as_runs(experiment, [optimizer]))
    axis = axis_of(axis_around(experiment), low, high, "log")
    return range_test(experiment, 0, axis)


def compare(
    problems: Problem | Sequence[Problem],
    optimizers: Sequence[Entry],
    *,
    low: float | None = None,
    high: float | None = None,
    points: int = 16,
    seeds: int = 5,
    budget: int = 0,
    steps: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Tournament:
    """Compare optimizers, each at its own best learning rate, within the same budget.

    Parameters
    ----------
    problems : one or several, as for `sweep`.
    optimizers : names or complete runs, whose rates do not count.
    low, high, points : the rates that all choose from, by equal factors.
    seeds : how often each is tried: a seed draws start, noise, batches and first weights.
    budget : gradients that each may ask for, line searches and SAM included; 0 for as many as
        there are steps.
    steps : of each problem; its own, or 500, if left out.
    progress : called with the share that is done, 0 to 1.

    Returns
    -------
    Tournament : ``standings``, ``profiles``, ``to_csv``, ``to_markdown``.

    Raises
    ------
    ValueError : a problem or an optimizer does not allow it; the sentence says why.
    """
    from engine.maps.contest import RATES, Contest
    from engine.maps.tournament import hold

    contest = Contest(
        problems=tuple(_experiment(problem, steps) for problem in _several(problems)),
        entries=tuple(_several(optimizers)),
        axis=axis_of(RATES, low, high, "log"),
        points=points,
        seeds=seeds,
        budget=budget,
    )
    *_, last = hold(contest, progress=progress)
    return last


def axis_of(
    usual: Axis, low: float | None, high: float | None, scale: Literal["log", "linear"]
) -> Axis:
    """Return an axis of rates with the ends that are given; ValueError for a range that is none."""
    return Axis(
        name="learning_rate",
        low=usual.low if low is None else low,
        high=usual.high if high is None else high,
        scale=scale,
    )


def _several(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list | tuple) else [given]


def _experiment(problem: Problem, steps: int | None) -> Experiment | NetworkExperiment:
    found: Experiment | NetworkExperiment
    if isinstance(problem, str):
        settings = SurfaceSettings(name=problem) if problem in NAMES else _formula(problem)
        found = Experiment(
            surface=settings, start=surface_of(settings).start, steps=STEPS, runs=(new_run("sgd"),)
        )
    elif isinstance(problem, msgspec.Struct):
        found = problem
    else:
        kind = type(problem).__name__
        raise ValueError(f"problem is of type {kind}; give an experiment or a surface's name.")
    return found if steps is None else msgspec.structs.replace(found, steps=steps)


def _formula(text: str) -> SurfaceSettings:
    named = {"name": text} if text.isidentifier() and len(text) > 1 else None
    return settings_of(named or {"name": "formula", "formula": text}, SurfaceSettings)
