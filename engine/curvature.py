"""Eigenvalues of Hessians: of two coordinates for whole paths, of any number by Lanczos.

For two coordinates the root of larger size is ½ tr H ± hypot(½(hxx − hyy), hxy), a sum of numbers
of one sign, and the other is det H divided by it, with det H rounded once: both are right to a few
units in the last place however ill-conditioned H is, which LAPACK's are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import float64, void

from engine.compile import jit
from engine.inlining import inlined
from engine.vector_bits import fused

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Between these sizes no square of an entry overflows, nor vanishes where it matters.
SMALL, LARGE = 1e-140, 1e140


@inlined
def eigenvalues_of(xx: Any, xy: Any, yy: Any) -> Any:
    """Return the larger and the smaller eigenvalue, for entries between SMALL and LARGE."""
    mean, half_gap = 0.5 * (xx + yy), 0.5 * (xx - yy)
    radius = np.sqrt(half_gap * half_gap + xy * xy)
    far = mean + radius if mean >= 0.0 else mean - radius
    # Kahan's difference of products: what xy·xy loses in rounding is added back.
    square = xy * xy
    determinant = fused(xx, yy, -square) - fused(xy, xy, -square)
    near = determinant / far if far != 0.0 else 0.0
    return (far, near) if mean >= 0.0 else (near, far)


@inlined
def eigenvalues_of_any(xx: Any, xy: Any, yy: Any) -> Any:
    """Return the larger and the smaller eigenvalue of entries of any size; NaN unless finite."""
    size = max(abs(xx), abs(xy), abs(yy))
    if not size < np.inf:
        return np.nan, np.nan
    # A power of two changes no digit.
    unit = 2.0**700 if size <= SMALL else (2.0**-700 if size >= LARGE else 1.0)
    first, second = eigenvalues_of(xx * unit, xy * unit, yy * unit)
    return first / unit, second / unit


@inlined
def is_moderate(xx: Any, xy: Any, yy: Any) -> Any:
    """Return whether `eigenvalues_of` will do."""
    size = abs(xx) + abs(xy) + abs(yy)
    return (size > SMALL) & (size < LARGE)


@inlined
def half_angle(y: Any, x: Any) -> Any:
    """Return ½ atan2(y, x), in (−π/2, π/2], without branches, so that LLVM can vectorise it.

    Source: Moshier, Cephes, atan.c: its rational function, after reduction by tan(π/4 + a).
    """
    width, height = abs(x), abs(y)
    large = max(width, height)
    ratio = min(width, height) / large if large > 0.0 else 0.0
    reduced = ratio > 0.66
    q = (ratio - 1.0) / (ratio + 1.0) if reduced else ratio
    z = q * q
    top = -7.500855792314704667340e1 + z * (-1.615753718733365076637e1 - z * 0.8750608600031904)
    top = -6.485021904942025371773e1 + z * (-1.228866684490136173410e2 + z * top)
    low = 4.328810604912902668951e2 + z * (1.650270098316988542046e2 + z * (24.85846490142306 + z))
    low = 1.945506571482613964425e2 + z * (4.853903996359136964868e2 + z * low)
    angle = q + q * z * top / low + (0.25 * np.pi if reduced else 0.0)
    angle = 0.5 * np.pi - angle if height > width else angle
    angle = np.pi - angle if x < 0.0 else angle
    # Along −π and along π lies one eigenvector.
    return -0.5 * angle if (y < 0.0) & (angle < np.pi) else 0.5 * angle


@jit(void(float64[:, ::1], float64[:, ::1], float64[::1]))
def _eigen(hessians: Any, eigenvalues: Any, angles: Any) -> None:
    moderate = True
    for i in range(hessians.shape[0]):
        xx, xy, yy = hessians[i, 0], hessians[i, 1], hessians[i, 2]
        eigenvalues[i, 0], eigenvalues[i, 1] = eigenvalues_of(xx, xy, yy)
        angles[i] = half_angle(xy, 0.5 * xx - 0.5 * yy)
        moderate &= is_moderate(xx, xy, yy)
    if not moderate:
        for i in range(hessians.shape[0]):
            xx, xy, yy = hessians[i, 0], hessians[i, 1], hessians[i, 2]
            if not is_moderate(xx, xy, yy):
                eigenvalues[i, 0], eigenvalues[i, 1] = eigenvalues_of_any(xx, xy, yy)
                if np.isnan(eigenvalues[i, 0]):
                    angles[i] = np.nan


@jit(void(float64[:, ::1], float64[:, ::1], float64, float64[::1], float64[::1]))
def _preconditioned(hessians: Any, gains: Any, decay: float, largest: Any, smallest: Any) -> None:
    moderate = True
    for i in range(hessians.shape[0]):
        gx, gy = gains[i, 0], gains[i, 1]
        mixed = np.copysign(np.sqrt(gx * gy), gx)
        xx, xy, yy = (
            gx * (hessians[i, 0] + decay),
            mixed * hessians[i, 1],
            gy * (hessians[i, 2] + decay),
        )
        largest[i], smallest[i] = eigenvalues_of(xx, xy, yy)
        moderate &= is_moderate(xx, xy, yy) & (mixed * mixed > SMALL)
    if not moderate:
        for i in range(hessians.shape[0]):
            gx, gy = gains[i, 0], gains[i, 1]
            mixed = np.copysign(np.sqrt(abs(gx)) * np.sqrt(abs(gy)), gx)
            if gx * np.sign(gy) < 0.0:
                mixed = np.nan
            largest[i], smallest[i] = eigenvalues_of_any(
                gx * (hessians[i, 0] + decay), mixed * hessians[i, 1], gy * (hessians[i, 2] + decay)
            )


def eigen(hessians: Array) -> tuple[Array, Array]:
    """Return eigenvalues, largest first, and the first eigenvector's angle, of many Hessians.

    Parameters
    ----------
    hessians : (n, 3), the entries xx, xy, yy.

    Returns
    -------
    eigenvalues (n, 2) and angles (n,) in radians, in (−π/2, π/2]; NaN where an entry is not
    finite; the angle is 0 where every direction is an eigenvector.
    """
    eigenvalues, angles = np.empty((len(hessians), 2)), np.empty(len(hessians))
    _eigen(np.ascontiguousarray(hessians), eigenvalues, angles)
    return eigenvalues, angles


def preconditioned(hessians: Array, gains: Array, decay: float = 0.0) -> tuple[Array, Array]:
    """Return the largest and the smallest eigenvalue of √G (H + decay) √G, (n,) each.

    Parameters
    ----------
    hessians : (n, 3), the entries xx, xy, yy.
    gains : (n, 2), the diagonal of G; below 0 the square root stands for −√|G| on one side. Where
        the signs differ the eigenvalues are NaN.
    decay : coupled weight decay.
    """
    largest, smallest = np.empty(len(hessians)), np.empty(len(hessians))
    _preconditioned(
        np.ascontiguousarray(hessians), np.ascontiguousarray(gains), decay, largest, smallest
    )
    return largest, smallest
