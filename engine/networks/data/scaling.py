"""Shifting and dividing columns so that they suit a network, and back to their own units."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.surfaces.line_fits import mean_and_deviation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Way = Literal["none", "standardise", "min-max", "divide"]


@dataclass(frozen=True, eq=False)
class Scaling:
    """scaled = (units − shift) / factor, for each of k columns; every factor is above 0.

    Parameters
    ----------
    shift, factor : (k,).
    constant : (k,) which columns were the same in every row that was fitted; standardised or
        scaled by minimum and maximum, those become 0.
    """

    shift: Array
    factor: Array
    constant: NDArray[np.bool_]

    def scaled(self, units: Array) -> Array:
        """Return columns (…, k) as the network sees them."""
        # Halves keep the difference of two huge numbers finite, and are exact.
        return (0.5 * units - 0.5 * self.shift) / (0.5 * self.factor)

    def to_units(self, scaled: Array) -> Array:
        """Return columns (…, k) in their own units."""
        return scaled * self.factor + self.shift


def fit(columns: Array, way: Way, divisor: float = 1.0) -> Scaling:
    """Return the scaling of columns (n, k), n above 0, that are finite.

    ``"standardise"`` gives mean 0 and deviation 1 (divisor n), ``"min-max"`` 0 to 1, ``"divide"``
    divides all by `divisor`.
    """
    low, high = columns.min(axis=0), columns.max(axis=0)
    constant = low == high
    if way == "standardise":
        fitted = np.array([_mean_and_deviation(c) for c in columns.T]).reshape(-1, 2)
        shift, factor = fitted[:, 0], fitted[:, 1]
    elif way == "min-max":
        with np.errstate(over="ignore"):
            shift, factor = low, np.minimum(high - low, sys.float_info.max)
    else:
        return Scaling(
            np.zeros(columns.shape[1]),
            np.full(columns.shape[1], divisor if way == "divide" else 1.0),
            constant,
        )
    return Scaling(np.where(constant, low, shift), np.where(constant, 1.0, factor), constant)


def _mean_and_deviation(x: Array) -> tuple[float, float]:
    """Return mean and deviation even where squares would overflow or vanish."""
    _, exponent = math.frexp(float(np.abs(x).max()))
    mean, deviation = mean_and_deviation(np.ldexp(x, -exponent))
    return math.ldexp(mean, exponent), math.ldexp(deviation, exponent)
