"""Quasi-hyperbolic momentum: a mixture of gradient and averaged gradient (Ma & Yarats 2019)."""

from __future__ import annotations

from typing import Any

from engine.optimizers.hyperparameters import decay_rate
from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability
from engine.parameter import Parameter


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Return (β, 1 − β, η on the average, η on the gradient)."""
    beta, nu = h[0], h[1]
    return carry, (beta, 1.0 - beta, lr * nu, lr * (1.0 - nu))


def update(x: Any, g: Any, state: Any, k: Any) -> tuple[Any, Any]:
    """Move one coordinate."""
    m = k[0] * state[0] + k[1] * g
    return x - (k[2] * m + k[3] * g), (m,)


def mixed(h: Numbers) -> tuple[Numbers, Numbers]:
    """Return Q = 1 − ν + ν(1 − β)z / (z − β)."""
    beta, nu = h
    return (1.0 - nu * beta, -(1.0 - nu) * beta), (1.0, -beta)


QUASI_HYPERBOLIC = Optimizer(
    name="quasi_hyperbolic",
    title="Quasi-hyperbolic momentum",
    help="Between plain gradient descent (ν = 0) and averaged momentum (ν = 1).",
    latex=(
        r"m_t = \beta m_{t-1} + (1-\beta) g_t",
        r"x_{t+1} = x_t - \eta\, ((1-\nu) g_t + \nu m_t)",
    ),
    source="Ma & Yarats 2019, eq. 3–4",
    learning_rate=0.1,
    parameters=(
        decay_rate("beta", "β", 0.999, "Memory of the averaged gradient."),
        Parameter("nu", "ν", 0.7, 0.0, 1.0, "Share of the averaged gradient in the step."),
    ),
    per_step=per_step,
    update=update,
    stability=Stability(
        filter=mixed,
        limit=r"2(1+\beta)/[(1-\nu)(1+\beta)+\nu(1-\beta)]",
        source="Q(−1) of Ma & Yarats 2019, eq. 3–4",
    ),
)
