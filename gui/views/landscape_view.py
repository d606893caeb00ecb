"""The landscape: surface, minima, starts and every run's whole path, all under the hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.theme import THEME
from gui.views.landscape_basins import faded, outcome_text
from gui.views.landscape_basins_bar import BasinsBar, shares_text
from gui.views.landscape_canvas import SMALLEST_PX, Canvas
from gui.views.landscape_colour_bar import ColourBar
from gui.views.landscape_frame import fill_plot, is_drawable
from gui.views.landscape_hover import Readout, step_text, values_text
from gui.views.landscape_menu import LandscapeMenu, StartMenu
from gui.views.landscape_painter import GroundPainter
from gui.views.landscape_picture import Picture
from gui.views.landscape_rings import Rings
from gui.views.landscape_starts import SHARED
from gui.views.landscape_viewpoint import Viewpoint, is_same_surface

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QCloseEvent, QPainter

    from engine.experiment import Experiment
    from gui.state import Results, State, Submit
    from gui.views.landscape_basins_work import DrawnBasins
    from gui.views.landscape_frame import Frame, View
    from gui.views.landscape_work import Ground

#: A step of a path this near to the pointer is named.
NEAR_PX = 9.0
#: In a narrower view the ground needs the colour bar's place.
ROOM_FOR_BAR_PX = 288
#: Paths mostly arrive within two frames; painting without them would only delay them.
ANSWER_MS = 33
#: Basins that arrive are painted after this long, if nothing has been painted by then.
SOON_MS = 25


class LandscapeView(QWidget):
    """The hero. Writes starts and the view; shows what the engine answered.

    Signals
    -------
    run_menu_wanted : (QPoint), the selected run's menu is asked for at this place on the screen.
    framed : (Frame), another piece of the plane, or another size, is shown.
    """

    run_menu_wanted = Signal(object)
    framed = Signal(object)

    def __init__(self, state: State, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.picture = Picture(submit)
        self.canvas = Canvas(self._paint)
        self.bar = ColourBar(state)
        self._viewpoint = Viewpoint()
        self._painter = GroundPainter(submit, self._on_ground, state.say)
        self._readout = Readout(self.canvas)
        self.basins_bar = BasinsBar(state, self.canvas)
        self._rings = Rings(self.canvas, self._put_start, self._refresh, self._on_start_menu_wished)
        self._arriving: Results | None = None
        self._closed = False
        self._late = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._soon = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.canvas, 1)
        row.addWidget(self.bar)
        self.setAccessibleName(self.tr("Landscape"))
        self.canvas.setAccessibleName(self.tr("Surface and paths"))
        self._connect()
        self._refresh()

    def minimumSizeHint(self) -> QSize:
        """Return the canvas's: the colour bar steps aside in a narrow view."""
        return QSize(*SMALLEST_PX)

    @property
    def frame(self) -> Frame:
        """The visible piece of the plane and where it stands on the canvas."""
        assert self.canvas.frame is not None
        return self.canvas.frame

    def fit(self) -> None:
        """Show the surface's own view, extended so that all starts are seen."""
        self._viewpoint.forget()
        self._readout.hide()
        self._state.update_display(view=None, blow_up=False)
        self._refresh()

    def fit_paths(self) -> None:
        """Show how far the paths went: the view of the blow-up."""
        self._viewpoint.forget()
        self._readout.hide()
        self._state.update_display(blow_up=True)
        self._refresh()

    def show_basins(self, drawn: DrawnBasins | None, sentence: str) -> None:
        """Lay basins under the lines, None for none; a sentence says why they are not newer."""
        self.picture.basins.drawn = drawn
        self.basins_bar.say(sentence or (shares_text(drawn) if drawn else ""))
        self.basins_bar.place(self.canvas.plot())
        if not self._soon.isActive():
            # Under a drag they are seen with the next paths.
            self._soon.start(SOON_MS)

    def _connect(self) -> None:
        state, canvas = self._state, self.canvas
        state.changed.connect(self._on_changed)
        state.results_changed.connect(self._on_results)
        state.selected_changed.connect(lambda _: self._repaint())
        state.head_changed.connect(lambda _: self._repaint())
        THEME.changed.connect(self._on_theme)
        canvas.view_wished.connect(self._on_view_wished)
        canvas.start_wished.connect(lambda at: self._put_start(SHARED, at))
        canvas.clicked.connect(self._on_clicked)
        canvas.hovered.connect(self._on_hovered)
        canvas.menu_wished.connect(self._on_menu_wished)
        canvas.resized.connect(self._refresh)
        self._late.timeout.connect(self._refresh)
        self._soon.timeout.connect(self._repaint)

    def _on_changed(self, old: Experiment, new: Experiment) -> None:
        results = self.picture.results
        if results is not None and not is_same_surface(results.experiment.surface, new.surface):
            # Another surface is shown when its paths and its picture are there, all at once.
            self._late.stop()
        elif replace(new, display=old.display) == old:
            self._refresh()
        elif not self._late.isActive():
            self._late.start(ANSWER_MS)

    def _on_results(self, results: Results) -> None:
        self._late.stop()
        shown = self.picture.results
        if shown is None or is_same_surface(shown.experiment.surface, results.experiment.surface):
            self._arriving = None
            self.picture.results = results
        else:
            self._arriving = results
        self._refresh()

    def _on_ground(self, ground: Ground | None) -> None:
        """Show a new picture; with None there is none to come."""
        arriving = self._arriving
        if arriving is not None and (
            ground is None or is_same_surface(arriving.experiment.surface, ground.wish.surface)
        ):
            self.picture.results, self._arriving = arriving, None
        if ground is not None:
            self.picture.ground.take(ground)
            self.bar.show_levels(None if ground.wish.curve else ground.levels)
        self._refresh()

    def _refresh(self) -> None:
        """Bring frame, starts and picture up to date with the state."""
        if self._closed:
            return
        results = self._arriving or self.picture.results
        plot, ratio = self.canvas.plot(), self.canvas.devicePixelRatioF()
        view, curve = self._viewpoint.view(self._state.experiment, results, held=self._rings.held)
        display = self._state.experiment.display
        frame = fill_plot(view, plot, equal=display.equal_aspect and not curve)
        if results is not None:
            self._painter.wish(results.experiment, display, frame, ratio, curve=curve)
        if self._arriving is None:
            self.canvas.frame = frame
            if curve:
                self.canvas.frame = self._viewpoint.graph_frame(frame, self.picture.ground.drawn)
            self.canvas.x_only = curve
            self.picture.curve, self.picture.ratio = curve, ratio
            self.picture.curvature = display.curvature
            self.picture.basins.strength = display.basins_strength if display.basins else None
            x, y = results.landscape.surface.axes if results else ("x", "y")
            self.picture.titles = self.canvas.show_axes(
                (x, self.tr("loss") if curve else y), self.frame
            )
            self._place_starts()
            self.framed.emit(self.canvas.frame)
        self.basins_bar.place(plot)
        self.bar.fade(faded(display))
        self.bar.align(plot.top(), plot.bottom())
        self.bar.setVisible(not curve and self.width() >= ROOM_FOR_BAR_PX)
        self._repaint()

    def _repaint(self) -> None:
        picture = self.picture
        picture.head, picture.selected = self._state.head, self._state.selected
        if not self._closed:
            self.canvas.update()

    def _paint(self, painter: QPainter) -> None:
        self._soon.stop()
        picture = self.picture
        if picture.ready:
            picture.update_paths(self.frame, self.canvas.update)
        picture.paint(painter, self.frame, self.canvas.font())

    def _place_starts(self) -> None:
        experiment = self._state.experiment
        # A recorded path begins where it began.
        moved = {i: r for i, r in enumerate(experiment.runs) if r.visible and not r.recorded}
        starts = {i: run.start for i, run in moved.items() if run.start}
        hidden = not any(run.visible for run in experiment.runs)
        if hidden or any(run.start is None for run in moved.values()):
            starts[SHARED] = experiment.start
        places = {i: self.frame.pixel(x, self._height(x, y)) for i, (x, y) in starts.items()}
        self.picture.rings = self._rings.update(experiment, places, self.frame.plot)

    def _height(self, x: float, y: float) -> float:
        """Return where on the vertical axis a point of the plane is drawn."""
        drawn = self.picture.ground.drawn
        if not self.picture.curve or drawn is None:
            return y
        return float(drawn.landscape.value((x, y)))

    def _put_start(self, index: int, at: QPointF) -> None:
        """Write the start of a run, or the shared one, that was put at a pixel."""
        experiment = self._state.experiment
        x, y = self.frame.data(at)
        if self.picture.curve:
            y = (experiment if index == SHARED else experiment.runs[index]).start[1]  # type: ignore[index]
        try:
            if index == SHARED:
                self._state.update("start", start=(x, y))
            else:
                self._state.update_run(index, "start", start=(x, y))
        except ValueError as error:
            self._state.say(str(error))
            self._refresh()

    def _on_view_wished(self, view: View) -> None:
        if not is_drawable(view):
            return
        if self.picture.curve:
            # The vertical axis follows the graph.
            view = (*view[:2], *self._viewpoint.plane[2:])
        if self._state.experiment.display.blow_up:
            self._viewpoint.hold(view)
            self._refresh()
            return
        try:
            self._state.update_display("view", view=view)
        except ValueError as error:
            self._state.say(str(error))

    def _on_clicked(self, at: QPointF) -> None:
        found = self.picture.paths.nearest(at, self.frame, NEAR_PX)
        if found is not None:
            self._state.select(found[0])

    def _on_hovered(self, at: QPointF | None) -> None:
        drawn, results = self.picture.ground.drawn, self.picture.results
        point = None if at is None else self.frame.data(at)
        if at is None or point is None or drawn is None or results is None:
            self._readout.hide()
        else:
            text = values_text(drawn.landscape, self.frame, point, curve=self.picture.curve)
            basins = self.picture.basins.shown(self.picture.ground)
            if basins is not None and (outcome := outcome_text(basins, point)):
                text += "\n" + outcome
            found = self.picture.paths.nearest(at, self.frame, NEAR_PX)
            if found is not None:
                text += "\n" + step_text(results.trajectories[found[0]], found[1])
            self._readout.say(text, self.frame.plot, at)
        self.picture.probe = point
        if self.picture.curvature:
            self.canvas.update()

    def _on_menu_wished(self, at: QPointF, screen: QPoint) -> None:
        found = self.picture.paths.nearest(at, self.frame, NEAR_PX)
        if found is not None:
            self._state.select(found[0])
            self.run_menu_wanted.emit(screen)
            return
        place = self.frame.data(at)
        if self.picture.curve:
            place = (place[0], self._state.experiment.start[1])
        LandscapeMenu(self._state, place, self.fit, self).popup(screen)

    def _on_start_menu_wished(self, index: int, screen: QPoint) -> None:
        StartMenu(self._state, index, self).popup(screen)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Take the plot down in time: pyqtgraph can crash at the interpreter's end."""
        self._closed = True
        self.canvas.close()
        super().closeEvent(event)

    def _on_theme(self) -> None:
        if self._closed:
            return
        self.canvas.restyle()
        self._readout.restyle()
        self.basins_bar.restyle()
        self._refresh()
