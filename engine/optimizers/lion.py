"""Lion: the sign of a mixture of momentum and gradient (Chen et al. 2023).

optax.lion is the same rule; its weight decay defaults to 1e-3, here to 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optimizers.hyperparameters import decay_rate
from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability, half_step


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Return (β₁, 1 − β₁, β₂, 1 − β₂, η)."""
    return carry, (h[0], 1.0 - h[0], h[1], 1.0 - h[1], lr)


def update(x: Any, g: Any, state: Any, k: Any) -> tuple[Any, Any]:
    """Move one coordinate."""
    direction = np.sign(k[0] * state[0] + k[1] * g)
    return x - k[4] * direction, (k[2] * state[0] + k[3] * g,)


LION = Optimizer(
    name="lion",
    title="Lion",
    help="Moves every coordinate by η along the sign of momentum and gradient mixed.",
    latex=(
        r"x_{t+1} = x_t - \eta\, \mathrm{sign}(\beta_1 m_{t-1} + (1-\beta_1) g_t)",
        r"m_t = \beta_2 m_{t-1} + (1-\beta_2) g_t",
    ),
    source="Chen et al. 2023, Algorithm 2; optax.lion",
    learning_rate=0.01,
    parameters=(
        decay_rate("beta1", "β₁", 0.9, "Share of momentum in the direction."),
        decay_rate("beta2", "β₂", 0.99, "Memory of the momentum itself."),
    ),
    per_step=per_step,
    update=update,
    decoupled=True,
    stability=Stability(
        reason="every step is η long, whatever the gradient is",
        amplitude=half_step,
        source="a step of η over the minimum and one back",
    ),
)
