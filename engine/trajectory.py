"""What a run recorded: every step, in the precision it ran in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.norms import distances, norms
from engine.numbers import short as number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.experiment import Experiment, RunSettings, SurfaceSettings

    Array = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Trajectory:
    """A whole path. Steps count from 0 (the start); row t is the state before step t is taken.

    Parameters
    ----------
    run : the settings that made it.
    label : name on screen, e.g. ``"Adam η 0.1"``.
    surface : the surface's name.
    points : (steps + 1, 2); NaN behind `last_step`.
    loss : (steps + 1,); on all data, also when the run saw mini-batches.
    seen_loss : (steps + 1,); what the optimizer saw: the batch's loss, or `loss` itself.
    gradients : (steps + 1, 2); what the surface gave, before noise, clipping and decay.
    learning_rates : (steps + 1,); the rate of the step that leaves row t; the last row repeats.
    minima : (k, 3) known minima x, y, value.
    last_step : the last step that was recorded; `steps` unless the path became non-finite.
    cause : ``""`` or what became non-finite first: "loss", "gradient", "optimizer state", "weight".
    cause_step : the step at which it did.
    experiment : what it was walked in, where `engine.descend` made it.
    surface_settings : the surface with its parameters and data; None where a file does not tell.
    """

    run: RunSettings
    label: str
    surface: str
    points: Array
    loss: Array
    seen_loss: Array
    gradients: Array
    learning_rates: NDArray[np.float64]
    minima: NDArray[np.float64]
    last_step: int
    cause: str = ""
    cause_step: int = 0
    experiment: Experiment | None = None
    surface_settings: SurfaceSettings | None = None

    def __repr__(self) -> str:
        """Return what a notebook shows of it: the run in one line, without its arrays."""
        ends = f"loss {number(float(self.loss[0]))} to {number(float(self.loss[self.last_step]))}"
        return f"<{self.label} on {self.surface}: {self.last_step} of {self.steps} steps, {ends}>"

    @property
    def steps(self) -> int:
        """Number of steps asked for."""
        return len(self.loss) - 1

    @cached_property
    def gradient_norm(self) -> NDArray[np.float64]:
        """Euclidean norm of the gradient, (steps + 1,); no overflow below the largest float."""
        return norms(self.gradients)

    @cached_property
    def step_norm(self) -> NDArray[np.float64]:
        """Length of the step that leaves row t, (steps + 1,); the last row is NaN."""
        with np.errstate(all="ignore"):
            moves = np.diff(self.points.astype(np.float64, copy=False), axis=0)
        return np.append(norms(moves), np.nan)

    @cached_property
    def distance(self) -> NDArray[np.float64]:
        """Distance to the nearest known minimum, (steps + 1,); NaN where none is known."""
        if not len(self.minima):
            return np.full(len(self.loss), np.nan)
        return distances(self.points, self.minima)

    def to_csv(self, path: str | Path) -> None:
        """Write every step as a row; the file appears whole or not at all.

        Raises OSError with a plain sentence if it cannot be written.
        """
        from engine.status import judge
        from engine.trajectory_csv import write_csv

        write_csv(Path(path), [self], [judge(self)])
