"""Which learning rate a run's batch size bears, and why that can or cannot be said."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.experiment import start_of, surface_of
from engine.explanation.causes_in_data import NO_DATA, data_of
from engine.explanation.limits import stability_of
from engine.explanation.mean_square import epoch_limit, row_curvature
from engine.numbers import short
from engine.optimizers import optimizer_named
from engine.surfaces.data_blocks import problem_of
from engine.verdict import place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.experiment import Experiment, RunSettings
    from engine.surfaces.data_blocks import Problem
    from engine.surfaces.surface import Surface


@dataclass(frozen=True, slots=True)
class MeanSquareLimit:
    """The largest learning rate that is stable in mean square.

    Parameters
    ----------
    batch_size, rows : rows of a batch and of the table.
    value : the largest η; NaN where `reason` says in one clause why there is none.
    full : 2/λ₁ of what a batch is on average; `value` itself for the full batch.
    point : where the rows' curvatures were taken.
    everywhere : whether they are the same at every point, so that the limit holds globally.
    """

    batch_size: int
    rows: int
    value: float
    full: float
    point: tuple[float, float]
    everywhere: bool
    reason: str = ""

    @property
    def sentence(self) -> str:
        """The limit in words, with what it takes for granted."""
        if self.reason:
            return f"There is no mean-square limit here: {self.reason}."
        where = "" if self.everywhere else f" near {place(self.point)}"
        if self.batch_size == self.rows:
            return f"On all {self.rows} rows it is stable{where} below η = {short(self.value)}."
        return (
            f"Plain gradient descent on batches of {self.batch_size} of {self.rows} rows, drawn "
            f"afresh each step, is stable in mean square{where} below η = {short(self.value)}; "
            f"their average curvature alone would bear {short(self.full)}. An epoch shows each "
            "row once, so its batches make up for each other: a run may stay stable above."
        )


def mean_square_limit(
    experiment: Experiment,
    index: int,
    batch_size: int | None = None,
    point: tuple[float, float] | None = None,
) -> MeanSquareLimit:
    """Return the limit of run `index` as plain gradient descent on batches.

    Parameters
    ----------
    batch_size : another one than the data's own; 0 for the full batch.
    point : where to take the curvatures; the minimum, or the start where there is none.

    Raises
    ------
    ValueError : the surface is not made from data, or its table cannot be used.
    """
    surface, data = surface_of(experiment.surface), data_of(experiment)
    if data is None:
        raise ValueError(f"There are no batches: {NO_DATA}.")
    run, problem = experiment.runs[index], problem_of(surface, data)
    rows = len(problem.pair.x)
    size = data.batch_size if batch_size is None else batch_size
    size = size if 0 < size < rows else rows
    if point is None:
        point = start_of(experiment, run)
        if len(problem.minima):
            point = float(problem.minima[0, 0]), float(problem.minima[0, 1])
    everywhere = surface.name == "linear_regression"
    hessians = row_hessians(surface, problem, point)
    reason = _reason(run)
    if not reason and not np.linalg.eigvalsh(hessians.mean(axis=0))[0] > 0:
        reason = "the loss has no curvature there to be stable against"
    if reason:
        return MeanSquareLimit(size, rows, np.nan, np.nan, point, everywhere, reason)
    curvature = row_curvature(hessians, data.reduction == "sum", run.weight_decay)
    full = 2.0 / float(np.linalg.eigvalsh(curvature.batch(size)[0])[-1])
    value = full if size == rows else epoch_limit(curvature, size)
    return MeanSquareLimit(size, rows, value, full, point, everywhere)


def row_hessians(
    surface: Surface, problem: Problem, point: tuple[float, float]
) -> NDArray[np.float64]:
    """Return the Hessian of each row's own loss at a point, (n, 2, 2)."""
    kernel = importlib.import_module(f"engine.surfaces.kernels.{surface.kernel}")
    features = problem.pair.x
    curvatures: NDArray[np.float64] = kernel.row_curvatures(point[0] * features + point[1])
    design = np.stack([features, np.ones_like(features)], axis=-1)
    hessians: NDArray[np.float64] = design[:, :, None] * design[:, None, :]
    return curvatures[:, None, None] * hessians


def _reason(run: RunSettings) -> str:
    """Return in one clause why the limit does not hold for a run, or ""."""
    stability, h = stability_of(run)
    if run.recorded:
        return "this path was read from a file"
    if run.maximize:
        return "the run climbs on purpose"
    if run.clip_norm > 0 or run.clip_value > 0:
        return "clipping bounds the steps"
    if run.decoupled and run.weight_decay != 0:
        return "it is derived without decoupled weight decay"
    plain = stability.filter is not None and not np.polysub(*stability.filter(h)).any()
    if not plain or stability.gains_vary or stability.decay is not None:
        title = optimizer_named(run.optimizer).title
        return f"it is derived for plain gradient descent, not for {title}"
    return ""
