"""LARS: momentum whose step is a fixed share of each tensor's size (You et al. 2017).

optax.lars is the same without weight decay; with it, optax divides by ‖g + wθ‖, here by
‖g‖ + w‖θ‖ as the paper does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.networks.matrix_rules.rule import MatrixOptimizer
from engine.networks.matrix_rules.trust import trust_ratio
from engine.optimizers.hyperparameters import momentum
from engine.parameter import Parameter

if TYPE_CHECKING:
    from engine.networks.matrix_rules.rule import Array, Evaluate, Numbers, Tensors


def start(tensors: Tensors, h: Numbers) -> list[Array]:
    """Return the momenta v₀ = 0."""
    return [np.zeros_like(x) for x in tensors]


def step(
    tensors: Tensors, gradients: Tensors, state: list[Array],
    t: int, rate: float, h: Numbers, evaluate: Evaluate, decay: float,
) -> None:  # fmt: skip
    """Move every tensor by its own rate: You et al. 2017, eq. 6 and Algorithm 1."""
    share, coefficient = h
    for x, g, v in zip(tensors, gradients, state, strict=True):
        weights = np.linalg.norm(x)
        ratio = trust_ratio(weights, np.linalg.norm(g) + decay * weights, coefficient)
        v *= share
        v += rate * ratio * (g + decay * x)
        x -= v


LARS = MatrixOptimizer(
    name="lars",
    title="LARS",
    help="Gives each layer a rate of its own, so that its step is a fixed share of its weights.",
    latex=(
        r"\lambda = c\, \|\theta\| / (\|g\| + w \|\theta\|)",
        r"v_t = \mu v_{t-1} + \eta \lambda (g_t + w \theta_t)",
        r"\theta_{t+1} = \theta_t - v_t",
    ),
    source="You, Gitman & Ginsburg 2017 (arXiv:1708.03888), Algorithm 1; optax.lars",
    learning_rate=1.0,
    start=start,
    step=step,
    parameters=(
        momentum(0.9),
        Parameter(
            "trust",
            "c",
            0.001,
            1e-4,
            1.0,
            "The share of a layer's size that one step is long, at learning rate 1.",
            log=True,
            minimum=0.0,
        ),
    ),
    inside=True,
)
