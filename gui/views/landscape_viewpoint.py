"""Which piece of the plane is looked at: fitted, chosen, or as wide as the blow-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.experiment import start_of, surface_of
from gui.views.landscape_frame import FARTHEST, Frame, around
from gui.views.landscape_paths import plane_points

if TYPE_CHECKING:
    from engine.experiment import Experiment, SurfaceSettings
    from gui.state import Results
    from gui.views.landscape_frame import View
    from gui.views.landscape_work import Ground

PLAIN_VIEW = (-3.0, 3.0, -3.0, 3.0)
#: Free room above and below a graph, as a share of its height.
GRAPH_ROOM = 0.06


def is_same_surface(a: SurfaceSettings, b: SurfaceSettings) -> bool:
    """Return whether two surfaces differ at most in their parameters' values."""
    return (a.name, a.formula, a.data) == (b.name, b.formula, b.data)


class Viewpoint:
    """Remembers the fitted view, so that it stays while starts are dragged."""

    def __init__(self) -> None:
        self._fit: View | None = None
        self._own: View | None = None
        self._fit_surface: SurfaceSettings | None = None
        self._held: View | None = None
        self._heights = (0.0, 1.0)
        #: The view of the plane that was found last.
        self.plane: View = PLAIN_VIEW

    def forget(self) -> None:
        """Fit anew."""
        self._fit = self._held = None

    def hold(self, view: View) -> None:
        """Look at this piece of the blow-up, which is not part of the experiment."""
        self._held = view

    def view(
        self, experiment: Experiment, results: Results | None, *, held: bool
    ) -> tuple[View, bool]:
        """Return the view of the plane, and whether the surface is drawn as a curve.

        While a start is `held` the fitted view does not follow it.
        """
        surface, display = experiment.surface, experiment.display
        own, starts = _own_view(experiment, results), _starts(experiment)
        same = self._fit_surface is not None and is_same_surface(self._fit_surface, surface)
        if own != self._own or not same:
            self._fit = self._held = None
            self._own, self._fit_surface = own, surface
        if self._fit is None:
            self._fit = around(own, starts)
        elif not held:
            self._fit = around(self._fit, starts)
        if not display.blow_up:
            self._held = None
            self.plane = display.view or self._fit
        else:
            if self._held is None and results is not None:
                self._held = blow_up_view(self._fit, results)
            self.plane = self._held or self._fit
        return self.plane, display.landscape == "curve" and _has_one_variable(experiment)

    def graph_frame(self, frame: Frame, ground: Ground | None) -> Frame:
        """Return the frame whose height holds the graph between its left and right."""
        x0, x1 = frame.view[:2]
        if ground is not None and len(ground.graph):
            x, f = ground.graph.T
            seen = f[(x >= x0) & (x <= x1) & (np.abs(f) < 1e300)]
            if len(seen) > 1:
                low, high = float(seen.min()), float(seen.max())
                room = GRAPH_ROOM * (high - low) or 0.5
                self._heights = (low - room, high + room)
        return Frame((x0, x1, *self._heights), frame.plot)


def _own_view(experiment: Experiment, results: Results | None) -> View:
    """Return the view that suits the surface and its data, as far as it is known."""
    if results is not None and is_same_surface(results.experiment.surface, experiment.surface):
        return results.landscape.view
    try:
        return surface_of(experiment.surface).view
    except ValueError:
        # Said by whoever computes the paths.
        return PLAIN_VIEW


def _has_one_variable(experiment: Experiment) -> bool:
    try:
        return surface_of(experiment.surface).one_variable
    except ValueError:
        return False


def _starts(experiment: Experiment) -> list[tuple[float, float]]:
    runs = [run for run in experiment.runs if run.visible]
    return [start_of(experiment, run) for run in runs] or [experiment.start]


def blow_up_view(fit: View, results: Results) -> View:
    """Return the extent of all visible paths, up to `FARTHEST` times the fitted view."""
    cx, cy = 0.5 * fit[0] + 0.5 * fit[1], 0.5 * fit[2] + 0.5 * fit[3]
    far = np.array([fit[1] - cx, fit[3] - cy]) * FARTHEST
    extent = []
    for trajectory in results.trajectories:
        if trajectory.run.visible:
            points = plane_points(trajectory, curve=False).astype(np.float64)
            inside = (np.abs(points - np.array([cx, cy])) <= far).all(axis=1)
            if inside.any():
                extent += [points[inside].min(axis=0), points[inside].max(axis=0)]
    return around(fit, [(float(x), float(y)) for x, y in extent])
