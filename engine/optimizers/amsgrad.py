"""AMSGrad: Adam that never forgets its largest second moment (Reddi, Kale, Kumar 2018).

As in torch.optim.Adam(amsgrad=True) the maximum is of the uncorrected moment and is corrected
afterwards; optax.amsgrad by default takes the maximum of the corrected one, so its steps differ.
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
    return (power1, power2), (beta1, 1.0 - beta1, beta2, 1.0 - beta2, step, epsilon * root)


def update(x: Any, g: Any, state: Any, k: Any) -> tuple[Any, Any]:
    """Move one coordinate."""
    m = k[0] * state[0] + k[1] * g
    v = k[2] * state[1] + k[3] * g * g
    top = np.maximum(state[2], v)
    return x - k[4] * m / (np.sqrt(top) + k[5]), (m, v, top)


def gain(before: Any, after: Any, k: Any) -> Any:
    """Return what the averaged gradient is multiplied by, bias corrections included."""
    return k[4] / (np.sqrt(after[2]) + k[5])


AMSGRAD = Optimizer(
    name="amsgrad",
    title="AMSGrad",
    help="Adam whose denominator never shrinks, so that a stale average cannot lengthen the step.",
    latex=(
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t",
        r"v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2",
        r"u_t = \max(u_{t-1}, v_t), \quad \hat u_t = u_t / (1-\beta_2^t)",
        r"x_{t+1} = x_t - \eta\, \hat m_t / (\sqrt{\hat u_t} + \varepsilon)",
    ),
    source="Reddi, Kale, Kumar 2018, Algorithm 2; torch.optim.Adam(amsgrad=True)",
    learning_rate=0.001,
    parameters=(beta1(), beta2(), epsilon()),
    per_step=per_step,
    carry=(1.0, 1.0),
    update=update,
    state=(0.0, 0.0, 0.0),
    stability=Stability(
        filter=averaged,
        gain=gain,
        limit=r"2(1+\beta_1)/(1-\beta_1)",
        source="Cohen et al. 2022 (arXiv:2207.14484), §2",
    ),
    torch=(
        "torch.optim.Adam(parameters, lr={lr}, betas=({beta1}, {beta2}), eps={epsilon}, "
        "weight_decay={weight_decay}, amsgrad=True, maximize={maximize}, "
        "decoupled_weight_decay={decoupled})"
    ),
)
