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

#: No fewer products than this, and where no eigenvector is known; up to how many the largest
#: eigenvalue is found by itself, to see whether they are enough; and from how many on only every
#: fourth is checked.
LEAST, COLD, FEW, OFTEN = 2, 10, 8, 12
#: Steps of Newton's method and of halving, and the part of a gap that it is known to.
NEWTON, HALVINGS, GAP = 60, 40, 0.1
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


@called
def settled(diagonal: Any, beside: Any, size: int, length: float, wanted: float) -> bool:
    """Return whether a tridiagonal matrix tells the largest eigenvalue well enough.

    `length` is what stands beside its end; the error is at most that of `lanczos_kernel`. For few
    rows alone: where the eigenvector has decayed, the recurrence for it is not stable.
    """
    bound, lowest = diagonal[0], diagonal[0]
    for i in range(size):
        reach = (abs(beside[i - 1]) if i else 0.0) + (abs(beside[i]) if i < size - 1 else 0.0)
        bound, lowest = max(bound, diagonal[i] + reach), min(lowest, diagonal[i] - reach)
    # Newton's method on the characteristic polynomial: from above it falls to the largest root.
    value, least = bound + 1e-12 * (bound - lowest), 1e-13 * (bound - lowest)
    for _ in range(NEWTON):
        pivot, slope = value - diagonal[0], 1.0
        total = slope / pivot
        for i in range(1, size):
            square = beside[i - 1] * beside[i - 1]
            slope = 1.0 + square * slope / (pivot * pivot)
            pivot = value - diagonal[i] - square / pivot
            total += slope / pivot
        step = 1.0 / total
        if not step > least:
            break
        value -= step
    pivot, entry, square_sum = value - diagonal[0], 1.0, 1.0
    for i in range(1, size):
        entry *= pivot / beside[i - 1]
        square_sum += entry * entry
        pivot = value - diagonal[i] - beside[i - 1] * beside[i - 1] / pivot
    residual = length * abs(entry) / np.sqrt(square_sum)
    if residual <= wanted:
        return True
    second = _second(diagonal, beside, size, lowest, value)
    return bool(residual * residual <= wanted * (value - second))


@inlined
def _second(diagonal: Any, beside: Any, size: int, low: float, largest: float) -> float:
    """Return the second largest eigenvalue, or a little more, by halving."""
    high = largest
    for _ in range(HALVINGS):
        if high - low <= GAP * (largest - high):
            break
        middle = 0.5 * (low + high)
        pivot, above = 1.0, 0
        for i in range(size):
            square = beside[i - 1] * beside[i - 1] if i else 0.0
            pivot = diagonal[i] - middle - square / pivot
            above += pivot > 0.0
        if above > 1:
            low = middle
        else:
            high = middle
    return high


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


def lanczos_signature(real: Any) -> Any:
    """Return the signature of the kernels that `lanczos_kernel` makes."""
    return types.Tuple((float64, int64))(
        int64[::1], types.UniTuple(intp, 2), real[:, ::1], real[:, ::1], ROWS, int64, boolean,
        real[::1], real[::1], float64, float64, real[:, ::1], real[:, ::1], real[:, ::1],
        real[::1], float64, int64,
    )  # fmt: skip


@cache
def lanczos_kernel(precision: str) -> Any:
    """Return largest(…) -> (eigenvalue, products taken); see its arguments below.

    It is that of S (sense · H + decay) S with S the diagonal `scale`, after at most so many
    `products`. `basis` (most + 2, W) gives room and was zeros at first, `found` (2, W) holds the
    eigenvectors of the two largest eigenvalues, from the last time, or zeros, and then from this
    one; `push` (W,) is what chance adds to a start. All vectors are padded to whole ones of lanes,
    with zeros.
    The answer is NaN if anything is not finite.
    """
    real = NUMBA_REALS[precision]
    rounding = ROUNDING[precision]

    @jit(lanczos_signature(real), name=precision)
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
        least = LEAST if _dot(found[0], found[0], one) > 0.0 else COLD
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
                found[:] = theta.dtype.type(0.0)
                return np.nan, k + 1
            # By the recurrence first, and then once more against all: that leaves rounding alone.
            for first in (max(k - 1, 0), 0):
                for i in range(first, k + 1):
                    _add(ahead, -_dot(basis[i], ahead, one), basis[i])
            length = np.sqrt(_dot(ahead, ahead, one))
            beside[k] = length
            size = max(size, abs(diagonal[k]) + length)
            k += 1
            over = k >= min(most, products) or length <= rounding * size
            if not over and k <= FEW:
                over = k >= least and settled(diagonal, beside, k, length, tolerance * size)
            if over or (k > FEW and k >= least and (k < OFTEN or k % 4 == 0)):
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
        return small[best, best], k

    return largest
