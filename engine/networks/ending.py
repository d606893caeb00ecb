"""How a training run ended: on its feet, carried off, or in what is not finite.

The one place where this is decided, from what was recorded alone, at once: chips, the command line,
tables and verdicts all tell the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.growth import Growth
    from engine.networks.history import History

    Array = NDArray[np.float64]

#: ``"diverged"`` was carried off, ``"nan"`` broke off without that; ``"going"`` is all else.
Ending = Literal["diverged", "nan", "going"]

#: A loss that ends at this multiple of its start has blown up, and steps that grew so much did it.
BLOWN, GROWN = 100.0, 10.0
NAIVE = "cross_entropy_probabilities"


def ending_of(history: History) -> Ending:
    """Return how a run ended, or how it stands."""
    losses = history.training_loss
    if np.isfinite(losses[-1]):
        up = losses[-1] > BLOWN * abs(losses[0]) and not history.run.maximize
        return "diverged" if up else "going"
    return "diverged" if _was_carried_off(history) else "nan"


def losses_before_end(history: History) -> Array:
    """Return the finite losses of the batches up to the end or the first fault, (n,)."""
    last = history.last_step if history.fault is None else history.fault.step
    losses = history.loss[: last + 1]
    return np.asarray(losses[np.isfinite(losses)])


def last_growth(history: History) -> Growth | None:
    """Return how the steps grow at the end of what is finite, or None if they do not."""
    # The window's curves judge endings too, and are painted before Numba is loaded.
    from engine.growth import WINDOW, growth_of

    end = history.last_step if history.fault is None else history.fault.step + 1
    return growth_of(history.step_norm[:end][-WINDOW:])


def _was_carried_off(history: History) -> bool:
    """Return whether growth led to what is not finite, not a single 0 · log 0."""
    losses, fault = losses_before_end(history), history.fault
    if not len(losses) or (fault is not None and fault.step == 0):
        return False
    if abs(losses[-1]) > BLOWN * abs(losses[0]):
        return True
    if fault is None or "inf" not in fault.value:
        return False
    # The logarithm of a probability of 0 is infinite, too; all else is so only by its size.
    naive = history.experiment is not None and history.experiment.model.loss == NAIVE
    if not (naive and fault.quantity == "loss"):
        return True
    growth = last_growth(history)
    return growth is not None and growth.factor > 1 and growth.span > GROWN
