"""Parts of kernels that are compiled into them, never on their own.

Only compiled code can call them: the ways in from Python cost half of a small part's compile time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

from engine.compile import OPTIONS

Function = TypeVar("Function", bound=Callable[..., Any])


def inlined(function: Function) -> Function:
    """Let LLVM put a part into its callers: a real call would count references to each array."""
    compiled: Function = numba.njit(
        forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, **OPTIONS
    )(function)
    return compiled


def pasted(function: Function) -> Function:
    """Put a part into its only caller before types are known; compiles quicker than `inlined`.

    With several callers, or calls, it compiles slower: each copy is typed anew.
    """
    compiled: Function = numba.njit(inline="always", **OPTIONS)(function)
    return compiled
