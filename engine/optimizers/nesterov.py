"""Nesterov's accelerated gradient, in the form of torch.optim.SGD(nesterov=True)."""

from __future__ import annotations

from typing import Any

from engine.optimizers.hyperparameters import momentum
from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Return (momentum, η on the buffer, η on the gradient)."""
    return carry, (h[0], lr * h[0], lr)


def update(x: Any, g: Any, state: Any, k: Any) -> tuple[Any, Any]:
    """Move one coordinate."""
    buffer = k[0] * state[0] + g
    return x - (k[1] * buffer + k[2] * g), (buffer,)


def nesterov_filter(h: Numbers) -> tuple[Numbers, Numbers]:
    """Return Q = 1 + μz / (z − μ)."""
    return (1.0 + h[0], -h[0]), (1.0, -h[0])


NESTEROV = Optimizer(
    name="nesterov",
    title="Nesterov",
    help="Momentum that looks ahead: it rings less than the heavy ball but bears a smaller η.",
    latex=(
        r"b_t = \mu b_{t-1} + g_t",
        r"x_{t+1} = x_t - \eta\, (g_t + \mu b_t)",
    ),
    source="Nesterov 1983; Sutskever et al. 2013, eq. 3–4; torch.optim.SGD(nesterov=True)",
    learning_rate=0.01,
    parameters=(momentum(0.9),),
    per_step=per_step,
    update=update,
    stability=Stability(
        filter=nesterov_filter,
        limit=r"2(1+\mu)/(1+2\mu)",
        source="Q(−1) of the look-ahead; Cohen et al. 2021, appendix B",
    ),
    torch=(
        "torch.optim.SGD(parameters, lr={lr}, momentum={momentum}, "
        "weight_decay={weight_decay}, nesterov=True, maximize={maximize})"
    ),
)
