"""Which settings of a network experiment may be the axes of a map, and how they are set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from engine.experiment import MOST_STEPS
from engine.maps.axes import Axis
from engine.maps.trainability import AxisName
from engine.networks.data.catalogue import DATASETS
from engine.networks.data.made import Made
from engine.networks.initialisation import GAIN
from engine.networks.schemes import scheme_named
from engine.networks.settings import MOST_UNITS, rule_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.networks.settings import NetworkExperiment
    from engine.parameter import Parameter

replace = msgspec.structs.replace

#: Settings of a run: title, range, whether by equal factors.
_OF_A_RUN: dict[str, tuple[str, float, float, bool]] = {
    "weight_decay": ("Weight decay", 1e-6, 1.0, True),
    "clip_norm": ("Bound on the gradient's norm", 1e-3, 1e2, True),
    "clip_value": ("Bound on each slope", 1e-3, 1e2, True),
    "noise": ("Gradient noise", 1e-4, 10.0, True),
    "sharpness": ("Radius ρ of SAM", 1e-3, 1.0, True),
}
#: Those of the experiment.
_OF_ALL: dict[str, tuple[str, float, float, bool]] = {
    "steps": ("Steps", 1.0, 1000.0, True),
    "batch_size": ("Batch size", 1.0, 256.0, True),
    "width": ("Units of each hidden layer", 1.0, 64.0, True),
    "dropout": ("Dropout", 0.0, 0.9, False),
    "target_divisor": ("Divisor of the target", 1e-2, 1e2, True),
    "seed": ("Seed", 0.0, 64.0, False),
}
_LARGEST_SEED = 2**53


def names(experiment: NetworkExperiment) -> tuple[AxisName, ...]:
    """Return which settings of an experiment with one run may be axes, with sensible ranges."""
    return tuple(_found(experiment))


def _found(experiment: NetworkExperiment) -> Iterator[AxisName]:
    rule = rule_named(experiment.runs[0].optimizer)
    rate = rule.learning_rate
    yield _entry("learning_rate", "Learning rate", rate * 1e-2, rate * 1e3, True)
    yield from _parameters("hyperparameters", rule.parameters)
    for name, given in _OF_A_RUN.items():
        yield _entry(name, *given)
    yield _entry("gain", "Scale of the first weights", 0.01, 100.0, True)
    yield from _parameters("initial", scheme_named(experiment.initial.scheme).parameters)
    data = DATASETS.get(experiment.data.source)
    for name, given in _OF_ALL.items():
        if name == "width" and not experiment.model.hidden:
            continue
        if name == "target_divisor" and (data is None or data.task != "regression"):
            continue
        yield _entry(name, *given)
    if isinstance(data, Made):
        yield from _parameters("data", data.parameters)


def _parameters(group: str, parameters: tuple[Parameter, ...]) -> Iterator[AxisName]:
    for parameter in parameters:
        if parameter.kind != "switch":
            name, log = f"{group}.{parameter.name}", parameter.log and parameter.low > 0
            title = f"{parameter.name.replace('_', ' ').capitalize()} {parameter.symbol}"
            yield _entry(name, title, parameter.low, parameter.high, log)


def _entry(name: str, title: str, low: float, high: float, log: bool) -> AxisName:
    scale: Any = "log" if log else "linear"
    return AxisName(name, title, Axis(name=name, low=low, high=high, scale=scale))


def with_setting(experiment: NetworkExperiment, name: str, value: float) -> NetworkExperiment:
    """Return the experiment with one setting changed, whole numbers rounded.

    Raises
    ------
    ValueError : the value is not allowed (a plain sentence).
    """
    group, _, own = name.partition(".")
    if own:
        return _with_parameter(experiment, group, own, value)
    if name in _OF_A_RUN or name == "learning_rate":
        return _with_run(experiment, **{name: value})
    if name == "gain":
        return replace(experiment, initial=replace(experiment.initial, gain=GAIN.check(value)))
    if name == "dropout":
        return replace(experiment, model=replace(experiment.model, dropout=value))
    if name == "target_divisor":
        data = replace(experiment.data, scale_target="divide", target_divisor=value)
        return replace(experiment, data=data)
    if name == "steps":
        return replace(experiment, steps=_whole(name, value, 0, MOST_STEPS))
    if name == "batch_size":
        size = _whole(name, value, 1, MOST_STEPS)
        return replace(experiment, batches=replace(experiment.batches, size=size))
    if name == "width":
        units = (_whole(name, value, 1, MOST_UNITS),) * len(experiment.model.hidden)
        return replace(experiment, model=replace(experiment.model, hidden=units))
    return _with_seed(experiment, _whole(name, value, 0, _LARGEST_SEED))


def _with_run(experiment: NetworkExperiment, **changes: Any) -> NetworkExperiment:
    return replace(experiment, runs=(replace(experiment.runs[0], **changes),))


def _with_parameter(
    experiment: NetworkExperiment, group: str, name: str, value: float
) -> NetworkExperiment:
    if group == "hyperparameters":
        run = experiment.runs[0]
        declared = rule_named(run.optimizer).parameters
        given = _given(declared, name, value, run.hyperparameters)
        return _with_run(experiment, hyperparameters=given)
    if group == "initial":
        initial = experiment.initial
        given = _given(scheme_named(initial.scheme).parameters, name, value, initial.parameters)
        return replace(experiment, initial=replace(initial, parameters=given))
    data = experiment.data
    made = DATASETS[data.source]
    assert isinstance(made, Made)
    given = _given(made.parameters, name, value, data.parameters)
    return replace(experiment, data=replace(data, parameters=given))


def _given(
    declared: tuple[Parameter, ...], name: str, value: float, others: dict[str, float]
) -> dict[str, float]:
    kinds = {parameter.name: parameter.kind for parameter in declared}
    return {**others, name: float(round(value)) if kinds[name] == "integer" else value}


def _with_seed(experiment: NetworkExperiment, seed: int) -> NetworkExperiment:
    """Return other first weights, another order of the rows and other noise; data stay."""
    changed = replace(
        experiment,
        initial=replace(experiment.initial, seed=seed),
        batches=replace(experiment.batches, seed=seed),
    )
    return _with_run(changed, seed=seed)


def _whole(name: str, value: float, low: int, high: int) -> int:
    found = round(value)
    if not low <= found <= high:
        raise ValueError(f"{name} is {value:g}; give {low} to {high:,}.")
    return found
