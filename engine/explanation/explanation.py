"""What is known about every step of a run; arrays of float64, whatever the run's precision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.explanation.objective import SurfaceObjective
    from engine.trajectory import Trajectory

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Budget:
    """ΔL = g·Δ + ½ ΔᵀHΔ + R for the step that leaves row t; each array is (n − 1,).

    Δ is what was really taken, with momentum, decay, clipping and noise. R is the difference, so
    that the terms add up to rounding; what overflows is inf or NaN.

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
    second is perpendicular. ``hessians`` (n, 3) holds xx, xy, yy of the objective that is lowered.
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
    """One run explained, for its first n rows: last_step + 1 of them, or as many as memory allows.

    Parameters
    ----------
    trajectory : the run.
    objective : what is lowered, on all data, in float64: with maximisation the negative surface.
    points : (n, 2), the recorded points in float64.
    loss, gradients : (n,) and (n, 2), the objective's at these points.
    budget : of the objective.
    curvature : of the objective.
    load : what the optimizer makes of that curvature.
    batch_budget : of the loss that each step's own mini-batch saw before and after the step; None
        where every step saw all data.
    note : which rows were left out and why, or "".
    """

    trajectory: Trajectory
    objective: SurfaceObjective
    points: Array
    loss: Array
    gradients: Array
    budget: Budget
    curvature: Curvature
    load: Load
    batch_budget: Budget | None = None
    note: str = ""

    @property
    def rows(self) -> int:
        """Number of explained rows."""
        return len(self.loss)
