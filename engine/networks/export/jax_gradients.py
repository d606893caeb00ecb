"""Lines of a JAX script that lead from a step's rows to the gradients an optimizer sees."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from engine.script import literal

if TYPE_CHECKING:
    from engine.networks.export.subject import Subject


def arguments_of(subject: Subject) -> str:
    """Return the arguments of a function that takes a step's rows."""
    return "inputs, targets" + ", draws" * bool(subject.run.noise) + ", masks" * subject.drops


def gradient_lines(subject: Subject) -> list[str]:
    """Return the lines that compute ``loss`` and the ``gradients`` that the optimizer sees."""
    run = subject.run
    rows = "inputs, targets" + ", masks" * subject.drops
    lines = [f"loss, gradients = jax.value_and_grad(loss_of)(weights, {rows})"]
    if run.sharpness:
        rho = literal(-run.sharpness if run.maximize else run.sharpness)
        lines += [
            f"# SAM: the gradient where a climb of length {run.sharpness:g} leads.",
            f"push = {rho} / ({_norm()} + 1e-12)",
            "there = jax.tree.map(lambda w, g: w + push * g, weights, gradients)",
            f"gradients = jax.grad(loss_of)(there, {rows})",
        ]
    if run.noise:
        change = f"lambda g, d: g + {literal(run.noise)} * d"
        lines.append(f"gradients = jax.tree.map({change}, gradients, apart(draws))")
    if run.clip_value:
        bound = literal(run.clip_value)
        lines.append(
            f"gradients = jax.tree.map(lambda g: jnp.clip(g, -{bound}, {bound}), gradients)"
        )
    if run.clip_norm:
        lines += [
            f"length = {_norm()}",
            f"scale = jnp.minimum({literal(run.clip_norm)} / (length + 1e-6), 1.0)",
            "gradients = jax.tree.map(lambda g: scale * g, gradients)",
        ]
    if run.maximize:
        lines.append("gradients = jax.tree.map(jnp.negative, gradients)")
    return lines


def _norm() -> str:
    return "jnp.sqrt(sum((g**2).sum() for g in gradients.values()))"


def apart_text(subject: Subject) -> str:
    """Return the function that cuts one vector into the network's weights."""
    sizes = [tensor.size for tensor in subject.model.tensors]
    places = list(accumulate(sizes))[:-1]
    return (
        "def apart(vector):\n"
        '    """Return one vector in the shapes of the weights."""\n'
        f"    parts = jnp.split(vector, {places})\n"
        "    return {name: p.reshape(arrays[name].shape) for name, p in zip(names, parts)}"
    )
