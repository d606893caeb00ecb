"""Which piece of a plane, or of a line's graph, is looked at: all paths, or a chosen one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gui.views.landscape_frame import Frame, fill_plot

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QRectF

    from gui.views.landscape_frame import View

#: Two axes whose extents differ by less are drawn to the same scale.
ALIKE = 4.0
#: Free room above and below a graph, as a share of its height.
GRAPH_ROOM = 0.08
#: A line is looked at this far beyond both networks.
BEYOND = 0.25


class Viewpoint:
    """Remembers the chosen piece while the same plane is followed."""

    def __init__(self) -> None:
        self._fitted: tuple[tuple[float, float], ...] = ((-1.0, 1.0), (-1.0, 1.0))
        self._chosen: View | None = None
        self._heights = (0.0, 1.0)
        self._graph: NDArray[np.float64] = np.empty((0, 2))

    def fit(self) -> None:
        """Look at all of it again."""
        self._chosen = None

    def know(self, view: tuple[tuple[float, float], ...]) -> None:
        """Take note of the piece that shows all paths."""
        if view:
            self._fitted = view

    def choose(self, view: View) -> None:
        """Look at this piece."""
        self._chosen = view

    def know_graph(self, graph: NDArray[np.float64]) -> None:
        """Take note of a line's graph (n, 2): its height between both networks is shown."""
        self._graph = graph
        x, heights = graph.T
        seen = heights[(x >= 0.0) & (x <= 1.0) & np.isfinite(heights)]
        if len(seen):
            low, high = float(seen.min()), float(seen.max())
            room = GRAPH_ROOM * (high - low) or 0.5
            self._heights = (low - room, high + room)

    def height(self, x: float) -> float:
        """Return the graph's height at a coordinate."""
        if not len(self._graph):
            return float("nan")
        return float(np.interp(x, self._graph[:, 0], self._graph[:, 1]))

    def frame(self, plot: QRectF, *, line: bool) -> Frame:
        """Return the frame that shows the chosen piece, or all paths."""
        if line:
            across = self._chosen[:2] if self._chosen else (-BEYOND, 1.0 + BEYOND)
            return Frame((*across, *self._heights), plot)
        if self._chosen is not None:
            return Frame(self._chosen, plot)
        (x0, x1), (y0, y1) = self._fitted if len(self._fitted) == 2 else ((-1.0, 1.0),) * 2
        equal = 1 / ALIKE < (x1 - x0) / (y1 - y0) < ALIKE
        return fill_plot((x0, x1, y0, y1), plot, equal=equal)
