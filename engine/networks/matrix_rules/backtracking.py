"""A backtracking line search over all parameters at once; see the rule on surfaces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.networks.matrix_rules.flat import flat, spread
from engine.networks.matrix_rules.rule import as_on_surfaces
from engine.optimizers.backtracking import BACKTRACKING as ON_SURFACES

if TYPE_CHECKING:
    from engine.networks.matrix_rules.rule import Evaluate, Numbers, Tensors

#: As on surfaces: where none of so many lowers the loss enough, the weights rest.
TRIALS = 100


def start(tensors: Tensors, h: Numbers) -> None:
    """Return no state: each search begins anew."""


def step(
    tensors: Tensors, gradients: Tensors, state: None,
    t: int, rate: float, h: Numbers, evaluate: Evaluate, decay: float,
) -> None:  # fmt: skip
    """Move every tensor: Nocedal & Wright 2006, Algorithm 3.1."""
    shrink, share = h
    theta, gradient = flat(tensors), flat(gradients)
    # Losses are compared in the run's precision, as on surfaces.
    real = theta.dtype.type
    now = real(evaluate(theta)[0])
    slope = share * (gradient @ gradient)
    for _ in range(TRIALS):
        trial = theta - rate * gradient
        if real(evaluate(trial)[0]) <= now - rate * slope:
            spread(trial, tensors)
            return
        rate = rate * shrink


BACKTRACKING = replace(
    as_on_surfaces(ON_SURFACES, start, step),
    searches=True,
    on_batches="so that a step which lowers their loss may raise that of all rows",
)
