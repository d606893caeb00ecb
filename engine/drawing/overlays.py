"""What can be laid over a surface: the direction of descent, the quadratic model at a point."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.landscape import Landscape

    Array = NDArray[np.float64]
    View = tuple[float, float, float, float]

ARROW_PX = 40.0
#: Length of the shortest and the longest arrow over their distance.
SHORTEST, LONGEST = 0.18, 0.8
#: An eigenvalue smaller than this part of the other is drawn as if it were this part of it.
_FLAT = 1e-9
#: A smaller level set would hide behind the play head.
_LEAST_PX = 9.0


def scales(view: View, size: tuple[float, float]) -> tuple[float, float]:
    """Return pixels per unit of x and of y; halves first, because differences may overflow."""
    return (
        0.5 * size[0] / (0.5 * view[1] - 0.5 * view[0]),
        0.5 * size[1] / (0.5 * view[3] - 0.5 * view[2]),
    )


def descent_arrows(
    landscape: Landscape, view: View, size: tuple[float, float], distance: float = ARROW_PX
) -> Array:
    """Return arrows (n, 4) in pixels: middle x, y and extent dx, dy along −∇f, y downwards.

    Their length grows with the logarithm of the gradient's norm; points without a finite
    gradient, or with none, have no arrow.
    """
    columns, rows = max(1, round(size[0] / distance)), max(1, round(size[1] / distance))
    px, py = np.meshgrid(
        (np.arange(columns) + 0.5) * size[0] / columns, (np.arange(rows) + 0.5) * size[1] / rows
    )
    sx, sy = scales(view, size)
    points = np.stack([view[0] + px / sx, view[3] - py / sy], axis=-1).reshape(-1, 2)
    with np.errstate(all="ignore"):
        gradient = landscape.gradient(points)
        norm = np.log10(np.hypot(gradient[:, 0], gradient[:, 1]))
        largest = np.abs(gradient).max(axis=1, keepdims=True)
        way = gradient / largest * np.array([-sx, sy]) / max(sx, sy)
        way /= np.hypot(way[:, 0], way[:, 1])[:, None]
    good = np.isfinite(norm) & np.isfinite(way).all(axis=1)
    if not good.any():
        return np.empty((0, 4))
    low, high = np.quantile(norm[good], [0.02, 0.98])
    share = np.clip((norm[good] - low) / max(high - low, 1e-9), 0.0, 1.0)
    length = distance * (SHORTEST + (LONGEST - SHORTEST) * share)
    middle = np.stack([px.ravel(), py.ravel()], axis=-1)[good]
    return np.concatenate([middle, way[good] * length[:, None]], axis=1)


@dataclass(frozen=True, slots=True)
class Curvature:
    """The second-order picture of the loss at a point.

    Parameters
    ----------
    eigenvalues : (2,) of the Hessian, the larger one first.
    axes : (2, 2) unit vectors in pixels (y downwards), one row per eigenvalue.
    curves : level sets of the quadratic model, (n, 2) offsets from the point in pixels each.
    safe : (n, 2), the circle of landing points that are safe whatever the curvature below λ₁ is,
        {d : g·d + ½ λ₁ d·d ≤ 0}, through the point; a gradient step ends in it iff η ≤ 2/λ₁.
        Empty where λ₁ ≤ 0 (any step downhill is safe) or nothing pulls.
    """

    eigenvalues: Array
    axes: Array
    curves: tuple[Array, ...]
    safe: Array

    @property
    def is_saddle(self) -> bool:
        """Whether the model rises in one direction and falls in the other."""
        return bool(self.eigenvalues[0] > 0.0 > self.eigenvalues[1])


def curvature(
    gradient: Array, hessian: Array, scale: tuple[float, float], reach: float, least: float = 60.0
) -> Curvature | None:
    """Return eigenvectors and the quadratic model's level set through a point.

    The level set {d : g·d + ½ dᵀHd = 0} is the conic that fits the contour line at the point to
    second order. Where the gradient vanishes it shrinks to the point; then one of size `least`
    is returned, {d : dᵀHd = c}.

    Parameters
    ----------
    gradient, hessian : (2,) and (2, 2).
    scale : pixels per unit of x and y.
    reach : how far the curves are needed, in pixels.

    Returns None where gradient or Hessian is not finite.
    """
    if not (np.isfinite(gradient).all() and np.isfinite(hessian).all()):
        return None
    values, vectors = np.linalg.eigh(hessian / (np.abs(hessian).max() or 1.0))
    values = values[::-1] * (np.abs(hessian).max() or 1.0)
    to_pixels = np.array([scale[0], -scale[1]])
    axes = vectors.T[::-1] * (to_pixels / max(scale))
    axes /= np.hypot(axes[:, 0], axes[:, 1])[:, None]
    with np.errstate(all="ignore"):
        curves = _level_set(
            gradient / to_pixels, hessian / np.outer(to_pixels, to_pixels), reach, least
        )
        safe = _safe_circle(gradient, float(values[0]), to_pixels)
    return Curvature(values, axes, curves, safe)


def _safe_circle(gradient: Array, steepest: float, to_pixels: Array) -> Array:
    """Return the border of the ball in which even the largest curvature raises nothing."""
    norm = float(np.hypot(*gradient))
    radius = norm / steepest if steepest > 0.0 else math.inf
    if not 0.0 < radius < math.inf or 2.0 * radius * float(np.abs(to_pixels).max()) < _LEAST_PX:
        return np.empty((0, 2))
    way = gradient / norm
    # Dense near the point itself, where a huge circle is seen.
    return np.asarray(radius * (_ellipse(way)[0] - way) * to_pixels)


def _level_set(gradient: Array, hessian: Array, reach: float, least: float) -> tuple[Array, ...]:
    size = max(float(np.abs(hessian).max()), float(np.abs(gradient).max()) / reach)
    if not 0.0 < size < math.inf:
        return ()
    values, vectors = np.linalg.eigh(hessian / size)
    slope = vectors.T @ (gradient / size)
    sign = np.where(values < 0.0, -1.0, 1.0)
    values = sign * np.maximum(np.abs(values), _FLAT * max(1.0, float(np.abs(values).max())))
    # ½ Σ λᵢ (zᵢ + sᵢ/λᵢ)² = level, in the eigenvectors' coordinates z.
    centre = -slope / values
    level = 0.5 * float(np.sum(values * centre**2))
    if np.hypot(*np.sqrt(np.abs(2.0 * level / values))) < _LEAST_PX:
        centre = np.zeros(2)
        level = 0.5 * float(np.abs(values).min()) * least**2
    radii = np.sqrt(np.abs(2.0 * level / values))
    start = -centre / np.where(radii > 0.0, radii, 1.0)
    if values[0] * values[1] > 0.0:
        curves = _ellipse(start) if level * values[0] > 0.0 else ()
    else:
        curves = _hyperbola(start, radii, int(np.argmax(level * values > 0.0)), reach)
    return tuple((centre + radii * curve) @ vectors.T for curve in curves)


def _ellipse(start: Array) -> tuple[Array, ...]:
    # Dense near the point itself: of a huge ellipse only that part is seen.
    share = np.linspace(-1.0, 1.0, 401)
    angle = math.atan2(start[1], start[0]) + np.pi * np.sign(share) * np.abs(share) ** 4
    return (np.stack([np.cos(angle), np.sin(angle)], axis=-1),)


def _hyperbola(start: Array, radii: Array, main: int, reach: float) -> tuple[Array, ...]:
    other = 1 - main
    share = np.linspace(-1.0, 1.0, 401)
    middle = math.asinh(start[other])
    far = math.asinh(4.0 * reach / max(float(radii.min()), 1e-12 * reach)) + abs(middle)
    t = middle + far * np.sign(share) * np.abs(share) ** 3
    branches = []
    for side in (1.0, -1.0):
        curve = np.empty((len(t), 2))
        curve[:, main], curve[:, other] = side * np.cosh(t), np.sinh(t)
        branches.append(curve)
    return tuple(branches)
