"""Newton's method with damping, in all eigenvectors of the Hessian; see the rule on surfaces.

The whole Hessian is made of one product for each parameter, every step.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.networks.matrix_rules.flat import flat, spread
from engine.networks.matrix_rules.rule import as_on_surfaces
from engine.optimizers.damped_newton import DAMPED_NEWTON as ON_SURFACES

if TYPE_CHECKING:
    from engine.networks.matrix_rules.rule import Array, Evaluate, Numbers, Tensors


def start(tensors: Tensors, h: Numbers) -> None:
    """Return no state: each step has a Hessian of its own."""


def step(
    tensors: Tensors, gradients: Tensors, state: None,
    t: int, rate: float, h: Numbers, evaluate: Evaluate, decay: float,
) -> None:  # fmt: skip
    """Move every tensor: Dauphin et al. 2014, Algorithm 1, or plain Newton with damping."""
    damping, plain = h
    theta = flat(tensors)
    hessian = evaluate.products(theta, np.eye(len(theta), dtype=theta.dtype))
    values, vectors = _spectrum(hessian)
    bends = (values if plain else np.abs(values)) + damping
    along = vectors.T @ flat(gradients)
    # A direction without curvature and damping rests.
    along = np.divide(along, bends, out=np.zeros_like(along), where=bends != 0.0)
    spread(theta - rate * (vectors @ along), tensors)


def _spectrum(hessian: Array) -> tuple[Array, Array]:
    if not np.isfinite(hessian).all():
        return np.full_like(hessian[0], np.nan), np.full_like(hessian, np.nan)
    values, vectors = np.linalg.eigh(hessian)
    return values, vectors


DAMPED_NEWTON = replace(
    as_on_surfaces(ON_SURFACES, start, step),
    most_parameters=2000,
    on_batches="so that it steps to where their own curvature leads, and the loss of all rows "
    "jumps",
)
