"""The largest eigenvalue of a scaled Hessian, compiled as a whole: training waits for it.

Lanczos with full reorthogonalisation, as `engine.lanczos` has it for any operator; here about
three products are enough, and calling each from Python would cost more than they do.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import boolean, float64, int64, intp, types

from engine.compile import NUMBA_REALS, jit
from engine.inlining import called, inlined
from engine.networks.explanation.sums import gradient_sum, product_sum
from engine.networks.loop import ROWS
from engine.networks.matrices import NOTHING, correlate

#: No fewer products than this; and from how many on only every fourth is checked.
LEAST, OFTEN = 3, 12
#: The second eigenvector's part in a start, so that it is seen when it takes the lead.
SECOND = 0.03
#: Below this part of the operator's size a vector is rounding.
ROUNDING = {"float32": 1e-6, "float64": 1e-14}
#: Rotations end once what is beside the diagonal has this part of its size.
ROTATED, SWEEPS = 1e-15, 30


@called
def rotated(matrix: Any, vectors: Any, size: int) -> None:
    """Turn a symmetric matrix into its eigenvalues on the diagonal, by Jacobi's rotations.

    The columns of `vectors` become its eigenvectors. Source: Golub and Van Loan, *Matrix
    Computations*, §8.5.
    """
    for i in range(size):
        for j in range(size):
            vectors[i, j] = 1.0 if i == j else 0.0
    for _ in range(SWEEPS):
        beside, whole = 0.0, 0.0
        for i in range(size):
            whole = max(whole, abs(matrix[i, i]))
            for j in range(i):
                beside = max(beside, abs(matrix[i, j]))
        if not beside > ROTATED * whole:
            return
        for p in range(size - 1):
            for q in range(p + 1, size):
                if matrix[p, q] != 0.0:
                    _rotate(matrix, vectors, size, p, q)


@inlined
def _rotate(matrix: Any, vectors: Any, size: int, p: int, q: int) -> None:
    """Make one entry beside the diagonal 0."""
    half = (matrix[q, q] - matrix[p, p]) / (2.0 * matrix[p, q])
    t = 1.0 / (abs(half) + np.sqrt(half * half + 1.0))
    t = -t if half < 0.0 else t
    c = 1.0 / np.sqrt(t * t + 1.0)
    s = t * c
    for i in range(size):
        x, y = matrix[i, p], matrix[i, q]
        matrix[i, p], matrix[i, q] = c * x - s * y, s * x + c * y
    for i in range(size):
        x, y = matrix[p, i], matrix[q, i]
        matrix[p, i], matrix[q, i] = c * x - s * y, s * x + c * y
    for i in range(size):
        x, y = vectors[i, p], vectors[i, q]
        vectors[i, p], vectors[i, q] = c * x - s * y, s * x + c * y


@inlined
def _dot(a: Any, b: Any, result: Any) -> float:
    """Return a·b, in vector code; both hold whole vectors."""
    correlate(result, 0, a, 0, b, 0, NOTHING, 1, 1, len(a))
    return float(result[0])


@inlined
def _add(a: Any, factor: float, b: Any) -> None:
    weight = a.dtype.type(factor)
    for j in range(len(a)):
        a[j] += weight * b[j]


@inlined
def _scale(a: Any, factor: float) -> None:
    weight = a.dtype.type(factor)
    for j in range(len(a)):
        a[j] *= weight


@cache
def lanczos_kernel(precision: str) -> Any:
    """Return largest(…) -> eigenvalue; see its arguments below.

    It is that of S (sense · H + decay) S with S the diagonal `scale`, after at most so many
    `products`. `basis` (most + 2, W) gives room and was zeros at first, `found` (2, W) holds the
    eigenvectors of the two largest eigenvalues, from the last time and then from this one; `push`
    (W,) is what chance adds to a start. All vectors are padded to whole ones of lanes, with zeros.
    The answer is NaN if anything is not finite.
    """
    real = NUMBA_REALS[precision]
    rounding = ROUNDING[precision]
    signature = float64(
        int64[::1], types.UniTuple(intp, 2), real[:, ::1], real[:, ::1], ROWS, int64, boolean,
        real[::1], real[::1], float64, float64, real[:, ::1], real[:, ::1], real[:, ::1],
        real[::1], float64, int64,
    )  # fmt: skip

    @jit(signature, name=precision)
    def largest(
        plan: Any, addresses: Any, inputs: Any, targets: Any, rows: Any, block: int, mean: bool,
        theta: Any, scale: Any, decay: float, sense: float, works: Any, basis: Any, found: Any,
        push: Any, tolerance: float, products: int,
    ) -> Any:  # fmt: skip
        most = len(basis) - 2
        scaled, part = basis[most], basis[most + 1]
        one = np.empty(1, theta.dtype)
        diagonal, beside = np.zeros(most), np.zeros(most)
        small, vectors = np.empty((most, most)), np.empty((most, most))
        gradient_sum(
            plan, addresses[0], inputs, targets, rows, block, mean, 0.0, -1, theta, works, part,
            scaled,
        )  # fmt: skip
        vector = basis[0]
        for j in range(len(vector)):
            vector[j] = found[0, j] + push[j]
        _add(vector, SECOND, found[1])
        length = np.sqrt(_dot(vector, vector, one))
        k, best, other, size = 0, 0, 0, 0.0
        while True:
            vector = basis[k]
            _scale(vector, 1.0 / length)
            for j in range(len(vector)):
                scaled[j] = scale[j] * vector[j]
            # Where the next vector of the basis will stand, if there is one.
            ahead = basis[k + 1] if k + 1 < most else found[1]
            product_sum(
                plan, addresses, inputs, targets, rows, block, mean, 0.0, -1, theta, scaled, works,
                part, ahead,
            )  # fmt: skip
            turn, added = theta.dtype.type(sense), theta.dtype.type(decay)
            for j in range(len(ahead)):
                ahead[j] = scale[j] * (turn * ahead[j] + added * scaled[j])
            diagonal[k] = _dot(vector, ahead, one)
            if not np.isfinite(_dot(ahead, ahead, one)):
                return np.nan
            # By the recurrence first, and then once more against all: that leaves rounding alone.
            for first in (max(k - 1, 0), 0):
                for i in range(first, k + 1):
                    _add(ahead, -_dot(basis[i], ahead, one), basis[i])
            length = np.sqrt(_dot(ahead, ahead, one))
            beside[k] = length
            size = max(size, abs(diagonal[k]) + length)
            k += 1
            over = k >= min(most, products) or length <= rounding * size
            if over or (k >= LEAST and (k < OFTEN or k % 4 == 0)):
                for i in range(k):
                    small[i, :k] = 0.0
                    small[i, i] = diagonal[i]
                for i in range(k - 1):
                    small[i, i + 1] = small[i + 1, i] = beside[i]
                rotated(small, vectors, k)
                best, other = 0, -1
                for i in range(1, k):
                    if small[i, i] > small[best, best]:
                        best, other = i, best
                    elif other < 0 or small[i, i] > small[other, other]:
                        other = i
                residual = length * abs(vectors[k - 1, best])
                gap = small[best, best] - small[other, other] if other >= 0 else 0.0
                # The error of the value is at most the residual, and its square over the gap.
                error = residual * min(1.0, residual / gap) if gap > 0.0 else residual
                if over or error <= tolerance * size:
                    break
        for pair in range(2):
            chosen = best if pair == 0 else max(other, 0)
            for j in range(len(theta)):
                found[pair, j] = 0.0
            for i in range(k):
                _add(found[pair], vectors[i, chosen], basis[i])
        if other < 0:
            _scale(found[1], 0.0)
        return small[best, best]

    return largest
