"""SAM: the gradient at the worst point nearby instead of the one here (Foret et al. 2021).

It wraps any optimizer: what steps is the same, only its gradient is another one. Weight decay has
no part in the climb (their eq. 1 keeps it outside the maximum) and is added afterwards.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.parameter import Parameter

if TYPE_CHECKING:
    from engine.networks.matrix_rules.rule import Array, Evaluate

TITLE = "SAM"
HELP = (
    "Takes the gradient where a small climb of length ρ has led, so that sharp minima repel; "
    "each step costs two gradients."
)
LATEX = (r"\tilde g_t = \nabla L(\theta_t + \rho\, g_t / \|g_t\|)",)
SOURCE = "Foret et al. 2021 (arXiv:2010.01412), Algorithm 1; optax.contrib.sam"
RHO = Parameter(
    "rho",
    "ρ",
    0.05,
    0.001,
    1.0,
    "How far SAM climbs before it takes the gradient.",
    log=True,
    minimum=0.0,
)


def raised(theta: Array, gradient: Array, rho: float, evaluate: Evaluate) -> Array:
    """Return the gradient (P,) at θ + ρ g/‖g‖, on the same rows as `gradient` (their eq. 2, 3).

    Without a gradient there is no way up, and the gradient of zeros is returned.
    """
    with np.errstate(all="ignore"):
        length = np.linalg.norm(gradient)
        if length == 0.0:
            return gradient
        return evaluate(theta + float(rho) * (gradient / length))[1]


def sharpness_aware(evaluate: Evaluate, rho: float) -> Evaluate:
    """Return `evaluate` with SAM's gradient; loss and Hessian stay those of the loss itself."""

    def evaluated(theta: Array) -> tuple[float, Array]:
        loss, gradient = evaluate(theta)
        return loss, raised(theta, gradient.copy(), rho, evaluate)

    return replace(evaluate, loss_and_gradient=evaluated)
