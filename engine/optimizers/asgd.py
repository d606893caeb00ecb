"""Averaged stochastic gradient descent (Polyak & Juditsky 1992), as torch.optim.ASGD.

The path is that of x; the average is torch's ``ax``, here the state, and does not steer it. As in
torch a step uses the η that the previous step computed. optax has no such optimizer.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability, plain
from engine.parameter import Parameter


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Carry the next η; return (1 − λη, η, weight of the new point in the average)."""
    lambd, alpha, t0 = h[0], h[1], h[2]
    rate = lr if t == 0 else carry[0]
    # A negative base (η below 0) gives NaN; Python's ** would give a complex number.
    following = lr / np.power(1.0 + lambd * lr * (t + 1.0), alpha)
    return (following,), (1.0 - lambd * rate, rate, 1.0 / max(1.0, t - t0))


def update(x: Any, g: Any, state: Any, k: Any) -> tuple[Any, Any]:
    """Move one coordinate."""
    moved = k[0] * x - k[1] * g
    return moved, (state[0] + k[2] * (moved - state[0]),)


def gain(before: Any, after: Any, k: Any) -> Any:
    """Return the rate that the rule has made of η."""
    return k[1]


def own_decay(h: Numbers) -> float:
    """Return λ: the rule multiplies the weights by 1 − λη itself."""
    return h[0]


ASGD = Optimizer(
    name="asgd",
    title="ASGD",
    help="Gradient descent with a slowly falling η; the average of its points is kept beside it.",
    latex=(
        r"x_{t+1} = (1 - \lambda \eta_t) x_t - \eta_t g_t",
        r"\eta_{t+1} = \eta / (1 + \lambda \eta t)^\alpha",
        r"\bar x_{t+1} = \bar x_t + \frac{x_{t+1} - \bar x_t}{\max(1, t - t_0)}",
    ),
    source="Polyak & Juditsky 1992; Bottou 2012, §5; torch.optim.ASGD",
    learning_rate=0.01,
    parameters=(
        Parameter(
            "lambd", "λ", 1e-4, 1e-6, 1.0, "Decay of the weights and of η.", log=True, minimum=0.0
        ),
        Parameter("alpha", "α", 0.75, 0.0, 1.0, "Power with which η falls."),
        Parameter(
            "t0",
            "t₀",
            1e6,
            1.0,
            1e6,
            "Step at which averaging begins.",
            log=True,
            minimum=0.0,
        ),
    ),
    per_step=per_step,
    update=update,
    stability=Stability(
        filter=plain,
        gain=gain,
        own_rate=True,
        decay=own_decay,
        proportional=False,
        limit=r"2 - \lambda\eta_t",
        source="Q(−1) of gradient descent with decoupled decay λ",
    ),
    torch=(
        "torch.optim.ASGD(parameters, lr={lr}, lambd={lambd}, alpha={alpha}, t0={t0}, "
        "weight_decay={weight_decay}, maximize={maximize})"
    ),
)
