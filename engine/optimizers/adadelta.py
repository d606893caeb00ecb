"""Adadelta: steps in units of past steps (Zeiler 2012).

As in torch, ε is inside both roots, the old average of updates is used before it is renewed with
the unscaled update, and η defaults to 1. optax.adadelta is the same rule.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optimizers.hyperparameters import decay_rate, epsilon
from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability, plain


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Return (ρ, 1 − ρ, ε, η)."""
    return carry, (h[0], 1.0 - h[0], h[1], lr)


def update(x: Any, g: Any, state: Any, k: Any) -> tuple[Any, Any]:
    """Move one coordinate."""
    v = k[0] * state[0] + k[1] * g * g
    delta = np.sqrt(state[1] + k[2]) / np.sqrt(v + k[2]) * g
    return x - k[3] * delta, (v, k[0] * state[1] + k[1] * delta * delta)


def gain(before: Any, after: Any, k: Any) -> Any:
    """Return what the gradient is multiplied by: past steps over past gradients."""
    return k[3] * np.sqrt(before[1] + k[2]) / np.sqrt(after[0] + k[2])


ADADELTA = Optimizer(
    name="adadelta",
    title="Adadelta",
    help="Needs no learning rate: it measures steps by earlier steps, and starts slowly from ε.",
    latex=(
        r"v_t = \rho v_{t-1} + (1-\rho) g_t^2",
        r"\Delta_t = \frac{\sqrt{u_{t-1} + \varepsilon}}{\sqrt{v_t + \varepsilon}}\, g_t",
        r"u_t = \rho u_{t-1} + (1-\rho) \Delta_t^2",
        r"x_{t+1} = x_t - \eta\, \Delta_t",
    ),
    source="Zeiler 2012, Algorithm 1; torch.optim.Adadelta",
    learning_rate=1.0,
    parameters=(
        decay_rate("rho", "ρ", 0.9, "Memory of squared gradients and squared steps."),
        epsilon(1e-6),
    ),
    per_step=per_step,
    update=update,
    state=(0.0, 0.0),
    stability=Stability(
        filter=plain,
        gain=gain,
        limit="2",
        source="Cohen et al. 2022 (arXiv:2207.14484), §2, with Zeiler 2012, eq. 14, as gain",
    ),
    torch=(
        "torch.optim.Adadelta(parameters, lr={lr}, rho={rho}, eps={epsilon}, "
        "weight_decay={weight_decay}, maximize={maximize})"
    ),
)
