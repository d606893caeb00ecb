"""The largest learning rate at which mini-batch gradient descent is stable in mean square.

On a quadratic the error obeys e ← (I − ηH_B) e, so its second moment S = E[e eᵀ] obeys
S ← E[(I − ηH_B) S (I − ηH_B)] = S − η(H̄S + SH̄) + η² Q(S), Q(S) = E[H_B S H_B]. It dies out iff
η < 1/ρ(L⁻¹Q) with L(S) = H̄S + SH̄: both maps keep S positive semidefinite, so if the moment dies
out at one rate it does at every smaller one. Batches of b rows out of n without replacement have

    Q = H̄ ⊗ H̄ + (n − b)/(b (n − 1)) · mean of (Hᵢ − H̄) ⊗ (Hᵢ − H̄).

Batches of different steps are taken to be independent. Those of one epoch are not quite: together
they hold each row once.

Source: Wu, Ma, E, "How SGD selects the global minima", NeurIPS 2018, theorem 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BISECTIONS = 60


@dataclass(frozen=True, eq=False)
class RowCurvature:
    """How the Hessians of single rows are spread, in d dimensions.

    Parameters
    ----------
    rows : their number n.
    mean : (d, d), their mean H̄.
    spread : (d², d²), the mean of (Hᵢ − H̄) ⊗ (Hᵢ − H̄).
    summed : whether a batch's loss is the sum over its rows instead of their mean.
    decay : coupled weight decay, which adds to every batch's curvature alike.
    """

    rows: int
    mean: Array
    spread: Array
    summed: bool = False
    decay: float = 0.0

    def batch(self, size: int) -> tuple[Array, Array]:
        """Return mean (d, d) and second moment (d², d²) of the Hessian of `size` rows."""
        weight = float(size) if self.summed else 1.0
        share = (self.rows - size) / (size * (self.rows - 1)) if self.rows > 1 else 0.0
        mean = weight * self.mean + self.decay * np.eye(len(self.mean))
        return mean, np.kron(mean, mean) + weight**2 * share * self.spread

    def epoch(self, batch_size: int) -> list[int]:
        """Return the sizes of an epoch's batches in order, e.g. 4, 4, 2 for ten rows."""
        return [min(batch_size, self.rows - first) for first in range(0, self.rows, batch_size)]


def row_curvature(hessians: Array, summed: bool = False, decay: float = 0.0) -> RowCurvature:
    """Return the spread of the rows' Hessians (n, d, d)."""
    rows, size = len(hessians), hessians.shape[1]
    mean = hessians.mean(axis=0)
    apart = (hessians - mean).reshape(rows, -1)
    pairs = (apart.T @ apart / rows).reshape(size, size, size, size)
    # Row (i, k), column (j, l) of a Kronecker product A ⊗ A is A_ij A_kl.
    spread = pairs.transpose(0, 2, 1, 3).reshape(size**2, size**2)
    return RowCurvature(rows, mean, spread, summed, decay)


def batch_limit(curvature: RowCurvature, batch_size: int) -> float:
    """Return the largest η that is stable in mean square if every batch has `batch_size` rows.

    Raises ValueError unless the mean Hessian is positive definite.
    """
    mean, second = curvature.batch(batch_size)
    values, vectors = np.linalg.eigh(mean)
    if not values[0] > 0:
        raise ValueError("The mean Hessian is not positive definite.")
    basis = np.kron(vectors, vectors)
    ratio = basis.T @ second @ basis / np.add.outer(values, values).reshape(-1, 1)
    return float(1.0 / np.abs(np.linalg.eigvals(ratio)).max())


def growth_of(curvature: RowCurvature, rate: float, batch_size: int) -> float:
    """Return what one step multiplies the mean squared error by, in the long run.

    An epoch's last batch is smaller where `batch_size` does not divide the number of rows; the
    factor is the geometric mean over an epoch.
    """
    sizes = curvature.epoch(batch_size)
    epoch = np.linalg.matrix_power(_moment_step(curvature, rate, sizes[0]), len(sizes) - 1)
    epoch = _moment_step(curvature, rate, sizes[-1]) @ epoch
    return float(np.abs(np.linalg.eigvals(epoch)).max() ** (1.0 / len(sizes)))


def epoch_limit(curvature: RowCurvature, batch_size: int) -> float:
    """Return the largest η that is stable in mean square, an epoch's smaller last batch included.

    Found by bisection where there is one. Raises as `batch_limit` does.
    """
    sizes = curvature.epoch(batch_size)
    low, high = sorted(batch_limit(curvature, size) for size in (sizes[0], sizes[-1]))
    if sizes[0] == sizes[-1]:
        return low
    # One size may make up for the other beyond either's own limit, or spoil it below.
    while growth_of(curvature, low, batch_size) >= 1.0:
        low *= 0.5
    while growth_of(curvature, high, batch_size) < 1.0:
        high *= 2.0
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        stable = growth_of(curvature, middle, batch_size) < 1.0
        low, high = (middle, high) if stable else (low, middle)
    return low


def _moment_step(curvature: RowCurvature, rate: float, size: int) -> Array:
    mean, second = curvature.batch(size)
    one = np.eye(len(mean))
    step: Array = np.eye(len(second)) - rate * (np.kron(mean, one) + np.kron(one, mean))
    return step + rate**2 * second
