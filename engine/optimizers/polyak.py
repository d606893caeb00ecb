"""Gradient descent with Polyak's step (Polyak 1987; Loizou et al. 2021).

As optax.polyak_sgd(variant="sps+") with η as its scaling, except that optax caps the step at 1
by default and rests where ‖g‖² is below the machine epsilon. It never steps uphill: below f*
it rests.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability, plain
from engine.parameter import Parameter


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Return (η, f*, longest rate, half, zero)."""
    least, longest = h[0], h[1]
    return carry, (lr, least, longest if longest > 0.0 else np.inf, 0.5, 0.0)


def step(
    point: Any, value: Any, gradient: Any, value_gradient: Any, second_order: Any,
    data: Any, t: Any, k: Any, state: Any, sense: Any, decay: Any,
) -> Any:  # fmt: skip
    """Move the point."""
    x, y = point
    gx, gy = gradient
    length = np.hypot(gx, gy)
    gap = sense * (value - k[1]) + k[3] * decay * (x * x + y * y)
    if not (length > k[4] and gap > k[4]):
        return (x, y), state
    # Dividing twice keeps ‖g‖² from overflowing.
    rate = k[0] * np.minimum(gap / length / length, k[2])
    return (x - rate * gx, y - rate * gy), state


POLYAK = Optimizer(
    name="polyak",
    title="Polyak step",
    help="Reads the right step from the loss itself, if the lowest loss f* is known.",
    latex=(
        r"\gamma_t = \min\left(\frac{f(x_t) - f^*}{\|g_t\|^2}, \gamma_{max}\right)",
        r"x_{t+1} = x_t - \eta\, \gamma_t\, g_t",
    ),
    source="Polyak 1987, §5.3; Loizou et al. 2021, eq. 3; optax.polyak_sgd",
    learning_rate=1.0,
    parameters=(
        Parameter("lowest", "f*", 0.0, -10.0, 10.0, "The loss at the minimum; too low overshoots."),
        Parameter(
            "longest",
            "γ max",
            0.0,
            0.0,
            10.0,
            "Longest rate the rule may take; 0 sets no limit.",
            minimum=0.0,
        ),
    ),
    per_step=per_step,
    step=step,
    stability=Stability(
        filter=plain,
        measured=True,
        own_rate=True,
        limit="2",
        source="gradient descent's, for the rate that the rule reads from the loss",
    ),
)
