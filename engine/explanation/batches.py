"""Mini-batches: what a step's own batch asks for, and what the rest of the data makes of it.

To second order a step Δ changes a loss by g·Δ + ½ ΔᵀHΔ. With Δ = −η g_B that is
−η‖g_B‖² + ½η² g_BᵀH_B g_B on the batch itself and −η g_F·g_B + ½η² g_BᵀH_F g_B on all data
(Goodfellow, Bengio, Courville, *Deep Learning*, eq. 8.9). Losses are compared on one batch, before
and after: those of two different batches say nothing about a step.

The batch of step t is the one that the run saw: it follows from the seed in the data's settings,
and the landscape knows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.change import change_of, cosines
from engine.explanation.objective import SurfaceObjective
from engine.surfaces.kernels.layout import BATCH, ORDER, PER_EPOCH, ROWS, STORED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from engine.explanation.change import Change
    from engine.landscape import Landscape
    from engine.trajectory import Trajectory

    Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BatchGradients:
    """Gradients of several batches at one point.

    Parameters
    ----------
    losses : (k,), each batch's loss.
    gradients : (k, 2).
    full : (2,), the gradient on all data.
    cosines : (k,), of the angle to the full gradient; below 0 the batch asks to go the wrong way
        for the rest. NaN where a gradient is zero or not finite.
    """

    losses: Array
    gradients: Array
    full: Array
    cosines: Array


@dataclass(frozen=True, eq=False)
class BatchStep:
    """The step that leaves row `step`, on its own batch and on all data.

    Parameters
    ----------
    rows : (b,), numbers of the batch's rows in the prepared table.
    learning_rate : η of the step.
    batch, full : change of the loss on the batch and on all data, by the step really taken.
    batch_gradient, full_gradient : (d,).
    cosine : of the angle between the two gradients; NaN where one is zero or not finite.
    """

    step: int
    rows: NDArray[np.int64]
    learning_rate: float
    batch: Change
    full: Change
    batch_gradient: Array
    full_gradient: Array
    cosine: float


def batch_rows(landscape: Landscape, step: int) -> NDArray[np.int64]:
    """Return the numbers of the rows that `step` sees, (b,); all of them without mini-batches."""
    block = landscape.block
    rows = int(block[ROWS])
    if not landscape.batched:
        return np.arange(rows)
    size, per_epoch = int(block[BATCH]), int(block[PER_EPOCH])
    epoch, number = divmod(step % int(block[STORED]), per_epoch)
    first = int(block[ORDER]) + epoch * rows
    places = slice(first + number * size, first + min((number + 1) * size, rows))
    return block[places].astype(np.int64)


def batch_gradients(landscape: Landscape, point: ArrayLike, steps: Sequence[int]) -> BatchGradients:
    """Return the gradients that the batches of `steps` have at a point (2,).

    Raises ValueError where every step sees all the data.
    """
    _check(landscape)
    where = np.asarray(point, dtype=np.float64)
    gradients = np.array([landscape.gradient(where, t) for t in steps]).reshape(-1, 2)
    losses = np.array([float(landscape.value(where, t)) for t in steps])
    full = landscape.gradient(where)
    return BatchGradients(
        losses=losses,
        gradients=gradients,
        full=full,
        cosines=cosines(gradients, full),
    )


def batch_step(trajectory: Trajectory, landscape: Landscape, step: int) -> BatchStep:
    """Return what the step that leaves row `step` did to its batch and to all data.

    Parameters
    ----------
    trajectory : the run; its points are taken as they were recorded.
    landscape : the run's surface, in float64 whatever the run's precision
        (`engine.answer.landscape_of(experiment, "float64")`).

    Raises
    ------
    ValueError : the run takes no such step, or every step sees all the data.
    """
    _check(landscape)
    if not 0 <= step < trajectory.last_step:
        raise ValueError(
            f"There is no step {step}: the run's steps are 0 to {trajectory.last_step - 1}."
        )
    here, there = trajectory.points[step : step + 2].astype(np.float64)
    own, g_own = change_of(SurfaceObjective(landscape, step=step), here, there)
    full, g_full = change_of(SurfaceObjective(landscape), here, there)
    return BatchStep(
        step=step,
        rows=batch_rows(landscape, step),
        learning_rate=float(trajectory.learning_rates[step]),
        batch=own,
        full=full,
        batch_gradient=g_own,
        full_gradient=g_full,
        cosine=float(cosines(g_own[None], g_full)[0]),
    )


def _check(landscape: Landscape) -> None:
    if not landscape.batched:
        raise ValueError("Every step sees all the data; choose a batch size to see mini-batches.")
