"""A surface at a glance, as bands between equally many points: for thumbnails.

Formulas are evaluated with numpy on a coarse grid; nothing is compiled, and Numba is not imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.experiment import surface_of
from engine.formula import parse
from engine.formula.graph import EVALUATE
from engine.parameter import complete

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from engine.experiment import SurfaceSettings

    Array = NDArray[np.float64]

BANDS = 9
#: Points per pixel, each way: ripples finer than a pixel become their average.
FINER = 2
#: Where lines would cover more than this, only the bands are shown.
MOST_LINES = 0.4
#: Value of pixels on the line between two bands.
LINE = 255

_ARRAY: Mapping[str, Callable[..., Any]] = {
    "negative": np.negative, "add": np.add, "subtract": np.subtract, "multiply": np.multiply,
    "divide": np.divide, "power": np.power, "sin": np.sin, "cos": np.cos, "tan": np.tan,
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "abs": np.abs, "sign": np.sign,
    "tanh": np.tanh, "sinh": np.sinh, "cosh": np.cosh, "hypot": np.hypot, "min": np.minimum,
    "max": np.maximum, "relu": lambda u: np.maximum(u, 0.0),
    "sigmoid": lambda u: 1.0 / (1.0 + np.exp(-u)), "softplus": lambda u: np.logaddexp(0.0, u),
    "log1p": np.log1p, "expm1": np.expm1, "log10": np.log10, "log2": np.log2,
}  # fmt: skip


def preview(settings: SurfaceSettings, width: int, height: int) -> NDArray[np.uint8]:
    """Return the surface's own view, shape (height, width), first row at the top (largest y).

    A loss of one variable comes as its graph, any other in bands:
    0 is the lowest band and `LINE` − 1 the highest, which also holds points without a finite loss.
    Surfaces with a kernel need `engine.answer`, which imports Numba.
    """
    surface = surface_of(settings)
    x_low, x_high, y_low, y_high = surface.view
    across = np.linspace(x_low, x_high, width * FINER)
    x, y = np.meshgrid(across, np.linspace(y_high, y_low, height * FINER))
    if surface.formula:
        values = complete(surface.parameters, settings.parameters)
        loss = sample(surface.formula, values, x, y)
    else:
        from engine.answer import landscape_of
        from engine.experiment import Experiment

        bound = landscape_of(Experiment(surface=settings))
        loss = bound.value(np.stack([x, y], axis=-1))
    if surface.one_variable:
        return curve(loss[0, ::FINER], height)
    with np.errstate(all="ignore"):
        return bands(loss.reshape(height, FINER, width, FINER).mean(axis=(1, 3)))


def curve(loss: Array, height: int) -> NDArray[np.uint8]:
    """Return the graph of a loss of one variable, shape (n,), as a line above a filled ground."""
    finite = np.isfinite(loss)
    if not finite.any():
        return np.zeros((height, len(loss)), dtype=np.uint8)
    low, high = loss[finite].min(), loss[finite].max()
    share = np.where(finite, (loss - low) / (high - low or 1.0), 1.0)
    tops = np.rint((0.9 - 0.8 * share) * (height - 1)).astype(int)
    rows = np.arange(height)[:, None]
    result = np.where(rows > tops, LINE // 3, 0).astype(np.uint8)
    beside = np.concatenate([tops[1:], tops[-1:]])
    result[(rows >= np.minimum(tops, beside)) & (rows <= np.maximum(tops, beside))] = LINE
    return result


def sample(text: str, constants: Mapping[str, float], x: Array, y: Array) -> Array:
    """Return a formula's value at arrays of points, any shape; inf and NaN where it has none.

    Raises `engine.formula.FormulaError` for a formula that cannot be read.
    """
    formula = parse(text, tuple(constants))
    graph = formula.graph
    inputs = {"x": x, "y": y}
    given = list(constants.values())
    values: dict[int, Any] = {}
    with np.errstate(all="ignore"):
        for node in graph.needed(formula.roots[:1]):
            operation, arguments, value = graph.nodes[node]
            if operation == "number":
                values[node] = np.float64(value)
            elif operation == "variable":
                values[node] = inputs[str(value)]
            elif operation == "parameter":
                values[node] = np.float64(given[int(value)])
            elif operation == "whole_power":
                values[node] = _whole_power(values[arguments[0]], int(value))
            else:
                values[node] = _apply(operation, [values[a] for a in arguments])
    return np.broadcast_to(np.asarray(values[formula.roots[0]], dtype=np.float64), x.shape)


def _whole_power(base: Any, exponent: int) -> Any:
    """Return a whole power by squaring, which is many times faster than `np.power`."""
    result, square, rest = np.float64(1.0), base, abs(exponent)
    while rest:
        if rest & 1:
            result = result * square
        square = square * square
        rest >>= 1
    return result if exponent >= 0 else np.float64(1.0) / result


def _apply(operation: str, arguments: list[Any]) -> Any:
    function = _ARRAY.get(operation)
    if function is None:
        # Rare functions go point by point; a thumbnail has few points.
        function = np.vectorize(EVALUATE[operation], otypes=[np.float64])
    return function(*arguments)


def bands(loss: Array) -> NDArray[np.uint8]:
    """Return bands between quantiles of the finite values, with lines where they meet."""
    finite = np.isfinite(loss)
    levels = np.full(loss.shape, BANDS - 1)
    if finite.any():
        edges = np.unique(np.quantile(loss[finite], np.arange(1, BANDS) / BANDS))
        levels[finite] = np.searchsorted(edges, loss[finite], side="right")
    result = (levels * ((LINE - 1) // (BANDS - 1))).astype(np.uint8)
    meets = np.zeros(loss.shape, dtype=bool)
    meets[:, 1:] |= levels[:, 1:] != levels[:, :-1]
    meets[1:] |= levels[1:] != levels[:-1]
    if meets.mean() <= MOST_LINES:
        result[meets] = LINE
    return result
