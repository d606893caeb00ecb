"""Yogi: Adam whose second moment changes only additively (Zaheer et al. 2018).

As optax.yogi: both moments start at 1e-6 and are bias-corrected, though the paper's Algorithm 2
corrects neither. torch has no Yogi.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optimizers.hyperparameters import beta1, beta2, epsilon
from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability, averaged


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Carry (β₁ᵗ, β₂ᵗ); return the moments' weights, the corrected step and ε."""
    beta1, beta2, epsilon = h[0], h[1], h[2]
    power1, power2 = carry[0] * beta1, carry[1] * beta2
    root = np.sqrt(1.0 - power2)
    step = lr * root / (1.0 - power1)
    return (power1, power2), (beta1, 1.0 - beta1, 1.0 - beta2, step, epsilon * root)


def update(x: Any, g: Any, state: Any, k: Any) -> tuple[Any, Any]:
    """Move one coordinate."""
    square = g * g
    m = k[0] * state[0] + k[1] * g
    v = state[1] - k[2] * np.sign(state[1] - square) * square
    return x - k[3] * m / (np.sqrt(v) + k[4]), (m, v)


def gain(before: Any, after: Any, k: Any) -> Any:
    """Return what the averaged gradient is multiplied by, bias corrections included."""
    return k[3] / (np.sqrt(after[1]) + k[4])


YOGI = Optimizer(
    name="yogi",
    title="Yogi",
    help="Adam whose denominator forgets slowly, so that the step cannot grow suddenly.",
    latex=(
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t",
        r"v_t = v_{t-1} - (1-\beta_2)\, \mathrm{sign}(v_{t-1} - g_t^2)\, g_t^2",
        r"\hat m_t = m_t / (1-\beta_1^t), \quad \hat v_t = v_t / (1-\beta_2^t)",
        r"x_{t+1} = x_t - \eta\, \hat m_t / (\sqrt{\hat v_t} + \varepsilon)",
    ),
    source="Zaheer et al. 2018, Algorithm 2; optax.yogi",
    learning_rate=0.01,
    parameters=(beta1(), beta2(), epsilon(1e-3)),
    per_step=per_step,
    carry=(1.0, 1.0),
    update=update,
    state=(1e-6, 1e-6),
    stability=Stability(
        filter=averaged,
        gain=gain,
        limit=r"2(1+\beta_1)/(1-\beta_1)",
        source="Cohen et al. 2022 (arXiv:2207.14484), §2",
    ),
)
