"""What curvature was found along a training run, against the method's own limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sharpness:
    """Curvature at some steps of a run, and the load against the method's limit.

    Parameters
    ----------
    steps : (m,) int64, rising; row t belongs to the weights before step t.
    eigenvalues : (m, k), the largest of the Hessian of what is lowered, largest first; NaN where
        weights are not finite, or where only the load was asked for.
    values : (m,), the load: η(λ₁ + c) or, for preconditioned methods, the largest eigenvalue of
        √G (H + c) √G; c is coupled weight decay.
    limits : (m,), the largest stable load.
    preconditioned : whether the load is that of preconditioned curvature, in the end.
    reason : why no limit applies in the end, in one clause, or "".
    note : which rows were looked at, in a sentence, or "".
    """

    steps: NDArray[np.int64]
    eigenvalues: Array
    values: Array
    limits: Array
    preconditioned: bool
    reason: str = ""
    note: str = ""

    @property
    def ratio(self) -> Array:
        """Distance to the limit as a factor, (m,): 1 is the limit, above 1 is unstable."""
        with np.errstate(all="ignore"):
            ratio: Array = self.values / self.limits
        return ratio
