"""The run that a map is around: which settings may be axes, and what they are in the run itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from engine.experiment import start_of, surface_of
from engine.optimizers import optimizer_named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.experiment import Experiment
    from engine.maps.map_experiment import MapExperiment
    from engine.maps.trainability import AxisName
    from engine.networks.settings import NetworkExperiment
    from engine.parameter import Parameter


def axis_names(experiment: MapExperiment) -> tuple[AxisName, ...]:
    """Return which settings may be the axes of a map; none if its run cannot be understood."""
    if experiment.trainability is not None:
        from engine.maps.trainability import names

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
