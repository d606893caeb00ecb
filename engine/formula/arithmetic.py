"""Floating-point arithmetic of Python numbers that answers inf or NaN and never raises."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def quiet(function: Callable[..., float], overflow: float = math.inf) -> Callable[..., float]:
    """Return `function` with NaN outside its domain and `overflow` beyond the largest number."""

    def answer(*arguments: float) -> float:
        try:
            return function(*arguments)
        except OverflowError:
            return overflow
        except ValueError:
            return math.nan

    return answer


def divide(a: float, b: float) -> float:
    """Return a / b as IEEE 754 has it."""
    if b != 0:
        return a / b
    if a == 0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def power(a: float, b: float) -> float:
    """Return a to the power b as C's pow has it."""
    try:
        return math.pow(a, b)
    except OverflowError:
        odd = abs(b) < 2**53 and b % 2 == 1
        return -math.inf if a < 0 and odd else math.inf
    except ValueError:
        if a == 0 and b < 0:
            return math.copysign(math.inf, a) if b % 2 == 1 else math.inf
        return math.nan


def logarithm(function: Callable[[float], float], pole: float = 0.0) -> Callable[[float], float]:
    """Return the logarithm `function` with -inf at its pole and NaN below."""

    def answer(u: float) -> float:
        if u == pole:
            return -math.inf
        return function(u) if not u < pole else math.nan

    return answer


def sinh(u: float) -> float:
    """Return the hyperbolic sine, infinite where it overflows."""
    return quiet(math.sinh, math.copysign(math.inf, u))(u)


def sign(u: float) -> float:
    """Return -1, 0 or 1, or NaN for NaN."""
    return u if math.isnan(u) else float((u > 0) - (u < 0))


def floor(u: float) -> float:
    """Return the largest whole number not above u."""
    return float(math.floor(u)) if math.isfinite(u) else u


def sigmoid(u: float) -> float:
    """Return 1 / (1 + exp(-u))."""
    return 1.0 / (1.0 + quiet(math.exp)(-u))


def softplus(u: float) -> float:
    """Return log(1 + exp(u))."""
    return maximum(u, 0.0) + math.log1p(math.exp(-abs(u)))


def minimum(a: float, b: float) -> float:
    """Return the smaller, or NaN if either is NaN."""
    return math.nan if math.isnan(a) or math.isnan(b) else min(a, b)


def maximum(a: float, b: float) -> float:
    """Return the larger, or NaN if either is NaN."""
    return math.nan if math.isnan(a) or math.isnan(b) else max(a, b)
