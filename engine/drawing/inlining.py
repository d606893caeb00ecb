"""Parts of kernels that are compiled into them, never on their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

from engine.compile import OPTIONS

Function = TypeVar("Function", bound=Callable[..., Any])


def inlined(function: Function) -> Function:
    """Compile into the caller: a real call would count references to each array.

    Only compiled code can call it: the ways in from Python cost half of a small function's time
    to compile.
    """
    compiled: Function = numba.njit(
        forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, **OPTIONS
    )(function)
    return compiled
