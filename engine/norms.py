"""Norms of many vectors at once, in vector code, and distances to the nearest of some places."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import float64, types

from engine.compile import jit

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Squares between these neither overflow nor lose digits.
_LEAST, _MOST = 1e-290, 1e300
_ROWS = types.Array(float64, 2, "C", readonly=True)


@jit(types.void(_ROWS, _ROWS, float64[::1]))
def _nearest(points: Any, places: Any, out: Any) -> None:
    """Write each point's distance (n, 2) to the nearest of the places (k, 2 or more), k > 0."""
    count = points.shape[0]
    for k in range(places.shape[0]):
        px, py = places[k, 0], places[k, 1]
        for t in range(count):
            x, y = points[t, 0] - px, points[t, 1] - py
            square = x * x + y * y
            out[t] = square if k == 0 or square < out[t] else out[t]
    odd = 0
    for t in range(count):
        odd += not _LEAST < out[t] < _MOST
        out[t] = math.sqrt(out[t])
    if odd == 0:
        return
    for t in range(count):
        if not math.sqrt(_LEAST) < out[t] < math.sqrt(_MOST):
            out[t] = math.hypot(points[t, 0] - places[0, 0], points[t, 1] - places[0, 1])
            for k in range(1, places.shape[0]):
                x, y = points[t, 0] - places[k, 0], points[t, 1] - places[k, 1]
                out[t] = min(out[t], math.hypot(x, y))


_ORIGIN = np.zeros((1, 2))


def norms(vectors: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Return the Euclidean norms of vectors, (n, 2) -> (n,), in float64.

    Exact to a rounding at any size; only a norm above the largest float is inf.
    """
    return distances(vectors, _ORIGIN)


def distances(
    points: NDArray[np.floating[Any]], places: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return each point's distance to the nearest place, (n, 2), (k, 2 or more) -> (n,); k > 0.

    A coordinate that is NaN makes the distance NaN, unless the other one is infinite.
    """
    rows = np.ascontiguousarray(points, dtype=np.float64)
    found = np.empty(len(rows))
    _nearest(rows, np.ascontiguousarray(places, dtype=np.float64), found)
    return found


def norm(vector: NDArray[np.floating[Any]]) -> float:
    """Return the Euclidean norm of one vector of any length; of finite numbers it is finite.

    A vector that holds NaN or infinities has that as its norm.
    """
    with np.errstate(all="ignore"):
        wide = vector.astype(np.float64)
        largest = float(np.abs(wide).max(initial=0.0))
        if not 0.0 < largest < np.inf:
            return largest
        return largest * float(np.linalg.norm(wide / largest))
