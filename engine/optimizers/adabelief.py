"""AdaBelief: the step is long where the gradient was foreseen (Zhuang et al. 2020).

The surprise is g − m with the new m, and one ε, 1e-16 as in the authors' code, is added to s at
each step and to its root. optax.adabelief has two epsilons in the same two places.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optimizers.hyperparameters import beta1, beta2, epsilon
from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability, averaged


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Carry (β₁ᵗ, β₂ᵗ); return the moments' weights, the corrected step, ε and ε√(1 − β₂ᵗ)."""
    beta1, beta2, epsilon = h[0], h[1], h[2]
    power1, power2 = carry[0] * beta1, carry[1] * beta2
    root = np.sqrt(1.0 - power2)
    step = lr * root / (1.0 - power1)
    weights = (beta1, 1.0 - beta1, beta2, 1.0 - beta2)
    return (power1, power2), (*weights, step, epsilon, epsilon * root)


def update(x: Any, g: Any, state: Any, k: Any) -> tuple[Any, Any]:
    """Move one coordinate."""
    m = k[0] * state[0] + k[1] * g
    surprise = g - m
    s = k[2] * state[1] + k[3] * surprise * surprise + k[5]
    return x - k[4] * m / (np.sqrt(s) + k[6]), (m, s)


def gain(before: Any, after: Any, k: Any) -> Any:
    """Return what the averaged gradient is multiplied by, bias corrections included."""
    return k[4] / (np.sqrt(after[1]) + k[6])


def amplitude(rate: float, h: Numbers) -> float:
    """Return half the 2-cycle's width: gradients ±G surprise by 2β₁G/(1 + β₁)."""
    return 0.25 * rate * (1.0 - h[0]) / h[0] if h[0] > 0.0 else np.inf


ADABELIEF = Optimizer(
    name="adabelief",
    title="AdaBelief",
    help="Adam that strides where gradients are as expected and slows where they surprise.",
    latex=(
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t",
        r"s_t = \beta_2 s_{t-1} + (1-\beta_2) (g_t - m_t)^2 + \varepsilon",
        r"\hat m_t = m_t / (1-\beta_1^t), \quad \hat s_t = s_t / (1-\beta_2^t)",
        r"x_{t+1} = x_t - \eta\, \hat m_t / (\sqrt{\hat s_t} + \varepsilon)",
    ),
    source="Zhuang et al. 2020, Algorithm 2; optax.adabelief",
    learning_rate=0.001,
    parameters=(
        beta1(),
        beta2(),
        epsilon(1e-16),
    ),
    per_step=per_step,
    carry=(1.0, 1.0),
    update=update,
    state=(0.0, 0.0),
    stability=Stability(
        filter=averaged,
        gain=gain,
        amplitude=amplitude,
        limit=r"2(1+\beta_1)/(1-\beta_1)",
        source="Cohen et al. 2022 (arXiv:2207.14484), §2",
    ),
)
