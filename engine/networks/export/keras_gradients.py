"""Lines of a Keras script that lead from a step's rows to the gradients an optimizer sees."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from engine.script import literal

if TYPE_CHECKING:
    from engine.networks.export.subject import Subject

#: Turns the gradients where the run climbs.
CLIMB = "gradients = [-g for g in gradients]"
_TAKEN = "gradients = [w.value.grad for w in weights]"
_NORM = "torch.nn.utils.get_total_norm(gradients)"


def output_of(subject: Subject, inputs: str = "inputs", masks: str = "masks") -> str:
    """Return the expression of the network's output."""
    return f"model([{inputs}, *{masks}])" if subject.drops else f"model({inputs})"


def gradient_lines(subject: Subject, *, bare: bool = False) -> list[str]:
    """Return the lines that compute ``loss`` and ``gradients``, those that the optimizer sees.

    With `bare` they are the loss's own.
    """
    run = subject.run
    judged = f"judge({output_of(subject)}, targets)"
    lines = ["model.zero_grad()", f"loss = {judged}", "loss.backward()", _TAKEN]
    if bare:
        return lines
    if run.sharpness:
        lines += _sam_lines(subject, judged)
    if run.noise:
        change = f"g + {literal(run.noise)} * torch.from_numpy(d.T)"
        lines.append(f"gradients = [{change} for g, d in zip(gradients, apart(draws))]")
    if run.clip_value:
        bound = literal(run.clip_value)
        lines.append(f"gradients = [g.clamp(-{bound}, {bound}) for g in gradients]")
    if run.clip_norm:
        scale = f"torch.clamp({literal(run.clip_norm)} / ({_NORM} + 1e-6), max=1.0)"
        lines += [f"scale = {scale}", "gradients = [scale * g for g in gradients]"]
    return lines


def apart_text(subject: Subject) -> str:
    """Return the function that cuts one vector into the network's weights."""
    places = list(accumulate(tensor.size for tensor in subject.model.tensors))[:-1]
    return (
        "def apart(vector):\n"
        '    """Return one vector in the shapes of the arrays: (out, in)."""\n'
        f"    parts = np.split(vector, {places})\n"
        "    return [p.reshape(tuple(w.shape)[::-1]) for p, w in zip(parts, weights)]"
    )


def _sam_lines(subject: Subject, judged: str) -> list[str]:
    run = subject.run
    rho = literal(-run.sharpness if run.maximize else run.sharpness)
    return [
        f"# SAM: the gradient where a climb of length {run.sharpness:g} leads.",
        "foot = [w.value.detach().clone() for w in weights]",
        f"push = {rho} / ({_NORM} + 1e-12)",
        "with torch.no_grad():",
        "    for w, g in zip(weights, gradients):",
        "        w.value.add_(push * g)",
        "model.zero_grad()",
        f"{judged}.backward()",
        _TAKEN,
        "with torch.no_grad():",
        "    for w, before in zip(weights, foot):",
        "        w.value.copy_(before)",
    ]
