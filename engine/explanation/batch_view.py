"""What is shown of one step's mini-batch: its surface beside the full one, arrows, sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.drawing.contours import survey
from engine.drawing.levels import choose_levels
from engine.explanation.batches import BatchStep, batch_gradients, batch_step
from engine.landscape import FULL_BATCH
from engine.numbers import short

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.drawing.levels import Levels
    from engine.explanation.batch_limit import MeanSquareLimit
    from engine.landscape import Landscape
    from engine.trajectory import Trajectory

    Array = NDArray[np.float64]
    View = tuple[float, float, float, float]

#: Gradients of so many batches are drawn at the point: of this step and of those that follow.
BATCHES = 8
#: The view around the point is this part of the surface's own, times a power of two.
PART = 0.25
#: The longest arrow reaches over this part of half a view.
REACH = 0.7
#: Cosines from which a batch agrees with all rows, and to which it is called sideways.
AGREES, SIDEWAYS = 0.9, 0.1
MOST = 1e100


@dataclass(frozen=True, eq=False)
class BatchView:
    """One step's batch beside all rows.

    Parameters
    ----------
    step : what the step did to both losses.
    view, levels : of both pictures, around the point; None where the step is not finite.
    pair : (2, 2), descent directions −g of the batch and of all rows, in data coordinates, scaled
        by one factor so that they fit into the view.
    fan : (k, 2), those of the batches that follow, then this one's and that of all rows, scaled
        by a factor of their own.
    sentences : what the batch asks for, and what its step did.
    """

    step: BatchStep
    view: View | None
    levels: Levels | None
    pair: Array
    fan: Array
    sentences: tuple[str, ...]


def batch_view(trajectory: Trajectory, landscape: Landscape, step: int, log: bool) -> BatchView:
    """Return what is shown of the step that leaves row `step`.

    Parameters
    ----------
    landscape : the run's surface in float64.
    log : whether a logarithmic scale of colours is wished.

    Raises ValueError as `engine.explanation.batches.batch_step` does.
    """
    found = batch_step(trajectory, landscape, step)
    here, there = trajectory.points[step : step + 2].astype(np.float64)
    following = batch_gradients(landscape, here, range(step + 1, step + BATCHES)).gradients
    pair = -np.stack([found.batch_gradient, found.full_gradient])
    fan = np.vstack([-following, pair])
    view = _view(here, there, landscape.view)
    levels = None
    if view is not None:
        with np.errstate(all="ignore"):
            grids = [survey(landscape, view, step=one)[0].ravel() for one in (step, FULL_BATCH)]
        levels = choose_levels(np.concatenate(grids), log)
        pair, fan = _fitted(pair, view), _fitted(fan, view)
    return BatchView(found, view, levels, pair, fan, batch_words(found))


def rate_words(learning_rate: float, limit: MeanSquareLimit) -> str:
    """Return how far a learning rate is from the mean-square limit, in one sentence."""
    if limit.reason:
        return limit.sentence
    size = f"batches of {limit.batch_size}" if limit.batch_size < limit.rows else "all rows"
    share = short(abs(learning_rate) / limit.value, 2)
    kind = "mean-square limit" if limit.batch_size < limit.rows else "limit"
    return f"η is {share} of the {kind} {short(limit.value)} for {size}."


def usual_batch(rows: int) -> int:
    """Return a batch size to try: 5 rows, fewer of a very short table."""
    return max(1, min(5, rows // 2))


def batch_words(step: BatchStep) -> tuple[str, str]:
    """Return what a step's batch asks for, and what the step did, in a sentence each."""
    return _asks(step), _did(step)


def _view(here: Array, there: Array, whole: View) -> View | None:
    ends = np.concatenate([here, there])
    if not (np.isfinite(ends).all() and np.abs(ends).max() < MOST):
        return None
    half = np.array([whole[1] - whole[0], whole[3] - whole[2]]) / 2
    reach = float(np.max(np.abs(there - here) / half)) / 0.8
    # In powers of two, so that the view does not breathe while the head moves.
    doublings = max(0, math.ceil(math.log2(reach / PART))) if reach > 0 else 0
    half = half * PART * 2.0**doublings
    low, high = (here - half).tolist(), (here + half).tolist()
    return low[0], high[0], low[1], high[1]


def _fitted(arrows: Array, view: View) -> Array:
    """Return the arrows (k, 2), all scaled by one factor, so that the longest fits."""
    half = np.array([view[1] - view[0], view[3] - view[2]]) / 2
    longest = float(np.nanmax(np.abs(arrows / half), initial=0.0))
    if not 0 < longest < np.inf:
        return np.zeros_like(arrows)
    fitted: Array = arrows * (REACH / longest)
    return fitted


def _asks(step: BatchStep) -> str:
    cosine = step.cosine
    if not math.isfinite(cosine):
        return "The batch’s gradient or that of all rows is zero or not finite."
    number = f"cosine {short(cosine, 2)}"
    if cosine >= AGREES:
        return f"This batch asks for nearly what all rows want: {number}."
    if cosine > SIDEWAYS:
        return f"This batch asks for roughly what all rows want: {number}."
    if cosine >= -SIDEWAYS:
        return f"This batch pulls across what all rows want: {number}."
    return f"This batch asks for the opposite of what all rows want: {number}."


def _did(step: BatchStep) -> str:
    own, full = step.batch.measured, step.full.measured
    if not (math.isfinite(own) and math.isfinite(full)):
        return "The step ends where the loss is not finite."
    word = "and" if (own < 0) == (full < 0) else "but"
    return f"The step {_changed(own)} the batch’s loss {word} {_changed(full)} that of all rows."


def _changed(change: float) -> str:
    return "lowers" if change < 0 else "raises" if change > 0 else "keeps"
