"""Parts of kernels that are compiled into them, never on their own.

Only compiled code can call them: the ways in from Python cost half of a small part's compile time.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, TypeVar

import numba
from numba import types
from numba.extending import intrinsic

from engine.compile import INNER, OPTIONS

Function = TypeVar("Function", bound=Callable[..., Any])


def inlined(function: Function) -> Function:
    """Let LLVM put a part into its callers: a real call would count references to each array."""
    compiled: Function = numba.njit(forceinline=True, **INNER)(function)
    return compiled


def called(function: Function) -> Function:
    """Leave it to LLVM whether a part is put into its callers: it is large, or has several."""
    compiled: Function = numba.njit(**INNER)(function)
    return compiled


def pasted(function: Function) -> Function:
    """Put a part into its only caller before types are known; compiles quicker than `inlined`.

    With several callers, or calls, it compiles slower: each copy is typed anew.
    """
    compiled: Function = numba.njit(inline="always", **OPTIONS)(function)
    return compiled


def _chosen(wins: Any) -> Any:
    """Return an intrinsic of two numbers that gives the second if it wins against the first."""

    @intrinsic  # type: ignore[untyped-decorator]
    def chosen(typing_context: Any, a: Any, b: Any) -> Any:
        common = typing_context.unify_types(a, b)

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            first, second = arguments
            compare = context.get_function(wins, types.boolean(common, common))
            return builder.select(compare(builder, (second, first)), second, first)

        return common(common, common), generate

    return chosen


#: min and max of two numbers: those of Python are compiled anew for each pair of types.
smaller = _chosen(operator.lt)
larger = _chosen(operator.gt)
