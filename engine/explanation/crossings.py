"""Where the roots of a + s b, a polynomial in z, leave the unit circle as the load s grows.

Source: Åström & Wittenmark, *Computer-Controlled Systems*, ch. 3.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.polynomial import chebyshev

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.floating[Any]]

#: A root counts as inside the unit circle if it is this far inside: roots have rounding errors.
INSIDE = 1e-9
#: A real root of a polynomial may be found with an imaginary part this large.
REAL = 1e-7


def first_crossing(a: Array, b: Array) -> float:
    """Return the upper end of the lowest interval of s > 0 in which a + s b is stable.

    `a` and `b` hold coefficients in descending powers. The answer is infinite where no root leaves,
    0 where nothing is stable and NaN where a coefficient is not finite.

    On the unit circle, where a root crosses, s = −a/b is real: Im(a b̄) = 0.
    """
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return math.nan
    if not b.any():
        return math.inf
    crossings = sorted(s for z in _circle_points(a, b) if (s := _load_at(a, b, z)) > 0)
    inner = [0.5 * (low + high) for low, high in zip([0.0, *crossings], crossings, strict=False)]
    beyond = 2.0 * crossings[-1] if crossings else 1.0
    stable = [is_stable(np.polyadd(a, s * b)) for s in (*inner, beyond)]
    if True not in stable:
        return 0.0
    # A root that only touches the circle leaves the next interval stable, too.
    first_unstable = (*stable, False).index(False, stable.index(True))
    return crossings[first_unstable - 1] if first_unstable <= len(crossings) else math.inf


def _circle_points(a: Array, b: Array) -> list[complex]:
    """Return the points z of the upper unit circle where a b̄ is real; −1 comes first and exact."""
    size = max(len(a), len(b))
    upper, lower = (np.pad(p, (size - len(p), 0)) for p in (a, b))
    # a b̄ = Σ c_k zᵏ, so that Im = Σ (c_k − c_−k) sin kθ and sin kθ = sin θ U_(k−1)(cos θ).
    products = np.convolve(upper, lower[::-1])
    odd = products[: size - 1][::-1] - products[size:]
    second_kind = np.zeros(max(size - 1, 1))
    for k, weight in enumerate(odd):
        # U_k = 2 (T_k + T_(k−2) + …), where T_0 counts once.
        second_kind[k::-2] += 2.0 * weight
        if k % 2 == 0:
            second_kind[0] -= weight
    points = [-1.0 + 0.0j, 1.0 + 0.0j]
    largest = np.abs(products).max()
    if np.abs(second_kind).max() > 1e-14 * largest:
        cosines = chebyshev.chebroots(chebyshev.chebtrim(second_kind, 1e-15 * largest))
        real = cosines[np.abs(np.imag(cosines)) < REAL].real
        points += [complex(c, math.sqrt(1.0 - c * c)) for c in real if -1.0 < c < 1.0]
    return points


def _load_at(a: Array, b: Array, z: complex) -> float:
    """Return the s for which z is a root of a + s b; NaN where there is none."""
    below = complex(np.polyval(b, z))
    return -(complex(np.polyval(a, z)) / below).real if below else math.nan


def is_stable(polynomial: Array) -> bool:
    """Return whether every root lies inside the unit circle."""
    return bool(np.abs(np.roots(polynomial)).max(initial=0.0) < 1.0 - INSIDE)
