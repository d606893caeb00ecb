"""The path in a plane: the loss around a run as a landscape, with the paths of all runs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.networks.views import plane_work as work
from gui.networks.views.plane_asker import GroundAsker
from gui.networks.views.plane_bar import PlaneBar
from gui.networks.views.plane_choice import laying_for
from gui.networks.views.plane_distances import Distances
from gui.networks.views.plane_follower import PlaneFollower
from gui.networks.views.plane_hover import Hover
from gui.networks.views.plane_menu import PlaneMenu
from gui.networks.views.plane_picture import PlanePicture
from gui.networks.views.plane_start import PlaneStart
from gui.networks.views.plane_viewpoint import Viewpoint
from gui.networks.views.plane_words import (
    axis_names,
    details,
    empty_text,
)
from gui.theme import FAINT, THEME
from gui.views.landscape_canvas import Canvas
from gui.views.landscape_colour_bar import ColourBar
from gui.views.landscape_frame import is_drawable
from gui.views.landscape_ground import ground_colours

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QCloseEvent, QHideEvent, QPainter, QShowEvent

    from gui.networks.state import NetworkState
    from gui.networks.views.plane_work import Followed, Ground, Laid
    from gui.state import Submit
    from gui.views.landscape_frame import Frame, View

#: In a narrower view the picture needs the colour bar's place.
ROOM_FOR_BAR_PX = 400


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
        self._viewpoint = Viewpoint()
        self._hover = Hover(state, self.canvas, self.picture)
        self._ground = GroundAsker(submit, self._on_ground, state.say)
        self._start = PlaneStart(state, self.canvas)
        self._follower = PlaneFollower(state, submit, self._start, lambda: self.bar.choice)
        #: Paths in another plane, whose ground is not there yet.
        self._arriving: Followed | None = None
        self._closed = False
        # News and the play head change at once: one refresh is enough.
        self._soon = QTimer(self, singleShot=True, interval=0)
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
    def laid(self) -> Laid | None:
        """The plane that is shown; None before the first."""
        return self._follower.laid

    @property
    def is_line(self) -> bool:
        """Whether a straight line is shown."""
        return self.picture.followed is not None and self.picture.followed.is_line

    def fit(self) -> None:
        """Show all of the paths again."""
        self._viewpoint.fit()
        self._hover.hide()
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
        self._follower.lay()
        self.refresh()

    def refresh(self) -> None:
        """Bring bar, plane, paths and picture up to date with the state."""
        if self._closed or not self.isVisible():
            return
        trained = self._state.trained
        wanted = laying_for(self._state, self.bar.choice)
        if trained is None or wanted is None:
            self._show_nothing(empty_text(bool(self._state.experiment.runs)))
            return
        self.bar.show_histories(trained.histories, self._state.selected)
        self._follower.update(wanted, self.log)
        self.bar.show_held(self._follower.is_held)
        if self.laid is not None and self.laid.plane is not None:
            self._show_laid(self.laid)

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
        self._follower.close()
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
        self._follower.laid_anew.connect(self._on_laid)
        self._follower.followed.connect(self._on_followed)
        self.bar.changed.connect(self._on_chosen)
        self.bar.renewed.connect(self.lay_anew)
        self.distances.stepped.connect(state.set_head)
        self._start.moved.connect(self._put_start)
        self._start.changed.connect(self.refresh)
        canvas.resized.connect(self.refresh_soon)
        canvas.view_wished.connect(self._on_view_wished)
        canvas.start_wished.connect(self._put_start)
        canvas.menu_wished.connect(self._on_menu_wished)
        THEME.changed.connect(self._on_theme)

    def _on_chosen(self) -> None:
        """Lay another plane, or show another loss over this one."""
        choice, laid = self.bar.choice, self.laid
        if laid is not None and replace(laid.laying.choice, batch=choice.batch) == choice:
            self.refresh()
        else:
            self.lay_anew()

    def _on_laid(self, laid: Laid, other: bool) -> None:
        if other:
            self._viewpoint.fit()
        self._viewpoint.know(laid.view)
        if laid.plane is None:
            self._show_nothing(laid.sentence)
        self.refresh_soon()

    def _show_laid(self, laid: Laid) -> None:
        """Bring paths and ground up to date with a plane that is there."""
        self.picture.head, self.picture.selected = self._state.head, self._state.selected
        self.canvas.update()
        followed = self._arriving or self.picture.followed
        if followed is None or followed.laid is not laid:
            return
        self._arrange()
        plot, ratio = self.canvas.plot(), self.canvas.devicePixelRatioF()
        frame = self._viewpoint.frame(plot, line=followed.is_line)
        self._wish_ground(followed, frame, ratio)
        if self._arriving is not None:
            return
        self.canvas.frame, self.canvas.x_only = frame, self.is_line
        self.picture.ratio = ratio
        self.picture.titles = self.canvas.show_axes(axis_names(laid, self.log), frame)
        self.colours.align(plot.top(), plot.bottom())
        self.picture.ring = self._start.place(followed, frame, self._viewpoint.height)
        self.distances.set_head(self._state.head)
        chosen, held = self._state.selected, self._follower.is_held
        self.bar.say(details(laid, followed, self.picture.ground, chosen, held))

    def _wish_ground(self, followed: Followed, frame: Frame, ratio: float) -> None:
        plot, step = frame.plot, self._state.head if self.bar.choice.batch else -1
        size = (round(plot.width() * ratio), round(plot.height() * ratio))
        view = (*frame.view[:2], 0.0, 1.0) if followed.is_line else frame.view
        colours = ground_colours(THEME.colours)
        wish = work.GroundWish(followed.laid, view, step, size, ratio, self.log, colours)
        self._ground.wish(wish)

    def _on_followed(self, followed: Followed) -> None:
        ground = self.picture.ground
        if ground is not None and ground.wish.laid is not followed.laid:
            # Another plane is shown when its ground is there too.
            self._arriving = followed
        else:
            self._show_followed(followed)
        self.refresh()

    def _show_followed(self, followed: Followed) -> None:
        self._arriving, self.picture.followed = None, followed
        if followed.indices:
            self.distances.show_followed(followed, self._state.head)

    def _on_ground(self, ground: Ground) -> None:
        if self._closed or ground.wish.laid is not self.laid:
            return
        if self._arriving is not None and self._arriving.laid is ground.wish.laid:
            self._show_followed(self._arriving)
        self.picture.take(ground)
        self.colours.show_levels(None if len(ground.graph) else ground.levels)
        if len(ground.graph):
            self._viewpoint.know_graph(ground.graph)
        self.refresh()

    def _arrange(self) -> None:
        """Show the plot, and what there is room for."""
        self.empty.hide()
        self.distances.setVisible(bool(self.picture.followed and self.picture.followed.indices))
        self.colours.setVisible(not self.is_line and self.width() >= ROOM_FOR_BAR_PX)
        # Last, when its size is known: what changes while it is resized does not reach its axes.
        self.canvas.show()

    def _show_nothing(self, text: str) -> None:
        self._ground.wish(None)
        self.picture.take(None)
        self.picture.followed = self._arriving = None
        for widget in (self.canvas, self.colours, self.distances):
            widget.hide()
        self._start.hide()
        self.bar.say("")
        self.empty.setText(text)
        self.empty.show()

    def _put_start(self, at: QPointF) -> None:
        """Train from the place at a pixel."""
        followed = self.picture.followed
        if followed is not None and followed.laid is self.laid and self.canvas.frame is not None:
            x, y = self.frame.data(at)
            assert followed.laid.plane is not None
            self._start.put(followed.laid.plane, (x,) if self.is_line else (x, y))
            self.refresh()

    def _on_view_wished(self, view: View) -> None:
        if is_drawable(view):
            self._viewpoint.choose(view)
            self.refresh()

    def _on_menu_wished(self, at: QPointF, screen: QPoint) -> None:
        PlaneMenu(self, self._state, lambda: self._put_start(at)).popup(screen)

    def _paint(self, painter: QPainter) -> None:
        if self.canvas.frame is not None and self.picture.followed is not None:
            self.picture.paint(painter, self.frame, self.canvas.font(), self.canvas.update)

    def _on_theme(self) -> None:
        if self._closed:
            return
        self.canvas.restyle()
        self._hover.restyle()
        if self.picture.followed is not None and self.picture.followed.indices:
            self.distances.show_followed(self.picture.followed, self._state.head)
        self.refresh()
