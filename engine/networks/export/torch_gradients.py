"""Lines of a PyTorch script that lead from a step's rows to the gradient an optimizer sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.script import literal

if TYPE_CHECKING:
    from engine.networks.export.subject import Subject

#: Turns the gradients where the run climbs.
CLIMB = ["for p in parameters:", "    p.grad.neg_()"]


def output_of(subject: Subject) -> str:
    """Return the expression of the network's output on a step's rows."""
    return "model(inputs, masks)" if subject.drops else "model(inputs)"


def gradient_lines(subject: Subject, *, record: bool = True) -> list[str]:
    """Return the lines that leave in the parameters the gradient that the optimizer sees."""
    run = subject.run
    judged = f"judge({output_of(subject)}, targets)"
    lines = ["model.zero_grad()", f"loss = {judged}", "loss.backward()"]
    if record:
        lines.append("losses.append(loss.item())")
    if run.sharpness:
        lines += _sam_lines(subject, judged)
    if run.noise:
        lines += [
            "for p, part in zip(parameters, draws.split([p.numel() for p in parameters])):",
            f"    p.grad += {literal(run.noise)} * part.view_as(p)",
        ]
    if run.clip_value:
        lines.append(f"nn.utils.clip_grad_value_(parameters, {literal(run.clip_value)})")
    if run.clip_norm:
        lines.append(f"nn.utils.clip_grad_norm_(parameters, {literal(run.clip_norm)})")
    return lines


def _sam_lines(subject: Subject, judged: str) -> list[str]:
    run = subject.run
    rho = literal(-run.sharpness if run.maximize else run.sharpness)
    return [
        f"# SAM: the gradient where a climb of length {run.sharpness:g} leads.",
        "kept = [p.detach().clone() for p in parameters]",
        "length = nn.utils.get_total_norm([p.grad for p in parameters])",
        "with torch.no_grad():",
        "    for p in parameters:",
        f"        p += {rho} / (length + 1e-12) * p.grad",
        "model.zero_grad()",
        f"{judged}.backward()",
        "with torch.no_grad():",
        "    for p, before in zip(parameters, kept):",
        "        p.copy_(before)",
    ]
