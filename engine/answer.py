"""From an experiment to its trajectories: the pure function behind window, API and command line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from engine.descent import CAUSES, Cancelled, Shared, hyperparameter_array, walk
from engine.experiment import (
    BYTES_PER_STEP,
    Experiment,
    RunSettings,
    SurfaceSettings,
    start_of,
    surface_of,
)
from engine.landscape import Landscape, bind
from engine.numbers import short
from engine.optimizers import optimizer_named
from engine.parameter import complete
from engine.schedules import rates_of
from engine.status import Status, judge
from engine.surfaces.data_driven import default_data, payload, suggest
from engine.trajectory import Trajectory

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.descent import Walk
    from engine.optimizers.optimizer import Optimizer


Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True)
class Answer:
    """An experiment with its bound surface and one trajectory and status per run, in order."""

    experiment: Experiment
    landscape: Landscape
    trajectories: tuple[Trajectory, ...]
    statuses: tuple[Status, ...]


def answer(
    experiment: Experiment,
    previous: Answer | None = None,
    stop: NDArray[np.uint8] | None = None,
    spread: Map = map,
) -> Answer:
    """Walk every run of the experiment.

    Parameters
    ----------
    previous : an earlier answer; runs that would come out the same are taken from it.
    stop : one byte that another thread may set to 1 to end the work.
    spread : how runs are spread over threads, e.g. an executor's ``map``.

    Raises
    ------
    ValueError : the surface, its data or the memory needed do not allow it (a plain sentence).
    engine.descent.Cancelled : `stop` was set.
    """
    _check_memory(experiment)
    landscape = landscape_of(experiment)
    known = _reusable(experiment, landscape, previous)

    def perform(run: RunSettings) -> tuple[Trajectory, Status]:
        if stop is not None and stop[0]:
            raise Cancelled
        found = known.get(_identity(experiment, run))
        if found is not None:
            trajectory, status = found
            return replace(trajectory, run=run, label=label_of(run)), status
        trajectory = perform_run(experiment, run, landscape, stop)
        return trajectory, judge(trajectory, landscape)

    pairs = list(spread(perform, experiment.runs))
    return Answer(experiment, landscape, tuple(p[0] for p in pairs), tuple(p[1] for p in pairs))


def perform_run(
    experiment: Experiment,
    run: RunSettings,
    landscape: Landscape,
    stop: NDArray[np.uint8] | None = None,
) -> Trajectory:
    """Walk one run on a bound surface and return what it recorded.

    A recorded run is read from its file instead: ValueError if that cannot be read any more.
    """
    if run.recorded:
        return _recorded(experiment, run, landscape)
    rates = rates_of(run.schedule, run.learning_rate, experiment.steps)
    path = walk_run(experiment, run, landscape, rates, experiment.steps, stop)
    loss = path.losses
    if landscape.batched:
        loss = landscape.value(path.points).astype(loss.dtype)
    return Trajectory(
        run=run,
        label=label_of(run),
        surface=landscape.surface.name,
        points=path.points,
        loss=loss,
        seen_loss=path.losses,
        gradients=path.gradients,
        learning_rates=_per_row(rates, experiment.steps),
        minima=landscape.minima,
        last_step=path.last_step,
        cause=CAUSES[path.cause],
        cause_step=path.cause_step,
        surface_settings=experiment.surface,
    )


def walk_run(
    experiment: Experiment,
    run: RunSettings,
    landscape: Landscape,
    rates: NDArray[np.float64],
    steps: int,
    stop: NDArray[np.uint8] | None = None,
) -> Walk:
    """Walk the first `steps` steps of a run at given learning rates, (steps,) or (1,)."""
    optimizer, hyperparameters, shared = rule_of(run)
    return walk(
        landscape, optimizer, np.array(start_of(experiment, run)), steps, rates,
        hyperparameters, shared, noise_of(run, steps), stop,
    )  # fmt: skip


def rule_of(run: RunSettings) -> tuple[Optimizer, NDArray[np.float64], Shared]:
    """Return a run's optimizer with its hyperparameters and what its loop does to gradients."""
    optimizer = optimizer_named(run.optimizer)
    values = complete(optimizer.parameters, run.hyperparameters)
    shared = Shared(
        run.weight_decay, float(run.decoupled), run.clip_value, run.clip_norm,
        float(run.maximize), run.noise,
    )  # fmt: skip
    return optimizer, hyperparameter_array(optimizer, values), shared


def _recorded(experiment: Experiment, run: RunSettings, landscape: Landscape) -> Trajectory:
    """Return a run from its CSV, cut or padded with NaN to the experiment's steps."""
    found = _read_recorded(run.recorded, _stamp(run.recorded))
    if run.recorded_run >= len(found):
        raise ValueError(
            f"{run.recorded} has no run with the number {run.recorded_run}, counted from 0; its "
            f"last is number {len(found) - 1}."
        )
    trajectory = found[run.recorded_run]
    rows = experiment.steps + 1

    def fit(array: Any) -> Any:
        gap = [(0, max(0, rows - len(array)))] + [(0, 0)] * (array.ndim - 1)
        return np.pad(array, gap, constant_values=np.nan)[:rows]

    last_step = min(trajectory.last_step, experiment.steps)
    ended = bool(trajectory.cause) and trajectory.cause_step <= last_step
    return replace(
        trajectory,
        run=run,
        minima=landscape.minima,
        **{name: fit(getattr(trajectory, name)) for name in _PER_ROW},
        last_step=last_step,
        cause=trajectory.cause if ended else "",
        cause_step=trajectory.cause_step if ended else last_step,
    )


_PER_ROW = ("points", "loss", "seen_loss", "gradients", "learning_rates")


@lru_cache(maxsize=8)
def _read_recorded(path: str, stamp: tuple[int, int]) -> tuple[Trajectory, ...]:
    from engine.trajectory_csv import read_csv

    return tuple(read_csv(path))


def label_of(run: RunSettings) -> str:
    """Return the run's own label or one made of optimizer and learning rate."""
    return run.label or f"{optimizer_named(run.optimizer).title} η {short(run.learning_rate)}"


def noise_of(run: RunSettings, steps: int) -> NDArray[np.float64]:
    """Return the run's standard normal numbers, (steps, 2), or (0, 2) without noise."""
    if run.noise == 0:
        return np.empty((0, 2))
    return np.random.default_rng(run.seed).standard_normal((steps, 2))


def landscape_of(experiment: Experiment, precision: str | None = None) -> Landscape:
    """Return the experiment's surface, bound to its parameters and data, and compiled."""
    key = msgspec.json.encode(experiment.surface)
    data = experiment.surface.data
    stamp = _stamp(data.table) if data else (0, 0)
    # Only mini-batches depend on the number of steps.
    steps = experiment.steps if data and data.batch_size else 0
    return _landscape(key, precision or experiment.precision, steps, stamp)


@lru_cache(maxsize=32)
def _landscape(key: bytes, precision: str, steps: int, stamp: tuple[int, int]) -> Landscape:
    settings = msgspec.json.decode(key, type=SurfaceSettings)
    surface = surface_of(settings)
    if not surface.uses_data:
        return bind(surface, settings.parameters, precision)
    data = settings.data or default_data(surface)
    numbers, minima, batched, notes = payload(surface, data, steps)
    return bind(
        surface, settings.parameters, precision, numbers,
        minima=minima, batched=batched, notes=notes, view=suggest(surface, data).view,
        data=data,
    )  # fmt: skip


def _stamp(path: str) -> tuple[int, int]:
    """Return what changes when a file does; (0, 0) for what is no file, such as a bundled table."""
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _per_row(rates: NDArray[np.float64], steps: int) -> NDArray[np.float64]:
    if len(rates) == 0:
        return np.full(steps + 1, np.nan)
    if len(rates) == 1:
        return np.broadcast_to(rates, (steps + 1,))
    return np.append(rates, rates[-1])


#: Fields that change how a run is shown but not where it goes.
_SHOWN = {"visible": True, "label": "", "slot": 0}


def _identity(experiment: Experiment, run: RunSettings) -> bytes:
    """Return equal bytes for runs of one surface, precision and length that walk the same path."""
    plain = msgspec.structs.replace(run, start=start_of(experiment, run), **_SHOWN)
    return msgspec.json.encode((plain, _stamp(run.recorded)))


def _reusable(
    experiment: Experiment, landscape: Landscape, previous: Answer | None
) -> dict[bytes, tuple[Trajectory, Status]]:
    if (
        previous is None
        or previous.landscape is not landscape
        or previous.experiment.steps != experiment.steps
    ):
        return {}
    old = previous.experiment
    pairs = zip(previous.trajectories, previous.statuses, strict=True)
    return {_identity(old, run): pair for run, pair in zip(old.runs, pairs, strict=True)}


def _check_memory(experiment: Experiment) -> None:
    needed = BYTES_PER_STEP * experiment.steps * max(1, len(experiment.runs))
    available = machine_memory()
    if needed > available // 2:
        raise ValueError(
            f"{len(experiment.runs)} runs of {experiment.steps:,} steps need about "
            f"{needed / 2**30:.1f} GiB of memory and this machine has {available / 2**30:.1f}; "
            "take fewer steps or runs."
        )


def machine_memory() -> int:
    """Return how many bytes of memory this machine has; 8 GiB where it does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 8 * 2**30
