"""How far a run that ends in inf or NaN can be explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.explanation.explanation import Explanation


def last_step(explanation: Explanation) -> int:
    """Return the last step whose budget is finite; the last of all if none is, 0 without steps."""
    return max(0, _last(np.isfinite(explanation.budget.measured)))


def last_row(explanation: Explanation) -> int:
    """Return the last row (0 is the start) whose Hessian is finite; the last if none is."""
    return _last(np.asarray(np.isfinite(explanation.curvature.hessians).all(axis=1)))


def _last(told: NDArray[np.bool_]) -> int:
    places = np.flatnonzero(told)
    return int(places[-1]) if len(places) else len(told) - 1
