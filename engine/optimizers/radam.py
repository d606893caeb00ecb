"""RAdam: Adam that waits until its second moment can be trusted (Liu et al. 2020).

torch rectifies as soon as ρ_t > 5 and before that takes η m̂, as here; optax.radam does the same
from ρ_t ≥ 5, with ε after the corrected root where torch corrects √v + ε as a whole.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optimizers.hyperparameters import beta1, beta2, epsilon
from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability, averaged, balanced


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Carry (β₁ᵗ, β₂ᵗ); return the weights, the plain step, the rectified step and ε.

    One of the two steps is zero: plain while ρ_t ≤ 5, rectified after.
    """
    beta1, beta2, epsilon = h[0], h[1], h[2]
    power1, power2 = carry[0] * beta1, carry[1] * beta2
    corrected = lr / (1.0 - power1)
    longest = 2.0 / (1.0 - beta2) - 1.0
    length = longest - 2.0 * (t + 1.0) * power2 / (1.0 - power2)
    plain, rectified = corrected, 0.0
    if length > 5.0:
        above = (length - 4.0) * (length - 2.0) * longest
        below = (longest - 4.0) * (longest - 2.0) * length
        plain, rectified = 0.0, corrected * np.sqrt((1.0 - power2) * above / below)
    weights = (beta1, 1.0 - beta1, beta2, 1.0 - beta2)
    return (power1, power2), (*weights, plain, rectified, epsilon)


def update(x: Any, g: Any, state: Any, k: Any) -> tuple[Any, Any]:
    """Move one coordinate."""
    m = k[0] * state[0] + k[1] * g
    v = k[2] * state[1] + k[3] * g * g
    return x - m * (k[4] + k[5] / (np.sqrt(v) + k[6])), (m, v)


def gain(before: Any, after: Any, k: Any) -> Any:
    """Return what the averaged gradient is multiplied by, bias corrections included."""
    return k[4] + k[5] / (np.sqrt(after[1]) + k[6])


RADAM = Optimizer(
    name="radam",
    title="RAdam",
    help="Adam with a built-in warm-up: its first steps are plain momentum, not yet adaptive.",
    latex=(
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t",
        r"v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2",
        r"\rho_t = \rho_\infty - 2t \beta_2^t / (1-\beta_2^t),"
        r" \quad \rho_\infty = \frac{2}{1-\beta_2} - 1",
        r"r_t = \sqrt{\frac{(\rho_t-4)(\rho_t-2)\rho_\infty}"
        r"{(\rho_\infty-4)(\rho_\infty-2)\rho_t}}",
        r"x_{t+1} = x_t - \eta\, \hat m_t r_t \sqrt{1-\beta_2^t} / (\sqrt{v_t} + \varepsilon)"
        r" \quad (\rho_t > 5)",
        r"x_{t+1} = x_t - \eta\, \hat m_t \quad (\rho_t \le 5)",
    ),
    source="Liu et al. 2020, Algorithm 2; torch.optim.RAdam",
    learning_rate=0.001,
    parameters=(beta1(), beta2(), epsilon()),
    per_step=per_step,
    carry=(1.0, 1.0),
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
        "torch.optim.RAdam(parameters, lr={lr}, betas=({beta1}, {beta2}), eps={epsilon}, "
        "weight_decay={weight_decay}, decoupled_weight_decay={decoupled}, maximize={maximize})"
    ),
)
