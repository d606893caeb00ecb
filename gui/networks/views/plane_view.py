"""The path in a plane: the loss around a run as a landscape, with the paths of all runs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.networks.views import plane_work as work
from gui.networks.views.function_runs import visible_indices
from gui.networks.views.plane_asker import GroundAsker, Newest
from gui.networks.views.plane_bar import PlaneBar
from gui.networks.views.plane_choice import laying_for, same_ground
from gui.networks.views.plane_distances import Distances
from gui.networks.views.plane_menu import PlaneMenu
from gui.networks.views.plane_picture import PlanePicture
from gui.networks.views.plane_start import PlaneStart
from gui.networks.views.plane_viewpoint import Viewpoint
from gui.networks.views.plane_words import (
    axis_names,
    details,
    empty_text,
    place_text,
    point_text,
)
from gui.theme import FAINT, THEME
from gui.views.landscape_canvas import Canvas
from gui.views.landscape_colour_bar import ColourBar
from gui.views.landscape_frame import is_drawable
from gui.views.landscape_ground import ground_colours
from gui.views.landscape_hover import Readout

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QCloseEvent, QHideEvent, QPainter, QShowEvent

    from gui.networks.state import NetworkState
    from gui.networks.views.plane_work import Followed, Ground, Laid
    from gui.state import Submit
    from gui.views.landscape_frame import Frame, View

#: A point of a path this near to the pointer is named.
NEAR_PX = 9.0
#: In a narrower view the picture needs the colour bar's place.
ROOM_FOR_BAR_PX = 400
#: A plane follows paths that have rested so long, and such as move so often.
REST_MS, MOVING_MS = 250, 1500


class PlaneView(QWidget):
    """Lays a plane through the weights; follows all runs in it while it is seen."""

    def __init__(self, state: NetworkState, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.picture = PlanePicture(submit)
        self.bar = PlaneBar()
        self.canvas = Canvas(self._paint)
        self.colours = ColourBar(None)
        self.distances = Distances()
        self.empty = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.empty.setForegroundRole(FAINT)
        self.log = True
        #: The plane that is shown; None before the first.
        self.laid: Laid | None = None
        self._viewpoint = Viewpoint()
        self._readout = Readout(self.canvas)
        self._layer = Newest(submit, "plane", self._on_laid, state.say)
        self._follower = Newest(submit, "plane paths", self._on_followed, state.say)
        self._ground = GroundAsker(submit, self._on_ground, state.say)
        self._start = PlaneStart(state, self.canvas)
        self._closed = False
        # News and the play head change at once: one refresh is enough.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._later = QTimer(self, singleShot=True)
        self.setAccessibleName(self.tr("The path in a plane"))
        self.canvas.setAccessibleName(self.tr("Loss over a plane, and paths"))
        self._lay_out()
        self._connect()

    @property
    def frame(self) -> Frame:
        """The visible piece and where it stands on the canvas."""
        assert self.canvas.frame is not None
        return self.canvas.frame

    @property
    def is_line(self) -> bool:
        """Whether a straight line is shown."""
        plane = self.laid.plane if self.laid else None
        return plane is not None and len(plane.axes) == 1

    def fit(self) -> None:
        """Show all of the paths again."""
        self._viewpoint.fit()
        self._readout.hide()
        self.refresh()

    def set_log(self, log: bool) -> None:
        """Draw the loss on a logarithmic scale or on a linear one."""
        self.log = log
        if self.is_line:
            self._viewpoint.fit()
        self.refresh()

    def lay_anew(self) -> None:
        """Lay the plane through the paths as they are now."""
        self._start.let_go()
        self._viewpoint.fit()
        self._lay()

    def refresh(self) -> None:
        """Bring bar, plane, paths and picture up to date with the state."""
        if self._closed or not self.isVisible():
            return
        trained = self._state.trained
        wanted = laying_for(self._state, self.bar.choice)
        if trained is None or wanted is None:
            self._show_nothing(empty_text(bool(self._state.experiment.runs)))
            return
        self._name_runs()
        laid = self.laid
        if laid is None or not same_ground(laid.laying.network, trained.network):
            self._start.let_go()
            self._lay()
        elif wanted.key != laid.laying.key:
            self._follow_later()
        if (laid := self.laid) is not None:
            self._show_laid(laid)

    def refresh_soon(self) -> None:
        """Refresh once control returns to the event loop."""
        self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Bring up to date what changed while nobody looked."""
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Draw nothing that nobody sees."""
        super().hideEvent(event)
        self._ground.wish(None)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Take the plot down in time: pyqtgraph can crash at the interpreter's end."""
        self._closed = True
        self._ground.wish(None)
        self.canvas.close()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.canvas, 1)
        row.addWidget(self.colours)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for item, share in ((self.bar, 0), (self.empty, 1)):
            column.addWidget(item, share)
        column.addLayout(row, 1)
        column.addWidget(self.distances)
        for widget in (self.canvas, self.colours, self.distances):
            widget.hide()

    def _connect(self) -> None:
        state, canvas = self._state, self.canvas
        for signal in (
            state.trained_changed, state.head_changed, state.selected_changed, state.changed,
            state.running_changed,
        ):  # fmt: skip
            signal.connect(self.refresh_soon)
        self._soon.timeout.connect(self.refresh)
        self._later.timeout.connect(self._on_rested)
        self.bar.changed.connect(self.lay_anew)
        self.bar.renewed.connect(self.lay_anew)
        self.distances.stepped.connect(state.set_head)
        self._start.moved.connect(self._put_start)
        self._start.changed.connect(self.refresh)
        canvas.resized.connect(self.refresh)
        canvas.view_wished.connect(self._on_view_wished)
        canvas.start_wished.connect(self._put_start)
        canvas.clicked.connect(self._on_clicked)
        canvas.hovered.connect(self._on_hovered)
        canvas.menu_wished.connect(self._on_menu_wished)
        THEME.changed.connect(self._on_theme)

    def _lay(self) -> None:
        """Have the chosen plane laid now."""
        self._later.stop()
        wanted = laying_for(self._state, self.bar.choice)
        if wanted is not None:
            self._layer.wish((wanted.key, wanted.choice.kind), lambda: work.lay(wanted))

    def _follow_later(self) -> None:
        """Have a plane laid through the paths once they rest, unless a start was placed in it."""
        self.bar.show_held(self._start.holds)
        if not self._start.holds and not self._later.isActive():
            self._later.start(MOVING_MS if self._state.running else REST_MS)

    def _on_rested(self) -> None:
        if self._closed or self._start.holds:
            return
        wanted = laying_for(self._state, self.bar.choice)
        if wanted is not None and (self.laid is None or wanted.key != self.laid.laying.key):
            self._lay()

    def _on_laid(self, laid: Laid) -> None:
        if self._closed:
            return
        if self.laid is None or laid.laying.choice != self.laid.laying.choice:
            self._viewpoint.fit()
        self.laid = laid
        self._viewpoint.know(laid.view)
        self.bar.show_held(False)
        if laid.plane is None:
            self._show_nothing(laid.sentence)
        self.refresh_soon()

    def _show_laid(self, laid: Laid) -> None:
        """Bring paths and ground up to date with a plane that is there."""
        trained = self._state.trained
        if laid.plane is None or trained is None:
            return
        if same_ground(laid.laying.network, trained.network):
            indices = tuple(visible_indices(self._state, trained))
            key, log = (id(laid), id(trained), indices, self.log), self.log
            self._follower.wish(key, lambda: work.follow(laid, trained, indices, log))
        followed = self.picture.followed
        if followed is None or followed.laid is not laid:
            # Another plane is shown when the paths in it are there.
            return
        self._arrange()
        plot, ratio = self.canvas.plot(), self.canvas.devicePixelRatioF()
        frame = self._viewpoint.frame(plot, line=self.is_line)
        self.canvas.frame, self.canvas.x_only = frame, self.is_line
        self.picture.ratio = ratio
        self.picture.titles = self.canvas.show_axes(axis_names(laid, self.log), frame)
        self.colours.align(plot.top(), plot.bottom())
        step = self._state.head if self.bar.choice.batch else -1
        size = (round(plot.width() * ratio), round(plot.height() * ratio))
        view = (*frame.view[:2], 0.0, 1.0) if self.is_line else frame.view
        colours = ground_colours(THEME.colours)
        self._ground.wish(work.GroundWish(laid, view, step, size, ratio, self.log, colours))
        self.picture.head, self.picture.selected = self._state.head, self._state.selected
        self._place_start(followed)
        self.distances.set_head(self._state.head)
        self.bar.say(details(laid, followed, self.picture.ground, self._state.selected))
        self.canvas.update()

    def _on_followed(self, followed: Followed) -> None:
        if self._closed or followed.laid is not self.laid:
            return
        self.picture.followed = followed
        if followed.indices:
            self.distances.show_followed(followed, self._state.head)
        self.refresh()

    def _on_ground(self, ground: Ground) -> None:
        if self._closed or ground.wish.laid is not self.laid:
            return
        self.picture.take(ground)
        self.colours.show_levels(None if len(ground.graph) else ground.levels)
        if len(ground.graph):
            self._viewpoint.know_graph(ground.graph)
        self.refresh_soon()
        self.canvas.update()

    def _arrange(self) -> None:
        """Show the plot, and what there is room for."""
        self.empty.hide()
        self.canvas.show()
        self.distances.setVisible(bool(self.picture.followed and self.picture.followed.indices))
        self.colours.setVisible(not self.is_line and self.width() >= ROOM_FOR_BAR_PX)

    def _show_nothing(self, text: str) -> None:
        self._ground.wish(None)
        self.picture.take(None)
        self.picture.followed = None
        for widget in (self.canvas, self.colours, self.distances):
            widget.hide()
        self._start.hide()
        self.bar.say("")
        self.empty.setText(text)
        self.empty.show()

    def _name_runs(self) -> None:
        trained = self._state.trained
        assert trained is not None
        chosen = self._state.selected
        names = [(i, h.label) for i, h in enumerate(trained.histories) if i != chosen]
        self.bar.show_runs(names)

    def _place_start(self, followed: Followed) -> None:
        self.picture.ring = self._start.place(followed, self.frame, self._height)

    def _height(self, x: float) -> float:
        """Return where on a line's graph a coordinate is drawn."""
        return self._viewpoint.height(x)

    def _put_start(self, at: QPointF) -> None:
        """Train from the place at a pixel."""
        laid = self.laid
        if laid is not None and laid.plane is not None and self.canvas.frame is not None:
            x, y = self.frame.data(at)
            self._start.put(laid.plane, (x,) if self.is_line else (x, y))
            self.refresh()

    def _on_view_wished(self, view: View) -> None:
        if is_drawable(view):
            self._viewpoint.choose(view)
            self.refresh()

    def _on_clicked(self, at: QPointF) -> None:
        found = self.picture.paths.nearest(at, self.frame, NEAR_PX)
        if found is not None:
            self._state.select(found[0])

    def _on_hovered(self, at: QPointF | None) -> None:
        followed = self.picture.followed
        if at is None or followed is None or self.canvas.frame is None:
            self._readout.hide()
            return
        found = self.picture.paths.nearest(at, self.frame, NEAR_PX)
        if found is not None:
            text = point_text(followed, *found)
        else:
            text = place_text(self.picture.ground, self.frame, self.frame.data(at), self.is_line)
        self._readout.say(text, self.frame.plot, at)

    def _on_menu_wished(self, at: QPointF, screen: QPoint) -> None:
        PlaneMenu(self, self._state, lambda: self._put_start(at)).popup(screen)

    def _paint(self, painter: QPainter) -> None:
        if self.canvas.frame is not None and self.picture.followed is not None:
            self.picture.paint(painter, self.frame, self.canvas.font(), self.canvas.update)

    def _on_theme(self) -> None:
        if self._closed:
            return
        self.canvas.restyle()
        self._readout.restyle()
        if self.picture.followed is not None and self.picture.followed.indices:
            self.distances.show_followed(self.picture.followed, self._state.head)
        self.refresh()
