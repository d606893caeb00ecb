"""NAdam: Adam with Nesterov's look-ahead and a warmed-up momentum (Dozat 2016).

torch's form: μ_t = β₁(1 − ½·0.96^(tψ)). optax.nadam has no such warm-up: it is ψ = ∞.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optimizers.hyperparameters import beta1, beta2, epsilon
from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability, balanced
from engine.parameter import Parameter


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Carry (∏μ, β₂ᵗ, 0.96^(tψ)); return the moments' weights, both steps, √(1 − β₂ᵗ) and ε."""
    beta1, beta2, epsilon, momentum_decay = h[0], h[1], h[2], h[3]
    cooling = 0.96**momentum_decay
    warmth = carry[2] * cooling
    mu = beta1 * (1.0 - 0.5 * warmth)
    following = beta1 * (1.0 - 0.5 * warmth * cooling)
    product, power2 = carry[0] * mu, carry[1] * beta2
    root = np.sqrt(1.0 - power2)
    on_gradient = lr * root * (1.0 - mu) / (1.0 - product)
    on_average = lr * root * following / (1.0 - product * following)
    weights = (beta1, 1.0 - beta1, beta2, 1.0 - beta2)
    return (product, power2, warmth), (*weights, on_gradient, on_average, epsilon * root)


def update(x: Any, g: Any, state: Any, k: Any) -> tuple[Any, Any]:
    """Move one coordinate."""
    m = k[0] * state[0] + k[1] * g
    v = k[2] * state[1] + k[3] * g * g
    return x - (k[4] * g + k[5] * m) / (np.sqrt(v) + k[6]), (m, v)


def gain(before: Any, after: Any, k: Any) -> Any:
    """Return what Q of the gradients is multiplied by.

    While momentum warms up, gradient and average are weighed as at the limit, where gradients
    flip and the average is (1 − β₁)/(1 + β₁) of them.
    """
    flipped = k[1] / (k[0] + k[0] + k[1])
    return (k[4] + k[5] * flipped) / (k[1] + k[0] * flipped) / (np.sqrt(after[1]) + k[6])


def look_ahead(h: Numbers) -> tuple[Numbers, Numbers]:
    """Return Q = 1 − β₁ + β₁(1 − β₁)z / (z − β₁), with the momentum warmed up."""
    fresh = 1.0 - h[0]
    return (fresh * (1.0 + h[0]), -fresh * h[0]), (1.0, -h[0])


NADAM = Optimizer(
    name="nadam",
    title="NAdam",
    help="Adam that looks ahead like Nesterov: it reacts faster but bears a smaller η.",
    latex=(
        r"\mu_t = \beta_1 (1 - \frac{1}{2} \cdot 0.96^{t\psi})",
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t",
        r"v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2",
        r"\hat m_t = \frac{\mu_{t+1} m_t}{1-\prod_{i=1}^{t+1} \mu_i}"
        r" + \frac{(1-\mu_t) g_t}{1-\prod_{i=1}^{t} \mu_i}",
        r"x_{t+1} = x_t - \eta\, \hat m_t / (\sqrt{\hat v_t} + \varepsilon)",
    ),
    source="Dozat 2016, Algorithm 2; torch.optim.NAdam",
    learning_rate=0.002,
    parameters=(
        beta1(),
        beta2(),
        epsilon(),
        Parameter(
            "momentum_decay",
            "ψ",
            4e-3,
            1e-4,
            1.0,
            "How fast momentum warms up from β₁/2 to β₁.",
            log=True,
            minimum=0.0,
        ),
    ),
    per_step=per_step,
    carry=(1.0, 1.0, 1.0),
    update=update,
    state=(0.0, 0.0),
    stability=Stability(
        filter=look_ahead,
        gain=gain,
        amplitude=balanced(look_ahead),
        limit=r"2(1+\beta_1)/[(1-\beta_1)(1+2\beta_1)]",
        source="Q(−1) of Dozat 2016, Algorithm 2, with μ = β₁",
    ),
    torch=(
        "torch.optim.NAdam(parameters, lr={lr}, betas=({beta1}, {beta2}), eps={epsilon}, "
        "weight_decay={weight_decay}, momentum_decay={momentum_decay}, "
        "decoupled_weight_decay={decoupled}, maximize={maximize})"
    ),
)
