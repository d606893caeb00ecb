"""What happens along each of a method's own directions at one step of a run."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.curvature import eigen
from engine.explanation.basis import Basis
from engine.explanation.limits import coupled_decay, dominant, stability_of
from engine.explanation.load import decays_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.explanation.explanation import Explanation

    Array = NDArray[np.float64]

#: Flips are counted over this many steps before the one looked at.
WATCHED = 16
#: Part of a coordinate that is rounding.
GRAIN = 1e-13


@dataclass(frozen=True, slots=True)
class Mode:
    """One direction at one step.

    Parameters
    ----------
    eigenvalue : λ, the curvature along the direction.
    direction : (d,), of length 1; its first coordinate is not negative.
    load : ηλ, or what stands for it with gains and coupled decay.
    multiplier : what each step multiplies the error by, the largest root of the method's own
        equation; None where no linear theory applies.
    flips, watched : how often the slope along the direction, and with it the error, changed its
        sign in the last `watched` steps.
    share : part of the squared gradient along the direction, 0 to 1, measured as the method does.
    coordinate : the error along it: distance from the quadratic model's stationary point, which
        is its bottom where λ > 0. NaN where λ = 0.
    """

    eigenvalue: float
    direction: Array
    load: float
    multiplier: complex | None
    flips: int
    watched: int
    share: float
    coordinate: float


def modes_of(
    basis: Basis,
    gradients: Array,
    *,
    decay: float = 0.0,
    multiplier: Callable[[float], complex | None] = lambda load: None,
) -> tuple[Mode, ...]:
    """Return what is known of each direction.

    Parameters
    ----------
    gradients : (m, d), the last of them at the point itself, the others at the steps before.
    decay : coupled weight decay.
    multiplier : (load) -> what a step multiplies the error by.
    """
    slopes = basis.slopes(gradients)
    turned = (np.sign(slopes[1:]) * np.sign(slopes[:-1]) < 0).sum(axis=0)
    size = np.linalg.norm(gradients[-1] * np.sqrt(np.abs(basis.gains)))
    shares = (slopes[-1] / size) ** 2 if 0 < size < math.inf else np.full(len(slopes[-1]), np.nan)
    errors = basis.errors(gradients[-1])
    return tuple(
        Mode(
            eigenvalue=float(curvature - decay),
            direction=direction,
            load=float(load),
            multiplier=multiplier(float(load)),
            flips=int(flips),
            watched=len(gradients) - 1,
            share=float(share),
            coordinate=float(error),
        )
        for curvature, direction, load, flips, share, error in zip(
            basis.curvatures(), basis.directions, basis.loads, turned, shares, errors, strict=True
        )
    )


def modes_at(explanation: Explanation, step: int) -> tuple[Mode, ...]:
    """Return the modes at a step, 0 to rows − 1, of largest load first; none if H is not finite."""
    basis, usable = _basis_at(explanation, step)
    if basis is None:
        return ()
    seen = slice(max(0, step - WATCHED), step + 1)
    decay = coupled_decay(explanation.trajectory.run)
    with np.errstate(all="ignore"):
        gradients = explanation.gradients[seen] + decay * explanation.points[seen]
        modes = modes_of(
            basis, gradients, decay=decay, multiplier=_multiplier(explanation, step, usable)
        )
    if usable:
        return modes
    # Without a rate nothing moves, and with gains of two signs or none there is no load.
    load = 0.0 if not explanation.load.gains[step].any() else math.nan
    return tuple(replace(mode, load=load) for mode in modes)


def in_eigenbasis(explanation: Explanation, step: int) -> Array:
    """Return the whole path in the coordinates of the modes at a step, (n, 2).

    The origin is the stationary point of the quadratic model at that step, its bottom where it
    has one; along a direction without curvature it is the point itself. On a quadratic each
    column is then multiplied by its mode's multiplier at each step. NaN if H is not finite, and
    where a coordinate is only rounding beside the point looked at, as seen from far away.
    """
    basis, _ = _basis_at(explanation, step)
    points = explanation.points
    if basis is None:
        return np.full(points.shape, np.nan)
    decay = coupled_decay(explanation.trajectory.run)
    with np.errstate(all="ignore"):
        gradient = explanation.gradients[step] + decay * points[step]
        behind = basis.errors(gradient)
        ways: Array = basis.along(points - points[step]) + np.where(np.isnan(behind), 0.0, behind)
        size = np.abs(ways)
        ways[(size > 0) & (size < GRAIN * np.abs(ways[step]).max())] = np.nan
    return ways


def condition_at(explanation: Explanation, step: int) -> float:
    """Return κ = |λ₁ / λ₂|, the larger by the smaller; inf for a flat direction, NaN for none."""
    sizes = np.sort(np.abs(explanation.curvature.eigenvalues[step]))
    with np.errstate(all="ignore"):
        return float(sizes[1] / sizes[0])


def _basis_at(explanation: Explanation, step: int) -> tuple[Basis | None, bool]:
    """Return the directions and whether the gains were of use for them."""
    hessian, gains = explanation.curvature.hessians[step], explanation.load.gains[step]
    if not np.isfinite(hessian).all():
        return None, False
    signs = np.sign(gains)
    usable = bool(np.isfinite(gains).all() and signs[0] == signs[1] != 0)
    if not usable:
        gains = np.ones(2)
    sign, root = np.sign(gains[0]), np.sqrt(np.abs(gains))
    scale = np.array([root[0] * root[0], root[0] * root[1], root[1] * root[1]])
    decay = coupled_decay(explanation.trajectory.run)
    matrix = sign * scale * (hessian + decay * np.array([1.0, 0.0, 1.0]))
    loads, angles = eigen(matrix[None])
    cos, sin = np.cos(angles[0]), np.sin(angles[0])
    # The second is turned so that its first coordinate is not negative either.
    second = (-sin, cos) if sin <= 0 else (sin, -cos)
    return Basis(loads[0], np.array([(cos, sin), second]), gains), usable


def _multiplier(
    explanation: Explanation, step: int, usable: bool
) -> Callable[[float], complex | None]:
    if explanation.load.reason or not usable:
        return lambda load: None
    stability, h = stability_of(explanation.trajectory.run)
    here = slice(step, step + 1)
    rates, gains = explanation.trajectory.learning_rates[here], explanation.load.gains[here]
    decay = float(decays_of(explanation.trajectory.run, rates, gains)[0])
    return lambda load: dominant(stability, h, load, decay) if math.isfinite(load) else None
