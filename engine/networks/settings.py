"""Everything needed to train a network again: data, model, first weights, batches, runs."""

from __future__ import annotations

import math
from difflib import get_close_matches
from typing import TYPE_CHECKING

import msgspec

from engine.experiment import (
    FORMAT,
    MOST_STEPS,
    Precision,
    ScheduleSettings,
    Settings,
    StorySettings,
)
from engine.networks.activations import activation_named
from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.initialisation import InitialSettings
from engine.networks.losses import USUAL, loss_named
from engine.networks.matrix_rules import MATRIX_CATALOGUE
from engine.networks.model import Model
from engine.optimizers import CATALOGUE
from engine.parameter import complete

if TYPE_CHECKING:
    from engine.networks.matrix_rules.rule import MatrixOptimizer
    from engine.optimizers.optimizer import Optimizer

MOST_RUNS = 16
MOST_HIDDEN, MOST_UNITS = 6, 256


class ModelSettings(Settings, frozen=True):
    """A multilayer perceptron; ``loss`` "auto" is the usual one of the data's task."""

    hidden: tuple[int, ...] = (16, 16)
    activation: str = "tanh"
    loss: str = "auto"
    bias: bool = True
    residual: bool = False
    layer_norm: bool = False
    dropout: float = 0.0

    def __post_init__(self) -> None:
        """Raise ValueError, naming the field and the fix, for what is not allowed."""
        if len(self.hidden) > MOST_HIDDEN:
            raise ValueError(
                f"hidden has {len(self.hidden)} layers; give at most {MOST_HIDDEN}, "
                "such as [16, 16]."
            )
        for units in self.hidden:
            if not 1 <= units <= MOST_UNITS:
                raise ValueError(f"hidden holds {units}; give 1 to {MOST_UNITS} units a layer.")
        activation_named(self.activation)
        if self.loss != "auto":
            loss_named(self.loss)
        if not 0.0 <= self.dropout < 1.0:
            raise ValueError(
                f"dropout is {self.dropout:g}; give a share of units from 0 to below 1, "
                "such as 0.1."
            )

    def model(self, inputs: int, outputs: int, task: str) -> Model:
        """Return the model for data of so many inputs and outputs; ValueError for a wrong loss."""
        loss = USUAL[task] if self.loss == "auto" else self.loss
        if task not in loss_named(loss).tasks:
            raise ValueError(
                f"loss is {loss}, which judges classes, but the target is a number; "
                f"give auto or {USUAL['regression']}."
            )
        return Model(
            sizes=(inputs, *self.hidden, outputs), task=task, activation=self.activation,
            loss=loss, bias=self.bias, residual=self.residual, layer_norm=self.layer_norm,
            dropout=self.dropout,
        )  # fmt: skip


class TrainingRun(Settings, frozen=True):
    """One optimizer with its settings; ``sharpness`` above 0 wraps it in SAM with that ρ."""

    optimizer: str = "sgd"
    learning_rate: float = 0.01
    hyperparameters: dict[str, float] = msgspec.field(default_factory=dict)
    schedule: ScheduleSettings = ScheduleSettings()
    weight_decay: float = 0.0
    decoupled: bool = False
    clip_value: float = 0.0
    clip_norm: float = 0.0
    noise: float = 0.0
    seed: int = 0
    maximize: bool = False
    sharpness: float = 0.0
    visible: bool = True
    label: str = ""
    slot: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError, naming the field and the fix, for what is not allowed."""
        complete(rule_named(self.optimizer).parameters, self.hyperparameters)
        for name in ("learning_rate", "weight_decay", *_NOT_BELOW_0):
            value = getattr(self, name)
            if not math.isfinite(value):
                raise ValueError(f"{name} is {value}; give a finite number such as 0.1.")
        for name in _NOT_BELOW_0:
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name):g}; give 0 (off) or more.")
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; give a whole number of 0 or more.")
        if not 0 <= self.slot < MOST_RUNS:
            raise ValueError(f"slot is {self.slot}; give 0 to {MOST_RUNS - 1}.")


_NOT_BELOW_0 = ("clip_value", "clip_norm", "noise", "sharpness")


class StopSettings(Settings, frozen=True):
    """What ends a run before its last step; 0 is off.

    ``loss_below`` and ``patience`` are judged whenever all data are looked at, on the validation
    rows if there are some: a loss below the first, or none better for so many steps. ``seconds``
    are those that the run itself has trained for. A run always ends once a weight is not finite;
    with ``non_finite`` already at the first loss or gradient that is not.
    """

    loss_below: float = 0.0
    patience: int = 0
    seconds: float = 0.0
    non_finite: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError, naming the field and the fix, for what is not allowed."""
        for name, value, example in (
            ("loss_below", self.loss_below, "0.01"),
            ("patience", self.patience, "500 steps"),
            ("seconds", self.seconds, "60"),
        ):
            if not 0 <= value < math.inf:
                raise ValueError(f"{name} is {value:g}; give 0 (off) or more, such as {example}.")


class NetworkExperiment(Settings, frozen=True):
    """Data, a network and up to 16 runs from the same weights with the same order of batches.

    With ``curvature_every`` above 0 each run looks at its curvature every so many steps: at the
    largest eigenvalue of the Hessian, which its optimizer has a limit for.
    """

    format: int = FORMAT
    title: str = ""
    data: NetworkDataSettings = NetworkDataSettings()
    model: ModelSettings = ModelSettings()
    initial: InitialSettings = InitialSettings()
    batches: BatchSettings = BatchSettings(size=32)
    steps: int = 1000
    precision: Precision = "float32"
    stop: StopSettings = StopSettings()
    curvature_every: int = 0
    runs: tuple[TrainingRun, ...] = ()
    story: StorySettings = StorySettings()

    def __post_init__(self) -> None:
        """Raise ValueError, naming the field and the fix, for what is not allowed."""
        if self.format != FORMAT:
            raise ValueError(f"format is {self.format}; this version reads format {FORMAT}.")
        if not 0 <= self.steps <= MOST_STEPS:
            raise ValueError(f"steps is {self.steps}; give 0 to {MOST_STEPS:,}.")
        if self.curvature_every < 0:
            raise ValueError(
                f"curvature_every is {self.curvature_every}; give 0 (off) or more, such as 10."
            )
        if len(self.runs) > MOST_RUNS:
            raise ValueError(f"There are {len(self.runs)} runs; at most {MOST_RUNS} are trained.")


_WHOLE = {rule.name for rule in MATRIX_CATALOGUE}
_RULES: tuple[Optimizer | MatrixOptimizer, ...] = (
    *(rule for rule in CATALOGUE if rule.update is not None and rule.name not in _WHOLE),
    *MATRIX_CATALOGUE,
)
_BY_NAME = {rule.name: rule for rule in _RULES}


def rules() -> tuple[Optimizer | MatrixOptimizer, ...]:
    """Return every optimizer that trains networks, in the order of the picker."""
    return _RULES


def rule_named(name: str) -> Optimizer | MatrixOptimizer:
    """Return an optimizer for networks; raise ValueError with near names for an unknown one.

    Those that couple two coordinates on surfaces have a rule of whole tensors here.
    """
    if name in _BY_NAME:
        return _BY_NAME[name]
    near = get_close_matches(name, _BY_NAME, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(_BY_NAME)}."
    raise ValueError(f"There is no optimizer {name!r} for networks; {hint}")


def new_training_run(optimizer: str, **changes: object) -> TrainingRun:
    """Return a run with the optimizer's own defaults."""
    rule = rule_named(optimizer)
    defaults = {
        "optimizer": optimizer,
        "learning_rate": rule.learning_rate,
        "weight_decay": rule.weight_decay,
        "decoupled": rule.decoupled,
    }
    return TrainingRun(**{**defaults, **changes})  # type: ignore[arg-type]
