"""A run's budget as curves over its steps; where they turn too often to be read, as means."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.explanation import Budget

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: A loss that turns in more than this part of its steps makes a dense block of a curve.
RESTLESS = 0.2
#: About so many means are drawn over all steps, each of an even number of them: cycles of two
#: steps cancel.
MEANS = 24


def mean_window(budget: Budget) -> int:
    """Return over how many steps curves are to be averaged to be read; 1 shows them as they are."""
    change = budget.measured
    terms = (budget.first, budget.second, budget.remainder, change)
    if len(change) < 2 * MEANS or not all(np.isfinite(term).all() for term in terms):
        return 1
    turns = np.count_nonzero(np.sign(change[1:]) * np.sign(change[:-1]) < 0)
    return 2 * math.ceil(len(change) / (2 * MEANS)) if turns > RESTLESS * len(change) else 1


def averaged(budget: Budget, window: int) -> Budget:
    """Return a budget whose terms are means of `window` steps, joined by straight lines, (n,) each.

    The means add up as the terms do. They are those of blocks that do not overlap, so that a large
    term at the start leaves no rounding in the small ones that follow.
    """
    return Budget(
        _means(budget.first, window), _means(budget.second, window),
        _means(budget.remainder, window), _means(budget.measured, window),
    )  # fmt: skip


def _means(values: Array, window: int) -> Array:
    if window == 1:
        return values
    begins = np.arange(0, len(values), window)
    sizes = np.diff(np.append(begins, len(values)))
    middles = begins + 0.5 * (sizes - 1)
    return np.interp(np.arange(len(values)), middles, np.add.reduceat(values, begins) / sizes)
