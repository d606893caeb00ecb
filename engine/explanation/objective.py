"""A loss, its gradient and its Hessian-vector product: all that an explanation asks for.

A surface is one implementation; a network's loss is another. Nothing here counts coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from engine.experiment import RunSettings
    from engine.landscape import Landscape
    from engine.networks.settings import TrainingRun

    Array = NDArray[np.float64]


class Objective(Protocol):
    """What is lowered, as a function of d coordinates."""

    def value(self, points: ArrayLike) -> Array:
        """Return the loss at points of shape (..., d), shape (...)."""

    def gradient(self, point: ArrayLike) -> Array:
        """Return the gradient at one point, (d,)."""

    def product(self, point: ArrayLike, vector: ArrayLike) -> Array:
        """Return the Hessian at one point times a vector, (d,)."""


@dataclass(frozen=True, slots=True)
class SurfaceObjective:
    """A surface in float64; with `sense` −1 its negative, which maximisation lowers.

    `step` −1 means all data, any other the mini-batch of that step.
    """

    landscape: Landscape
    sense: float = 1.0
    step: int = -1

    def value(self, points: ArrayLike) -> Array:
        """Return the loss at points of shape (..., 2), shape (...)."""
        return self.sense * self.landscape.value(points, self.step)

    def gradient(self, point: ArrayLike) -> Array:
        """Return the gradient at one point, (2,)."""
        return self.sense * self.landscape.gradient(point, self.step)

    def product(self, point: ArrayLike, vector: ArrayLike) -> Array:
        """Return the Hessian at one point times a vector, (2,)."""
        with np.errstate(all="ignore"):
            hessian = self.landscape.hessian(point, self.step)
            product: Array = self.sense * (hessian @ np.asarray(vector, dtype=np.float64))
        return product

    def of_batch(self, step: int) -> SurfaceObjective:
        """Return the objective that the step saw: its mini-batch's, or this one without any."""
        return replace(self, step=step) if self.landscape.batched else self


def lowered(run: RunSettings | TrainingRun) -> str:
    """Return what a run lowers, in a word or two: of a run that maximises nothing else is told."""
    return "negative loss" if run.maximize else "loss"
