"""Planes, and lines, through the space of all weights: what a path of training is drawn in.

Sources: Li et al. 2018 (arXiv:1712.09913), §4 for filter-normalised directions, §7 for principal
components; Goodfellow, Vinyals, Saxe 2015 (arXiv:1412.6544) for the line between two networks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.lanczos import largest
from engine.networks.explanation.sharpness import top
from engine.numbers import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from engine.networks.explanation.objective import NetworkObjective
    from engine.networks.model import Model

    Array = NDArray[np.float64]

#: Added to a random row's norm, as Li et al. do.
ROW_EPSILON = 1e-10
#: Weights farther from a path's start than so many times its own length have left for good.
FAR = 10.0
NO_PLANE = "A network of one parameter has no plane; give it a bias or more inputs."


@dataclass(frozen=True, eq=False)
class Plane:
    """The points origin + Σ coordinate · axis; a line if there is one axis.

    Parameters
    ----------
    origin : (P,).
    axes : (d, P), d = 1 or 2, neither of unit length nor perpendicular unless said so.
    names : what the axes are, in a few words each.
    variance : (d,), which part of the paths' variance lies along each axis; NaN where the axes
        were not made from it.
    note : what else is to be known, in sentences, or "".
    """

    origin: Array
    axes: Array
    names: tuple[str, ...]
    variance: Array
    note: str = ""

    def coordinates(self, weights: ArrayLike) -> Array:
        """Return where the nearest points of the plane are, (..., d), of weights (..., P)."""
        with np.errstate(all="ignore"):
            gaps = np.asarray(weights, np.float64) - self.origin
            found: Array = (gaps @ self.axes.T) @ np.linalg.inv(self.axes @ self.axes.T)
        return found

    def weights(self, coordinates: ArrayLike) -> Array:
        """Return the points of the plane, (..., P), at coordinates (..., d)."""
        points: Array = self.origin + np.asarray(coordinates, np.float64) @ self.axes
        return points

    def distances(self, weights: ArrayLike) -> Array:
        """Return how far weights (..., P) lie from the plane, (...)."""
        found = np.asarray(weights, np.float64)
        with np.errstate(all="ignore"):
            distances: Array = np.linalg.norm(
                found - self.weights(self.coordinates(found)), axis=-1
            )
        return distances

    def view(self, weights: ArrayLike, margin: float = 0.15) -> tuple[tuple[float, float], ...]:
        """Return (low, high) per axis around weights (n, P), with a margin in parts of the width.

        What is not finite is left out; where nothing lies apart, the width is 1.
        """
        places = self.coordinates(weights)
        places = places[np.isfinite(places).all(axis=-1)]
        if not len(places):
            places = np.zeros((1, len(self.axes)))
        low, high = places.min(axis=0), places.max(axis=0)
        widths = high - low
        widest = float(widths.max()) or 1.0
        # A path along one axis still has a neighbourhood.
        room = np.maximum(margin * widths, 0.5 * (0.25 * widest - widths)).clip(margin * widest)
        return tuple(zip((low - room).tolist(), (high + room).tolist(), strict=True))


def near(path: NDArray[Any], start: ArrayLike) -> NDArray[Any]:
    """Return the weights (k, P) of a path that are finite and not far from its start (P,).

    Of a run that leaves for good, what follows would be all that a plane or a picture shows.
    """
    first = np.asarray(start, np.float64)
    reach = FAR * max(float(np.linalg.norm(first)), 1.0)
    with np.errstate(all="ignore"):
        gaps = np.linalg.norm(path.astype(np.float64) - first, axis=1)
    found: NDArray[Any] = path[gaps <= reach]
    return found


def principal_plane(paths: Sequence[NDArray[Any]]) -> Plane:
    """Return the plane that holds most of the variance of one or several runs' kept weights.

    Parameters
    ----------
    paths : (k, P) each; the last weights of the first path are the origin. Those that are not
        finite are left out.

    Raises
    ------
    ValueError : no two different weights are left, or there is one parameter alone.
    """
    finite = [path[np.isfinite(path).all(axis=1)].astype(np.float64) for path in paths]
    rows = np.concatenate(finite)
    origin = next((path[-1] for path in finite if len(path)), np.zeros(rows.shape[1]))
    if len(origin) < 2:
        raise ValueError(NO_PLANE)
    size = float(np.abs(rows - origin).max(initial=0.0))
    if not size > 0:
        raise ValueError("The path does not move; train at least one step to see it in a plane.")
    apart = (rows - origin) / size
    apart -= apart.mean(axis=0)
    count = min(2, *apart.shape)
    values, vectors = largest(lambda v: apart @ (apart.T @ v), len(apart), count, tolerance=1e-12)
    axes = np.zeros((2, len(origin)))
    variance = np.zeros(2)
    for i in range(count):
        axis = apart.T @ vectors[i]
        if values[i] > 1e-14 * values[0]:
            axes[i], variance[i] = axis / np.linalg.norm(axis), values[i]
    axes = _completed(axes)
    # The sign of a component says nothing: let the paths come from where coordinates are above 0.
    axes *= np.where((rows[0] - origin) @ axes.T < 0, -1.0, 1.0)[:, None]
    note = "Of a random walk it would be about 61 % + 15 %."
    names = ("first principal component", "second principal component")
    return Plane(origin, axes, names, variance / (apart**2).sum(), note)


def _completed(axes: Array) -> Array:
    """Return axes of which one that is 0 is replaced by another direction."""
    for i in range(2):
        if not axes[i].any():
            other: Array = np.random.default_rng(0).standard_normal(len(axes[i]))
            other -= axes.T @ (axes @ other)
            axes[i] = other / np.linalg.norm(other)
    return axes


def eigenvector_plane(objective: NetworkObjective, point: ArrayLike) -> Plane:
    """Return the plane through a point (P,) along the two steepest eigenvectors of its Hessian.

    Raises
    ------
    ValueError : the Hessian there is not finite, or there is one parameter alone.
    """
    origin = np.asarray(point, np.float64)
    if objective.size < 2:
        raise ValueError(NO_PLANE)
    values, vectors = top(objective, origin, 2)
    if vectors is None:
        raise ValueError("The curvature is not finite there; choose an earlier step.")
    names = tuple(f"λ{'₁₂'[i]} = {short(float(value))}" for i, value in enumerate(values))
    return Plane(origin, vectors, names, np.full(2, np.nan), objective.note)


def random_plane(model: Model, point: ArrayLike, seed: int = 0) -> Plane:
    """Return the plane through a point (P,) along two filter-normalised random directions.

    Each row of a weight matrix gets a random direction as long as itself; biases and the
    parameters of layer normalisation stay (Li et al. 2018, §4).

    Raises
    ------
    ValueError : the point is not finite, or has not two such directions.
    """
    origin = np.asarray(point, np.float64)
    if not np.isfinite(origin).all():
        raise ValueError("The weights are not finite there; choose an earlier step.")
    axes = np.random.default_rng(seed).standard_normal((2, len(origin)))
    for axis in axes:
        for tensor, own, drawn in zip(
            model.tensors, model.views(origin), model.views(axis), strict=True
        ):
            if tensor.kind != "weight":
                drawn[:] = 0.0
                continue
            lengths = np.linalg.norm(drawn, axis=1, keepdims=True) + ROW_EPSILON
            drawn *= np.linalg.norm(own, axis=1, keepdims=True) / lengths
    if np.linalg.matrix_rank(axes) < 2:
        raise ValueError(
            "Random directions are as long as the weights, which are 0 there; choose another plane."
        )
    names = ("first random direction", "second random direction")
    note = "Each row of weights is varied by its own length: 1 is as far as the row is long."
    return Plane(origin, axes, names, np.full(2, np.nan), note)


def line_between(first: ArrayLike, second: ArrayLike) -> Plane:
    """Return the straight line from weights (P,), at 0, to others, at 1.

    Raises
    ------
    ValueError : both are the same, or not finite.
    """
    origin, end = np.asarray(first, np.float64), np.asarray(second, np.float64)
    axis = end - origin
    if not np.isfinite(axis).all() or not axis.any():
        raise ValueError("A line needs two different finite ends; choose another run or step.")
    return Plane(origin, axis[None], ("from the first to the second",), np.full(1, np.nan))
