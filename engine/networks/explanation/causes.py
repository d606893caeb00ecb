"""Causes of trouble in training as switches: what could be changed, alone or together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from engine.explanation.cause import Cause, Choice, Chosen, Switch, cause_at, throw, with_run
from engine.networks.explanation.linear import linear_of
from engine.networks.schemes import scheme_named
from engine.networks.settings import new_training_run, rule_named
from engine.numbers import short

if TYPE_CHECKING:
    from engine.networks.network import Network
    from engine.networks.settings import NetworkExperiment, TrainingRun

    Offered = tuple[Choice, ...] | str

#: Schemes of first weights that are offered, the usual one of kinks and that of others first.
SCHEMES = ("he_normal", "glorot_uniform", "lecun_normal", "pytorch")
KINKED = ("relu", "leaky_relu", "elu", "gelu", "silu", "softplus")
#: How much smaller or larger first weights are made.
GAINS = {10.0: (1 / 3, "First weights ÷ 3"), 11.0: (3.0, "First weights × 3")}
#: Parts of the steps that a warm-up takes.
WARM_UPS = (0.1, 0.5)


@dataclass(frozen=True, slots=True)
class Facts:
    """What switches must know of the data: what is to be learnt, and from how many rows."""

    task: str
    rows: int


def facts_of(network: Network) -> Facts:
    """Return what switches must know of a network's data."""
    return Facts(network.model.task, network.training.count)


def causes(experiment: NetworkExperiment, index: int, facts: Facts) -> tuple[Cause, ...]:
    """Return every switch at run `index`, in order; those that do not apply say why."""
    return tuple(cause_at(switch, experiment, index) for switch in switches(facts))


def combined(
    experiment: NetworkExperiment, index: int, chosen: Chosen, facts: Facts
) -> tuple[NetworkExperiment, tuple[str, ...], tuple[str, ...]]:
    """Throw several switches at once, as `engine.explanation.cause.throw` does.

    Raises
    ------
    ValueError : an unknown key or an amount that is not allowed.
    """
    found: tuple[NetworkExperiment, tuple[str, ...], tuple[str, ...]]
    found = throw(switches(facts), cause_at, experiment, index, chosen)
    return found


def _changed_run(experiment: NetworkExperiment, index: int, **changes: Any) -> Any:
    return with_run(experiment, index, replace(experiment.runs[index], **changes))


def _rate(experiment: NetworkExperiment, index: int) -> Offered:
    if experiment.runs[index].learning_rate == 0:
        return "the learning rate is 0"
    return (Choice(0.1, "η ÷ 10"), Choice(10.0, "η × 10"))


def _scale_rate(experiment: NetworkExperiment, index: int, factor: float) -> Any:
    rate = experiment.runs[index].learning_rate
    # 0.1 · 0.001 is to be 1e-4, not a binary fraction beside it.
    return _changed_run(experiment, index, learning_rate=float(f"{factor * rate:.12g}"))


def _inputs(experiment: NetworkExperiment, _index: int) -> Offered:
    if experiment.data.scale_inputs == "standardise":
        return "the inputs are standardised already"
    return (Choice(1.0, "Standardised inputs"),)


def _standardise(experiment: NetworkExperiment, _index: int, _amount: float) -> Any:
    return replace(experiment, data=replace(experiment.data, scale_inputs="standardise"))


def _target(facts: Facts, experiment: NetworkExperiment) -> Offered:
    if facts.task != "regression":
        return "the targets are classes"
    data = experiment.data
    divisor = 10.0 * (data.target_divisor if data.scale_target == "divide" else 1.0)
    smaller = Choice(divisor, f"Target ÷ {short(divisor)}")
    unit = Choice(0.0, "Standardised target")
    if data.scale_target == "standardise":
        return "the target is standardised already"
    return (unit, smaller) if data.scale_target in ("none", "divide") else (unit,)


def _scale_target(experiment: NetworkExperiment, _index: int, divisor: float) -> Any:
    changes: dict[str, Any] = {"scale_target": "standardise"}
    if divisor:
        changes = {"scale_target": "divide", "target_divisor": divisor}
    return replace(experiment, data=replace(experiment.data, **changes))


def _first_weights(experiment: NetworkExperiment, _index: int) -> Offered:
    initial = experiment.initial
    if initial.weights:
        return "the first weights are given, not drawn"
    present = initial.scheme if initial.gain == 1 and not initial.layer_gains else ""
    usual = SCHEMES if experiment.model.activation in KINKED else (SCHEMES[1], SCHEMES[0])
    found = [
        Choice(float(SCHEMES.index(name)), f"Weights: {scheme_named(name).title}")
        for name in usual[:2]
        if name != present
    ]
    return (*found, *(Choice(amount, title) for amount, (_, title) in GAINS.items()))


def _draw_otherwise(experiment: NetworkExperiment, _index: int, amount: float) -> Any:
    initial = experiment.initial
    if amount in GAINS:
        gain = float(f"{initial.gain * GAINS[amount][0]:.4g}")
        return replace(experiment, initial=replace(initial, gain=gain))
    drawn = replace(
        initial, scheme=SCHEMES[int(amount)], parameters={}, gain=1.0, layer_gains=()
    )  # fmt: skip
    return replace(experiment, initial=drawn)


def _mean(experiment: NetworkExperiment, _index: int) -> Offered:
    if experiment.model.loss != "sum_squares":
        return "the loss is a mean already"
    return (Choice(1.0, "Mean instead of sum"),)


def _take_mean(experiment: NetworkExperiment, _index: int, _amount: float) -> Any:
    return replace(experiment, model=replace(experiment.model, loss="mean_squares"))


def _batch(facts: Facts, experiment: NetworkExperiment) -> Offered:
    size = experiment.batches.size
    if not 0 < size < facts.rows:
        return "every step sees all rows already"
    full = Choice(0.0, "Full batch")
    larger = 4 * size
    return (full, Choice(float(larger), f"Batches of {larger}")) if larger < facts.rows else (full,)


def _set_batch(experiment: NetworkExperiment, _index: int, size: float) -> Any:
    return replace(experiment, batches=replace(experiment.batches, size=int(size)))


def _precision(experiment: NetworkExperiment, _index: int) -> Offered:
    wider = experiment.precision == "float32"
    return (Choice(64.0, "float64"),) if wider else (Choice(32.0, "float32"),)


def _set_precision(experiment: NetworkExperiment, _index: int, bits: float) -> Any:
    return replace(experiment, precision="float64" if bits == 64 else "float32")


def _other(run: TrainingRun) -> str:
    """Return the optimizer to compare with: SGD for the kind of Adam, Adam for all others."""
    return "sgd" if linear_of(run)[0].preconditioned else "adam"


def _optimizer(experiment: NetworkExperiment, index: int) -> Offered:
    title = rule_named(_other(experiment.runs[index])).title
    return (Choice(1.0, f"{title} at its default"),)


def _change_optimizer(experiment: NetworkExperiment, index: int, _amount: float) -> Any:
    other = new_training_run(_other(experiment.runs[index]))
    names = ("optimizer", "learning_rate", "hyperparameters", "weight_decay", "decoupled")
    changes = {name: getattr(other, name) for name in names}
    return _changed_run(experiment, index, label="", **changes)


def _warm_up(experiment: NetworkExperiment, index: int) -> Offered:
    if experiment.runs[index].schedule.warm_up_steps:
        return "the rate is warmed up already"
    counts = sorted({round(part * experiment.steps) for part in WARM_UPS} - {0})
    if not counts:
        return "there are too few steps"
    return tuple(Choice(float(count), f"Warm-up of {count} steps") for count in counts)


def _set_warm_up(experiment: NetworkExperiment, index: int, steps: float) -> Any:
    schedule = replace(experiment.runs[index].schedule, warm_up_steps=int(steps))
    return _changed_run(experiment, index, schedule=schedule)


def _clip(experiment: NetworkExperiment, index: int) -> Offered:
    norm = experiment.runs[index].clip_norm
    if norm > 0:
        return f"the gradient's norm is clipped at {short(norm)} already"
    return (Choice(1.0, "Gradient clipped at 1"), Choice(100.0, "Gradient clipped at 100"))


def _set_clip(experiment: NetworkExperiment, index: int, norm: float) -> Any:
    return _changed_run(experiment, index, clip_norm=norm)


def switches(facts: Facts) -> tuple[Switch, ...]:
    """Return all switches in the order in which they are applied."""
    return (
        Switch(
            "inputs", "Standardise the inputs",
            "Shifts and scales each input to mean 0 and variance 1: inputs of hundreds make the "
            "curvature tens of thousands of times higher.",
            _inputs, _standardise,
        ),
        Switch(
            "target", "Target scale",
            "A smaller target makes smaller errors and gradients, and the first steps no longer "
            "carry the weights to where the loss is steeper.",
            lambda experiment, _: _target(facts, experiment), _scale_target,
        ),
        Switch(
            "weights", "First weights",
            "How large the first weights are decides how steep the loss is at the start, and "
            "whether signals grow or fade from layer to layer.",
            _first_weights, _draw_otherwise,
        ),
        Switch(
            "reduction", "Mean instead of sum",
            "A sum over n rows has n times the curvature of their mean, so it bears an n-th of "
            "the learning rate.",
            _mean, _take_mean,
        ),
        Switch(
            "batch", "Batch size",
            "A larger batch is more like all rows: its curvature and its gradient vary less from "
            "step to step.",
            lambda experiment, _: _batch(facts, experiment), _set_batch,
        ),
        Switch(
            "precision", "Precision",
            "Trains in the other precision: float32 overflows above 3.4e38 and float64 above "
            "1.8e308, so a run that diverges only ends later.",
            _precision, _set_precision,
        ),
        Switch(
            "optimizer", "Another optimizer",
            "Adam divides by the usual size of its gradients, so its steps are about η long "
            "however steep the loss is; plain SGD shows what Adam hides.",
            _optimizer, _change_optimizer,
        ),
        Switch(
            "rate", "Learning rate",
            "One order of magnitude is often all that lies between training and blowing up.",
            _rate, _scale_rate,
        ),
        Switch(
            "warm_up", "Warm-up",
            "Lets the rate rise over the first steps, so that the weights have come to where it "
            "is flatter when the rate is full.",
            _warm_up, _set_warm_up,
        ),
        Switch(
            "clip", "Clip the gradient",
            "Bounds the gradient's norm, so that no step of plain descent is longer than η times "
            "that bound.",
            _clip, _set_clip,
        ),
    )  # fmt: skip
