"""Resilient backpropagation: only the gradient's sign counts (Riedmiller & Braun 1993).

torch's variant without weight backtracking: η is the first step size and plays no part later, so
a schedule has no effect. On a change of sign the step size shrinks, the coordinate rests and
the gradient is forgotten. optax.rprop clips η itself only after the first change.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optimizers.optimizer import Numbers, Optimizer
from engine.optimizers.stability import Stability
from engine.parameter import Parameter


def per_step(t: int, lr: float, h: Numbers, carry: Numbers) -> tuple[Numbers, Numbers]:
    """Return the factors for a change, no change and zero, both bounds, and the first size."""
    shrink, grow, smallest, largest = h[0], h[1], h[2], h[3]
    first = lr if t == 0 else 0.0
    return carry, (shrink, grow, 1.0, smallest, largest, first, 0.0)


def update(x: Any, g: Any, state: Any, k: Any) -> tuple[Any, Any]:
    """Move one coordinate."""
    agreement = g * state[0]
    factor = k[2]
    if agreement > k[6]:
        factor = k[1]
    if agreement < k[6]:
        factor = k[0]
        g = k[6]
    size = np.minimum(np.maximum((state[1] + k[5]) * factor, k[3]), k[4])
    return x - np.sign(g) * size, (g, size)


def amplitude(rate: float, h: Numbers) -> float:
    """Return half the shortest step, which is left when the signs keep turning."""
    return 0.5 * h[2]


RPROP = Optimizer(
    name="rprop",
    title="Rprop",
    help="Follows only signs, with a step per coordinate that grows until the sign changes.",
    latex=(
        r"\Delta_t = \eta_+ \Delta_{t-1} \quad (g_t g_{t-1} > 0)",
        r"\Delta_t = \eta_- \Delta_{t-1}, \quad g_t \leftarrow 0 \quad (g_t g_{t-1} < 0)",
        r"\Delta_{min} \le \Delta_t \le \Delta_{max}, \quad \Delta_0 = \eta",
        r"x_{t+1} = x_t - \Delta_t\, \mathrm{sign}(g_t)",
    ),
    source="Riedmiller & Braun 1993; torch.optim.Rprop",
    learning_rate=0.01,
    parameters=(
        Parameter(
            "eta_minus",
            "η₋",
            0.5,
            0.1,
            0.9,
            "Factor of the step when the sign changes.",
            minimum=1e-6,
            maximum=0.999999,
        ),
        Parameter(
            "eta_plus",
            "η₊",
            1.2,
            1.01,
            2.0,
            "Factor of the step while the sign stays.",
            minimum=1.000001,
        ),
        Parameter("step_min", "Δ min", 1e-6, 1e-12, 1.0, "Shortest step.", log=True, minimum=0.0),
        Parameter("step_max", "Δ max", 50.0, 1e-3, 1e3, "Longest step.", log=True, minimum=0.0),
    ),
    per_step=per_step,
    update=update,
    state=(0.0, 0.0),
    stability=Stability(
        reason="only signs count, and a step that overshoots is shortened",
        amplitude=amplitude,
        proportional=False,
        source="Riedmiller & Braun 1993",
    ),
    torch=(
        "torch.optim.Rprop(parameters, lr={lr}, etas=({eta_minus}, {eta_plus}), "
        "step_sizes=({step_min}, {step_max}), maximize={maximize})"
    ),
)
