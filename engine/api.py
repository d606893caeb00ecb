"""What a notebook calls."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

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
from engine.experiment_mistakes import settings_of
from engine.formula import FormulaError, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.experiment import DataSettings
    from engine.explanation.why import Why
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

    asked = settings_of({"precision": precision}, Experiment)
    settings = _surface_settings(name, parameters, data)
    return landscape_of(msgspec.structs.replace(asked, surface=settings))


def descend(
    surface: str | Landscape,
    optimizer: str | RunSettings = "sgd",
    *,
    start: tuple[float, float] | None = None,
    steps: int = 500,
    learning_rate: float | None = None,
    precision: Precision | None = None,
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
    surface : a catalogue name (`SURFACES`), a formula such as ``"x^2 + 10*y^2"``, or what `surface`
        returned, which has parameters and data of its own.
    optimizer : a catalogue name (`OPTIMIZERS`), or complete `RunSettings`, beside which nothing
        that belongs to a run may be given, except a start, which then replaces theirs.
    start : (x, y); the surface's own start if left out.
    steps : number of steps, 0 to 10 million.
    learning_rate : η; the optimizer's default if left out.
    precision : ``"float64"`` or ``"float32"``; if left out, the surface's own or float64.
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

    settings, own = _settings_of(surface, parameters or {}, data)
    run = _run(
        optimizer,
        {
            "learning_rate": learning_rate, "weight_decay": weight_decay, "decoupled": decoupled,
            "clip_value": clip_value, "clip_norm": clip_norm, "noise": noise, "seed": seed,
            "maximize": maximize, "hyperparameters": hyperparameters,
            "schedule": {"name": schedule} if isinstance(schedule, str) else schedule,
        },
    )  # fmt: skip
    if start is None:
        start = run.start or surface_of(settings).start
    else:
        run = msgspec.structs.replace(run, start=None)
    asked = settings_of({"start": start, "steps": steps, "precision": precision or own}, Experiment)
    experiment = msgspec.structs.replace(asked, surface=settings, runs=(run,))
    return replace(answer(experiment).trajectories[0], experiment=experiment)


def explain(
    run: Trajectory,
    surface: str | None = None,
    *,
    parameters: Mapping[str, float] | None = None,
    data: DataSettings | None = None,
    checked: bool = True,
) -> Why:
    """Say why the loss fell or rose at each step of a run, in numbers and in a paragraph.

    Parameters
    ----------
    run : what `descend` returned, or one of the runs that `read_csv` has read.
    surface, parameters, data : as for `descend`; only for a run from a file that does not tell
        its surface, or to explain it by another.
    checked : whether other settings are run, a few dozen short runs, so that the verdict can say
        what they would do.

    Raises
    ------
    ValueError : the surface is missing, given twice or not known.
    """
    from engine.explanation.diagnose import diagnose
    from engine.explanation.explain import explain as explain_run
    from engine.explanation.why import Why

    experiment = _experiment_of(run, surface, parameters or {}, data)
    found = explain_run(run, experiment)
    return Why(found, diagnose(found, experiment, checked=checked))


def _experiment_of(
    run: Trajectory, surface: str | None, parameters: Mapping[str, float], data: DataSettings | None
) -> Experiment:
    if run.experiment is not None:
        if surface is not None or parameters or data is not None:
            raise ValueError("A surface is given, but this run knows its own; leave it out.")
        return run.experiment
    settings = None if parameters or data is not None else run.surface_settings
    if surface is not None:
        settings = _surface_settings(surface, parameters, data)
    if settings is None:
        raise ValueError(
            "This run does not tell on which surface it was walked; give surface=…, and its "
            "parameters or data if it needs them."
        )
    x, y = (float(coordinate) for coordinate in run.points[0])
    return Experiment(
        surface=settings,
        start=(x, y) if np.isfinite([x, y]).all() else (0.0, 0.0),
        steps=run.steps,
        precision="float32" if run.points.dtype == np.float32 else "float64",
        runs=(run.run,),
    )


def _run(optimizer: str | RunSettings, given: dict[str, Any]) -> RunSettings:
    if isinstance(optimizer, RunSettings):
        off: tuple[Any, ...] = (None, 0, {}, {"name": "constant"})
        extra = [key for key, value in given.items() if value not in off]
        if given["learning_rate"] is not None or extra:
            name = (extra or ["learning_rate"])[0]
            raise ValueError(f"{name} is given beside complete run settings; set it in them.")
        return optimizer
    changes = {key: value for key, value in given.items() if value is not None}
    # A switch reads well as True; in files and in kernels it is a number.
    changes["hyperparameters"] = {
        key: float(value) if isinstance(value, bool) else value
        for key, value in given["hyperparameters"].items()
    }
    defaults = msgspec.to_builtins(new_run(str(optimizer)))
    return settings_of({**defaults, **changes}, RunSettings)


def _settings_of(
    surface: str | Landscape, parameters: Mapping[str, float], data: DataSettings | None
) -> tuple[SurfaceSettings, str]:
    """Return a surface's settings and its precision, also where it is bound already."""
    from engine.landscape import Landscape

    if not isinstance(surface, Landscape):
        return _surface_settings(surface, parameters, data), "float64"
    if parameters or data is not None:
        raise ValueError(
            "This surface has its parameters and data already; give them to engine.surface."
        )
    name = surface.surface.name
    formula = surface.surface.formula if name == "formula" else ""
    values = dict(surface.parameters)
    settings = SurfaceSettings(name=name, formula=formula, parameters=values, data=surface.data)
    return settings, surface.precision


def _surface_settings(
    surface: str, parameters: Mapping[str, float], data: DataSettings | None
) -> SurfaceSettings:
    if not isinstance(surface, str):
        kind = type(surface).__name__
        raise ValueError(f"surface is of type {kind}; give a surface's name or a formula.")
    given = {"parameters": dict(parameters), "data": data}
    if surface in SURFACES or _is_no_formula(surface):
        return settings_of({**given, "name": surface}, SurfaceSettings)
    return settings_of({**given, "name": "formula", "formula": surface}, SurfaceSettings)


def _is_no_formula(text: str) -> bool:
    """Return whether a text is one unknown word: then the catalogue names near ones."""
    if not text.isidentifier():
        return False
    try:
        constants = parse(text).constants
    except FormulaError:
        return True
    return constants == (text,) and len(text) > 1
