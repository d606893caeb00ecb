"""A kernel's own source as plain Python, for "Copy as Python"."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

from engine.surfaces.kernels import layout, vector_math

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER = '''import numpy as np


def peek(data, i):
    """Read number i of the surface's data."""
    return data[i]
'''

FOOTER = '''def value_gradient(x, y, data, step):
    """Return the loss and its gradient."""
    return terms(x, y, data, step, {real})[:3]


def second_order(x, y, data, step):
    """Return the loss, its gradient and hxx, hxy, hyy of its Hessian."""
    return terms(x, y, data, step, {real})
'''


def plain_source(precision: str, *functions: Callable[..., Any]) -> str:
    """Return text that defines compiled `functions`, the last called ``terms``, in plain Python.

    The text also defines ``value_gradient`` and ``second_order`` of ``(x, y, data, step)``; `data`
    is a sequence of numbers instead of an address.
    """
    bodies = [_plain(function) for function in functions]
    used = set(re.findall(r"\b[A-Z_]{3,}\b", "".join(bodies)))
    numbers = {name: value for name, value in vars(layout).items() if name in used}
    footer = FOOTER.format(real="float" if precision == "float64" else f"np.{precision}")
    lines = "".join(f"{name} = {value}\n" for name, value in numbers.items())
    return "\n\n".join(part for part in (HEADER, lines, *bodies, footer) if part)


def _plain(function: Any) -> str:
    if function.__name__ in vector_math.PLAIN:
        return vector_math.PLAIN[function.__name__]
    text = inspect.getsource(function.py_func)
    text = re.sub(r"^@.*\n", "", text, flags=re.MULTILINE)
    return re.sub(r": (Any|int)\b|\s*-> (Any|int)\b", "", text)
