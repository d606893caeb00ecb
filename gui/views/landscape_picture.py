"""What the landscape shows, layer by layer, and in which order it is painted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from gui.theme import THEME
from gui.views.landscape_axes import paint_titles
from gui.views.landscape_exits import Departure, paint_exits
from gui.views.landscape_ground import GroundLayer
from gui.views.landscape_marks import FOCUS_PX, paint_end, paint_head, paint_minima, paint_start
from gui.views.landscape_overlays import paint_curvature, paint_parabola
from gui.views.landscape_paths import BROKEN, NON_FINITE_STEPS, PathLayer, last_finite, plane_points

if TYPE_CHECKING:
    from engine.trajectory import Trajectory
    from gui.state import Results, Submit
    from gui.views.landscape_frame import Frame


class Ring(Struct, frozen=True):
    """A start as it is painted: place in pixels, colour, whether it is one run's own."""

    at: QPointF
    colour: QColor
    own: bool
    focused: bool


class Picture:
    """All layers of the landscape. Fields are set by the view before it asks for a repaint."""

    def __init__(self, submit: Submit) -> None:
        self.ground = GroundLayer()
        self.paths = PathLayer(submit)
        self.results: Results | None = None
        self.curve = False
        self.curvature = False
        self.ratio = 1.0
        self.titles = ("x", "y")
        self.head = 0
        self.selected = 0
        self.rings: list[Ring] = []
        #: Where the curvature is shown; None means at the selected run's play head.
        self.probe: tuple[float, float] | None = None

    @property
    def ready(self) -> bool:
        """Whether there is something to look at."""
        return self.results is not None and self.ground.drawn is not None

    def paint(self, painter: QPainter, frame: Frame, font: QFont) -> None:
        """Paint everything."""
        painter.fillRect(frame.plot, QColor(THEME.colours.base))
        painter.save()
        painter.setClipRect(frame.plot, Qt.ClipOperation.IntersectClip)
        if self.ready:
            self._paint_plane(painter, frame, font)
        else:
            _paint_empty(painter, frame.plot, font)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        paint_titles(painter, frame.plot, font, self.titles)

    def point_of(self, trajectory: Trajectory, step: int) -> tuple[float, float]:
        """Return where a step of a run is drawn: (x, y), or (x, loss) on a graph."""
        step = min(step, trajectory.last_step)
        x, y = trajectory.points[step].tolist()
        return x, float(trajectory.loss[step]) if self.curve else y

    def _paint_plane(self, painter: QPainter, frame: Frame, font: QFont) -> None:
        assert self.results is not None
        assert self.ground.drawn is not None
        self.ground.paint(painter, frame)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        minima = self.ground.drawn.landscape.minima
        if not self.curve:
            self.ground.paint_arrows(painter, frame)
        paint_minima(painter, frame, minima[:, [0, 2, 2]] if self.curve else minima)
        self.paths.paint(painter, frame, self.ratio, self.head, self.selected)
        self._paint_ends(painter, frame)
        if self.curvature:
            self._paint_curvature(painter, frame, font)
        for ring in self.rings:
            paint_start(painter, ring.at, ring.colour, focused=ring.focused, own=ring.own)
        self._paint_heads(painter, frame)
        reach = QPointF(FOCUS_PX, FOCUS_PX)
        rings = [QRectF(ring.at - reach, ring.at + reach) for ring in self.rings]
        paint_exits(painter, frame.plot, self.departures(frame), font, rings)

    def _visible(self) -> list[tuple[int, Trajectory]]:
        assert self.results is not None
        shown = [(i, t) for i, t in enumerate(self.results.trajectories) if t.run.visible]
        # The selected run lies on top.
        return sorted(shown, key=lambda pair: pair[0] == self.selected)

    def _broken(self, index: int) -> bool:
        assert self.results is not None
        return self.results.statuses[index].kind in BROKEN

    def _end_of(self, trajectory: Trajectory, frame: Frame) -> tuple[int, QPointF] | None:
        """Return the last finite step and its place, if that is inside the plot."""
        last = trajectory.last_step
        for step in range(last, max(last - NON_FINITE_STEPS, -1), -1):
            x, y = self.point_of(trajectory, step)
            if math.isfinite(x) and math.isfinite(y):
                at = frame.pixel(x, y)
                return (step, at) if frame.plot.contains(at) else None
        return None

    def _paint_ends(self, painter: QPainter, frame: Frame) -> None:
        for index, trajectory in self._visible():
            # There the play head stands, in the same shape.
            hidden = self.head >= trajectory.last_step and not self._broken(index)
            end = None if hidden else self._end_of(trajectory, frame)
            if end is not None:
                paint_end(painter, end[1], trajectory.run.slot, alert=self._broken(index))

    def _paint_heads(self, painter: QPainter, frame: Frame) -> None:
        for index, trajectory in self._visible():
            x, y = self.point_of(trajectory, self.head)
            at = frame.pixel(x, y)
            if math.isfinite(x) and math.isfinite(y) and frame.plot.contains(at):
                at_end = self.head >= trajectory.last_step
                chosen = index == self.selected
                paint_head(painter, at, trajectory.run.slot, chosen=chosen, at_end=at_end)

    def departures(self, frame: Frame) -> list[Departure]:
        """Return the arrow of each visible run that left the view, and where others broke."""
        prepared = self.paths.prepared
        if prepared is None or prepared.frame != frame or prepared.results is not self.results:
            return []
        corner, found = frame.plot.topLeft(), []
        for index, trajectory in self._visible():
            path, broken = prepared.paths[index], self._broken(index)
            end = self._end_of(trajectory, frame) if broken else None
            points = plane_points(trajectory, curve=False)
            last = last_finite(points)
            if path is not None and path.exit is not None:
                gone = path.exit
                at = corner + QPointF(gone.x, gone.y) / prepared.ratio
                step, way = gone.step, QPointF(gone.dx, gone.dy)
                # A leap to infinity goes there, not to where it began.
                x, y = points[gone.step].tolist()
                last = last_finite(points[gone.step :]) or (x, y)
            elif end is not None:
                (step, at), way = end, None
            else:
                continue
            ink = QColor(THEME.colours.alert) if broken else THEME.path_colour(trajectory.run.slot)
            chosen = index == self.selected
            found.append(Departure(at, way, trajectory.label, step, last, ink, broken, chosen))
        return found

    def _paint_curvature(self, painter: QPainter, frame: Frame, font: QFont) -> None:
        assert self.results is not None
        assert self.ground.drawn is not None
        point = self.probe
        if point is None and self.selected < len(self.results.trajectories):
            trajectory = self.results.trajectories[self.selected]
            step = min(self.head, trajectory.last_step)
            point = tuple(trajectory.points[step].tolist())
        if point is None or not all(map(math.isfinite, point)):
            return
        if self.curve:
            paint_parabola(painter, frame, self.ground.drawn.landscape, point[0], font)
        else:
            paint_curvature(painter, frame, self.ground.drawn.landscape, point, font)


def _paint_empty(painter: QPainter, plot: QRectF, font: QFont) -> None:
    painter.setPen(QColor(THEME.colours.faint))
    painter.setFont(font)
    text = QCoreApplication.translate("landscape", "The surface appears here in a moment.")
    painter.drawText(plot, int(Qt.AlignmentFlag.AlignCenter), text)
