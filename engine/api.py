"""What a notebook calls."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from engine import optimizers, schedules, surfaces
from engine.experiment import (
    Experiment,
    Precision,
    RunSettings,
    ScheduleSettings,
    SurfaceSettings,
    new_run,
    surface_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.experiment import DataSettings
    from engine.landscape import Landscape
    from engine.trajectory import Trajectory

#: Declarations by name.
SURFACES = {surface.name: surface for surface in surfaces.CATALOGUE}
OPTIMIZERS = {optimizer.name: optimizer for optimizer in optimizers.CATALOGUE}
SCHEDULES = {schedule.name: schedule for schedule in schedules.CATALOGUE}


def surface(
    name: str,
    *,
    precision: Precision = "float64",
    data: DataSettings | None = None,
    **parameters: float,
) -> Landscape:
    """Return a surface that answers value, gradient and Hessian at arrays of points.

    Parameters
    ----------
    name : a catalogue name, or a formula such as ``"x^2 + a*y^2"``.
    precision : ``"float64"`` or ``"float32"``.
    data : the table, for data-driven surfaces.
    parameters : the surface's parameters, or the formula's constants.

    Raises
    ------
    ValueError : unknown parameter, or text that is neither a name nor a formula.
    """
    from engine.answer import landscape_of

    settings = _surface_settings(name, parameters, data)
    return landscape_of(Experiment(surface=settings, precision=precision))


def descend(
    surface: str,
    optimizer: str | RunSettings = "sgd",
    *,
    start: tuple[float, float] | None = None,
    steps: int = 500,
    learning_rate: float | None = None,
    precision: Precision = "float64",
    parameters: Mapping[str, float] | None = None,
    data: DataSettings | None = None,
    schedule: str | ScheduleSettings = "constant",
    weight_decay: float | None = None,
    decoupled: bool | None = None,
    clip_value: float = 0.0,
    clip_norm: float = 0.0,
    noise: float = 0.0,
    seed: int = 0,
    maximize: bool = False,
    **hyperparameters: float,
) -> Trajectory:
    """Walk a surface with an optimizer and return the whole path.

    Parameters
    ----------
    surface : a catalogue name (`SURFACES`) or a formula such as ``"x^2 + 10*y^2"``.
    optimizer : a catalogue name (`OPTIMIZERS`), or complete `RunSettings`.
    start : (x, y); the surface's own start if left out.
    steps : number of steps, 0 to 10 million.
    learning_rate : η; the optimizer's default if left out.
    precision : ``"float64"`` or ``"float32"``.
    parameters : the surface's parameters, or the formula's constants.
    data : the table, for data-driven surfaces.
    schedule : a catalogue name (`SCHEDULES`), or complete `ScheduleSettings`.
    weight_decay, decoupled : weight decay, added to the gradient or multiplied into the weights.
    clip_value, clip_norm : bounds on each slope and on the gradient's norm; 0 is off.
    noise, seed : standard deviation of Gaussian gradient noise and the seed of its generator.
    maximize : climb instead of descend.
    hyperparameters : the optimizer's own, by name (``beta1=0.8``).

    Returns
    -------
    Trajectory : ``points`` (steps + 1, 2), ``loss`` (steps + 1,), ``gradients`` (steps + 1, 2), …

    Raises
    ------
    ValueError : an unknown name, or a value that is not allowed; the sentence names both.
    """
    from engine.answer import answer

    settings = _surface_settings(surface, parameters or {}, data)
    run = optimizer
    if isinstance(run, str):
        given: dict[str, Any] = {
            "learning_rate": learning_rate, "weight_decay": weight_decay, "decoupled": decoupled,
            "clip_value": clip_value, "clip_norm": clip_norm, "noise": noise, "seed": seed,
            "maximize": maximize, "hyperparameters": hyperparameters,
            "schedule": ScheduleSettings(name=schedule) if isinstance(schedule, str) else schedule,
        }  # fmt: skip
        run = new_run(run, **{key: value for key, value in given.items() if value is not None})
    experiment = Experiment(
        surface=settings,
        start=_start(start, settings, run),
        steps=steps,
        precision=precision,
        runs=(run,),
    )
    return answer(experiment).trajectories[0]


def _start(
    start: tuple[float, float] | None, settings: SurfaceSettings, run: RunSettings
) -> tuple[float, float]:
    if start is None:
        return run.start or surface_of(settings).start
    x, y = (float(c) for c in start)
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError(f"start is ({x}, {y}); give two finite numbers such as (-1.5, 2.0).")
    return x, y


def _surface_settings(
    surface: str, parameters: Mapping[str, float], data: DataSettings | None
) -> SurfaceSettings:
    if surface in SURFACES:
        return SurfaceSettings(name=surface, parameters=dict(parameters), data=data)
    if surface.isidentifier() and len(surface) > 1:
        # Not a formula that anybody would mean: let the catalogue name near ones.
        return SurfaceSettings(name=surface)
    return SurfaceSettings(name="formula", formula=surface, parameters=dict(parameters))
