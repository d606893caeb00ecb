"""Eigenvalues of a symmetric operator that is known only by what it does to vectors.

Source: Lanczos 1950; full reorthogonalisation: Golub and Van Loan, *Matrix Computations*, §10.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: The part of chance in a start that is given.
MIXED = 1e-3
#: No fewer products than this; and this many more once a start has no more to give.
LEAST, ANEW = 3, 20
#: Beyond this many products only every so many are checked: a check costs their cube.
OFTEN = 20
#: A vector smaller than this part of the operator's size is rounding.
ROUNDING = 1e-14


def largest(
    product: Callable[[Array], Array],
    size: int,
    count: int = 1,
    *,
    start: Array | None = None,
    most: int = 200,
    tolerance: float = 1e-10,
) -> tuple[Array, Array]:
    """Return the algebraically largest eigenvalues and their eigenvectors.

    Parameters
    ----------
    product : what the operator makes of a vector (size,).
    size : number of coordinates.
    count : how many eigenvalues, at most `size`.
    start : where to begin, e.g. the eigenvector of the step before: then about 3 products give
        six digits. Left out, a fixed random vector.
    most : the largest number of products.
    tolerance : each residual ‖Av − λv‖ in parts of the largest eigenvalue met.

    Returns
    -------
    eigenvalues (count,), largest first, and orthonormal eigenvectors (count, size); NaN if the
    operator gives anything that is not finite.
    """
    random = np.random.default_rng(0)
    most = min(size, max(most, count))
    basis, diagonal, beside = np.zeros((most, size)), np.zeros(most), np.zeros(most)
    vector = random.standard_normal(size)
    if start is not None and 0.0 < np.linalg.norm(start) < np.inf:
        # A start without any part of the largest one's eigenvector would never find it.
        vector = start + MIXED * np.linalg.norm(start) / np.sqrt(size) * vector
    least = LEAST
    for k in range(most):
        basis[k] = vector / np.linalg.norm(vector)
        with np.errstate(all="ignore"):
            vector = product(basis[k])
            diagonal[k] = basis[k] @ vector
            vector = _without(basis[: k + 1], vector)
            beside[k] = np.linalg.norm(vector)
        if not np.isfinite(beside[k]):
            return np.full(count, np.nan), np.full((count, size), np.nan)
        if k + 1 == most:
            break
        if beside[k] <= ROUNDING * (np.abs(diagonal).max() + beside.max()):
            # What was found so far is all that this start can reach: go on from another.
            beside[k], least = 0.0, k + 1 + ANEW if least == LEAST else least
            vector = _without(basis[: k + 1], random.standard_normal(size))
        if k + 1 >= max(least, count) and (k < OFTEN or k % OFTEN == 0):
            values, small = _ritz(diagonal[: k + 1], beside[:k])
            residuals = beside[k] * np.abs(small[-1, -count:])
            if residuals.max() <= tolerance * np.abs(values).max():
                break
    values, small = _ritz(diagonal[: k + 1], beside[:k])
    best = slice(-1, -count - 1, -1)
    return values[best], small[:, best].T @ basis[: k + 1]


def quadrature(
    product: Callable[[Array], Array], start: Array, products: int
) -> tuple[Array, Array]:
    """Return nodes and weights (m,) of the start's spectral measure, m ≤ `products`.

    Σ weights · f(nodes) is ‖start‖⁻² startᵀ f(A) start for polynomials f of degree 2m − 1; NaN if
    the operator gives anything that is not finite. Source: Golub and Meurant 2010, *Matrices,
    Moments and Quadrature*, §3.
    """
    most = min(len(start), products)
    basis, diagonal, beside = np.zeros((most, len(start))), np.zeros(most), np.zeros(most)
    vector = start
    for k in range(most):
        basis[k] = vector / np.linalg.norm(vector)
        with np.errstate(all="ignore"):
            vector = product(basis[k])
            diagonal[k] = basis[k] @ vector
            vector = _without(basis[: k + 1], vector)
            beside[k] = np.linalg.norm(vector)
        if not np.isfinite(beside[k]):
            return np.full(most, np.nan), np.full(most, np.nan)
        if beside[k] <= ROUNDING * (np.abs(diagonal).max() + beside.max()):
            break
    values, vectors = _ritz(diagonal[: k + 1], beside[:k])
    return values, vectors[0] ** 2


def _without(basis: Array, vector: Array) -> Array:
    """Return a vector without its part in the span of orthonormal rows; twice is enough."""
    for _ in range(2):
        vector = vector - basis.T @ (basis @ vector)
    return vector


def _ritz(diagonal: Array, beside: Array) -> tuple[Array, Array]:
    values, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1))
    return values, vectors
