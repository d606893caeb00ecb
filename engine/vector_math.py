"""The functions of `engine.elementary` without branches and calls, for loops LLVM can vectorise.

Importing this module is what tells Numba of them. Each is right to 4 units in the last place in
float64 and in float32, which has polynomials of its own and is never widened; infinities give
limits, NaN stays NaN, and denormal numbers are numbers. The sign of a zero may be lost.

sin and cos keep this up to |x| = 10⁶. Beyond, the nearest multiple of π is found ever less
exactly, at first in float32; far out the result is just some number from −1 to 1.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from engine import elementary
from engine.compile import OPTIONS
from engine.inlining import inlined, larger, smaller
from engine.vector_bits import (
    fused,
    negative_if_odd,
    polynomial,
    power_of_two,
    split,
    times_power_of_two,
)
from engine.vector_tables import TABLES, Table

Function = Callable[..., Any]


def compiled_as(named: Function) -> Callable[[Callable[[Table], Function]], Any]:
    """Return the decorator by which compiled code calls what is made for its precision."""

    def decorate(make: Callable[[Table], Function]) -> Any:
        made = cache(make)

        @overload(named, jit_options={**OPTIONS, "forceinline": True})  # type: ignore[untyped-decorator]
        def choose(x: Any) -> Any:
            return made(TABLES[str(x)]) if isinstance(x, types.Float) else None

        return make

    return decorate


@compiled_as(elementary.exp)
def _exp(table: Table) -> Function:
    low, high = (table.real(x) for x in table.exp_range)
    rounder, one = table.real(table.rounder + 2 * table.bias), table.real(1.0)
    rest = _reduction(table)
    series = polynomial(table.exponential)

    def exp(x: Any) -> Any:
        whole, r = rest(larger(smaller(x, high), low), rounder)
        return times_power_of_two(one + (r + r * r * series(r)), whole)

    return exp


@compiled_as(elementary.expm1)
def _expm1(table: Table) -> Function:
    low, high = (table.real(x) for x in table.expm1_range)
    two, half = table.real(2.0), _half_expm1(table)

    def expm1(x: Any) -> Any:
        return two * half(larger(smaller(x, high), low))

    return expm1


@compiled_as(elementary.tanh)
def _tanh(table: Table) -> Function:
    limit, one, half = table.real(table.tanh_limit), table.real(1.0), _half_expm1(table)

    def tanh(x: Any) -> Any:
        h = half(larger(smaller(x + x, limit), -limit))
        return h / (one + h)

    return tanh


def _half_expm1(table: Table) -> Function:
    """Return a part for compiled code: x -> ½(eˣ − 1), where the largest power cannot overflow."""
    rounder, half = table.real(table.rounder + table.bias - 1), table.real(0.5)
    rest = _reduction(table)
    series = polynomial(table.exponential)

    @inlined
    def half_expm1(x: Any) -> Any:
        whole, r = rest(x, rounder)
        power = power_of_two(whole)
        return power * (r + r * r * series(r)) + (power - half)

    return half_expm1


def _reduction(table: Table) -> Function:
    """Return a part for compiled code: (x, rounder) -> (k + rounder, r) with x = k ln 2 + r."""
    log2e, coarse, fine = (table.real(x) for x in (np.log2(np.e), *table.log2))

    @inlined
    def rest(x: Any, rounder: Any) -> Any:
        whole = x * log2e + rounder
        k = whole - rounder
        return whole, x - k * coarse - k * fine

    return rest


@compiled_as(elementary.log)
def _log(table: Table) -> Function:
    real = table.real
    root, rounder = real(np.sqrt(0.5)), real(table.rounder)
    smallest, lift = real(2.0 ** (2 - table.bias)), table.mantissa + 2
    scale, lifted = real(2.0**lift), real(lift)
    coarse, fine = (real(x) for x in table.log2)
    zero, half, one, two = (real(x) for x in (0.0, 0.5, 1.0, 2.0))
    infinity, nan = real(np.inf), real(np.nan)
    series = polynomial(tuple(2 * c for c in table.logarithm))

    def log(x: Any) -> Any:
        denormal = x < smallest
        m, k = split(x * scale if denormal else x, root, rounder)
        k = k - lifted if denormal else k
        f = m - one
        s = f / (two + f)
        u = s * s
        # log m = f − (½f² − s (½f² + 2u L(u))): what is rounded is small against f.
        square = half * f * f
        small = s * (square + u * series(u)) + k * fine
        result = k * coarse - ((square - small) - f)
        below = -infinity if x == zero else nan
        return (result if x < infinity else x) if x > zero else below

    return log


@compiled_as(elementary.softplus)
def _softplus(table: Table) -> Function:
    zero = table.real(0.0)
    over, under = polynomial(table.log1p_over), polynomial(table.log1p_under)

    def softplus(x: Any) -> Any:
        e = elementary.exp(-abs(x))
        return larger(x, zero) + (e - e * e * over(e) / under(e))

    return softplus


@compiled_as(elementary.sigmoid)
def _sigmoid(table: Table) -> Function:
    zero, one = table.real(0.0), table.real(1.0)

    def sigmoid(x: Any) -> Any:
        small = elementary.exp(-abs(x))
        return (one if x >= zero else small) / (one + small)

    return sigmoid


@compiled_as(elementary.erf)
def _erf(table: Table) -> Function:
    edge, limit = table.real(table.erf_edge), table.real(table.erf_limit)
    zero, one = table.real(0.0), table.real(1.0)
    first, near = table.real(table.erf_near[0]), polynomial(table.erf_near[1:])
    over, under = polynomial(table.erf_over), polynomial(table.erf_under)

    def erf(x: Any) -> Any:
        size, square = abs(x), x * x
        z = smaller(size, limit)
        # The errors of x² and of its exponential are small against 1.
        far = one - elementary.exp(-square) * over(z) / under(z)
        return x * (first + square * near(square)) if size < edge else (-far if x < zero else far)

    return erf


@compiled_as(elementary.sin)
def _sin(table: Table) -> Function:
    per_pi, rounder = table.real(1.0 / np.pi), table.real(table.rounder)
    wave = _wave(table)

    def sin(x: Any) -> Any:
        whole = x * per_pi + rounder
        return wave(x, whole - rounder, whole)

    return sin


@compiled_as(elementary.cos)
def _cos(table: Table) -> Function:
    per_pi, rounder, half = table.real(1.0 / np.pi), table.real(table.rounder), table.real(0.5)
    wave = _wave(table)

    def cos(x: Any) -> Any:
        # cos x = sin(x + ½π): with x = (k − ½)π + r it is (−1)ᵏ sin r.
        whole = (x * per_pi + half) + rounder
        return wave(x, (whole - rounder) - half, whole)

    return cos


def _wave(table: Table) -> Function:
    """Return a part for compiled code: (x, h, whole) -> (−1)ᵏ sin(x − hπ)."""
    first, second, third = (table.real(part) for part in table.pi)
    limit = table.real(table.sine_limit)
    series = polynomial(table.sine)

    @inlined
    def wave(x: Any, h: Any, whole: Any) -> Any:
        r = fused(-h, third, fused(-h, second, fused(-h, first, x)))
        r = larger(smaller(r, limit), -limit)
        u = r * r
        return negative_if_odd(r + r * u * series(u), whole)

    return wave
