"""A network's run as a PyTorch script: nn.Module, autograd, torch.optim where it has the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.networks.activations import activation_named
from engine.networks.export.loss_text import function_of, spelling_of
from engine.networks.export.pieces import (
    assembled,
    batch_lines,
    ending,
    header,
    imports_text,
    indented,
    masks_text,
)
from engine.networks.export.subject import subject_of
from engine.networks.export.torch_rules import rule_of

if TYPE_CHECKING:
    from engine.networks.export.subject import Subject
    from engine.networks.export.torch_closures import TorchRule
    from engine.networks.settings import NetworkExperiment


def torch_script(experiment: NetworkExperiment, run_index: int) -> str:
    """Return a PyTorch script that trains one run of an experiment again.

    It reads `engine.networks.export.arrays` from the ``.npz`` file of its own name, and leaves
    ``losses`` (steps,), each batch's loss before its step, and ``model``.

    Raises ValueError, in a sentence, as `engine.networks.network.bind` does.
    """
    subject = subject_of(experiment, run_index)
    rule = rule_of(subject)
    text = assembled(
        [
            header(subject, "PyTorch", "torch and numpy"),
            imports_text(rule.imports, _IMPORTS),
            _data(subject),
            masks_text(subject) if subject.drops else "",
            network_text(subject),
            function_of(subject, spelling_of(subject.model).torch),
            rule.functions,
            _start(subject, rule),
            rule.closure,
            _loop(subject, rule),
            _ending(subject),
        ]
    )
    unused = "from torch.nn import functional as F\n"
    return text if "F." in text else text.replace(unused, "")


def _ending(subject: Subject) -> str:
    text = ending(
        subject,
        training="judge(model(x), y).item()",
        validation="judge(model(validation_x), validation_y).item()",
    )
    looks = 1 + bool(subject.network.validation.count)
    lines = text.splitlines()
    return "\n".join(["with torch.no_grad():", indented(lines[:looks]), *lines[looks:]])


_IMPORTS = [
    "import numpy as np", "import torch", "from torch import nn",
    "from torch.nn import functional as F",
]  # fmt: skip


def _data(subject: Subject) -> str:
    lines = [
        f"torch.set_default_dtype(torch.{subject.experiment.precision})",
        f"steps = {subject.experiment.steps}",
        "",
        "here = Path(__file__)",
        'with np.load(here.with_suffix(".npz")) as file:',
        "    arrays = {name: torch.from_numpy(values) for name, values in file.items()}",
        'x, y = arrays["inputs"], arrays["targets"]',
    ]
    if subject.network.validation.count:
        lines.append(
            'validation_x, validation_y = arrays["validation_inputs"], arrays["validation_targets"]'
        )
    if not subject.network.order.full:
        lines += [
            "# Step t sees the first counts[t] of rows[t]: an epoch's last batch may be smaller.",
            'rows, counts = arrays["rows"], arrays["counts"]',
        ]
    return "\n".join(lines)


def network_text(subject: Subject) -> str:
    """Return the network's class."""
    model = subject.model
    layers = []
    for n, (inputs, outputs) in enumerate(zip(model.sizes, model.sizes[1:], strict=False), 1):
        bias = "" if model.bias else ", bias=False"
        layers.append(f"self.layer{n} = nn.Linear({inputs}, {outputs}{bias})")
        if model.layer_norm and n < model.layers:
            layers.append(f"self.norm{n} = nn.LayerNorm({outputs})")
    forward = []
    calls = subject.layer_calls(activation_named(model.activation).torch)
    for n, (activation, behind) in enumerate(calls, 1):
        affine = f"self.layer{n}(h)"
        forward.append(f"a = {f'self.norm{n}({affine})' if model.layer_norm else affine}")
        forward.append(f"h = {activation}{behind}")
    masks = f", masks=({'1.0, ' * len(calls)})".replace(", )", ",)" if len(calls) == 1 else ")")
    return "\n".join(
        [
            "class Network(nn.Module):",
            f'    """{subject.describe()}"""',
            "",
            "    def __init__(self):",
            "        super().__init__()",
            indented(layers, 2),
            "",
            f"    def forward(self, h{masks if subject.drops else ''}):",
            indented([*forward, f"return self.layer{model.layers}(h)"], 2),
        ]
    )


def _start(subject: Subject, rule: TorchRule) -> str:
    lines = [
        "model = Network()",
        "model.load_state_dict({name: arrays[name] for name in model.state_dict()})",
        "parameters = list(model.parameters())",
        *rule.start,
    ]
    if subject.run.noise:
        lines.append(f"noise = np.random.default_rng({subject.run.seed})")
    if subject.network.order.full:
        lines.append("inputs, targets = x, y")
    return "\n".join(lines)


def _loop(subject: Subject, rule: TorchRule) -> str:
    lines = batch_lines(subject)
    if subject.drops:
        lines.append("masks = list(map(torch.from_numpy, dropout_masks(t, len(inputs))))")
    if subject.run.noise:
        lines.append(f"draws = torch.from_numpy(noise.standard_normal({subject.model.size}))")
    lines += rule.lines
    lines += ["if np.isnan(losses[-1]):", "    break"]
    return f"losses = []\nfor t in range(steps):\n{indented(lines)}"
