"""What is known about every step of a run; arrays of float64, whatever the run's precision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.trajectory import Trajectory

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Budget:
    """ΔL = g·Δ + ½ ΔᵀHΔ + R for the step that leaves row t; each array is (n − 1,).

    Source: Goodfellow, Bengio, Courville, *Deep Learning*, eq. 8.9, for the step actually taken.
    """

    first: Array
    second: Array
    remainder: Array
    measured: Array


@dataclass(frozen=True)
class Curvature:
    """Eigenvalues of the Hessian at row t, largest first, (n, 2), and their eigenvectors.

    ``angles`` (n,) is the direction of the first eigenvector in radians, in (−π/2, π/2]; the
    second is perpendicular. ``hessians`` (n, 3) holds xx, xy, yy.
    """

    hessians: Array
    eigenvalues: Array
    angles: Array


@dataclass(frozen=True)
class Load:
    """ηλ against the method's limit for the step that leaves row t.

    Parameters
    ----------
    gains : (n, 2), what each coordinate's filtered gradient is multiplied by; η for plain methods.
    values : (n,), largest eigenvalue of √gain (±H + c) √gain; the last row repeats the last rate.
    lowest : (n,), the smallest one; below 0 the surface bends down and no limit applies.
    limits : (n,), the largest stable value; it varies only with decoupled decay and schedules.
    reason : why nothing can be said (then values may still be finite and limits are NaN), or "".
    """

    gains: Array
    values: Array
    lowest: Array
    limits: Array
    reason: str = ""

    @property
    def ratio(self) -> Array:
        """Distance to the limit as a factor, (n,): 1 is the limit, above 1 is unstable."""
        with np.errstate(all="ignore"):
            ratio: Array = self.values / self.limits
        return ratio


@dataclass(frozen=True)
class Explanation:
    """One run explained, for its n = last_step + 1 rows.

    ``loss`` (n,) and ``gradients`` (n, 2) are those of all data in float64 at the recorded points,
    of the objective that is lowered: with maximisation their sign is turned.
    """

    trajectory: Trajectory
    loss: Array
    gradients: Array
    budget: Budget
    curvature: Curvature
    load: Load

    @property
    def rows(self) -> int:
        """Number of explained rows."""
        return len(self.loss)
