"""Exponential and logarithm without branches, and sums in any order, for several rows at once.

LLVM vectorises a loop over rows only if nothing in it is a call, and adds rows in parallel only if
it may reorder the sum. A sum in another order is as accurate; infinities and NaN are untouched.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from engine.compile import OPTIONS, jit

SUM_OPTIONS: dict[str, Any] = {**OPTIONS, "fastmath": {*OPTIONS["fastmath"], "reassoc"}}

#: What stands for these functions in plain Python.
PLAIN = {
    "exp_below_zero": "def exp_below_zero(x):\n    return np.exp(x)\n",
    "log_one_plus": "def log_one_plus(e):\n    return np.log1p(e)\n",
}


def jit_sum(function: Any) -> Any:
    """Compile a function whose sums may be added in any order."""
    return numba.njit(cache=True, **SUM_OPTIONS)(function)


def jit_inline(function: Any) -> Any:
    """Compile a function into its callers; LLVM leaves a large one as a call."""
    return numba.njit(inline="always", **OPTIONS)(function)


@jit()
def exp_below_zero(x: Any) -> Any:
    """Return eˣ for x ≤ 0 in float64, within 2 units in the last place; below e⁻⁷⁰⁸ it is 0.

    x = k ln 2 + r with |r| ≤ ½ ln 2 and eˣ = 2ᵏ eʳ; ln 2 is split in two so that r is exact.
    """
    x = np.float64(x)
    kept = -708.0 if x < -708.0 else x
    k = np.floor(kept * 1.4426950408889634 + 0.5)
    r = kept - k * 0.6931471803691238
    r = r - k * 1.9082149292705877e-10
    q = 1 / 362880 + r * (1 / 3628800 + r * (1 / 39916800 + r * (1 / 479001600)))
    q = 1 / 120 + r * (1 / 720 + r * (1 / 5040 + r * (1 / 40320 + r * q)))
    q = 1.0 + r * (1.0 + r * (0.5 + r * (1 / 6 + r * (1 / 24 + r * q))))
    power = np.int64((np.int64(k) + np.int64(1023)) << np.int64(52)).view(np.float64)
    return 0.0 if x < -708.0 else q * power


@jit()
def log_one_plus(e: Any) -> Any:
    """Return log(1 + e) for 0 ≤ e ≤ 1 in float64, within 3 units in the last place.

    log(1 + f) = 2 artanh(s) with s = f/(2 + f); above √2 − 1 first halve: f = (e − 1)/2.
    """
    e = np.float64(e)
    large = e > 0.41421356237309503
    f = 0.5 * (e - 1.0) if large else e
    s = f / (2.0 + f)
    u = s * s
    q = 1 / 15 + u * (1 / 17 + u * (1 / 19 + u * (1 / 21 + u * (1 / 23))))
    q = 1 / 7 + u * (1 / 9 + u * (1 / 11 + u * (1 / 13 + u * q)))
    q = 1.0 + u * (1 / 3 + u * (1 / 5 + u * q))
    return 2.0 * s * q + (0.6931471805599453 if large else 0.0)
