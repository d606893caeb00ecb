"""Adan: Adam with Nesterov's look-ahead through gradient differences (Xie et al. 2022).

As the authors' code, with β as memories (the paper writes 1 − β), bias corrections and a first
difference of 0. The look-ahead weighs the difference by β₂ (the paper's 1 − β₂); optax.adan
weighs it by 1 − β₂, which is .08 instead of .92, and so walks another path. Weight decay is
that of the authors' ``no_prox``: decoupled, as in AdamW.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optimizers.hyperparameters import decay_rate, epsilon
from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability, at_flip


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Carry the powers of β; return the weights, both corrected steps, ε and the difference's."""
    beta1, beta2, beta3, epsilon = h[0], h[1], h[2], h[3]
    power1, power2, power3 = carry[0] * beta1, carry[1] * beta2, carry[2] * beta3
    root = np.sqrt(1.0 - power3)
    on_average = lr * root / (1.0 - power1)
    on_difference = lr * root * beta2 / (1.0 - power2)
    known = 0.0 if t == 0 else 1.0
    weights = (beta1, 1.0 - beta1, beta2, 1.0 - beta2, beta3, 1.0 - beta3)
    return (power1, power2, power3), (*weights, on_average, on_difference, epsilon * root, known)


def update(x: Any, g: Any, state: Any, k: Any) -> tuple[Any, Any]:
    """Move one coordinate; the state is (m, v, n, previous gradient)."""
    difference = k[9] * (g - state[3])
    ahead = g + k[2] * difference
    m = k[0] * state[0] + k[1] * g
    v = k[2] * state[1] + k[3] * difference
    n = k[4] * state[2] + k[5] * ahead * ahead
    return x - (k[6] * m + k[7] * v) / (np.sqrt(n) + k[8]), (m, v, n, g)


def gain(before: Any, after: Any, k: Any) -> Any:
    """Return what Q of the gradients is multiplied by.

    Until both bias corrections have died, average and difference are weighed as at the limit,
    where gradients flip: the average is (1 − β₁)/(1 + β₁), the difference 2(1 − β₂)/(1 + β₂).
    """
    average = k[1] / (k[0] + k[0] + k[1])
    difference = (k[3] + k[3]) / (k[2] + k[2] + k[3])
    weight = (k[6] * average + k[7] * difference) / (average + k[2] * difference)
    return weight / (np.sqrt(after[2]) + k[8])


def ahead(h: Numbers) -> tuple[Numbers, Numbers]:
    """Return Q = (1 − β₁)z / (z − β₁) + β₂(1 − β₂)(z − 1) / (z − β₂)."""
    average, difference = 1.0 - h[0], h[1] * (1.0 - h[1])
    numerator = (
        average + difference,
        -average * h[1] - difference * (1.0 + h[0]),
        difference * h[0],
    )
    return numerator, (1.0, -h[0] - h[1], h[0] * h[1])


def amplitude(rate: float, h: Numbers) -> float:
    """Return half the 2-cycle's width: gradients ±G are seen as (1 + 2β₂)G."""
    return 0.5 * rate * at_flip(ahead(h)) / (1.0 + 2.0 * h[1])


ADAN = Optimizer(
    name="adan",
    title="Adan",
    help="Adam that reads the change of the gradient to look ahead; it damps its own ringing.",
    latex=(
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t, \quad d_t = g_t - g_{t-1}",
        r"v_t = \beta_2 v_{t-1} + (1-\beta_2) d_t",
        r"n_t = \beta_3 n_{t-1} + (1-\beta_3) (g_t + \beta_2 d_t)^2",
        r"x_{t+1} = x_t - \eta\, (\hat m_t + \beta_2 \hat v_t) / (\sqrt{\hat n_t} + \varepsilon)",
    ),
    source="Xie et al. 2022, Algorithm 1 and the authors' code",
    learning_rate=0.001,
    parameters=(
        decay_rate("beta1", "β₁", 0.98, "Memory of the averaged gradient."),
        decay_rate("beta2", "β₂", 0.92, "Memory of the gradient's averaged change."),
        decay_rate("beta3", "β₃", 0.99, "Memory of the averaged square."),
        epsilon(),
    ),
    per_step=per_step,
    carry=(1.0, 1.0, 1.0),
    update=update,
    state=(0.0, 0.0, 0.0, 0.0),
    decoupled=True,
    stability=Stability(
        filter=ahead,
        gain=gain,
        amplitude=amplitude,
        limit=(
            r"2 / \left[\frac{1-\beta_1}{1+\beta_1}"
            r" + \frac{2\beta_2(1-\beta_2)}{1+\beta_2}\right]"
        ),
        source="Q(−1) of Xie et al. 2022, Algorithm 1",
    ),
)
