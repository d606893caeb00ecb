"""A network's run as a JAX script: pure functions, jit, optax where it has the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.networks.activations import activation_named
from engine.networks.export.jax_rules import rule_of
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
    from engine.networks.export.jax_rules import JaxRule
    from engine.networks.export.subject import Subject
    from engine.networks.settings import NetworkExperiment

_NORM = f'''\
def layer_norm(a, gain, shift):
    """Return the units of each sample with mean 0 and deviation 1, then scaled and shifted."""
    gap = a - a.mean(axis=1, keepdims=True)
    deviation = jnp.sqrt((gap**2).mean(axis=1, keepdims=True) + {NORM_EPSILON!r})
    return gain * gap / deviation + shift'''


def jax_script(experiment: NetworkExperiment, run_index: int) -> str:
    """Return a JAX script that trains one run of an experiment again.

    It reads `engine.networks.export.arrays` from the ``.npz`` file of its own name, and leaves
    ``losses`` (steps,), each batch's loss before its step, and ``weights``.

    Raises ValueError, in a sentence, as `engine.networks.network.bind` does.
    """
    subject = subject_of(experiment, run_index)
    rule = rule_of(subject)
    blocks = [
        _NORM if subject.model.layer_norm else "",
        network_text(subject),
        function_of(subject, spelling_of(subject.model).jax),
        _loss(subject),
        *rule.blocks,
        _loop(subject, rule),
    ]
    text = assembled([_data(subject), masks_text(subject) if subject.drops else "", *blocks])
    ended = ending(
        subject,
        training="float(loss_of(weights, x, y))",
        validation="float(loss_of(weights, validation_x, validation_y))",
    )
    uses_optax = "optax." in text
    theirs = [*_IMPORTS, *["import optax"] * uses_optax]
    needs = "jax, optax and numpy" if uses_optax else "jax and numpy"
    return assembled(
        [header(subject, "JAX", needs), imports_text(rule.imports, theirs), text, ended]
    )


_IMPORTS = ["import jax", "import jax.numpy as jnp", "import numpy as np"]


def _data(subject: Subject) -> str:
    names = [tensor_name(tensor) for tensor in subject.model.tensors]
    lines = [
        f'jax.config.update("jax_enable_x64", {subject.experiment.precision == "float64"})',
        f"steps = {subject.experiment.steps}",
        "",
        "here = Path(__file__)",
        'with np.load(here.with_suffix(".npz")) as file:',
        "    arrays = dict(file)",
        "names = [",
        *(f'    "{name}",' for name in names),
        "]",
        "weights = {name: arrays[name] for name in names}",
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
    """Return the network's function."""
    model = subject.model
    lines = []
    calls = subject.layer_calls(activation_named(model.activation).jax)
    for n, (activation, behind) in enumerate(calls, 1):
        lines.append(f"a = {_affine(subject, n)}")
        if model.layer_norm:
            lines.append(f'a = layer_norm(a, weights["norm{n}.weight"], weights["norm{n}.bias"])')
        lines.append(f"h = {activation}{behind}")
    return "\n".join(
        [
            f"def network(weights, h{_no_masks(subject)}):",
            f'    """{subject.describe()}"""',
            indented([*lines, f"return {_affine(subject, model.layers)}"]),
        ]
    )


def _affine(subject: Subject, number: int) -> str:
    bias = f' + weights["layer{number}.bias"]' if subject.model.bias else ""
    return f'h @ weights["layer{number}.weight"].T{bias}'


def _no_masks(subject: Subject) -> str:
    """Return what a function's signature says of masks: unless given, no unit is left out."""
    if not subject.drops:
        return ""
    ones = ", ".join(["1.0"] * len(subject.hidden))
    return f", masks=({ones}{',' * (len(subject.hidden) == 1)})"


def _loss(subject: Subject) -> str:
    masks = ", masks" * subject.drops
    return (
        f"def loss_of(weights, inputs, targets{_no_masks(subject)}):\n"
        '    """Return the loss of some rows."""\n'
        f"    return judge(network(weights, inputs{masks}), targets)"
    )


def _loop(subject: Subject, rule: JaxRule) -> str:
    lines = batch_lines(subject)
    if subject.drops:
        lines.append("masks = dropout_masks(t, len(inputs))")
    if subject.run.noise:
        draws = f"noise.standard_normal({subject.model.size})"
        lines.append(f"draws = {draws}.astype(np.{subject.experiment.precision})")
    lines += rule.lines
    lines += ["if np.isnan(losses[-1]):", "    break"]
    before = [*rule.start]
    if subject.run.noise:
        before.append(f"noise = np.random.default_rng({subject.run.seed})")
    if subject.network.order.full:
        before.append("inputs, targets = x, y")
    return "\n".join([*before, "losses = []", "for t in range(steps):", indented(lines)])
