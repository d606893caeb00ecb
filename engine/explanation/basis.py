"""The directions in which a method moves independently, for any number of coordinates.

Near one point the objective is a quadratic with Hessian H, and a method with gains G moves on it
as if on √G (H + c) √G with gain 1: along each eigenvector u of that matrix, which is the direction
√G u among the coordinates, the error is multiplied by one number at each step. Where all gains
are equal these are the Hessian's own eigenvectors.

Source: Cohen et al. 2022 (arXiv:2207.14484), §2: preconditioned sharpness.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine import lanczos

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.explanation.objective import Objective

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Basis:
    """Directions of k modes of d coordinates.

    Parameters
    ----------
    loads : (k,), eigenvalues of √G (H + c) √G, largest first.
    vectors : (k, d), its eigenvectors, orthonormal.
    gains : (d,), the diagonal of G, all of one sign and none 0.
    """

    loads: Array
    vectors: Array
    gains: Array

    @property
    def stretched(self) -> Array:
        """The directions √G u, (k, d), at the length that they have by themselves."""
        stretched: Array = self.vectors * np.sqrt(np.abs(self.gains))
        return stretched

    @property
    def lengths(self) -> Array:
        """Lengths of the directions, (k,)."""
        lengths: Array = np.linalg.norm(self.stretched, axis=1)
        return lengths

    @property
    def directions(self) -> Array:
        """The directions, (k, d), of length 1."""
        return self.stretched / self.lengths[:, None]

    def along(self, errors: Array) -> Array:
        """Return the coordinates of errors (..., d) along the directions, (..., k)."""
        along: Array = (errors / np.sqrt(np.abs(self.gains))) @ self.vectors.T * self.lengths
        return along

    def slopes(self, gradients: Array) -> Array:
        """Return gradients (..., d) as the modes see them, (..., k)."""
        slopes: Array = gradients @ self.stretched.T
        return slopes

    def curvatures(self) -> Array:
        """Return the curvature, decay included, along each direction, (k,)."""
        curvatures: Array = np.sign(self.gains[0]) * self.loads / self.lengths**2
        return curvatures

    def errors(self, gradient: Array) -> Array:
        """Return how far the model's stationary point lies behind, along each direction, (k,)."""
        bends = np.sign(self.gains[0]) * self.loads
        with np.errstate(all="ignore"):
            errors: Array = self.slopes(gradient) / bends * self.lengths
        errors[bends == 0] = np.nan
        return errors


def basis_of(
    objective: Objective,
    point: Array,
    gains: Array,
    count: int,
    *,
    decay: float = 0.0,
    start: Array | None = None,
) -> Basis:
    """Return the modes of largest load, by Lanczos.

    Parameters
    ----------
    point : (d,).
    gains : (d,), of one sign; η everywhere for a plain method.
    count : how many modes.
    decay : coupled weight decay.
    start : (d,), a vector to begin with, such as the first mode's at the step before.
    """
    root, sign = np.sqrt(np.abs(gains)), np.sign(gains[0])

    def product(vector: Array) -> Array:
        moved = root * vector
        result: Array = sign * root * (objective.product(point, moved) + decay * moved)
        return result

    loads, vectors = lanczos.largest(product, len(point), count, start=start)
    return Basis(loads, np.where(vectors[:, :1] < 0, -vectors, vectors), gains)
