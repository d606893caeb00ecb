"""signSGD, and with momentum Signum (Bernstein et al. 2018).

Without momentum optax.sign_sgd, with momentum optax.signum. torch has neither.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optimizers.hyperparameters import decay_rate
from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability, half_step


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Return (β, 1 − β, η)."""
    return carry, (h[0], 1.0 - h[0], lr)


def update(x: Any, g: Any, state: Any, k: Any) -> tuple[Any, Any]:
    """Move one coordinate."""
    m = k[0] * state[0] + k[1] * g
    return x - k[2] * np.sign(m), (m,)


SIGNSGD = Optimizer(
    name="signsgd",
    title="signSGD",
    help="Every coordinate moves by exactly η: it cannot explode and cannot settle either.",
    latex=(
        r"m_t = \beta m_{t-1} + (1-\beta) g_t",
        r"x_{t+1} = x_t - \eta\, \mathrm{sign}(m_t)",
    ),
    source="Bernstein et al. 2018, Algorithms 1 and 2",
    learning_rate=0.01,
    parameters=(decay_rate("beta", "β", 0.0, "Memory of the gradient; above 0 it is Signum."),),
    per_step=per_step,
    update=update,
    stability=Stability(
        reason="every step is η long, whatever the gradient is",
        amplitude=half_step,
        source="a step of η over the minimum and one back",
    ),
)
