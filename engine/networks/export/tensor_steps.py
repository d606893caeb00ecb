"""One step of a rule of whole tensors in NumPy, the same in all scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.script import literal

if TYPE_CHECKING:
    from engine.networks.export.subject import Subject
    from engine.networks.matrix_rules.rule import MatrixOptimizer


def decayed_step(subject: Subject, rule: MatrixOptimizer, evaluate: str) -> list[str]:
    """Return the lines that take a step of ``tensors`` with weight decay of either kind."""
    run = subject.run
    decay = literal(run.weight_decay)
    inside = rule.inside and run.decoupled == rule.decoupled
    step = f"step(tensors, gradients, state, t, rate, h, {evaluate}, {decay if inside else '0.0'})"
    lines = ["rate = float(rates[t])"]
    if inside or not run.weight_decay:
        return [*lines, step]
    if not run.decoupled:
        gradients = f"gradients = [g + {decay} * w for w, g in zip(tensors, gradients)]"
        return [*lines, gradients, step]
    return [
        *lines,
        "kept = [w.copy() for w in tensors]",
        step,
        "for w, before in zip(tensors, kept):",
        f"    w -= rate * {decay} * before",
    ]
