"""Adam and AdamW (Kingma & Ba 2015; Loshchilov & Hutter 2019).

optax.adam walks the same path: ε after the root of the corrected second moment.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optimizers.hyperparameters import beta1, beta2, epsilon
from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability, averaged, balanced


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Carry (β₁ᵗ, β₂ᵗ); return the moments' weights, the corrected step and ε.

    η m̂ / (√v̂ + ε) = (η r / (1 − β₁ᵗ)) m / (√v + ε r) with r = √(1 − β₂ᵗ): one product fewer.
    """
    beta1, beta2, epsilon = h[0], h[1], h[2]
    power1, power2 = carry[0] * beta1, carry[1] * beta2
    root = np.sqrt(1.0 - power2)
    step = lr * root / (1.0 - power1)
    return (power1, power2), (beta1, 1.0 - beta1, beta2, 1.0 - beta2, step, epsilon * root)


def update(x: Any, g: Any, state: Any, k: Any) -> tuple[Any, Any]:
    """Move one coordinate."""
    m = k[0] * state[0] + k[1] * g
    v = k[2] * state[1] + k[3] * g * g
    return x - k[4] * m / (np.sqrt(v) + k[5]), (m, v)


def gain(before: Any, after: Any, k: Any) -> Any:
    """Return what the averaged gradient is multiplied by, bias corrections included."""
    return k[4] / (np.sqrt(after[1]) + k[5])


ADAM_STABILITY = Stability(
    filter=averaged,
    gain=gain,
    amplitude=balanced(averaged),
    limit=r"2(1+\beta_1)/(1-\beta_1)",
    source="Cohen et al. 2022 (arXiv:2207.14484), §2",
)


ADAM = Optimizer(
    name="adam",
    title="Adam",
    help="Divides an averaged gradient by its own typical size: every step is about η long.",
    latex=(
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t",
        r"v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2",
        r"\hat m_t = m_t / (1-\beta_1^t), \quad \hat v_t = v_t / (1-\beta_2^t)",
        r"x_{t+1} = x_t - \eta\, \hat m_t / (\sqrt{\hat v_t} + \varepsilon)",
    ),
    source="Kingma & Ba 2015, Algorithm 1; torch.optim.Adam",
    learning_rate=0.001,
    parameters=(beta1(), beta2(), epsilon()),
    per_step=per_step,
    carry=(1.0, 1.0),
    update=update,
    state=(0.0, 0.0),
    stability=ADAM_STABILITY,
    torch=(
        "torch.optim.Adam(parameters, lr={lr}, betas=({beta1}, {beta2}), eps={epsilon}, "
        "weight_decay={weight_decay}, maximize={maximize}, decoupled_weight_decay={decoupled})"
    ),
)

ADAMW = Optimizer(
    name="adamw",
    title="AdamW",
    help="Adam whose weight decay shrinks the weights themselves instead of joining the gradient.",
    latex=(
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t",
        r"v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2",
        r"\hat m_t = m_t / (1-\beta_1^t), \quad \hat v_t = v_t / (1-\beta_2^t)",
        r"x_{t+1} = (1-\eta w) x_t - \eta\, \hat m_t / (\sqrt{\hat v_t} + \varepsilon)",
    ),
    source="Loshchilov & Hutter 2019, Algorithm 2; torch.optim.AdamW",
    learning_rate=0.001,
    parameters=(beta1(), beta2(), epsilon()),
    per_step=per_step,
    carry=(1.0, 1.0),
    update=update,
    state=(0.0, 0.0),
    weight_decay=0.01,
    decoupled=True,
    stability=ADAM_STABILITY,
    torch=ADAM.torch,
)
