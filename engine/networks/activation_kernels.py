"""Activations over whole blocks of sums, chosen by their code.

`apply` and `apply_bent` are calls that only compiled code can make. What several of a rule's
results have in common, such as the exponential in softplus and in its slope, LLVM computes once,
and what nobody takes, such as the bend in `apply`, not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

from numba.extending import overload

import engine.vector_math  # noqa: F401  (tells Numba of the functions in the rules)
from engine.compile import OPTIONS, REALS
from engine.inlining import pasted
from engine.networks.activations import CATALOGUE, Rule

Function = Callable[..., Any]


def apply(code: int, a: Any, h: Any, s: Any) -> None:
    """Write φ(a) to h and φ′(a) to s, all (n,); compiled by the overload below."""
    raise TypeError("apply is only for compiled code")


def apply_bent(code: int, a: Any, h: Any, s: Any, b: Any) -> None:
    """Write φ(a) to h, φ′(a) to s and φ″(a) to b, all (n,); compiled by the overload below."""
    raise TypeError("apply_bent is only for compiled code")


@overload(apply, strict=False, jit_options=OPTIONS)  # type: ignore[untyped-decorator]
def _apply(code: Any, a: Any, h: Any, s: Any) -> Any:
    return _written("h[i], s[i], _", "code, a, h, s", str(a.dtype))


@overload(apply_bent, strict=False, jit_options=OPTIONS)  # type: ignore[untyped-decorator]
def _apply_bent(code: Any, a: Any, h: Any, s: Any, b: Any) -> Any:
    return _written("h[i], s[i], b[i]", "code, a, h, s, b", str(a.dtype))


def _written(found: str, arguments: str, precision: str) -> Any:
    """Return a function with one loop for each code.

    It is written out: a loop behind a call would be compiled both on its own and for its caller.
    """
    lines = [f"def run({arguments}):"]
    for code in range(len(CATALOGUE)):
        lines.append(f"    if code == {code}:")
        lines.append(f"        for i in range(len(a)): {found} = rule_{code}(a[i])")
    rules = (pasted(_in_precision(activation.rule, precision)) for activation in CATALOGUE)
    scope: dict[str, Any] = {f"rule_{code}": rule for code, rule in enumerate(rules)}
    exec("\n".join(lines), scope)
    return scope["run"]


def _in_precision(rule: Rule, precision: str) -> Function:
    """Return a rule whose literals are of a precision: 1.0 would widen float32 to float64."""
    real, code = REALS[precision], rule.__code__
    constants = tuple(real(c) if isinstance(c, float) else c for c in code.co_consts)
    return FunctionType(code.replace(co_consts=constants), rule.__globals__, rule.__name__)
