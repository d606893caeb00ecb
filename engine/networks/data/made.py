"""How a made-up data set is declared: once, for catalogue, sliders, file and tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.networks.data.data_set import DataSet
from engine.networks.data.draws import Draws
from engine.parameter import Parameter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from engine.networks.data.data_set import Task

    Array = NDArray[np.float64]
    Values = Mapping[str, float]

MOST_ROWS = 1_000_000
#: The last bits of sines and logarithms differ between machines; rounding takes them off.
DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Made:
    """A data set that is computed from a seed.

    Parameters
    ----------
    name, title, help : in files, on screen, and one sentence about what it teaches.
    task : of the data with default parameters.
    parameters : ``size``, ``noise`` and its own.
    features : names of the inputs.
    make : parameter values and draws -> inputs (n, d) and targets, (n, 1) numbers or (n,) classes.
    classes : parameter values -> names of the classes; None for regression.
    image : rows and columns of pixels that the inputs are; None if they are no picture.
    """

    name: str
    title: str
    help: str
    task: Task
    parameters: tuple[Parameter, ...]
    features: tuple[str, ...]
    make: Callable[[Values, Draws], tuple[Array, Array | NDArray[np.int64]]]
    classes: Callable[[Values], tuple[str, ...]] | None = None
    image: tuple[int, int] | None = None

    def data_set(self, values: Values, seed: int) -> DataSet:
        """Return the rows for complete parameter values; the same for the same seed."""
        inputs, targets = self.make(values, Draws(seed))
        inputs = np.round(inputs, DECIMALS)
        if self.classes is None:
            curve: Array = np.round(targets, DECIMALS)
            return DataSet(self.name, "regression", inputs, curve, self.features, ("y",))
        names = self.classes(values)
        task: Task = "binary" if len(names) == 2 else "classes"
        numbers = targets.astype(np.int64)
        return DataSet(self.name, task, inputs, numbers, self.features, ("class",), names)


def size(default: int = 200, most: int = MOST_ROWS) -> Parameter:
    """Return n, the number of rows."""
    return Parameter(
        "size", "n", default, 10, 5000, "Number of rows.", log=True, kind="integer",
        minimum=1, maximum=most,
    )  # fmt: skip


def noise(default: float, high: float, text: str) -> Parameter:
    """Return σ, the standard deviation of what is added."""
    return Parameter("noise", "σ", default, 0.0, high, text, minimum=0.0, maximum=1e6)


def count(name: str, symbol: str, default: int, low: int, high: int, text: str) -> Parameter:
    """Return a whole number whose slider ends are also its limits."""
    return Parameter(
        name, symbol, default, low, high, text, kind="integer", minimum=low, maximum=high
    )


def dealt(rows: int, classes: int, draws: Draws) -> NDArray[np.int64]:
    """Return classes for all rows, (rows,), as equal in number as can be, in random order."""
    return (np.arange(rows, dtype=np.int64) % classes)[draws.order(rows)]


def jittered(points: Array, values: Values, draws: Draws) -> Array:
    """Return the points (n, d) with normal noise added."""
    return points + values["noise"] * draws.normal(*points.shape)
