"""Gradient descent with a backtracking line search (Armijo 1966)."""

from __future__ import annotations

from typing import Any

from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability
from engine.parameter import Parameter


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Return (first rate, factor, slope share, half)."""
    return carry, (lr, h[0], h[1], 0.5)


def step(
    point: Any, value: Any, gradient: Any, value_gradient: Any, second_order: Any,
    data: Any, t: Any, k: Any, state: Any, sense: Any, decay: Any,
) -> Any:  # fmt: skip
    """Move the point, or leave it where no trial lowers the objective enough."""
    x, y = point
    gx, gy = gradient
    now = sense * value + k[3] * decay * (x * x + y * y)
    slope = k[2] * (gx * gx + gy * gy)
    rate = k[0]
    for _ in range(100):
        u, v = x - rate * gx, y - rate * gy
        trial = sense * value_gradient(u, v, data, t)[0] + k[3] * decay * (u * u + v * v)
        if trial <= now - rate * slope:
            return (u, v), state
        rate = rate * k[1]
    return (x, y), state


BACKTRACKING = Optimizer(
    name="backtracking",
    title="Backtracking line search",
    help="Tries η and shortens it until the loss falls enough, so that no step overshoots.",
    latex=(
        r"\gamma_t = \eta\,\rho^j \quad \mathrm{with\ the\ least\ } j \ge 0 \mathrm{\ for\ which}",
        r"f(x_t - \gamma_t g_t) \le f(x_t) - c\, \gamma_t \|g_t\|^2",
        r"x_{t+1} = x_t - \gamma_t g_t",
    ),
    source="Armijo 1966; Nocedal & Wright 2006, Algorithm 3.1",
    learning_rate=1.0,
    parameters=(
        Parameter(
            "shrink",
            "ρ",
            0.5,
            0.1,
            0.9,
            "Factor from one trial to the next.",
            minimum=0.01,
            maximum=0.99,
        ),
        Parameter(
            "slope_share",
            "c",
            1e-4,
            1e-6,
            0.5,
            "Share of the fall promised by the slope that a trial must keep.",
            log=True,
            minimum=0.0,
            maximum=1.0,
        ),
    ),
    per_step=per_step,
    step=step,
    stability=Stability(
        reason="its line search accepts no step that raises the loss",
        proportional=False,
        source="Armijo 1966",
    ),
)
