"""The run that a map is around: which settings may be axes, and what they are in the run itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from engine.experiment import start_of, surface_of
from engine.maps.trainability import Trainability, names
from engine.maps.trainability_presets import PRESETS
from engine.optimizers import optimizer_named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.experiment import Experiment
    from engine.maps.axes import Axis
    from engine.maps.map_experiment import MapExperiment
    from engine.maps.trainability import AxisName
    from engine.networks.settings import NetworkExperiment
    from engine.parameter import Parameter


def axis_names(experiment: MapExperiment) -> tuple[AxisName, ...]:
    """Return which settings may be the axes of a map; none if its run cannot be understood."""
    if experiment.trainability is not None:
        return names(experiment.trainability)
    try:
        if experiment.network is not None:
            from engine.maps.network_axes import names as of_network

            return of_network(experiment.network)
        from engine.maps.surface_axes import names as of_surface

        if experiment.surface is not None:
            return of_surface(experiment.surface)
        assert experiment.basins is not None
        return of_surface(experiment.basins)[:2]
    except ValueError:
        return ()


def preset_of(experiment: MapExperiment) -> str:
    """Return the name of the preset that a map is a piece of, "" if of none."""
    if experiment.trainability is None:
        return ""
    axes, task = (experiment.x.name, experiment.y.name), _plain(experiment.trainability)
    for name, found in PRESETS.items():
        if task == _plain(found.task) and axes == (found.x.name, found.y.name):
            return name
    return ""


def _plain(task: Trainability) -> Trainability:
    """Return a task without its own axes, which do not count."""
    unset = Trainability()
    return replace(task, x=unset.x, y=unset.y)


def whole_of(experiment: MapExperiment) -> tuple[Axis, Axis]:
    """Return the ranges that suit a map's settings: those of its preset, or their own."""
    x, y = experiment.x, experiment.y
    name = preset_of(experiment)
    if name:
        return PRESETS[name].x, PRESETS[name].y
    suited = {entry.name: entry.axis for entry in axis_names(experiment)}
    return suited.get(x.name, x), suited.get(y.name, y)


def own_value(experiment: MapExperiment, name: str) -> float:
    """Return what an axis' setting is in the run itself; NaN if it has none."""
    found: Any = math.nan
    walked = experiment.surface or experiment.basins
    if walked is not None:
        found = _of_walk(walked, name)
    elif experiment.network is not None:
        found = _of_training(experiment.network, name)
    return math.nan if found is None else float(found)


def _of_walk(experiment: Experiment, name: str) -> Any:
    run = experiment.runs[0]
    group, dot, inner = name.partition(".")
    if dot and group == "hyperparameters":
        return _given(run.hyperparameters, optimizer_named(run.optimizer).parameters, inner)
    surface = experiment.surface
    if dot:
        return _given(surface.parameters, surface_of(surface).parameters, inner)
    if name in ("x", "y"):
        return start_of(experiment, run)[name == "y"]
    if name in ("batch_size", "target_scale"):
        return getattr(surface.data, name, None)
    return {"start_scale": 1.0, "steps": experiment.steps}.get(name, getattr(run, name, None))


def _of_training(experiment: NetworkExperiment, name: str) -> Any:
    run, initial = experiment.runs[0], experiment.initial
    group, dot, inner = name.partition(".")
    if dot and group == "hyperparameters":
        from engine.networks.settings import rule_named

        return _given(run.hyperparameters, rule_named(run.optimizer).parameters, inner)
    if dot:
        part = initial if group == "initial" else experiment.data
        return part.parameters.get(inner)
    apart = {
        "gain": initial.gain, "seed": initial.seed, "steps": experiment.steps,
        "batch_size": experiment.batches.size, "dropout": experiment.model.dropout,
        "width": next(iter(experiment.model.hidden), None),
        "target_divisor": experiment.data.target_divisor,
    }  # fmt: skip
    return apart.get(name, getattr(run, name, None))


def _given(values: dict[str, float], declared: Iterable[Parameter], name: str) -> float | None:
    defaults = {parameter.name: parameter.default for parameter in declared}
    return values.get(name, defaults.get(name))
