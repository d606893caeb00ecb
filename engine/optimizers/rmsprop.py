"""RMSprop with centering and momentum (Tieleman & Hinton 2012).

torch: α = .99 and ε outside the root. optax.rmsprop: decay .9, ε inside the root, η applied
before momentum. When centred, v − ḡ² can round below zero; torch then gives NaN, here it is 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optimizers.hyperparameters import decay_rate, epsilon, momentum, switch
from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability, at_flip


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Return α, 1 − α, the weight of the new gradient in ḡ, ε, momentum, η and zero."""
    alpha, epsilon, momentum, centered = h[0], h[1], h[2], h[3]
    into_mean = 1.0 - alpha if centered > 0.0 else 0.0
    return carry, (alpha, 1.0 - alpha, into_mean, epsilon, momentum, lr, 0.0)


def update(x: Any, g: Any, state: Any, k: Any) -> tuple[Any, Any]:
    """Move one coordinate."""
    v = k[0] * state[0] + k[1] * g * g
    mean = k[0] * state[1] + k[2] * g
    spread = np.maximum(v - mean * mean, k[6])
    buffer = k[4] * state[2] + g / (np.sqrt(spread) + k[3])
    return x - k[5] * buffer, (v, mean, buffer)


def gain(before: Any, after: Any, k: Any) -> Any:
    """Return what the gradient is multiplied by on its way into the buffer."""
    spread = np.maximum(after[0] - after[1] * after[1], k[6])
    return k[5] / (np.sqrt(spread) + k[3])


def buffered(h: Numbers) -> tuple[Numbers, Numbers]:
    """Return Q = z / (z − μ)."""
    return (1.0, 0.0), (1.0, -h[2])


def amplitude(rate: float, h: Numbers) -> float:
    """Return half the 2-cycle's width; centred, the mean of ±G is ±G(1 − α)/(1 + α)."""
    mean = (1.0 - h[0]) / (1.0 + h[0]) if h[3] > 0.0 else 0.0
    # At α = 0 the mean is the gradient and the spread is 0.
    spread = np.sqrt(1.0 - mean * mean)
    return 0.5 * rate * at_flip(buffered(h)) / float(spread) if spread > 0.0 else np.inf


RMSPROP = Optimizer(
    name="rmsprop",
    title="RMSprop",
    help="Divides each coordinate by its recent gradient size, so that steep and flat move alike.",
    latex=(
        r"v_t = \alpha v_{t-1} + (1-\alpha) g_t^2",
        r"\bar g_t = \alpha \bar g_{t-1} + (1-\alpha) g_t \quad \mathrm{(centred, else\ 0)}",
        r"b_t = \mu b_{t-1} + g_t / (\sqrt{v_t - \bar g_t^2} + \varepsilon)",
        r"x_{t+1} = x_t - \eta\, b_t",
    ),
    source="Tieleman & Hinton 2012, lecture 6.5; Graves 2013, eq. 38–41; torch.optim.RMSprop",
    learning_rate=0.01,
    parameters=(
        decay_rate("alpha", "α", 0.99, "Memory of the averaged squared gradient."),
        epsilon(),
        momentum(0.0),
        switch("centered", "Centred", "Divide by the gradient's spread instead of its size."),
    ),
    per_step=per_step,
    update=update,
    state=(0.0, 0.0, 0.0),
    stability=Stability(
        filter=buffered,
        gain=gain,
        amplitude=amplitude,
        limit=r"2(1+\mu)",
        source="Cohen et al. 2022 (arXiv:2207.14484), §2",
    ),
    torch=(
        "torch.optim.RMSprop(parameters, lr={lr}, alpha={alpha}, eps={epsilon}, "
        "weight_decay={weight_decay}, momentum={momentum}, centered={centered}, "
        "maximize={maximize})"
    ),
)
