"""Newton's method with damping (Levenberg 1944; saddle-free: Dauphin et al. 2014).

The step is taken in the Hessian's eigenvectors. Saddle-free divides by |λᵢ| + δ, so that it goes
downhill along every eigenvector, an indefinite Hessian included; plain divides by λᵢ + δ and is
drawn to saddles and maxima alike. Where a divisor is exactly 0 that direction rests.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optimizers.hyperparameters import switch
from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability
from engine.parameter import Parameter


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Return (η, damping, plain, half, zero)."""
    return carry, (lr, h[0], h[1], 0.5, 0.0)


def step(
    point: Any, value: Any, gradient: Any, value_gradient: Any, second_order: Any,
    data: Any, t: Any, k: Any, state: Any, sense: Any, decay: Any,
) -> Any:  # fmt: skip
    """Move the point."""
    gx, gy = gradient
    found = second_order(point[0], point[1], data, t)
    hxx, hxy, hyy = sense * found[3] + decay, sense * found[4], sense * found[5] + decay
    middle, offset = k[3] * (hxx + hyy), k[3] * (hxx - hyy)
    radius = np.hypot(offset, hxy)
    angle = k[3] * np.arctan2(hxy, offset)
    cosine, sine = np.cos(angle), np.sin(angle)
    first, second = middle + radius, middle - radius
    if not k[2] > k[4]:
        first, second = np.abs(first), np.abs(second)
    first, second = first + k[1], second + k[1]
    along, across = cosine * gx + sine * gy, cosine * gy - sine * gx
    along = along / first if first != k[4] else k[4]
    across = across / second if second != k[4] else k[4]
    move_x, move_y = cosine * along - sine * across, sine * along + cosine * across
    return (point[0] - k[0] * move_x, point[1] - k[0] * move_y), state


DAMPED_NEWTON = Optimizer(
    name="damped_newton",
    title="Damped Newton",
    help="Divides the gradient by the curvature: one step solves a bowl, whatever its shape.",
    latex=(
        r"H_t = \sum_i \lambda_i v_i v_i^T",
        r"x_{t+1} = x_t - \eta \sum_i \frac{v_i^T g_t}{|\lambda_i| + \delta}\, v_i",
    ),
    source="Levenberg 1944; Dauphin et al. 2014, Algorithm 1; Nocedal & Wright 2006, §3.4",
    learning_rate=1.0,
    parameters=(
        Parameter(
            "damping",
            "δ",
            1e-4,
            1e-8,
            100.0,
            "Added to each curvature; large values turn it into gradient descent with η/δ.",
            log=True,
            minimum=0.0,
        ),
        switch("plain", "Plain Newton", "Keep negative curvature's sign: it climbs to saddles."),
    ),
    per_step=per_step,
    step=step,
    stability=Stability(
        reason=(
            "it divides by the curvature: on a bowl a step multiplies the error by 1 − η, "
            "whatever λ is"
        ),
        source="Nocedal & Wright 2006, §3.3; with damping 1 − ηλ/(|λ| + δ)",
    ),
)
