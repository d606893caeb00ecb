"""Adam's direction, for the rules that build on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.networks.matrix_rules.rule import Array


def adam_direction(
    gradient: Array, m: Array, v: Array, t: int, beta1: float, beta2: float, epsilon: float
) -> Array:
    """Return m̂/(√v̂ + ε) after the moments `m` and `v` (written) have taken in the gradient.

    Kingma & Ba 2015, Algorithm 1; t = 0 at the first step.
    """
    m *= beta1
    m += (1.0 - beta1) * gradient
    v *= beta2
    v += (1.0 - beta2) * gradient * gradient
    corrected = m / (1.0 - beta1 ** (t + 1))
    direction: Array = corrected / (np.sqrt(v / (1.0 - beta2 ** (t + 1))) + epsilon)
    return direction
