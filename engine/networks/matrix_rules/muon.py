"""Muon: momentum whose matrices are made orthogonal before they are applied (Jordan et al. 2024).

As torch.optim.Muon 2.13, except that Newton and Schulz's iteration runs in the precision of the
run; torch runs it in bfloat16, whose eight bits move each step by about one percent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.networks.matrix_rules.moments import adam_direction
from engine.networks.matrix_rules.rule import MatrixOptimizer
from engine.optimizers.hyperparameters import beta1, beta2, decay_rate
from engine.parameter import Parameter

if TYPE_CHECKING:
    from engine.networks.matrix_rules.rule import Array, Evaluate, Numbers, Tensors

#: Of the odd polynomial that pulls all singular values towards 1.
A, B, C = 3.4445, -4.7750, 2.0315
LEAST_NORM = 1e-7
#: torch.optim.AdamW's ε, for the tensors that are no matrices.
EPSILON = 1e-8


@dataclass(slots=True)
class Memory:
    """One tensor's averaged gradient; for a vector its squares' average besides."""

    mean: Array
    squares: Array | None


def start(tensors: Tensors, h: Numbers) -> list[Memory]:
    """Return averages of zero."""
    return [Memory(np.zeros_like(x), None if x.ndim == 2 else np.zeros_like(x)) for x in tensors]


def step(
    tensors: Tensors, gradients: Tensors, state: list[Memory],
    t: int, rate: float, h: Numbers, evaluate: Evaluate, decay: float,
) -> None:  # fmt: skip
    """Move matrices by Muon and all other tensors by AdamW at its share of the rate."""
    share, nesterov, iterations, match, vector_rate, beta1, beta2 = h
    for x, g, memory in zip(tensors, gradients, state, strict=True):
        if memory.squares is not None:
            own = rate * vector_rate
            x *= 1.0 - own * decay
            x -= own * adam_direction(g, memory.mean, memory.squares, t, beta1, beta2, EPSILON)
            continue
        memory.mean *= share
        memory.mean += (1.0 - share) * g
        update = (1.0 - share) * g + share * memory.mean if nesterov else memory.mean
        x *= 1.0 - rate * decay
        x -= rate * _scale(x.shape, match) * orthogonal(update, int(iterations))


def orthogonal(matrix: Array, iterations: int) -> Array:
    """Return about UVᵀ of matrix = USVᵀ: singular values of roughly 0.7 to 1.2 instead of 1.

    Five iterations suffice because the polynomial is steep at zero and need not converge.
    """
    wide = matrix.shape[0] <= matrix.shape[1]
    x: Array = matrix if wide else matrix.T
    x = x / np.maximum(np.linalg.norm(x), LEAST_NORM)
    for _ in range(iterations):
        gram = x @ x.T
        x = A * x + (B * gram + C * (gram @ gram)) @ x
    return x if wide else x.T


def _scale(shape: tuple[int, ...], match: float) -> float:
    """Return by what the rate is multiplied, from the matrix's (out, in)."""
    rows, columns = shape
    return 0.2 * math.sqrt(max(rows, columns)) if match else math.sqrt(max(1.0, rows / columns))


MUON = MatrixOptimizer(
    name="muon",
    title="Muon",
    help="Moves each weight matrix with the same force in all its directions; biases and "
    "normalisations, which are no matrices, are left to AdamW, as its users do.",
    latex=(
        r"m_t = \mu m_{t-1} + (1-\mu) g_t, \quad u_t = \mu m_t + (1-\mu) g_t",
        r"O_t \approx U V^\top \;\mathrm{of}\; u_t = U S V^\top",
        r"W_{t+1} = (1 - \eta w) W_t - \eta \sqrt{\max(1, n_{out}/n_{in})}\; O_t",
    ),
    source="Jordan et al. 2024; torch.optim.Muon",
    learning_rate=0.02,
    start=start,
    step=step,
    parameters=(
        decay_rate("momentum", "μ", 0.95, "Memory of the averaged gradient."),
        Parameter(
            "nesterov",
            "look ahead",
            1.0,
            0.0,
            1.0,
            "Mixes the gradient into its average once more (Nesterov).",
            kind="switch",
        ),
        Parameter(
            "iterations",
            "k",
            5.0,
            1.0,
            10.0,
            "Newton–Schulz iterations: more make the step more nearly orthogonal.",
            kind="integer",
            minimum=0.0,
            maximum=99.0,
        ),
        Parameter(
            "match_adamw",
            "as AdamW",
            0.0,
            0.0,
            1.0,
            "Steps as large as AdamW's on average, so that AdamW's rate fits both: η is multiplied "
            "by 0.2 √(max(rows, columns)).",
            kind="switch",
        ),
        Parameter(
            "vector_rate",
            "η′/η",
            0.015,
            0.001,
            10.0,
            "AdamW's share of the learning rate, for biases and normalisations.",
            log=True,
            minimum=0.0,
        ),
        beta1(),
        beta2(),
    ),
    weight_decay=0.1,
    decoupled=True,
    inside=True,
)
