"""BFGS with a weak Wolfe line search by bisection (Lewis & Overton 2013).

The search doubles the rate while the slope is still steep and halves it where the fall is too
small; it needs no smoothness. A batch's gradients are compared with the same batch's.
"""

from __future__ import annotations

from typing import Any

from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability
from engine.parameter import Parameter


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Return (first rate, c₁, c₂, half, one, zero)."""
    return carry, (lr, h[0], h[1], 0.5, 1.0, 0.0)


def step(
    point: Any, value: Any, gradient: Any, value_gradient: Any, second_order: Any,
    data: Any, t: Any, k: Any, state: Any, sense: Any, decay: Any,
) -> Any:  # fmt: skip
    """Move the point; the state is the inverse Hessian (xx, xy, yy)."""
    half, one, zero = k[3], k[4], k[5]
    x, y = point
    gx, gy = gradient
    a, b, c = state
    px, py = -(a * gx + b * gy), -(b * gx + c * gy)
    slope = gx * px + gy * py
    if not slope < zero:
        a, b, c, px, py = one, zero, one, -gx, -gy
        slope = gx * px + gy * py

    found = value_gradient(x, y, data, t)
    now = sense * value + half * decay * (x * x + y * y)
    low, high, rate = zero, zero, k[0]
    sx, sy, qx, qy = zero, zero, zero, zero
    for _ in range(60):
        u, v = x + rate * px, y + rate * py
        there = value_gradient(u, v, data, t)
        objective = sense * there[0] + half * decay * (u * u + v * v)
        if objective <= now + k[1] * rate * slope:
            low = rate
            sx, sy = u - x, v - y
            qx = sense * (there[1] - found[1]) + decay * sx
            qy = sense * (there[2] - found[2]) + decay * sy
            ahead = (sense * there[1] + decay * u) * px + (sense * there[2] + decay * v) * py
            if ahead >= k[2] * slope:
                break
        else:
            high = rate
        rate = half * (low + high) if high != zero else low + low

    bend = sx * qx + sy * qy
    if bend > zero:
        if t == 0:
            # Nocedal & Wright, eq. 6.20: the first guess of the inverse Hessian's size.
            a, b, c = bend / (qx * qx + qy * qy), zero, bend / (qx * qx + qy * qy)
        # H + (s·q + qᵀHq) r rᵀ − (Hq rᵀ + r qᵀH) with r = s / s·q, eq. 6.17 multiplied out.
        rx, ry = sx / bend, sy / bend
        hx, hy = a * qx + b * qy, b * qx + c * qy
        weight = bend + qx * hx + qy * hy
        a = a + weight * rx * rx - (hx * rx + rx * hx)
        b = b + weight * rx * ry - (hx * ry + rx * hy)
        c = c + weight * ry * ry - (hy * ry + ry * hy)
        if (a + c) - (a + c) != zero:
            a, b, c = one, zero, one
    if low == zero:
        # Nothing lowered the objective: try steepest descent next.
        a, b, c = one, zero, one
    return (x + sx, y + sy), (a, b, c)


BFGS = Optimizer(
    name="bfgs",
    title="BFGS",
    help="Learns the curvature from how gradients change; on a bowl it arrives in a few steps.",
    latex=(
        r"p_t = -H_t g_t, \quad x_{t+1} = x_t + \gamma_t p_t",
        r"s = x_{t+1} - x_t, \quad q = g_{t+1} - g_t, \quad \rho = 1/(q^T s)",
        r"H_{t+1} = (I - \rho s q^T) H_t (I - \rho q s^T) + \rho s s^T",
        r"f(x_{t+1}) \le f(x_t) + c_1 \gamma_t g_t^T p_t",
        r"g_{t+1}^T p_t \ge c_2 g_t^T p_t",
    ),
    source="Nocedal & Wright 2006, eq. 6.17 and 6.20; Lewis & Overton 2013, Algorithm 2.6",
    learning_rate=1.0,
    parameters=(
        Parameter(
            "c1",
            "c₁",
            1e-4,
            1e-6,
            0.5,
            "Share of the fall promised by the slope that a step must keep.",
            log=True,
            minimum=0.0,
            maximum=1.0,
        ),
        Parameter(
            "c2",
            "c₂",
            0.9,
            0.01,
            0.99,
            "Share of the slope that may be left after a step.",
            minimum=0.0,
            maximum=1.0,
        ),
    ),
    per_step=per_step,
    step=step,
    state=(1.0, 0.0, 1.0),
    stability=Stability(
        reason="its line search accepts no step that raises the loss",
        proportional=False,
        source="Lewis & Overton 2013",
    ),
)
