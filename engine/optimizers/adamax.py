"""Adamax: Adam with a decaying maximum in place of the second moment (Kingma & Ba 2015, §7).

As in torch ε is inside the maximum and only m is corrected. optax.adamax does the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optimizers.hyperparameters import beta1, beta2, epsilon
from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability, averaged, balanced


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Carry (β₁ᵗ,); return the moments' weights, ε and the corrected step."""
    beta1, beta2, epsilon = h[0], h[1], h[2]
    power1 = carry[0] * beta1
    return (power1,), (beta1, 1.0 - beta1, beta2, epsilon, lr / (1.0 - power1))


def update(x: Any, g: Any, state: Any, k: Any) -> tuple[Any, Any]:
    """Move one coordinate."""
    m = k[0] * state[0] + k[1] * g
    u = np.maximum(k[2] * state[1], np.abs(g) + k[3])
    return x - k[4] * m / u, (m, u)


def gain(before: Any, after: Any, k: Any) -> Any:
    """Return what the averaged gradient is multiplied by, its bias correction included."""
    return k[4] / after[1]


ADAMAX = Optimizer(
    name="adamax",
    title="Adamax",
    help="Adam scaled by the largest recent gradient: one spike shortens many steps.",
    latex=(
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t",
        r"u_t = \max(\beta_2 u_{t-1}, |g_t| + \varepsilon)",
        r"x_{t+1} = x_t - \frac{\eta}{1-\beta_1^t} \frac{m_t}{u_t}",
    ),
    source="Kingma & Ba 2015, Algorithm 2; torch.optim.Adamax",
    learning_rate=0.002,
    parameters=(
        beta1(),
        beta2(),
        epsilon(),
    ),
    per_step=per_step,
    carry=(1.0,),
    update=update,
    state=(0.0, 0.0),
    stability=Stability(
        filter=averaged,
        gain=gain,
        amplitude=balanced(averaged),
        limit=r"2(1+\beta_1)/(1-\beta_1)",
        source="Cohen et al. 2022 (arXiv:2207.14484), §2",
    ),
    torch=(
        "torch.optim.Adamax(parameters, lr={lr}, betas=({beta1}, {beta2}), eps={epsilon}, "
        "weight_decay={weight_decay}, maximize={maximize})"
    ),
)
