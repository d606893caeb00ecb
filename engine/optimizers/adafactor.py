"""Adafactor for a vector (Shazeer & Stern 2018), as torch.optim.Adafactor: nothing to factor.

The pair (x, y) is one tensor: its root mean square scales the step and the update's clips it.
optax.adafactor differs: it adds ε₁ to g² instead of flooring v, and takes η without the min.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability, plain
from engine.parameter import Parameter


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Return (1 − β₂, relative step, ε₁, ε₂, 1/d, one, half, zero)."""
    beta2_decay, epsilon1, epsilon2, d = h[0], h[1], h[2], h[3]
    relative = min(lr, 1.0 / np.sqrt(t + 1.0))
    fresh = (t + 1.0) ** beta2_decay
    return carry, (fresh, relative, epsilon1, epsilon2, 1.0 / d, 1.0, 0.5, 0.0)


def step(
    point: Any, value: Any, gradient: Any, value_gradient: Any, second_order: Any,
    data: Any, t: Any, k: Any, state: Any, sense: Any, decay: Any,
) -> Any:  # fmt: skip
    """Move the point; the state is the two coordinates' second moments."""
    x, y = point
    gx, gy = gradient
    vx = state[0] + k[0] * (gx * gx - state[0])
    vy = state[1] + k[0] * (gy * gy - state[1])
    # torch: without an ε₁ it is the machine epsilon of the weights' type.
    floor = k[2] if k[2] > k[7] else np.spacing(k[5])
    ux = gx / np.sqrt(np.maximum(vx, floor * floor))
    uy = gy / np.sqrt(np.maximum(vy, floor * floor))
    size = np.maximum(k[3], np.sqrt(k[6] * (x * x + y * y)))
    excess = np.maximum(k[5], k[4] * np.sqrt(k[6] * (ux * ux + uy * uy)))
    rate = k[1] * size / excess
    return (x - rate * ux, y - rate * uy), (vx, vy)


ADAFACTOR = Optimizer(
    name="adafactor",
    title="Adafactor",
    help="Steps relative to the weights' own size, so that far from the origin it strides.",
    latex=(
        r"v_t = v_{t-1} + t^{c} (g_t^2 - v_{t-1}), \quad u_t = g_t / \sqrt{v_t}",
        r"\alpha_t = \max(\varepsilon_2, \mathrm{RMS}(x_t))\, \min(\eta, 1/\sqrt{t})",
        r"x_{t+1} = x_t - \alpha_t u_t / \max(1, \mathrm{RMS}(u_t)/d)",
    ),
    source="Shazeer & Stern 2018, Algorithm 5; torch.optim.Adafactor",
    learning_rate=0.01,
    parameters=(
        Parameter(
            "beta2_decay",
            "c",
            -0.8,
            -1.0,
            0.0,
            "How fast the memory of squared gradients lengthens.",
            maximum=0.0,
        ),
        Parameter(
            "epsilon1",
            "ε₁",
            0.0,
            0.0,
            1e-3,
            "Smallest root of the second moment; 0 takes the machine epsilon.",
            minimum=0.0,
        ),
        Parameter(
            "epsilon2",
            "ε₂",
            1e-3,
            1e-6,
            1.0,
            "Smallest size that the weights are taken to have.",
            log=True,
            minimum=0.0,
        ),
        Parameter("d", "d", 1.0, 1.0, 10.0, "Largest root mean square of an update.", minimum=1.0),
    ),
    per_step=per_step,
    step=step,
    state=(0.0, 0.0),
    decoupled=True,
    stability=Stability(
        filter=plain,
        measured=True,
        proportional=False,
        limit="2",
        source="Cohen et al. 2022 (arXiv:2207.14484), §2",
    ),
    torch=(
        "torch.optim.Adafactor(parameters, lr={lr}, beta2_decay={beta2_decay}, "
        "eps=({epsilon1} or None, {epsilon2}), d={d}, weight_decay={weight_decay}, "
        "maximize={maximize})"
    ),
)
