"""The ring of the first weights in a plane: dragged or nudged, all runs train from there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Signal

from gui.networks.views import plane_work as work
from gui.numbers import show
from gui.views.landscape_starts import SHARED, StartHandle

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QWheelEvent

    from engine.networks.planes import Plane
    from gui.networks.state import NetworkState
    from gui.networks.views.plane_work import Followed
    from gui.views.landscape_canvas import Canvas
    from gui.views.landscape_frame import Frame

#: A start farther from a line than this share of its own distance from the line's begin is not on
#: the line's graph.
ON_LINE = 1e-3


class PlaneStart(QObject):
    """Writes first weights into the experiment, and holds the plane in which they were placed.

    Signals
    -------
    moved : (QPointF), where the user put the ring, in the canvas's pixels.
    changed : the ring got or lost the keyboard, or was let go.
    """

    moved = Signal(QPointF)
    changed = Signal()

    def __init__(self, state: NetworkState, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._state, self._canvas = state, canvas
        #: The text of the weights that were placed last, and where.
        self._placed: tuple[str, tuple[float, ...]] = ("", ())
        self.handle = StartHandle(SHARED, canvas)
        self.handle.hide()
        self.handle.moved.connect(lambda _, at: self.moved.emit(at))
        self.handle.released.connect(lambda _: self.changed.emit())
        self.handle.focus_changed.connect(self.changed)
        self.handle.menu_wished.connect(self._on_menu_wished)
        self.handle.wheeled.connect(self._on_wheeled)

    @property
    def holds(self) -> bool:
        """Whether all runs begin where the ring was put."""
        text = self._state.experiment.initial.weights
        return self.handle.is_held or (bool(text) and text == self._placed[0])

    def let_go(self) -> None:
        """Let the plane follow the paths again."""
        self._placed = ("", ())

    def hide(self) -> None:
        """Show no ring."""
        self.handle.hide()

    def put(self, plane: Plane, coordinates: tuple[float, ...]) -> None:
        """Train from a place in a plane."""
        text = work.starts_at(plane, coordinates)
        self._placed = (text, coordinates)
        try:
            self._state.update_initial("start in a plane", weights=text)
        except ValueError as error:
            self._state.say(str(error))

    def place(
        self, followed: Followed, frame: Frame, height: Callable[[float], float]
    ) -> tuple[QPointF, bool] | None:
        """Put the ring where the first weights are; return what to paint."""
        coordinates, gap = followed.start
        if self.holds and self._placed[1]:
            # The hand is ahead of the training.
            coordinates, gap = self._placed[1], 0.0
        line = len(coordinates) == 1
        x = coordinates[0]
        y = height(x) if line else coordinates[1]
        off = line and not gap <= ON_LINE * _length(followed)
        if off or not (math.isfinite(x) and math.isfinite(y)):
            self.handle.hide()
            return None
        at = frame.pixel(x, y)
        self.handle.place(at)
        self.handle.setVisible(frame.plot.contains(at) or self.handle.is_held)
        self._describe(coordinates, gap)
        return at, self.handle.hasFocus()

    def _describe(self, coordinates: tuple[float, ...], gap: float) -> None:
        name = self.tr("First weights of all runs")
        place = ", ".join(show(value) for value in coordinates)
        away = self.tr("{gap} away from the plane").format(gap=show(gap))
        self.handle.describe(name, place, away)

    def _on_menu_wished(self, _: int, screen: object) -> None:
        self._canvas.menu_wished.emit(self.handle.centre, screen)

    def _on_wheeled(self, event: QWheelEvent) -> None:
        at = self._canvas.mapFromGlobal(event.globalPosition())
        self._canvas.turn_wheel(event.angleDelta().y(), at)


def _length(followed: Followed) -> float:
    plane = followed.laid.plane
    assert plane is not None
    return math.hypot(*plane.axes[0].tolist())
