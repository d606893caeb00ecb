"""Which settings of a run on a surface may be the axes of a map, and how they are set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from engine.experiment import MOST_STEPS, DataSettings, start_of, surface_of
from engine.maps.axes import Axis
from engine.maps.trainability import AxisName
from engine.optimizers import optimizer_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.experiment import Experiment
    from engine.parameter import Parameter

replace = msgspec.structs.replace

#: Settings of a run: title, range, whether by equal factors.
_OF_A_RUN: dict[str, tuple[str, float, float, bool]] = {
    "weight_decay": ("Weight decay", 1e-6, 1.0, True),
    "clip_value": ("Bound on each slope", 1e-3, 1e2, True),
    "clip_norm": ("Bound on the gradient's norm", 1e-3, 1e2, True),
    "noise": ("Gradient noise", 1e-4, 10.0, True),
}
_LARGEST_SEED = 2**53
#: Settings without which a surface need not be bound anew, nor runs be walked apart.
BY_LANE = ("x", "y", "start_scale", "learning_rate", *_OF_A_RUN)


def names(experiment: Experiment) -> tuple[AxisName, ...]:
    """Return which settings of an experiment with one run may be axes, with sensible ranges."""
    return tuple(_found(experiment))


def _found(experiment: Experiment) -> Iterator[AxisName]:
    surface = surface_of(experiment.surface)
    left, right, bottom, top = experiment.display.view or surface.view
    for name, letter, low, high in (
        ("x", surface.axes[0], left, right),
        ("y", surface.axes[1], bottom, top),
    ):
        yield _entry(name, f"Start {letter}", low, high, False)
    yield _entry("start_scale", "Scale of the start", 1e-2, 1e2, True)
    rule = optimizer_named(experiment.runs[0].optimizer)
    rate = rule.learning_rate
    yield _entry("learning_rate", "Learning rate", rate * 1e-2, rate * 1e3, True)
    yield from _parameters("hyperparameters", rule.parameters)
    for name, given in _OF_A_RUN.items():
        yield _entry(name, *given)
    yield _entry("steps", "Steps", 1.0, 1000.0, True)
    yield _entry("seed", "Seed", 0.0, 64.0, False)
    yield from _parameters("parameters", surface.parameters)
    if surface.uses_data:
        yield _entry("batch_size", "Batch size", 1.0, 256.0, True)
        yield _entry("target_scale", "Divisor of the target", 1e-2, 1e2, True)


def _parameters(group: str, parameters: tuple[Parameter, ...]) -> Iterator[AxisName]:
    for parameter in parameters:
        if parameter.kind != "switch":
            name, log = f"{group}.{parameter.name}", parameter.log and parameter.low > 0
            title = f"{parameter.name.replace('_', ' ').capitalize()} {parameter.symbol}"
            yield _entry(name, title, parameter.low, parameter.high, log)


def _entry(name: str, title: str, low: float, high: float, log: bool) -> AxisName:
    scale: Any = "log" if log else "linear"
    return AxisName(name, title, Axis(name=name, low=low, high=high, scale=scale))


def with_setting(experiment: Experiment, name: str, value: float) -> Experiment:
    """Return the experiment with one setting of its run changed; whole numbers are rounded.

    Raises ValueError, naming the field and the fix, for a value that is not allowed.
    """
    run = experiment.runs[0]
    group, dot, inner = name.partition(".")
    if name in ("x", "y", "start_scale"):
        x, y = start_of(experiment, run)
        start = {"x": (value, y), "y": (x, value)}.get(name, (x * value, y * value))
        return replace(experiment, runs=(replace(run, start=start),))
    if name == "learning_rate" or name in _OF_A_RUN:
        return replace(experiment, runs=(replace(run, **{name: value}),))
    if name == "steps":
        return replace(experiment, steps=round(min(max(value, 0.0), float(MOST_STEPS))))
    if name == "seed":
        seed = round(min(max(value, 0.0), float(_LARGEST_SEED)))
        return replace(experiment, runs=(replace(run, seed=seed),))
    surface = experiment.surface
    if dot and group == "hyperparameters":
        declared = optimizer_named(run.optimizer).parameters
        given = {**run.hyperparameters, inner: _whole(declared, inner, value)}
        return replace(experiment, runs=(replace(run, hyperparameters=given),))
    if dot:
        given = {**surface.parameters, inner: _whole(surface_of(surface).parameters, inner, value)}
        return replace(experiment, surface=replace(surface, parameters=given))
    data = surface.data or DataSettings()
    changed = max(0, round(value)) if name == "batch_size" else value
    data = replace(data, **{name: changed})
    return replace(experiment, surface=replace(surface, data=data))


def _whole(declared: tuple[Parameter, ...], name: str, value: float) -> float:
    """Return a value, rounded if the parameter takes whole numbers only."""
    kinds = {p.name: p.kind for p in declared}
    return float(round(value)) if kinds.get(name) == "integer" else value
