"""An optimizer's rules inside compiled code, found by the optimizer's name.

These are calls that only compiled code can make; Numba replaces each by what its overload builds.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import types
from numba.extending import overload

from engine.compile import INNER, OPTIONS
from engine.optimizers import optimizer_named

#: Every rule is given this many hyperparameters, the last ones 0.
HYPERPARAMETERS = 12


def advance(name: str, x: Any, y: Any, *rest: Any) -> Any:
    """Take one step; compiled per optimizer by the overload below."""
    raise TypeError("advance is only for compiled code")


def to_precision(k: Any, like: Any) -> Any:
    """Cast a tuple of float64 to the type of `like`; compiled by the overload below."""
    raise TypeError("to_precision is only for compiled code")


@overload(to_precision, inline="always", strict=False, jit_options=OPTIONS)  # type: ignore[untyped-decorator]
def _to_precision(k: Any, like: Any) -> Any:
    # Numba cannot build a tuple of computed length, so the length is written out.
    items = "".join(f"real(k[{i}])," for i in range(len(k)))
    scope: dict[str, Any] = {"real": like}
    exec(f"def cast(k, like): return ({items})", scope)
    return scope["cast"]


def without_denormals(carry: Any) -> Any:
    """Replace what has all but vanished by 0; compiled by the overload below.

    A running product such as β₁ᵗ ends among the denormal numbers and stays there for ever, where
    each multiplication is slow: Adam took half as long again.
    """
    raise TypeError("without_denormals is only for compiled code")


@overload(without_denormals, inline="always", strict=False, jit_options=OPTIONS)  # type: ignore[untyped-decorator]
def _without_denormals(carry: Any) -> Any:
    # NaN is no denormal: it stays.
    items = "".join(
        f"(0.0 if abs(carry[{i}]) < 1e-290 else carry[{i}])," for i in range(len(carry))
    )
    scope: dict[str, Any] = {}
    exec(f"def flush(carry): return ({items})", scope)
    return scope["flush"]


def all_finite(state: Any) -> bool:
    """Return whether each number of a tuple is finite."""
    return all(bool(np.isfinite(s)) for s in state)


@overload(all_finite, strict=False, jit_options=OPTIONS)  # type: ignore[untyped-decorator]
def _all_finite(state: Any) -> Any:
    def check(state: Any) -> bool:
        total = state[0] - state[0]
        for s in state:
            total += s - s
        return bool(total == 0)

    return check


@overload(advance, inline="always", strict=False, jit_options=OPTIONS)  # type: ignore[untyped-decorator]
def _advance(
    name: Any, x: Any, y: Any, f: Any, gx: Any, gy: Any,
    value_gradient: Any, second_order: Any, data: Any, t: Any, k: Any, state: Any,
    sense: Any, decay: Any,
) -> Any:  # fmt: skip
    if not isinstance(name, types.StringLiteral):
        return None
    rule = optimizer_named(name.literal_value)
    if rule.step is None:
        update = numba.njit(**INNER)(rule.update)

        def elementwise(
            name: Any, x: Any, y: Any, f: Any, gx: Any, gy: Any,
            value_gradient: Any, second_order: Any, data: Any, t: Any, k: Any, state: Any,
            sense: Any, decay: Any,
        ) -> Any:  # fmt: skip
            x, first = update(x, gx, state[0], k)
            y, second = update(y, gy, state[1], k)
            return x, y, (first, second)

        return elementwise
    step = numba.njit(**INNER)(rule.step)

    def coupled(
        name: Any, x: Any, y: Any, f: Any, gx: Any, gy: Any,
        value_gradient: Any, second_order: Any, data: Any, t: Any, k: Any, state: Any,
        sense: Any, decay: Any,
    ) -> Any:  # fmt: skip
        point, whole = step(
            (x, y), f, (gx, gy), value_gradient, second_order, data, t, k, state[0], sense, decay
        )
        return point[0], point[1], (whole, whole)

    return coupled


def per_step(name: str, *rest: Any) -> Any:
    """Return (carry, k); compiled per optimizer by the overload below."""
    raise TypeError("per_step is only for compiled code")


@overload(per_step, inline="always", strict=False, jit_options=OPTIONS)  # type: ignore[untyped-decorator]
def _per_step(name: Any, t: Any, rate: Any, h: Any, carry: Any) -> Any:
    if not isinstance(name, types.StringLiteral):
        return None
    rule = numba.njit(**INNER)(optimizer_named(name.literal_value).per_step)
    return lambda name, t, rate, h, carry: rule(t, rate, h, carry)


def gains_of_step(name: str, *rest: Any) -> Any:
    """Return (gain, state after) of one coordinate; compiled per optimizer by the overload."""
    raise TypeError("gains_of_step is only for compiled code")


@overload(gains_of_step, strict=False, jit_options=OPTIONS)  # type: ignore[untyped-decorator]
def _gains_of_step(name: Any, slope: Any, state: Any, k: Any) -> Any:
    if not isinstance(name, types.StringLiteral):
        return None
    rule = optimizer_named(name.literal_value)
    gain = numba.njit(**INNER)(rule.stability.gain)
    update = numba.njit(**INNER)(rule.update)

    def follow(name: Any, slope: Any, state: Any, k: Any) -> Any:
        # The state depends on gradients alone, so that any point will do.
        after = update(slope, slope, state, k)[1]
        return gain(state, after, k), after

    return follow


def gain_between(name: str, *rest: Any) -> Any:
    """Return the gain of one coordinate; compiled per optimizer by the overload below."""
    raise TypeError("gain_between is only for compiled code")


@overload(gain_between, inline="always", strict=False, jit_options=OPTIONS)  # type: ignore[untyped-decorator]
def _gain_between(name: Any, before: Any, after: Any, k: Any) -> Any:
    if not isinstance(name, types.StringLiteral):
        return None
    gain = numba.njit(**INNER)(optimizer_named(name.literal_value).stability.gain)
    return lambda name, before, after, k: gain(before, after, k)
