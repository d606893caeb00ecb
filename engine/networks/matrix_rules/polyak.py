"""Gradient descent with Polyak's step, over all parameters at once; see the rule on surfaces."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.networks.matrix_rules.flat import flat
from engine.networks.matrix_rules.rule import as_on_surfaces
from engine.optimizers.polyak import POLYAK as ON_SURFACES

if TYPE_CHECKING:
    from engine.networks.matrix_rules.rule import Evaluate, Numbers, Tensors


def start(tensors: Tensors, h: Numbers) -> None:
    """Return no state: the rule remembers nothing."""


def step(
    tensors: Tensors, gradients: Tensors, state: None,
    t: int, rate: float, h: Numbers, evaluate: Evaluate, decay: float,
) -> None:  # fmt: skip
    """Move every tensor: Loizou et al. 2021, eq. 3."""
    # Late, since it brings Numba.
    from engine.norms import norm

    lowest, longest = h
    theta = flat(tensors)
    real = theta.dtype.type
    length = real(norm(flat(gradients)))
    gap = real(evaluate(theta)[0]) - lowest
    if not (length > 0.0 and gap > 0.0):
        return
    # Dividing twice keeps ‖g‖² from overflowing.
    own = min(float(gap / length / length), longest if longest > 0.0 else math.inf)
    for x, g in zip(tensors, gradients, strict=True):
        x -= rate * own * g


POLYAK = replace(
    as_on_surfaces(ON_SURFACES, start, step),
    on_batches="so that it aims at f* for these alone and overshoots unless all rows can be "
    "brought to f* at once",
)
