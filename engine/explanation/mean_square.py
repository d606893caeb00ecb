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

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BISECTIONS = 60


def moments(hessians: Array, batch_size: int, summed: bool = False) -> tuple[Array, Array]:
    """Return mean (d, d) and second moment (d², d²) of a batch's Hessian.

    Parameters
    ----------
    hessians : (n, d, d), one row's each.
    batch_size : rows of a batch, 1 to n, drawn without replacement.
    summed : whether a batch's loss is the sum over its rows instead of their mean.
    """
    rows, size = len(hessians), hessians.shape[1]
    mean = hessians.mean(axis=0)
    apart = (hessians - mean).reshape(rows, -1)
    spread = (apart.T @ apart / rows).reshape(size, size, size, size)
    share = (rows - batch_size) / (batch_size * (rows - 1)) if rows > 1 else 0.0
    # Row (i, k), column (j, l) of a Kronecker product A ⊗ A is A_ij A_kl.
    varied = spread.transpose(0, 2, 1, 3).reshape(size**2, size**2)
    weight = float(batch_size) if summed else 1.0
    return weight * mean, weight**2 * (np.kron(mean, mean) + share * varied)


def limit_of(hessians: Array, batch_size: int, summed: bool = False) -> float:
    """Return the largest η that is stable in mean square where every batch has `batch_size` rows.

    Raises ValueError unless the mean Hessian is positive definite.
    """
    mean, second = moments(hessians, batch_size, summed)
    values, vectors = np.linalg.eigh(mean)
    if not values[0] > 0:
        raise ValueError("The mean Hessian is not positive definite.")
    basis = np.kron(vectors, vectors)
    ratio = basis.T @ second @ basis / np.add.outer(values, values).reshape(-1, 1)
    return float(1.0 / np.abs(np.linalg.eigvals(ratio)).max())


def growth_of(hessians: Array, rate: float, batch_size: int, summed: bool = False) -> float:
    """Return what one step multiplies the mean squared error by, in the long run.

    An epoch's last batch is smaller where `batch_size` does not divide the number of rows; the
    factor is the geometric mean over an epoch.
    """
    sizes = epoch_sizes(len(hessians), batch_size)
    full = _moment_step(hessians, rate, sizes[0], summed)
    epoch = np.linalg.matrix_power(full, len(sizes) - 1)
    epoch = _moment_step(hessians, rate, sizes[-1], summed) @ epoch
    return float(np.abs(np.linalg.eigvals(epoch)).max() ** (1.0 / len(sizes)))


def epoch_sizes(rows: int, batch_size: int) -> list[int]:
    """Return the sizes of an epoch's batches in order, e.g. 4, 4, 2 for ten rows."""
    return [min(batch_size, rows - first) for first in range(0, rows, batch_size)]


def epoch_limit(hessians: Array, batch_size: int, summed: bool = False) -> float:
    """Return the largest η that is stable in mean square over epochs with a smaller last batch.

    It lies between the limits of the two sizes and is found by bisection.
    Raises ValueError unless the mean Hessian is positive definite.
    """
    sizes = epoch_sizes(len(hessians), batch_size)
    low, high = sorted(limit_of(hessians, size, summed) for size in (sizes[0], sizes[-1]))
    if sizes[0] == sizes[-1]:
        return low
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        if growth_of(hessians, middle, batch_size, summed) < 1.0:
            low = middle
        else:
            high = middle
    return low


def _moment_step(hessians: Array, rate: float, batch_size: int, summed: bool) -> Array:
    mean, second = moments(hessians, batch_size, summed)
    one = np.eye(len(mean))
    step: Array = np.eye(len(second)) - rate * (np.kron(mean, one) + np.kron(one, mean))
    return step + rate**2 * second
