"""A surface bound to its parameters, data and precision: compiled, ready to be asked."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import float64, int64, intp, types

from engine.compile import (
    NUMBA_REALS,
    SECOND_ORDER,
    jit,
    load_generated,
)
from engine.formula import parse
from engine.parameter import complete

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from engine.experiment import DataSettings
    from engine.surfaces.surface import Surface

FULL_BATCH = -1


@dataclass(frozen=True, slots=True)
class Landscape:
    """The loss as a function of two numbers, with exact first and second derivatives.

    Parameters
    ----------
    surface : the declaration.
    parameters : a value for each declared parameter.
    precision : ``"float64"`` or ``"float32"``.
    value_gradient, second_order : compiled kernels (see `engine.compile`).
    block : float64 numbers that the kernels read: parameters first, then data.
    minima : known minima, shape (k, 3): x, y, value.
    batched : whether the loss depends on the step (mini-batches).
    notes : plain sentences about the data: what was left out, found or assumed.
    view : (x low, x high, y low, y high) that "fit" shows; the declared one unless data differ.
    data : the table that the surface reads, if it reads one.
    """

    surface: Surface
    parameters: Mapping[str, float]
    precision: str
    value_gradient: Any
    second_order: Any
    block: NDArray[np.float64]
    minima: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 3)))
    batched: bool = False
    notes: tuple[str, ...] = ()
    view: tuple[float, float, float, float] = (-1.0, 1.0, -1.0, 1.0)
    data: DataSettings | None = None

    @property
    def address(self) -> int:
        """Where the kernels find `block`; valid while this object lives."""
        return int(self.block.ctypes.data)

    def value(self, points: ArrayLike, step: int = FULL_BATCH) -> NDArray[np.float64]:
        """Return the loss at points of shape (..., 2), shape (...)."""
        return self._ask(points, step)[..., 0]

    def gradient(self, points: ArrayLike, step: int = FULL_BATCH) -> NDArray[np.float64]:
        """Return the gradient at points of shape (..., 2), shape (..., 2)."""
        return self._ask(points, step)[..., 1:3]

    def hessian(self, points: ArrayLike, step: int = FULL_BATCH) -> NDArray[np.float64]:
        """Return the Hessian at points of shape (..., 2), shape (..., 2, 2)."""
        found = self._ask(points, step)
        return found[..., [3, 4, 4, 5]].reshape(*found.shape[:-1], 2, 2)

    def _ask(self, points: ArrayLike, step: int) -> NDArray[np.float64]:
        array = np.asarray(points, dtype=np.float64)
        if array.ndim == 0 or array.shape[-1] != 2:
            raise ValueError(f"points must have shape (..., 2), not {array.shape}.")
        flat = np.ascontiguousarray(array.reshape(-1, 2))
        out = np.empty((len(flat), 6))
        _evaluator(self.precision)(self.second_order, self.address, step, flat, out)
        return out.reshape(*array.shape[:-1], 6)


@cache
def _evaluator(precision: str) -> Any:
    real = NUMBA_REALS[precision]

    @jit(
        types.void(SECOND_ORDER[precision], intp, int64, float64[:, ::1], float64[:, ::1]),
        name=precision,
    )
    def evaluate(second_order: Any, data: int, step: int, points: Any, out: Any) -> None:
        for i in range(points.shape[0]):
            f, gx, gy, hxx, hxy, hyy = second_order(
                real(points[i, 0]), real(points[i, 1]), data, step
            )
            out[i, 0], out[i, 1], out[i, 2] = f, gx, gy
            out[i, 3], out[i, 4], out[i, 5] = hxx, hxy, hyy

    return evaluate


def kernels(surface: Surface, precision: str) -> tuple[Any, Any]:
    """Return the compiled (value_gradient, second_order) of a surface in one precision."""
    if surface.kernel:
        module = importlib.import_module(f"engine.surfaces.kernels.{surface.kernel}")
        pair: tuple[Any, Any] = module.build(precision)
        return pair
    names = tuple(p.name for p in surface.parameters)
    return _formula_kernels(surface.formula, names, precision)


@lru_cache(maxsize=256)
def _formula_kernels(text: str, names: tuple[str, ...], precision: str) -> tuple[Any, Any]:
    module = load_generated(parse(text, names).source(precision))
    return module["value_gradient"], module["second_order"]


def bind(
    surface: Surface,
    parameters: Mapping[str, float] | None = None,
    precision: str = "float64",
    payload: NDArray[np.float64] | None = None,
    *,
    minima: NDArray[np.float64] | None = None,
    batched: bool = False,
    notes: tuple[str, ...] = (),
    view: tuple[float, float, float, float] | None = None,
    data: DataSettings | None = None,
) -> Landscape:
    """Bind a surface to parameter values (and data), compiling it if need be.

    Raises ValueError for an unknown or forbidden parameter value.
    """
    values = complete(surface.parameters, parameters or {})
    if minima is None:
        minima = np.array(surface.minima(values), dtype=np.float64).reshape(-1, 3)
    value_gradient, second_order = kernels(surface, precision)
    numbers = np.empty(0) if payload is None else payload
    # The kernels hold the block's address, so it is never empty and never replaced.
    block = np.ascontiguousarray(np.concatenate([list(values.values()), numbers, [0.0]]))
    return Landscape(
        surface, values, precision, value_gradient, second_order, block, minima, batched, notes,
        view or surface.view, data,
    )  # fmt: skip
