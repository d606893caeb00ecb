"""A network's tensors as one vector, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.networks.matrix_rules.rule import Array, Tensors


def flat(tensors: Tensors) -> Array:
    """Return all numbers of the tensors, tensor by tensor, as a vector (P,) of its own memory."""
    return np.concatenate([x.ravel() for x in tensors])


def spread(theta: Array, tensors: Tensors) -> None:
    """Write a vector (P,) to the tensors."""
    offset = 0
    for x in tensors:
        x[...] = theta[offset : offset + x.size].reshape(x.shape)
        offset += x.size
