"""The one place for Numba options and kernel signatures.

Importing this module imports Numba (about half a second): the window does so in a thread.
Declarations (surfaces, optimizers, schedules, experiments) never import it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np
from llvmlite import ir
from numba import float32, float64, int64, intp, types
from numba.core import cgutils
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from engine.cache_folder import CACHE_FOLDER

Function = TypeVar("Function", bound=Callable[..., Any])

#: Infinities and NaN are our subject: never ``nnan`` or ``ninf``. The default error model checks
#: each division for zero, which stops vectorisation.
OPTIONS: dict[str, Any] = {
    "fastmath": {"contract", "nsz", "arcp"},
    "error_model": "numpy",
    "nogil": True,
}

#: For parts that compiled code alone calls: no wrappers for calls from Python or C.
INNER = OPTIONS | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}

REALS = {"float32": np.float32, "float64": np.float64}
NUMBA_REALS = {"float32": float32, "float64": float64}

#: A surface's kernels by precision: (x, y, address of the data block, step) -> value and slopes.
#: Step -1 means the full batch.
VALUE_GRADIENT_SIGNATURE = {
    p: types.UniTuple(r, 3)(r, r, intp, int64) for p, r in NUMBA_REALS.items()
}
SECOND_ORDER_SIGNATURE = {
    p: types.UniTuple(r, 6)(r, r, intp, int64) for p, r in NUMBA_REALS.items()
}
VALUE_GRADIENT = {p: types.FunctionType(s) for p, s in VALUE_GRADIENT_SIGNATURE.items()}
SECOND_ORDER = {p: types.FunctionType(s) for p, s in SECOND_ORDER_SIGNATURE.items()}


def get_ready() -> None:
    """Have Numba register its library, as it would for the first kernel: a fifth of a second."""
    cpu_target.typing_context.refresh()
    cpu_target.target_context.refresh()


def jit(
    signature: Any = None, *, cache: bool = True, name: str = ""
) -> Callable[[Function], Function]:
    """Return the decorator that compiles a kernel; with a signature it compiles or loads at once.

    Kernels that one factory makes need a `name` each: Numba numbers the compiled versions of a
    function, and two processes that compile different ones at once could give both one number.
    """
    # Only a surface's kernels are passed as functions, hence called through C's convention.
    passed = signature in (*VALUE_GRADIENT_SIGNATURE.values(), *SECOND_ORDER_SIGNATURE.values())

    def decorate(function: Function) -> Function:
        if name:
            function.__qualname__ += "." + name
        wrap = numba.njit(signature, cache=cache, no_cfunc_wrapper=not passed, **OPTIONS)
        try:
            compiled: Function = wrap(function)
        except Exception:
            # A cache file may have been cut off by a crash: without it, compile again.
            if not _forget(function):
                raise
            compiled = wrap(function)
        return compiled

    return decorate


def _forget(function: Callable[..., Any]) -> bool:
    """Delete a kernel's cache files and return whether there were any."""
    module = Path(function.__code__.co_filename).stem
    base = f"{module}.{function.__qualname__}".replace("<", "").replace(">", "")
    found = [p for p in CACHE_FOLDER.rglob("*.nb[ci]") if p.name.startswith(base + "-")]
    for path in found:
        path.unlink(missing_ok=True)
    return bool(found)


@intrinsic  # type: ignore[untyped-decorator]
def peek(typing_context: Any, address: Any, index: Any) -> Any:
    """Read float64 number `index` of the data block at `address` (unchecked)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = builder.inttoptr(arguments[0], ir.DoubleType().as_pointer())
        return builder.load(builder.gep(pointer, [arguments[1]]))

    return float64(intp, intp), generate


def function_at(function_types: dict[str, Any]) -> Any:
    """Return an intrinsic that makes a callable of the address of a compiled kernel.

    It is called as (address, x) and goes by the type of x: only an intrinsic that is global stays
    out of the cache's keys, where it would differ in each process. Passing a kernel itself costs
    0.2 ms a call: Numba looks its address up through Python.
    """

    @intrinsic  # type: ignore[untyped-decorator]
    def found(typing_context: Any, address: Any, x: Any) -> Any:
        function_type = function_types[str(x)]

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            function = cgutils.create_struct_proxy(function_type)(context, builder)
            pointer = context.get_value_type(types.voidptr)
            function.jit_addr = builder.inttoptr(arguments[0], pointer)
            return function._getvalue()

        return function_type(intp, x), generate

    return found


value_gradient_at = function_at(VALUE_GRADIENT)
second_order_at = function_at(SECOND_ORDER)


@cache
def address_of(kernel: Any) -> int:
    """Return where a kernel with one signature stands; valid while the kernel lives."""
    (found,) = kernel.overloads.values()
    address: int = found.library.get_pointer_to_function(found.fndesc.llvm_func_name)
    return address


numba.config.CACHE_DIR = str(CACHE_FOLDER)


def load_generated(text: str) -> dict[str, Any]:
    """Import generated Python source by way of a file, so that Numba can cache what it compiles.

    `text` comes from our own code generator, never from a user. Returns the module's names.
    """
    # Two threads may ask for one module: the second must not see it half made.
    with _LOADING:
        return _load_generated(text)


_LOADING = threading.RLock()


def _load_generated(text: str) -> dict[str, Any]:
    name = "generated_" + hashlib.sha256(text.encode()).hexdigest()[:24]
    if name in sys.modules:
        return vars(sys.modules[name])
    folder = CACHE_FOLDER / "generated"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.py"
    if not path.exists():
        # Atomic, because another process may import the same file at this moment.
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return vars(module)
