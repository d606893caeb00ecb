"""Adafactor for tensors (Shazeer & Stern 2018), as torch.optim.Adafactor 2.13.

Of a matrix only the rows' and columns' means of squared gradients are kept; all else is as for a
vector, and each tensor's own root mean square scales its step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.networks.matrix_rules.rule import as_on_surfaces
from engine.optimizers.adafactor import ADAFACTOR as ON_SURFACES

if TYPE_CHECKING:
    from engine.networks.matrix_rules.rule import Array, Evaluate, Numbers, Tensors


@dataclass(slots=True)
class Memory:
    """Averages of squared gradients: a matrix's rows (out, 1) and columns (1, in), or a vector's.

    Of a vector, `rows` holds the squares themselves and `columns` nothing.
    """

    rows: Array
    columns: Array


def start(tensors: Tensors, h: Numbers) -> list[Memory]:
    """Return averages of zero."""
    return [_empty(x) for x in tensors]


def _empty(x: Array) -> Memory:
    if x.ndim < 2:
        return Memory(np.zeros_like(x), np.zeros(0, x.dtype))
    return Memory(np.zeros((len(x), 1), x.dtype), np.zeros((1, x.shape[1]), x.dtype))


def step(
    tensors: Tensors, gradients: Tensors, state: list[Memory],
    t: int, rate: float, h: Numbers, evaluate: Evaluate, decay: float,
) -> None:  # fmt: skip
    """Move every tensor: Shazeer & Stern 2018, Algorithms 4 and 5."""
    beta2_decay, epsilon1, epsilon2, d = h
    fresh = (t + 1.0) ** beta2_decay
    relative = min(rate, 1.0 / math.sqrt(t + 1.0))
    for x, g, memory in zip(tensors, gradients, state, strict=True):
        # torch: without an ε₁ it is the machine epsilon of the weights' type.
        floor = epsilon1 if epsilon1 > 0.0 else float(np.finfo(x.dtype).eps)
        squares = _squares(g, memory, fresh, floor)
        update = g / np.sqrt(np.maximum(squares, floor * floor))
        excess = max(1.0, _root_mean_square(update) / d)
        x -= relative * max(epsilon2, _root_mean_square(x)) / excess * update


def _squares(g: Array, memory: Memory, fresh: float, floor: float) -> Array:
    """Let a gradient into the averages (written); return what they estimate of its squares."""
    squares = g * g
    if g.ndim < 2:
        memory.rows += fresh * (squares - memory.rows)
        return memory.rows
    memory.rows += fresh * (squares.mean(axis=1, keepdims=True) - memory.rows)
    memory.columns += fresh * (squares.mean(axis=0, keepdims=True) - memory.columns)
    estimate: Array = memory.rows @ memory.columns / np.maximum(memory.rows.mean(), floor)
    return estimate


def _root_mean_square(x: Array) -> float:
    return float(np.linalg.norm(x)) / math.sqrt(x.size)


ADAFACTOR = replace(
    as_on_surfaces(ON_SURFACES, start, step),
    latex=(
        *ON_SURFACES.latex,
        r"W: \quad v_t = \frac{r_t c_t^\top}{\mathrm{mean}(r_t)}, \quad "
        r"r_t, c_t \mathrm{\ averages\ of\ rows'\ and\ columns'\ mean\ } g_t^2",
    ),
)
