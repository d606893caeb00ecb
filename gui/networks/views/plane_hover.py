"""What the pointer finds in the plane: a place and its loss, or a point of a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.networks.views.plane_words import place_text, point_text
from gui.views.landscape_hover import Readout

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF

    from gui.networks.state import NetworkState
    from gui.networks.views.plane_picture import PlanePicture
    from gui.views.landscape_canvas import Canvas

#: A point of a path this near to the pointer is named.
NEAR_PX = 9.0


class Hover:
    """Says what is under the pointer; a click on a path selects its run."""

    def __init__(self, state: NetworkState, canvas: Canvas, picture: PlanePicture) -> None:
        self._state, self._canvas, self._picture = state, canvas, picture
        self.readout = Readout(canvas)
        self.hide, self.restyle = self.readout.hide, self.readout.restyle
        canvas.clicked.connect(self._on_clicked)
        canvas.hovered.connect(self._on_hovered)

    def _on_clicked(self, at: QPointF) -> None:
        frame = self._canvas.frame
        found = self._picture.paths.nearest(at, frame, NEAR_PX) if frame else None
        if found is not None:
            self._state.select(found[0])

    def _on_hovered(self, at: QPointF | None) -> None:
        followed, frame = self._picture.followed, self._canvas.frame
        if at is None or followed is None or frame is None:
            self.readout.hide()
            return
        found = self._picture.paths.nearest(at, frame, NEAR_PX)
        if found is not None and followed.runs.runs[found[0]] is not None:
            text = point_text(followed, *found)
        else:
            text = place_text(self._picture.ground, frame, frame.data(at))
        self.readout.say(text, frame.plot, at)
