"""Maps of runs on a surface: each pixel is one run, its start or any two of its settings given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.experiment import Experiment, Settings
from engine.maps.outcomes import NO_BASIN, VERDICTS, Outcomes, unknown
from engine.maps.surface_axes import BY_LANE, names, with_setting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.landscape import Landscape
    from engine.trajectory import Trajectory

    Reals = NDArray[np.float64]

#: Each ratio of losses is at most this (see `engine.maps.outcomes.Outcomes`).
MOST = 1e6


class SurfaceMap(Settings, frozen=True):
    """An experiment with one run, and which two of its settings vary; an `engine.maps.task.Task`.

    ``x`` and ``y`` are names that `engine.maps.surface_axes.names` gives. Whole numbers are
    rounded.
    """

    experiment: Experiment
    x: str
    y: str

    def __post_init__(self) -> None:
        """Raise ValueError, naming the field and the fix, for what is not allowed."""
        _check(self.experiment)
        known = [found.name for found in names(self.experiment)]
        for field in ("x", "y"):
            if getattr(self, field) not in known:
                raise ValueError(
                    f"{field} is {getattr(self, field)!r}; give one of {', '.join(known)}."
                )
        if self.x == self.y:
            raise ValueError(f"x and y are both {self.x}; give two different settings.")

    def at(self, x: float, y: float) -> Experiment:
        """Return the experiment behind a pixel; ValueError for settings that are not allowed."""
        # A start's scale multiplies what the other axis gives.
        given = sorted([(self.x, x), (self.y, y)], key=lambda pair: pair[0] == "start_scale")
        changed = self.experiment
        for name, value in given:
            changed = with_setting(changed, name, value)
        return changed

    def run(self, xs: Reals, ys: Reals, stop: NDArray[np.uint8]) -> Outcomes:
        """See `engine.maps.task.Task.run`.

        Raises ValueError, with a plain sentence, for settings or data that are not allowed.
        """
        groups = self._groups(xs, ys)
        if len(groups) == 1:
            return self._run_bound(xs, ys, stop)
        found = unknown(len(xs))
        for places in groups:
            part = self._run_bound(xs[places], ys[places], stop)
            _put(found, places, part)
        return found

    def _groups(self, xs: Reals, ys: Reals) -> list[NDArray[np.int64]]:
        """Return places that share a surface, its data and the number of steps."""
        apart = [v for name, v in ((self.x, xs), (self.y, ys)) if not _is_by_lane(name)]
        if not apart:
            return [np.arange(len(xs))]
        _, which = np.unique(np.array(apart), axis=1, return_inverse=True)
        order = np.argsort(which.ravel(), kind="stable")
        edges = np.flatnonzero(np.diff(which.ravel()[order])) + 1
        return np.split(order, edges)

    def _run_bound(self, xs: Reals, ys: Reals, stop: NDArray[np.uint8]) -> Outcomes:
        from engine.answer import landscape_of
        from engine.maps.lane_verdict import UNSURE
        from engine.maps.surface_lanes import fits, lanes_of, outcomes_of

        if not len(xs):
            return unknown(0)
        # What is not allowed is so at one end of an axis: no pixel need be asked for itself.
        for x, y in ((xs.min(), ys.min()), (xs.max(), ys.max())):
            experiment = self.at(float(x), float(y))
        landscape = landscape_of(experiment)
        found = unknown(len(xs))
        unsure = np.arange(len(xs))
        if fits(experiment, landscape):
            given = {n: v for n, v in ((self.x, xs), (self.y, ys)) if _is_by_lane(n)}
            base = self.experiment if len(given) == 2 else experiment
            lanes = lanes_of(base, given, len(xs))
            found = outcomes_of(base, landscape, lanes, any(map(_varies, given)), stop)
            unsure = np.flatnonzero(found.verdict == UNSURE)
        for i in unsure:
            single = outcome_of(self.at(float(xs[i]), float(ys[i])), landscape, stop)
            _put(found, i, single)
        return found


class Basins(Settings, frozen=True):
    """An experiment with one run, whose start is the pixel; an `engine.maps.task.Task`."""

    experiment: Experiment

    def __post_init__(self) -> None:
        """Raise ValueError for an experiment that has not just one run."""
        _check(self.experiment)

    @property
    def x(self) -> str:
        """The name of the axis to the right."""
        return "x"

    @property
    def y(self) -> str:
        """The name of the axis upwards."""
        return "y"

    def at(self, x: float, y: float) -> Experiment:
        """Return the experiment behind a pixel."""
        return SurfaceMap(experiment=self.experiment, x="x", y="y").at(x, y)

    def run(self, xs: Reals, ys: Reals, stop: NDArray[np.uint8]) -> Outcomes:
        """See `engine.maps.task.Task.run`."""
        return SurfaceMap(experiment=self.experiment, x="x", y="y").run(xs, ys, stop)


def outcome_of(
    experiment: Experiment, landscape: Landscape, stop: NDArray[np.uint8]
) -> tuple[float, float, int, int, int]:
    """Return what becomes of an experiment's run: loss, measure, steps, verdict and basin.

    Raises `engine.descent.Cancelled` once `stop` (1,) is set.
    """
    from engine.answer import perform_run
    from engine.descent import Cancelled
    from engine.status import judge

    if stop[0]:
        raise Cancelled
    trajectory = perform_run(experiment, experiment.runs[0], landscape, stop)
    status = judge(trajectory, landscape)
    verdict = VERDICTS.index(status.kind)
    basin = NO_BASIN if status.minimum_index is None else status.minimum_index
    loss = float(trajectory.loss[trajectory.last_step])
    return loss, measure_of(trajectory, status.kind == "converged"), status.step, verdict, basin


def measure_of(trajectory: Trajectory, converged: bool) -> float:
    """Return the measure of `engine.maps.outcomes.Outcomes` for a whole path.

    Losses count from 0, or from the lowest known minimum if that is below.
    """
    minima = trajectory.minima
    lowest = min(0.0, float(minima[:, 2].min())) if len(minima) else 0.0
    with np.errstate(all="ignore"):
        losses = trajectory.loss.astype(np.float64) - lowest
        ratios = losses[1:] / losses[0] if losses[0] > 0.0 else np.full(len(losses) - 1, np.inf)
        kept = np.where(ratios < MOST, np.maximum(ratios, 1.0 / MOST), MOST)
    return float(kept.sum()) if converged else -float((1.0 / kept).sum())


def _put(found: Outcomes, places: Any, values: Any) -> None:
    """Write outcomes at places."""
    arrays: tuple[Any, ...] = found
    for whole, value in zip(arrays, values, strict=True):
        whole[places] = value


def _check(experiment: Experiment) -> None:
    count = len(experiment.runs)
    if count != 1:
        raise ValueError(f"The experiment has {count} runs; a map takes one with just one run.")
    if experiment.runs[0].recorded:
        raise ValueError("The run is read from a file; a map takes one that is walked.")


def _is_by_lane(name: str) -> bool:
    return name in BY_LANE or name.startswith("hyperparameters.")


def _varies(name: str) -> bool:
    """Return whether what depends on the step alone differs from pixel to pixel."""
    return name == "learning_rate" or name.startswith("hyperparameters.")
