"""What a script is about: one run of an experiment with its network, and the names of its parts."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from engine.networks.activations import activation_named
from engine.networks.losses import loss_named
from engine.networks.network import bind
from engine.networks.settings import rule_named
from engine.networks.training import label_of
from engine.parameter import complete
from engine.script import comment

if TYPE_CHECKING:
    from engine.networks.matrix_rules.rule import MatrixOptimizer
    from engine.networks.model import Model, Tensor
    from engine.networks.network import Network
    from engine.networks.settings import NetworkExperiment, TrainingRun
    from engine.optimizers.optimizer import Optimizer

#: What PyTorch calls a tensor's part of its layer.
_PARTS = {
    "weight": "layer{}.weight",
    "bias": "layer{}.bias",
    "gain": "norm{}.weight",
    "shift": "norm{}.bias",
}


def tensor_name(tensor: Tensor) -> str:
    """Return a tensor's name in a script and in its arrays, as in PyTorch's state_dict."""
    return _PARTS[tensor.kind].format(tensor.layer + 1)


@dataclass(frozen=True)
class Subject:
    """One run with everything that its script must repeat.

    Parameters
    ----------
    experiment, run : the settings.
    network : the model with its data and first weights.
    """

    experiment: NetworkExperiment
    run: TrainingRun
    network: Network

    @property
    def model(self) -> Model:
        """The network's shape and loss."""
        return self.network.model

    @cached_property
    def rule(self) -> Optimizer | MatrixOptimizer:
        """The optimizer's declaration."""
        return rule_named(self.run.optimizer)

    @cached_property
    def values(self) -> dict[str, float]:
        """The optimizer's hyperparameters in declared order."""
        return complete(self.rule.parameters, self.run.hyperparameters)

    @property
    def hidden(self) -> list[int]:
        """Units of the hidden layers."""
        return list(self.model.sizes[1:-1])

    @property
    def drops(self) -> bool:
        """Whether hidden units are left out."""
        return self.model.dropout > 0 and bool(self.hidden)

    @property
    def integer_targets(self) -> bool:
        """Whether the script's targets are numbers of classes, not numbers for each output."""
        return self.model.task == "classes" and self.model.loss == "cross_entropy"

    @property
    def constant_rate(self) -> bool:
        """Whether the learning rate never changes."""
        schedule = self.run.schedule
        return schedule.name == "constant" and schedule.warm_up_steps <= 1

    def title(self, framework: str) -> str:
        """Return the comment that says what a script does."""
        batch = "all rows" if self.network.order.full else f"{self.network.order.size} rows"
        return comment(
            f"{label_of(self.run)} on {self.experiment.data.source} in {framework}: "
            f"{self.experiment.steps} steps of {batch} in {self.experiment.precision}."
        )

    def describe(self) -> str:
        """Return in a phrase what network it is."""
        model = self.model
        shape = "–".join(map(str, model.sizes))
        activation = f", {activation_named(model.activation).title}" if self.hidden else ""
        return f"{shape}{activation}, judged by: {loss_named(model.loss).title.lower()}."

    def layer_calls(self, activation: str) -> list[tuple[str, str]]:
        """Return for each hidden layer its last lines: (activation of ``a``, what comes behind)."""
        tree = ast.parse(activation, mode="eval").body
        whole = activation if isinstance(tree, ast.Call | ast.Name) else f"({activation})"
        calls = []
        for layer in range(len(self.hidden)):
            mask = f" * masks[{layer}]" if self.drops else ""
            calls.append((whole, mask + " + h" * self.model.skips(layer)))
        return calls


def subject_of(experiment: NetworkExperiment, run_index: int) -> Subject:
    """Return one run of an experiment, its network bound.

    Raises ValueError as `engine.networks.network.bind` does.
    """
    return Subject(experiment, experiment.runs[run_index], bind(experiment))
