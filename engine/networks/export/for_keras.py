"""A network's run as a Keras script: functional model, PyTorch as backend, a loop of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.networks.activations import activation_named
from engine.networks.export.keras_gradients import output_of
from engine.networks.export.keras_rules import rule_of
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
from engine.networks.export.subject import subject_of, tensor_name
from engine.networks.model import NORM_EPSILON

if TYPE_CHECKING:
    from engine.networks.export.keras_rules import KerasRule
    from engine.networks.export.subject import Subject
    from engine.networks.settings import NetworkExperiment


def keras_script(experiment: NetworkExperiment, run_index: int) -> str:
    """Return a Keras 3 script that trains one run of an experiment again.

    It reads `engine.networks.export.arrays` from the ``.npz`` file of its own name, and leaves
    ``losses`` (steps,), each batch's loss before its step, and ``model``.

    Raises
    ------
    ValueError : with one sentence, if the rule cannot be written with Keras.
    """
    subject = subject_of(experiment, run_index)
    rule = rule_of(subject)
    spelling = spelling_of(subject.model)
    text = assembled(
        [
            header(subject, "Keras", "keras, torch and numpy"),
            imports_text([*rule.imports, "import os"], _IMPORTS),
            _data(subject),
            masks_text(subject) if subject.drops else "",
            _layers(subject),
            network_text(subject),
            function_of(subject, spelling.torch if _double(subject) else spelling.keras),
            _start(subject),
            *rule.blocks,
            _loop(subject, rule),
            _ending(subject),
        ]
    )
    for module, line in (("ops.", "from keras import ops\n"), ("F.", f"{_FUNCTIONAL}\n")):
        text = text if f"{module}" in text.replace("keras.ops.", "") else text.replace(line, "")
    return text


_FUNCTIONAL = "from torch.nn import functional as F"


def _double(subject: Subject) -> bool:
    return subject.experiment.precision == "float64"


_DENSE = '''\
class Dense(keras.layers.Dense):
    """Dense in float64: unless TensorFlow is behind it, Keras multiplies matrices in float32."""

    def call(self, inputs):
        return F.linear(inputs, self.kernel.value.T, {bias})'''
_NORM = '''\
class LayerNormalization(keras.layers.LayerNormalization):
    """LayerNormalization in float64, for the same reason."""

    def call(self, inputs):
        return F.layer_norm(
            inputs, inputs.shape[-1:], self.gamma.value, self.beta.value, self.epsilon
        )'''


def _layers(subject: Subject) -> str:
    """Return layers of Keras that keep to float64."""
    if not _double(subject):
        return ""
    dense = _DENSE.format(bias="self.bias.value" if subject.model.bias else "None")
    return assembled([dense, _NORM if subject.model.layer_norm and subject.hidden else ""])


_IMPORTS = [
    'os.environ["KERAS_BACKEND"] = "torch"', 'os.environ["KERAS_TORCH_DEVICE"] = "cpu"', "",
    "import keras", "import numpy as np", "import torch", "from keras import ops", _FUNCTIONAL,
]  # fmt: skip


def _data(subject: Subject) -> str:
    lines = [
        f'keras.config.set_floatx("{subject.experiment.precision}")',
        f"steps = {subject.experiment.steps}",
        "",
        "here = Path(__file__)",
        'with np.load(here.with_suffix(".npz")) as file:',
        "    arrays = dict(file)",
        'x, y = map(torch.from_numpy, (arrays["inputs"], arrays["targets"]))',
    ]
    if subject.network.validation.count:
        lines += [
            'validation_x = torch.from_numpy(arrays["validation_inputs"])',
            'validation_y = torch.from_numpy(arrays["validation_targets"])',
        ]
    if not subject.network.order.full:
        lines += [
            "# Step t sees the first counts[t] of rows[t]: an epoch's last batch may be smaller.",
            'rows, counts = map(torch.from_numpy, (arrays["rows"], arrays["counts"]))',
        ]
    return "\n".join(lines)


def network_text(subject: Subject) -> str:
    """Return the function that makes the network."""
    model = subject.model
    lines = [f"h = first = keras.Input(({model.sizes[0]},))"]
    if subject.drops:
        lines.append(f"masks = [keras.Input((units,)) for units in {subject.hidden}]")
    bias = "" if model.bias else ", use_bias=False"
    layers = "" if _double(subject) else "keras.layers."
    calls = subject.layer_calls(activation_named(model.activation).keras)
    for n, (activation, behind) in enumerate(calls, 1):
        lines.append(f'a = {layers}Dense({model.sizes[n]}{bias}, name="layer{n}")(h)')
        if model.layer_norm:
            norm = f'{layers}LayerNormalization(epsilon={NORM_EPSILON!r}, name="norm{n}")'
            lines.append(f"a = {norm}(a)")
        lines.append(f"h = {activation}{behind}")
    last = f'{layers}Dense({model.sizes[-1]}{bias}, name="layer{model.layers}")(h)'
    lines.append(f"return keras.Model({'[first, *masks]' if subject.drops else 'first'}, {last})")
    text = f'def network():\n    """Return the network: {subject.describe()}"""\n{indented(lines)}'
    return text + _NO_MASKS.format(hidden=subject.hidden) * subject.drops


_NO_MASKS = '''


def no_masks(samples):
    """Return masks that leave every unit in its place."""
    return [ops.ones((samples, units)) for units in {hidden}]'''


def _start(subject: Subject) -> str:
    layers: dict[str, list[str]] = {}
    for tensor in subject.model.tensors:
        name = tensor_name(tensor)
        turned = ".T" * (tensor.kind == "weight")
        layers.setdefault(name.partition(".")[0], []).append(f'arrays["{name}"]{turned}')
    lines = ["model = network()", "# Keras keeps weights as (in, out), the arrays as (out, in)."]
    for layer, parts in layers.items():
        lines.append(f'model.get_layer("{layer}").set_weights([{", ".join(parts)}])')
    lines.append("weights = model.trainable_variables")
    if subject.run.noise:
        lines.append(f"noise = np.random.default_rng({subject.run.seed})")
    if subject.network.order.full:
        lines.append("inputs, targets = x, y")
    return "\n".join(lines)


def _loop(subject: Subject, rule: KerasRule) -> str:
    lines = batch_lines(subject)
    if subject.drops:
        lines.append("masks = list(map(torch.from_numpy, dropout_masks(t, len(inputs))))")
    if subject.run.noise:
        draws = f"noise.standard_normal({subject.model.size})"
        lines.append(f"draws = {draws}.astype(np.{subject.experiment.precision})")
    lines += rule.lines
    lines += ["if np.isnan(losses[-1]):", "    break"]
    return "\n".join([*rule.start, "losses = []", "for t in range(steps):", indented(lines)])


def _ending(subject: Subject) -> str:
    text = ending(
        subject,
        training=f"judge({output_of(subject, 'x', 'no_masks(len(x))')}, y).item()",
        validation=(
            f"judge({output_of(subject, 'validation_x', 'no_masks(len(validation_x))')}, "
            "validation_y).item()"
        ),
    )
    looks = 1 + bool(subject.network.validation.count)
    lines = text.splitlines()
    return "\n".join(["with torch.no_grad():", indented(lines[:looks]), *lines[looks:]])
