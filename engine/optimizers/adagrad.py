"""Adagrad: each coordinate is divided by all its past gradients (Duchi, Hazan, Singer 2011).

torch: the accumulator starts at 0, ε = 1e-10 outside the root. optax.adagrad: it starts at .1,
ε = 1e-7 inside the root, and there is no decay of η.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optimizers.hyperparameters import epsilon
from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability, plain
from engine.parameter import Parameter


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Return (η_t, ε, what the accumulator starts with)."""
    lr_decay, initial, epsilon = h[0], h[1], h[2]
    return carry, (lr / (1.0 + t * lr_decay), epsilon, initial if t == 0 else 0.0)


def update(x: Any, g: Any, state: Any, k: Any) -> tuple[Any, Any]:
    """Move one coordinate."""
    total = state[0] + k[2] + g * g
    return x - k[0] * g / (np.sqrt(total) + k[1]), (total,)


def gain(before: Any, after: Any, k: Any) -> Any:
    """Return what the gradient is multiplied by: it shrinks as the sum grows."""
    return k[0] / (np.sqrt(after[0]) + k[1])


ADAGRAD = Optimizer(
    name="adagrad",
    title="Adagrad",
    help="Sums all past squared gradients: it calms down by itself and may stop too early.",
    latex=(
        r"s_t = s_{t-1} + g_t^2",
        r"x_{t+1} = x_t - \frac{\eta}{1 + (t-1)\,d} \frac{g_t}{\sqrt{s_t} + \varepsilon}",
    ),
    source="Duchi, Hazan, Singer 2011, eq. 1 and figure 1 (diagonal); torch.optim.Adagrad",
    learning_rate=0.01,
    parameters=(
        Parameter("lr_decay", "d", 0.0, 0.0, 1.0, "How fast η itself decays.", minimum=0.0),
        Parameter(
            "initial_accumulator_value",
            "s₀",
            0.0,
            0.0,
            1.0,
            "Where the sum of squares starts; above 0 it shortens the first steps.",
            minimum=0.0,
        ),
        epsilon(1e-10),
    ),
    per_step=per_step,
    update=update,
    stability=Stability(
        filter=plain,
        gain=gain,
        limit="2",
        source="Cohen et al. 2022 (arXiv:2207.14484), §2",
    ),
    torch=(
        "torch.optim.Adagrad(parameters, lr={lr}, lr_decay={lr_decay}, "
        "weight_decay={weight_decay}, initial_accumulator_value={initial_accumulator_value}, "
        "eps={epsilon}, maximize={maximize})"
    ),
)
