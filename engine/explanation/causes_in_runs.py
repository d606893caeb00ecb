"""Causes in how a run is walked: its start, its precision, its method, its gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from engine.experiment import new_run, start_of
from engine.explanation.cause import Choice, Switch, with_run
from engine.numbers import short
from engine.optimizers import optimizer_named
from engine.parameter import complete

if TYPE_CHECKING:
    from engine.experiment import Experiment, RunSettings

    Offered = tuple[Choice, ...] | str

#: Hyperparameters that keep a share of earlier gradients, by name.
MEMORIES = ("momentum", "beta1", "beta")


def _start(experiment: Experiment, index: int) -> Offered:
    if start_of(experiment, experiment.runs[index]) == (0.0, 0.0):
        return "the run starts at the origin, which no factor moves"
    return (Choice(0.1, "Start ÷ 10"), Choice(10.0, "Start × 10"))


def _scale_start(experiment: Experiment, index: int, factor: float) -> Experiment:
    run = experiment.runs[index]
    x, y = start_of(experiment, run)
    return with_run(experiment, index, replace(run, start=(factor * x, factor * y)))


def _precision(experiment: Experiment, _index: int) -> Offered:
    if experiment.precision == "float32":
        return (Choice(64.0, "float64"),)
    return (Choice(32.0, "float32"),)


def _set_precision(experiment: Experiment, _index: int, bits: float) -> Experiment:
    if bits not in (32.0, 64.0):
        raise ValueError(f"There is no precision of {short(bits)} bits; give 32 or 64.")
    return replace(experiment, precision="float32" if bits == 32.0 else "float64")


def _other(run: RunSettings) -> str:
    """Return the optimizer to compare with: SGD for the kind of Adam, Adam for all others."""
    return "sgd" if optimizer_named(run.optimizer).stability.preconditioned else "adam"


def _optimizer(experiment: Experiment, index: int) -> Offered:
    plain = _other(experiment.runs[index]) == "sgd"
    return (Choice(1.0, "Plain SGD at its default" if plain else "Adam at its default"),)


def _change_optimizer(experiment: Experiment, index: int, _amount: float) -> Experiment:
    run = experiment.runs[index]
    other = new_run(_other(run))
    kept = {
        name: getattr(other, name)
        for name in ("optimizer", "learning_rate", "hyperparameters", "weight_decay", "decoupled")
    }
    return with_run(experiment, index, replace(run, label="", **kept))


def _memories(experiment: Experiment, index: int) -> dict[str, float]:
    run = experiment.runs[index]
    values = complete(optimizer_named(run.optimizer).parameters, run.hyperparameters)
    return {name: values[name] for name in MEMORIES if values.get(name, 0.0) > 0}


def _momentum(experiment: Experiment, index: int) -> Offered:
    if _memories(experiment, index):
        return (Choice(0.0, "No momentum"),)
    return f"{optimizer_named(experiment.runs[index].optimizer).title} has no momentum here"


def _set_momentum(experiment: Experiment, index: int, amount: float) -> Experiment:
    run = experiment.runs[index]
    changed = dict.fromkeys(_memories(experiment, index), amount)
    values = {**run.hyperparameters, **changed}
    return with_run(experiment, index, replace(run, hyperparameters=values))


def _clip(experiment: Experiment, index: int) -> Offered:
    norm = experiment.runs[index].clip_norm
    if norm > 0:
        return f"the gradient's norm is clipped at {short(norm)} already"
    return (Choice(1.0, "Gradient clipped at 1"),)


def _set_clip(experiment: Experiment, index: int, norm: float) -> Experiment:
    return with_run(experiment, index, replace(experiment.runs[index], clip_norm=norm))


BEFORE_RATE: tuple[Switch, ...] = (
    Switch(
        "start",
        "Scale of the start",
        "Moves the start towards the origin or away from it: on surfaces that are not quadratic "
        "the curvature at the start, and with it the largest stable rate, is another.",
        _start,
        _scale_start,
    ),
    Switch(
        "precision",
        "Precision",
        "Walks in the other precision: float32 overflows above 3.4e38 and float64 above 1.8e308, "
        "so a run that diverges only ends later.",
        _precision,
        _set_precision,
    ),
    Switch(
        "optimizer",
        "Another optimizer",
        "Adam divides by the typical size of its gradients, so its steps are about η long "
        "however steep the surface is; plain SGD shows what Adam hides.",
        _optimizer,
        _change_optimizer,
    ),
    Switch(
        "momentum",
        "Momentum off",
        "Without memory each step follows the present gradient alone: less speed along valleys, "
        "no ringing, and for averaged gradients a smaller largest rate.",
        _momentum,
        _set_momentum,
    ),
)

CLIP = Switch(
    "clip",
    "Clip the gradient",
    "Bounds the gradient's norm, so that no step of plain descent is longer than η times that "
    "bound.",
    _clip,
    _set_clip,
)
