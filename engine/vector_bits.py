"""Numbers as bits, fused sums and polynomials: the parts from which `engine.vector_math` is built.

A number is rounded to an integer k by adding 1.5 · 2^mantissa, so large that no fraction has room
behind it: k then stands in the last bits of the sum, here called `whole`. No conversion between
integers and reals is needed, which some processors cannot do for whole vectors.

All of these are called by compiled code alone and go by the precision of their first argument.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

if TYPE_CHECKING:
    from engine.vector_tables import Polynomial


def polynomial(coefficients: Polynomial) -> Any:
    """Return an intrinsic of x that is Σ cₖ xᵏ, by Estrin's scheme.

    Pairs, pairs of pairs and so on are added side by side. Horner's rule has one product fewer
    per level, but each of its sums waits for the last: that took up to twice as long.
    """

    @intrinsic  # type: ignore[untyped-decorator]
    def value(typing_context: Any, x: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            (power,) = arguments
            terms: list[Any] = [ir.Constant(power.type, c) for c in coefficients]
            while len(terms) > 1:
                last = terms[len(terms) & ~1 :]
                pairs = zip(terms[::2], terms[1::2], strict=False)
                terms = [builder.fadd(a, builder.fmul(b, power)) for a, b in pairs] + last
                power = builder.fmul(power, power)
            return terms[0]

        return x(x), generate

    return value


def _integer(real: Any) -> tuple[Any, Any, Any]:
    """Return the integer type as wide as a real one, its width and the mantissa's, less 1."""
    bits, mantissa = (64, 52) if isinstance(real, ir.DoubleType) else (32, 23)
    integer = ir.IntType(bits)
    return integer, ir.Constant(integer, bits - 1), ir.Constant(integer, mantissa)


@intrinsic  # type: ignore[untyped-decorator]
def fused(typing_context: Any, a: Any, b: Any, c: Any) -> Any:
    """Return a·b + c, rounded once."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return a(a, a, a), generate


@intrinsic  # type: ignore[untyped-decorator]
def power_of_two(typing_context: Any, whole: Any) -> Any:
    """Return 2^(k − bias), which must be a normal number."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        (whole,) = arguments
        integer, _, mantissa = _integer(whole.type)
        power = builder.shl(builder.bitcast(whole, integer), mantissa)
        return builder.bitcast(power, whole.type)

    return whole(whole), generate


@intrinsic  # type: ignore[untyped-decorator]
def times_power_of_two(typing_context: Any, x: Any, whole: Any) -> Any:
    """Return x · 2^(k − 2·bias) in two steps, each by a normal power: it may end as a denormal."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        x, whole = arguments
        integer, _, mantissa = _integer(x.type)
        k = builder.bitcast(whole, integer)
        half = builder.lshr(k, ir.Constant(integer, 1))
        for part in (half, builder.sub(k, half)):
            x = builder.fmul(x, builder.bitcast(builder.shl(part, mantissa), x.type))
        return x

    return x(x, whole), generate


@intrinsic  # type: ignore[untyped-decorator]
def negative_if_odd(typing_context: Any, x: Any, whole: Any) -> Any:
    """Return (−1)ᵏ x."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        x, whole = arguments
        integer, top, _ = _integer(x.type)
        sign = builder.shl(builder.bitcast(whole, integer), top)
        return builder.bitcast(builder.xor(builder.bitcast(x, integer), sign), x.type)

    return x(x, whole), generate


@intrinsic  # type: ignore[untyped-decorator]
def split(typing_context: Any, x: Any, root: Any, rounder: Any) -> Any:
    """Return (m, k) with x = m · 2ᵏ and √½ ≤ m < √2, of a positive normal number.

    `root` is √½ and `rounder` 1.5 · 2^mantissa.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        x, root, rounder = arguments
        integer, _, mantissa = _integer(x.type)
        bits = builder.bitcast(x, integer)
        k = builder.ashr(builder.sub(bits, builder.bitcast(root, integer)), mantissa)
        m = builder.bitcast(builder.sub(bits, builder.shl(k, mantissa)), x.type)
        whole = builder.bitcast(builder.add(k, builder.bitcast(rounder, integer)), x.type)
        return context.make_tuple(builder, signature.return_type, (m, builder.fsub(whole, rounder)))

    return types.UniTuple(x, 2)(x, x, x), generate
