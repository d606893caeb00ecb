"""What a notebook calls to train networks."""

from __future__ import annotations

import os
from collections.abc import Sequence
from inspect import signature
from typing import TYPE_CHECKING, Any

import msgspec

from engine.experiment_mistakes import settings_of
from engine.networks import activations, losses, schemes
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.settings import (
    MOST_RUNS,
    NetworkExperiment,
    StopSettings,
    TrainingRun,
    new_training_run,
    rules,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.experiment import Precision, ScheduleSettings
    from engine.networks.history import History
    from engine.networks.initialisation import InitialSettings
    from engine.networks.network import Network
    from engine.networks.session import Progress

#: Declarations by name.
ACTIVATIONS = {activation.name: activation for activation in activations.CATALOGUE}
LOSSES = {loss.name: loss for loss in losses.CATALOGUE}
INITIALISATIONS = {scheme.name: scheme for scheme in schemes.SCHEMES}
NETWORK_OPTIMIZERS = {rule.name: rule for rule in rules()}

#: Steps where neither they nor epochs are given.
STEPS = 1000


def train(
    data: str | os.PathLike[str] | NetworkDataSettings | NetworkExperiment = "moons",
    optimizer: str | TrainingRun | Sequence[str | TrainingRun] = "adam",
    *,
    hidden: Sequence[int] = (16, 16),
    activation: str = "tanh",
    loss: str = "auto",
    bias: bool = True,
    residual: bool = False,
    layer_norm: bool = False,
    dropout: float = 0.0,
    steps: int | None = None,
    epochs: float | None = None,
    batch_size: int = 32,
    precision: Precision = "float32",
    initial: str | InitialSettings = "pytorch",
    seed: int = 0,
    stop: StopSettings | None = None,
    curvature_every: int = 0,
    learning_rate: float | None = None,
    schedule: str | ScheduleSettings = "constant",
    weight_decay: float | None = None,
    decoupled: bool | None = None,
    clip_value: float = 0.0,
    clip_norm: float = 0.0,
    noise: float = 0.0,
    maximize: bool = False,
    sharpness: float = 0.0,
    progress: Callable[[Progress], None] | None = None,
    **hyperparameters: float,
) -> History | tuple[History, ...]:
    """Train a network and return what happened at each step.

    Parameters
    ----------
    data : a catalogue name (`DATASETS`), the path of a CSV or Parquet file, complete
        `NetworkDataSettings`, or a whole `NetworkExperiment` (such as a history's), beside which
        nothing else but `progress` may be given.
    optimizer : a catalogue name (`NETWORK_OPTIMIZERS`), a complete `TrainingRun`, beside which
        nothing that belongs to a run may be given, or several of them: then all begin with the
        same weights and see the same batches.
    hidden : units of each hidden layer; up to 6 layers of 1 to 256.
    activation, loss : catalogue names (`ACTIVATIONS`, `LOSSES`); the loss "auto" is the squares'
        mean for numbers and the cross-entropy for classes.
    bias, residual, layer_norm, dropout : switches of the network, and the share of hidden units
        that each step leaves out.
    steps, epochs : how long; either, 1000 steps if both are left out.
    batch_size : rows of a step; 0 for all.
    precision : ``"float32"`` or ``"float64"``.
    initial : how the first weights are drawn: a catalogue name (`INITIALISATIONS`), or complete
        `InitialSettings` with a seed of their own.
    seed : of the first weights, the order of the rows, and gradient noise.
    stop : what ends a run earlier.
    curvature_every : steps between two looks at curvature, 0 for none: the history's `curvature`
        tells λ₁ and where the run was against its optimizer's limit.
    learning_rate, weight_decay, decoupled : the optimizer's defaults if left out.
    schedule : a catalogue name (`engine.SCHEDULES`), or complete `ScheduleSettings`.
    clip_value, clip_norm : bounds on each slope and on the gradient's norm; 0 is off.
    noise : standard deviation of Gaussian gradient noise.
    maximize : climb instead of descend.
    sharpness : ρ of SAM, which wraps the optimizer; 0 is off.
    progress : called about every 10 ms.
    hyperparameters : the optimizer's own, by name (``beta1=0.8``).

    Returns
    -------
    History, or a tuple of them where `optimizer` is a sequence or `data` an experiment of several
    runs. Its `experiment` trains it again: ``engine.train(history.experiment)``.

    Raises
    ------
    ValueError : an unknown name, or a value that is not allowed; the sentence names both.
    """
    given = {name: value for name, value in locals().items() if name != "progress"}
    from engine.networks.answer import train_all
    from engine.networks.network import bind

    if isinstance(data, NetworkExperiment):
        _check_alone(given)
        found = train_all(data, progress=progress)
        return found[0] if len(found) == 1 else found
    if steps is not None and epochs is not None:
        raise ValueError("Both steps and epochs are given; give one of them.")
    experiment = _experiment(given)
    network = bind(experiment)
    if epochs is not None:
        experiment = msgspec.structs.replace(experiment, steps=_steps(epochs, network))
    found = train_all(experiment, progress=progress, network=network)
    return found[0] if isinstance(optimizer, str | TrainingRun) else found


_DEFAULTS = {
    name: parameter.default
    for name, parameter in signature(train).parameters.items()
    if name not in ("progress", "hyperparameters")
}
_OF_THE_MODEL = ("hidden", "activation", "loss", "bias", "residual", "layer_norm", "dropout")
_OF_A_RUN = (
    "learning_rate", "schedule", "weight_decay", "decoupled", "clip_value", "clip_norm", "noise",
    "maximize", "sharpness",
)  # fmt: skip


def _check_alone(given: dict[str, Any]) -> None:
    beside = [
        name
        for name, default in _DEFAULTS.items()
        if name != "data" and given[name] != default and given[name] is not None
    ]
    beside += given["hyperparameters"]
    if beside:
        raise ValueError(
            f"{beside[0]} is given beside a whole experiment; set it in the experiment."
        )


def _experiment(given: dict[str, Any]) -> NetworkExperiment:
    data, initial, optimizer = given["data"], given["initial"], given["optimizer"]
    if isinstance(data, str | os.PathLike):
        data = {"source": os.fspath(data)}
    elif not isinstance(data, NetworkDataSettings):
        kind = type(data).__name__
        raise ValueError(f"data is of type {kind}; give a data set's name or the path of a table.")
    if isinstance(initial, str):
        initial = {"scheme": initial, "seed": given["seed"]}
    chosen = list(optimizer) if isinstance(optimizer, Sequence) else [optimizer]
    if isinstance(optimizer, str):
        chosen = [optimizer]
    if not 1 <= len(chosen) <= MOST_RUNS:
        raise ValueError(f"optimizer is a list of {len(chosen)}; give 1 to {MOST_RUNS} of them.")
    experiment = settings_of(
        {
            "data": data,
            "model": {name: given[name] for name in _OF_THE_MODEL},
            "initial": initial,
            "batches": {"size": given["batch_size"], "seed": given["seed"]},
            "steps": STEPS if given["steps"] is None else given["steps"],
            "precision": given["precision"],
            "stop": given["stop"] or StopSettings(),
            "curvature_every": given["curvature_every"],
        },
        NetworkExperiment,
    )
    runs = tuple(_run(one, given, slot) for slot, one in enumerate(chosen))
    return msgspec.structs.replace(experiment, runs=runs)


def _run(optimizer: Any, given: dict[str, Any], slot: int) -> TrainingRun:
    changes = {name: given[name] for name in _OF_A_RUN if given[name] != _DEFAULTS[name]}
    own = given["hyperparameters"]
    if isinstance(optimizer, TrainingRun):
        if changes or own:
            name = next(iter({**changes, **own}))
            raise ValueError(f"{name} is given beside a complete run; set it in the run.")
        return optimizer
    if not isinstance(optimizer, str):
        kind = type(optimizer).__name__
        raise ValueError(f"optimizer is of type {kind}; give a name such as adam, or a list.")
    if isinstance(changes.get("schedule"), str):
        changes["schedule"] = {"name": changes["schedule"]}
    # A switch reads well as True; in files and in kernels it is a number.
    values = {key: float(value) if isinstance(value, bool) else value for key, value in own.items()}
    defaults = msgspec.to_builtins(new_training_run(optimizer, seed=0, slot=slot))
    return settings_of(
        {**defaults, "seed": given["seed"], **changes, "hyperparameters": values}, TrainingRun
    )


def _steps(epochs: float, network: Network) -> int:
    if not 0 <= epochs < float("inf"):
        raise ValueError(f"epochs is {epochs:g}; give a finite number of 0 or more, such as 20.")
    return round(epochs * network.order.per_epoch)
