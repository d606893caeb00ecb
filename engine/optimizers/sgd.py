"""Stochastic gradient descent with momentum, dampening and Nesterov's look-ahead.

Against optax.sgd: torch keeps η outside the buffer, so that changing η changes the next step at
once, and has dampening; without dampening and at constant η both walk the same path.
"""

from __future__ import annotations

from typing import Any

from engine.optimizers.hyperparameters import momentum, switch
from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability, plain
from engine.parameter import Parameter


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Return (momentum, weight of the new gradient, η on the buffer, η on the gradient)."""
    momentum, dampening, nesterov = h[0], h[1], h[2]
    # torch: the first buffer is the gradient itself, and without momentum nothing is damped.
    fresh = 1.0 - dampening if t > 0 and momentum > 0.0 else 1.0
    ahead = lr if nesterov > 0.0 and momentum > 0.0 else 0.0
    through = lr * momentum if ahead != 0.0 else lr
    return carry, (momentum, fresh, through, ahead)


def update(x: Any, g: Any, state: Any, k: Any) -> tuple[Any, Any]:
    """Move one coordinate."""
    buffer = k[0] * state[0] + k[1] * g
    return x - (k[2] * buffer + k[3] * g), (buffer,)


def sgd_filter(h: Numbers) -> tuple[Numbers, Numbers]:
    """Return Q of momentum with dampening, and of Nesterov's look-ahead."""
    momentum, dampening, nesterov = h
    if not momentum > 0.0:
        return plain(h)
    fresh = 1.0 - dampening
    if nesterov > 0.0:
        return (1.0 + momentum * fresh, -momentum), (1.0, -momentum)
    return (fresh, 0.0), (1.0, -momentum)


def heavy_ball_filter(h: Numbers) -> tuple[Numbers, Numbers]:
    """Return Q = z / (z − μ)."""
    return (1.0, 0.0), (1.0, -h[0])


SGD = Optimizer(
    name="sgd",
    title="SGD",
    help="Gradient descent, optionally with momentum; stable on a bowl only below η = 2(1+μ)/λ₁.",
    latex=(
        r"b_t = \mu b_{t-1} + (1-\tau) g_t, \quad b_0 = g_0",
        r"x_{t+1} = x_t - \eta\, b_t",
        r"x_{t+1} = x_t - \eta\, (g_t + \mu b_t) \quad \mathrm{(Nesterov)}",
    ),
    source="torch.optim.SGD; Polyak 1964; Nesterov 1983; Sutskever et al. 2013, eq. 3–4",
    learning_rate=0.01,
    parameters=(
        momentum(0.0),
        Parameter("dampening", "τ", 0.0, 0.0, 1.0, "Share of each new gradient left out."),
        switch("nesterov", "Nesterov", "Step from where momentum leads."),
    ),
    per_step=per_step,
    update=update,
    stability=Stability(
        filter=sgd_filter,
        limit=r"2(1+\mu)/(1-\tau), \quad \mathrm{Nesterov\ } 2(1+\mu)/(1+(2-\tau)\mu)",
        source="Goh, Distill 2017; Q(−1) of the buffer",
    ),
    torch=(
        "torch.optim.SGD(parameters, lr={lr}, momentum={momentum}, dampening={dampening}, "
        "weight_decay={weight_decay}, nesterov={nesterov}, maximize={maximize})"
    ),
)

HEAVY_BALL = Optimizer(
    name="heavy_ball",
    title="Heavy ball",
    help="A ball that keeps its speed: it rushes along valleys, overshoots and rings.",
    latex=(
        r"b_t = \mu b_{t-1} + g_t",
        r"x_{t+1} = x_t - \eta\, b_t",
    ),
    source="Polyak 1964, eq. 9; torch.optim.SGD(momentum=0.9)",
    learning_rate=0.01,
    parameters=(momentum(0.9),),
    per_step=per_step,
    update=update,
    stability=Stability(
        filter=heavy_ball_filter,
        limit=r"2(1+\mu)",
        source="Polyak 1964; Goh, Distill 2017",
    ),
    torch=(
        "torch.optim.SGD(parameters, lr={lr}, momentum={momentum}, "
        "weight_decay={weight_decay}, maximize={maximize})"
    ),
)
