"""Where the change of the loss in one step comes from, for any number of coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.explanation import Budget

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from engine.explanation.objective import Objective


def budget_of(objective: Objective, points: ArrayLike) -> Budget:
    """Return the budget of each step of a path (n, d); what overflows is inf or NaN.

    One gradient and one Hessian-vector product a step; surfaces have a compiled way, see
    `engine.explanation.along`.
    """
    path = np.asarray(points, dtype=np.float64)
    first, second = np.empty(len(path) - 1), np.empty(len(path) - 1)
    with np.errstate(all="ignore"):
        steps = np.diff(path, axis=0)
        for t, (point, step) in enumerate(zip(path, steps, strict=False)):
            first[t] = objective.gradient(point) @ step
            second[t] = 0.5 * step @ objective.product(point, step)
        measured = np.diff(objective.value(path))
        return Budget(first, second, measured - (first + second), measured)
