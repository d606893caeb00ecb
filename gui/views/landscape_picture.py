"""What the landscape shows, layer by layer, and in which order it is painted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from gui.theme import THEME
from gui.views.landscape_axes import paint_titles
from gui.views.landscape_basins import BasinLayer
from gui.views.landscape_exits import paint_exits
from gui.views.landscape_ground import GroundLayer
from gui.views.landscape_marks import FOCUS_PX, paint_minima, paint_start
from gui.views.landscape_overlays import paint_curvature, paint_parabola
from gui.views.landscape_paths import PathLayer, drawn_runs
from gui.views.landscape_runs import departures, paint_ends, paint_heads

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.state import Results, Submit
    from gui.views.landscape_exits import Departure
    from gui.views.landscape_frame import Frame
    from gui.views.landscape_runs import DrawnRuns


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
        self.basins = BasinLayer()
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
        self._drawn: dict[bool, DrawnRuns] = {}
        self._drawn_of: Results | None = None

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

    def drawn(self, curve: bool) -> DrawnRuns:
        """Return what is drawn of the runs: their points, or with `curve` a graph's."""
        assert self.results is not None
        if self._drawn_of is not self.results:
            self._drawn_of, self._drawn = self.results, {}
        if curve not in self._drawn:
            self._drawn[curve] = drawn_runs(self.results, curve)
        return self._drawn[curve]

    def update_paths(self, frame: Frame, done: Callable[[], None]) -> None:
        """Have the paths ready for a frame, now or when `done` is called."""
        self.paths.update(self.drawn(self.curve), frame, self.ratio, done)

    def _paint_plane(self, painter: QPainter, frame: Frame, font: QFont) -> None:
        assert self.results is not None
        assert self.ground.drawn is not None
        self.basins.paint(painter, frame, self.ground, self.ratio)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        minima = self.ground.drawn.landscape.minima
        if not self.curve:
            self.ground.paint_arrows(painter, frame)
        hue = self.basins.hue if self.basins.shown(self.ground) else None
        paint_minima(painter, frame, minima[:, [0, 2, 2]] if self.curve else minima, hue)
        self.paths.paint(painter, frame, self.ratio, self.head, self.selected)
        drawn = self.drawn(self.curve)
        paint_ends(painter, frame, drawn, self.head, self.selected)
        if self.curvature:
            self._paint_curvature(painter, frame, font)
        for ring in self.rings:
            paint_start(painter, ring.at, ring.colour, focused=ring.focused, own=ring.own)
        paint_heads(painter, frame, drawn, self.head, self.selected)
        reach = QPointF(FOCUS_PX, FOCUS_PX)
        rings = [QRectF(ring.at - reach, ring.at + reach) for ring in self.rings]
        paint_exits(painter, frame.plot, self.departures(frame), font, rings)

    def departures(self, frame: Frame) -> list[Departure]:
        """Return the arrow of each visible run that left the view, and where others broke."""
        prepared = self.paths.prepared
        if prepared is None or self.results is None or prepared.frame != frame:
            return []
        if prepared.source is not self.drawn(self.curve):
            return []
        return departures(prepared, frame, self.selected, self.drawn(False))

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
