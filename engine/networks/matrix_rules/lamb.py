"""LAMB: Adam's direction, as long as a share of each tensor's size (You et al. 2020).

optax.lamb is the same rule; its φ is the identity as here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.networks.matrix_rules.moments import adam_direction
from engine.networks.matrix_rules.rule import MatrixOptimizer
from engine.networks.matrix_rules.trust import trust_ratio
from engine.optimizers.hyperparameters import beta1, beta2, epsilon

if TYPE_CHECKING:
    from engine.networks.matrix_rules.rule import Array, Evaluate, Numbers, Tensors


def start(tensors: Tensors, h: Numbers) -> list[tuple[Array, Array]]:
    """Return the moments m₀ = v₀ = 0."""
    return [(np.zeros_like(x), np.zeros_like(x)) for x in tensors]


def step(
    tensors: Tensors, gradients: Tensors, state: list[tuple[Array, Array]],
    t: int, rate: float, h: Numbers, evaluate: Evaluate, decay: float,
) -> None:  # fmt: skip
    """Move every tensor: You et al. 2020, Algorithm 2."""
    for x, g, (m, v) in zip(tensors, gradients, state, strict=True):
        direction = adam_direction(g, m, v, t, *h) + decay * x
        x -= rate * trust_ratio(np.linalg.norm(x), np.linalg.norm(direction)) * direction


LAMB = MatrixOptimizer(
    name="lamb",
    title="LAMB",
    help="Adam, with each layer's step made a fixed share η of that layer's weights.",
    latex=(
        r"r_t = \hat m_t / (\sqrt{\hat v_t} + \varepsilon) + w \theta_t",
        r"\theta_{t+1} = \theta_t - \eta\, \frac{\|\theta_t\|}{\|r_t\|}\, r_t",
    ),
    source="You et al. 2020 (arXiv:1904.00962), Algorithm 2; optax.lamb",
    learning_rate=0.01,
    start=start,
    step=step,
    parameters=(beta1(), beta2(), epsilon(1e-6)),
    decoupled=True,
    inside=True,
)
