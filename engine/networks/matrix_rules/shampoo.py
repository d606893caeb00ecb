"""Shampoo: the gradient whitened from both sides of its matrix (Gupta, Koren & Singer 2018).

A vector has one side and the power −1/2 (Algorithm 2 with k = 1), which is full-matrix Adagrad.
A side longer than `LONGEST` keeps the diagonal of its matrix alone, as the paper does with large
ones: the roots of a table with thousands of columns would take seconds each step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.networks.matrix_rules.rule import MatrixOptimizer
from engine.parameter import Parameter

if TYPE_CHECKING:
    from engine.networks.matrix_rules.rule import Array, Evaluate, Numbers, Tensors

LONGEST = 512


@dataclass(slots=True)
class Side:
    """One side's sum of gradient products and its inverse root, (n, n), or (n,) if too long."""

    products: Array
    root: Array


def start(tensors: Tensors, h: Numbers) -> list[list[Side]]:
    """Return sums of ε times the identity."""
    return [[_side(length, x, h[0]) for length in x.shape] for x in tensors]


def _side(length: int, x: Array, epsilon: float) -> Side:
    products = (
        np.full(length, epsilon, x.dtype)
        if length > LONGEST
        else (np.diag(np.full(length, epsilon, x.dtype)))
    )
    return Side(products, np.zeros_like(products))


def step(
    tensors: Tensors, gradients: Tensors, state: list[list[Side]],
    t: int, rate: float, h: Numbers, evaluate: Evaluate, decay: float,
) -> None:  # fmt: skip
    """Move every tensor: Gupta et al. 2018, Algorithm 1."""
    epsilon, every = h
    for x, g, sides in zip(tensors, gradients, state, strict=True):
        direction = g
        for axis, side in enumerate(sides):
            # The side's own rows first: (n, what is left).
            rows = g.reshape(len(g), -1) if axis == 0 else g.T
            diagonal = side.products.ndim == 1
            side.products += np.sum(rows * rows, axis=1) if diagonal else rows @ rows.T
            if t % int(every) == 0:
                side.root = inverse_root(side.products, -0.5 / x.ndim, epsilon)
            direction = _applied(side.root, direction, axis)
        x -= rate * direction


def inverse_root(products: Array, power: float, least: float) -> Array:
    """Return a symmetric matrix (n, n), or a diagonal (n,), to a negative power.

    Eigenvalues are at least `least` in exact arithmetic; rounding must not make them less.
    """
    if products.ndim == 1:
        return np.power(np.maximum(products, least), power)
    if not np.isfinite(products).all():
        return np.full_like(products, np.nan)
    values, vectors = np.linalg.eigh(products)
    root: Array = (vectors * np.maximum(values, least) ** power) @ vectors.T
    return root


def _applied(root: Array, gradient: Array, axis: int) -> Array:
    if root.ndim == 1:
        return gradient * (root if axis == gradient.ndim - 1 else root[:, None])
    product: Array = root @ gradient if axis == 0 else gradient @ root
    return product


SHAMPOO = MatrixOptimizer(
    name="shampoo",
    title="Shampoo",
    help="Rotates each weight matrix from both sides to where its gradients are equally large, and "
    "steps there; its rate fades as Adagrad's does.",
    latex=(
        r"L_t = L_{t-1} + G_t G_t^\top, \quad R_t = R_{t-1} + G_t^\top G_t",
        r"W_{t+1} = W_t - \eta\, L_t^{-1/4} G_t R_t^{-1/4}",
    ),
    source="Gupta, Koren & Singer 2018 (arXiv:1802.09568), Algorithm 1",
    learning_rate=0.1,
    start=start,
    step=step,
    parameters=(
        Parameter(
            "epsilon",
            "ε",
            1e-4,
            1e-10,
            1.0,
            "What the sums start from; it bounds the first steps.",
            log=True,
            minimum=1e-30,
        ),
        Parameter(
            "every",
            "k",
            1.0,
            1.0,
            100.0,
            "Steps between two computations of the inverse roots: more is quicker and staler.",
            log=True,
            kind="integer",
            minimum=1.0,
        ),
    ),
)
