"""What is drawn of each run in a plane, and the marks on its path: end, play head, way out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from gui.theme import THEME
from gui.views.landscape_exits import Departure
from gui.views.landscape_marks import paint_end, paint_head

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter

    from gui.views.landscape_frame import Frame
    from gui.views.landscape_paths import Prepared

    Points = NDArray[np.floating[Any]]

#: Kinds of status whose path ends in the colour of divergence.
BROKEN = ("diverged", "nan")
#: A path that broke has at most this many points or losses at its end that are not finite.
NON_FINITE_STEPS = 4


class DrawnRun(Struct, frozen=True, eq=False):
    """One run's path.

    Parameters
    ----------
    label, slot : its name, and its colour and dash.
    broken : whether it ends in the colour of divergence.
    points : (n, 2), what is not finite too.
    steps : (n,) int64, which steps the points belong to, rising; None if every step has one.
    """

    label: str
    slot: int
    broken: bool
    points: Points
    steps: NDArray[np.int64] | None = None

    def row(self, step: int) -> int:
        """Return the point nearest to a step."""
        if self.steps is None:
            return min(step, len(self.points) - 1)
        return int(abs(self.steps - step).argmin())

    def step(self, row: int) -> int:
        """Return the step of a point."""
        return row if self.steps is None else int(self.steps[row])


class DrawnRuns(Struct, frozen=True, eq=False):
    """All runs in order, None for a hidden one."""

    runs: tuple[DrawnRun | None, ...]

    def visible(self, chosen: int) -> Iterator[tuple[int, DrawnRun]]:
        """Yield index and run; the chosen one last, on top."""
        order = sorted(range(len(self.runs)), key=lambda index: index == chosen)
        for index in order:
            run = self.runs[index]
            if run is not None:
                yield index, run


def last_finite(points: Points) -> tuple[float, float] | None:
    """Return the last finite point (x, y) of a path (n, 2), if it has one near its end."""
    for x, y in reversed(points[-NON_FINITE_STEPS:].tolist()):
        if math.isfinite(x) and math.isfinite(y):
            return x, y
    return None


def paint_ends(painter: QPainter, frame: Frame, drawn: DrawnRuns, head: int, chosen: int) -> None:
    """Mark where the paths end."""
    for _, run in drawn.visible(chosen):
        # There the play head stands, in the same shape.
        hidden = run.row(head) >= len(run.points) - 1 and not run.broken
        end = None if hidden else end_of(run, frame)
        if end is not None:
            paint_end(painter, end[1], run.slot, alert=run.broken)


def paint_heads(painter: QPainter, frame: Frame, drawn: DrawnRuns, head: int, chosen: int) -> None:
    """Draw the play heads."""
    for index, run in drawn.visible(chosen):
        row = run.row(head)
        x, y = run.points[row].tolist()
        at = frame.pixel(x, y)
        if math.isfinite(x) and math.isfinite(y) and frame.plot.contains(at):
            at_end = row >= len(run.points) - 1
            paint_head(painter, at, run.slot, chosen=index == chosen, at_end=at_end)


def end_of(run: DrawnRun, frame: Frame) -> tuple[int, QPointF] | None:
    """Return the last finite row and its place, if that is inside the plot."""
    last = len(run.points) - 1
    for row in range(last, max(last - NON_FINITE_STEPS, -1), -1):
        x, y = run.points[row].tolist()
        if math.isfinite(x) and math.isfinite(y):
            at = frame.pixel(x, y)
            return (row, at) if frame.plot.contains(at) else None
    return None


def departures(
    prepared: Prepared, frame: Frame, chosen: int, flat: DrawnRuns | None = None
) -> list[Departure]:
    """Return the arrow of each visible run that left the view, and where others broke.

    What is said of the places is taken from `flat`, if the runs are drawn as a graph.
    """
    corner, found = frame.plot.topLeft(), []
    places = flat or prepared.source
    for index, run in prepared.source.visible(chosen):
        path, told = prepared.paths[index], places.runs[index]
        assert told is not None
        end = end_of(run, frame) if run.broken else None
        last = last_finite(told.points)
        if path is not None and path.exit is not None:
            gone = path.exit
            at = corner + QPointF(gone.x, gone.y) / prepared.ratio
            row, way = gone.step, QPointF(gone.dx, gone.dy)
            # A leap to infinity goes there, not to where it began.
            x, y = told.points[gone.step].tolist()
            last = last_finite(told.points[gone.step :]) or (x, y)
        elif end is not None:
            (row, at), way = end, None
        else:
            continue
        ink = QColor(THEME.colours.alert) if run.broken else THEME.path_colour(run.slot)
        step = run.step(row)
        found.append(Departure(at, way, run.label, step, last, ink, run.broken, index == chosen))
    return found
