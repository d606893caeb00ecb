"""The page of the map: the picture, zoomed and dragged as a map is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.maps.base import axis_names, own_value
from gui.maps.views.map_bar import MapBar
from gui.maps.views.map_frame import axes_of, is_too_deep, place_of, tick_makers, view_of
from gui.maps.views.map_legend import MapLegend
from gui.maps.views.map_menu import MapMenu
from gui.maps.views.map_picture import MapPicture
from gui.maps.views.map_words import outcome_text, value_text
from gui.theme import THEME
from gui.views.landscape_canvas import Canvas
from gui.views.landscape_frame import Frame, is_drawable
from gui.views.landscape_hover import Readout

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QCloseEvent, QHideEvent, QPainter, QShowEvent

    from engine.maps.axes import Axis
    from gui.maps.painter import Painter
    from gui.maps.state import MapState, Shown
    from gui.views.landscape_frame import View

#: In a narrower view the picture needs the legend's place.
ROOM_FOR_LEGEND_PX = 440


class MapView(QWidget):
    """Draws what the painter has painted; zooms, drags, tells, and opens runs.

    Signals
    -------
    pixel_wanted : (float, float), the run with these values of x and y is to be opened.
    """

    pixel_wanted = Signal(float, float)

    def __init__(self, state: MapState, painter: Painter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._painter = state, painter
        self.picture = MapPicture()
        self.canvas = Canvas(self._paint)
        self.legend = MapLegend(state)
        self.bar = MapBar(state, painter)
        self.readout = Readout(self.canvas)
        #: Says that there are no more numbers between two pixels.
        self.depth_note = Readout(self.canvas)
        self._pointer: QPointF | None = None
        self._closed = False
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.refresh)
        self.setAccessibleName(self.tr("Map"))
        self.canvas.setAccessibleName(self.tr("Map of runs over two settings"))
        self._lay_out()
        self._connect()

    @property
    def frame(self) -> Frame:
        """The visible piece and where it stands on the canvas."""
        assert self.canvas.frame is not None
        return self.canvas.frame

    def fit(self) -> None:
        """Show the whole ranges again."""
        self._state.fit()

    def refresh(self) -> None:
        """Bring axes, size and marks up to date with the state."""
        if self._closed or not self.isVisible():
            return
        experiment = self._state.experiment
        x, y = experiment.x, experiment.y
        plot, ratio = self.canvas.plot(), self.canvas.devicePixelRatioF()
        frame = Frame(view_of(x, y), plot)
        self.canvas.frame = frame
        self.picture.axes, self.picture.ratio = (x, y), ratio
        self.picture.titles = self.canvas.show_axes(self._titles(), frame, tick_makers(x, y))
        own = place_of(x, own_value(experiment, x.name)), place_of(y, own_value(experiment, y.name))
        self.picture.own = own if all(map(math.isfinite, own)) else None
        self.legend.setVisible(self.width() >= ROOM_FOR_LEGEND_PX)
        self.legend.align(plot.top(), plot.bottom())
        self._painter.set_size(round(plot.width() * ratio), round(plot.height() * ratio))
        self._tell()
        self.canvas.update()

    def pixel(self, at: QPointF) -> tuple[float, float]:
        """Return x and y of the run whose pixel is at a place: the very values it has there."""
        plot, experiment = self.frame.plot, self._state.experiment
        width, height = self._size()
        column = math.floor((at.x() - plot.left()) / plot.width() * width)
        row = math.floor((plot.bottom() - at.y()) / plot.height() * height)
        column, row = min(max(column, 0), width - 1), min(max(row, 0), height - 1)
        return (
            float(experiment.x.at(np.array([column]), width)[0]),
            float(experiment.y.at(np.array([row]), height)[0]),
        )

    def showEvent(self, event: QShowEvent) -> None:
        """Bring up to date what changed while nobody looked."""
        super().showEvent(event)
        self._soon.start()
        self._painter.set_hidden(False)

    def hideEvent(self, event: QHideEvent) -> None:
        """Compute nothing that nobody sees."""
        super().hideEvent(event)
        self._painter.set_hidden(True)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Take the plot down in time: pyqtgraph can crash at the interpreter's end."""
        self._closed = True
        self._soon.stop()
        self.canvas.close()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.canvas, 1)
        row.addWidget(self.legend)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(row, 1)

    def _connect(self) -> None:
        canvas = self.canvas
        self._state.changed.connect(lambda *_: self._soon.start())
        self._state.shown_changed.connect(self._on_shown)
        canvas.resized.connect(self._soon.start)
        canvas.view_wished.connect(self._on_view_wished)
        canvas.clicked.connect(lambda at: self.pixel_wanted.emit(*self.pixel(at)))
        canvas.hovered.connect(self._on_hovered)
        canvas.menu_wished.connect(self._on_menu_wished)
        THEME.changed.connect(self._on_theme)

    def _titles(self) -> tuple[str, str]:
        titles = {found.name: found.title for found in axis_names(self._state.experiment)}
        x, y = self._state.experiment.x.name, self._state.experiment.y.name
        return titles.get(x, x), titles.get(y, y)

    def _size(self) -> tuple[int, int]:
        plot, ratio = self.canvas.plot(), self.canvas.devicePixelRatioF()
        return round(plot.width() * ratio), round(plot.height() * ratio)

    def _on_shown(self, shown: Shown | None) -> None:
        self.picture.take(shown)
        self.legend.show_picture(shown)
        self._tell()
        self.canvas.update()

    def _on_view_wished(self, view: View) -> None:
        if not is_drawable(view):
            return
        experiment = self._state.experiment
        try:
            x, y = axes_of(view, experiment.x, experiment.y)
        except (ValueError, OverflowError):
            # No numbers out there: it goes no further.
            return
        narrower = view_of(x, y)[1] - view_of(x, y)[0] < self.frame.view[1] - self.frame.view[0]
        if narrower and self._is_too_deep(x, y):
            self._say_depth(deepest=True)
            return
        self._state.set_view(x, y, "view")

    def _is_too_deep(self, x: Axis, y: Axis) -> bool:
        width, height = self._size()
        return is_too_deep(x, width) or is_too_deep(y, height)

    def _say_depth(self, *, deepest: bool) -> None:
        if not deepest:
            self.depth_note.hide()
            return
        text = self.tr("As deep as float64 goes: closer pixels would be the same number.")
        plot = self.frame.plot
        self.depth_note.setText(text)
        self.depth_note.adjustSize()
        middle = plot.center().x() - self.depth_note.width() / 2
        self.depth_note.move(round(middle), round(plot.bottom() - 2 * self.depth_note.height()))
        self.depth_note.show()

    def _on_hovered(self, at: QPointF | None) -> None:
        self._pointer = at
        self._tell()

    def _tell(self) -> None:
        """Say what is under the pointer."""
        at, frame = self._pointer, self.canvas.frame
        if frame is not None and self.depth_note.isVisible():
            x, y = self._state.experiment.x, self._state.experiment.y
            width, height = self._size()
            self._say_depth(deepest=is_too_deep(x, 2 * width) or is_too_deep(y, 2 * height))
        if at is None or frame is None:
            self.readout.hide()
            return
        experiment = self._state.experiment
        values = self.pixel(at)
        titles = self._titles()
        lines = [
            f"{titles[0]} {value_text(experiment.x, values[0])}",
            f"{titles[1]} {value_text(experiment.y, values[1])}",
        ]
        outcome = self._outcome(at, frame.plot)
        self.readout.say("\n".join([*lines, *outcome]), frame.plot, at)

    def _outcome(self, at: QPointF, plot: QRectF) -> list[str]:
        shown = self.picture.shown
        if shown is None or (shown.experiment.x, shown.experiment.y) != self.picture.axes:
            return []
        height, width = shown.outcomes.verdict.shape
        row = min(max(int((plot.bottom() - at.y()) / plot.height() * height), 0), height - 1)
        column = min(max(int((at.x() - plot.left()) / plot.width() * width), 0), width - 1)
        text = outcome_text(shown.outcomes, row, column)
        if 1.0 < shown.spacing[row, column] < math.inf:
            text += "\n" + self.tr("of a run nearby, as long as it is coarse")
        return [text]

    def _on_menu_wished(self, at: QPointF, screen: QPoint) -> None:
        if self.canvas.frame is not None:
            values = self.pixel(at)
            MapMenu(self, self._state, lambda: self.pixel_wanted.emit(*values)).popup(screen)

    def _paint(self, painter: QPainter) -> None:
        if self.canvas.frame is not None:
            self.picture.paint(painter, self.frame, self.canvas.font())

    def _on_theme(self) -> None:
        if not self._closed:
            self.canvas.restyle()
            self.readout.restyle()
            self.depth_note.restyle()
            self.refresh()
