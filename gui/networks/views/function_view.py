"""What the network computes: a fit, regions or a slice, or how it answers the rows of its data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from gui.networks.views.function_asker import Asker
from gui.networks.views.function_bar import FunctionBar
from gui.networks.views.function_hover import place_text, row_text
from gui.networks.views.function_matrix import ConfusionMatrix
from gui.networks.views.function_picture import Picture
from gui.networks.views.function_runs import visible_runs
from gui.networks.views.function_viewpoint import Viewpoint
from gui.networks.views.function_wish import wish_for
from gui.networks.views.function_words import (
    alert_text,
    axis_names,
    details,
    empty_text,
    subject_text,
)
from gui.theme import FAINT, THEME
from gui.views.landscape_canvas import Canvas
from gui.views.landscape_colour_bar import ColourBar
from gui.views.landscape_frame import is_drawable
from gui.views.landscape_hover import Readout

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QCloseEvent, QPainter, QShowEvent

    from engine.networks.network import Network
    from gui.networks.state import NetworkState
    from gui.networks.views.function_wish import Kind, Wish
    from gui.networks.views.function_work import Answer
    from gui.state import Submit
    from gui.views.landscape_frame import Frame, View

#: A row this near to the pointer is named.
NEAR_PX = 9.0
#: In a narrower view the picture needs the colour bar's place.
ROOM_FOR_BAR_PX = 400


class FunctionView(QWidget):
    """Follows the selected run and the play head while it is seen."""

    def __init__(self, state: NetworkState, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.picture = Picture()
        self.bar = FunctionBar()
        self.canvas = Canvas(self._paint)
        self.colours = ColourBar(None, quantity=self.tr("target"))
        self.matrix = ConfusionMatrix()
        self.empty = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.empty.setForegroundRole(FAINT)
        self._viewpoint = Viewpoint()
        self._readout = Readout(self.canvas)
        self._asker = Asker(submit, self._on_answer, state.say)
        self._closed = False
        # News and the play head change at once: one refresh is enough.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.refresh)
        self.setAccessibleName(self.tr("What the network computes"))
        self.canvas.setAccessibleName(self.tr("Function and data"))
        self._lay_out()
        self._connect()

    @property
    def frame(self) -> Frame:
        """The visible piece and where it stands on the canvas."""
        assert self.canvas.frame is not None
        return self.canvas.frame

    def fit(self) -> None:
        """Show all data again."""
        self._viewpoint.fit()
        self._readout.hide()
        self.refresh()

    def refresh(self) -> None:
        """Bring bar, axes and picture up to date with the state."""
        if self._closed or not self.isVisible():
            return
        runs = visible_runs(self._state)
        if not runs:
            self._show_nothing()
            return
        network, trained = runs[-1].network, self._state.trained
        assert trained is not None
        if self._viewpoint.know(trained.experiment.data):
            self.bar.show_data(network.prepared.data)
        kind, axes = self._kind(network), self.bar.axes
        answer, data = self.picture.answer, trained.experiment.data
        same = answer is None or answer.wish.subject == (data, kind, axes)
        # Another picture gets its place and its axes when it is there.
        if same:
            self._arrange(network, kind)
        frame = self._viewpoint.frame(network, kind, axes, self.canvas.plot())
        ratio = self.canvas.devicePixelRatioF()
        wish = wish_for(runs, kind, axes, frame, ratio, data)
        if same:
            self._place(wish, frame)
        self._asker.wish(wish)
        self._say()
        self.canvas.update()

    def refresh_soon(self) -> None:
        """Refresh once control returns to the event loop."""
        self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Bring up to date what changed while nobody looked."""
        super().showEvent(event)
        self.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Take the plot down in time: pyqtgraph can crash at the interpreter's end."""
        self._closed = True
        self._asker.wish(None)
        self.canvas.close()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.empty, 1)
        row.addWidget(self.canvas, 1)
        row.addWidget(self.matrix, 1)
        row.addWidget(self.colours)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(row, 1)
        self.matrix.hide()
        self.colours.hide()

    def _connect(self) -> None:
        state, canvas = self._state, self.canvas
        for signal in (
            state.trained_changed, state.head_changed, state.selected_changed, state.changed,
        ):  # fmt: skip
            signal.connect(self.refresh_soon)
        self.bar.changed.connect(self.refresh)
        canvas.resized.connect(self.refresh)
        THEME.changed.connect(self._on_theme)
        canvas.view_wished.connect(self._on_view_wished)
        canvas.start_wished.connect(self.fit)
        canvas.hovered.connect(self._on_hovered)
        canvas.menu_wished.connect(self._on_menu_wished)

    def _kind(self, network: Network) -> Kind:
        if self.bar.page == "rows":
            return "rows"
        return "line" if network.model.sizes[0] == 1 else "plane"

    def _arrange(self, network: Network, kind: Kind) -> None:
        """Choose between plot and table."""
        regression = network.model.task == "regression"
        table = kind == "rows" and not regression
        self.empty.hide()
        self.canvas.setVisible(not table)
        self.matrix.setVisible(table)
        roomy = self.width() >= ROOM_FOR_BAR_PX
        self.colours.setVisible(kind == "plane" and regression and roomy)

    def _place(self, wish: Wish, frame: Frame) -> None:
        """Bring the axes up to date."""
        self.canvas.frame, self.picture.ratio = frame, wish.ratio
        self.picture.titles = self.canvas.show_axes(axis_names(wish), frame)
        self.colours.quantity = wish.network.prepared.data.target_names[0]
        self.colours.align(frame.plot.top(), frame.plot.bottom())

    def _on_answer(self, answer: Answer) -> None:
        if self._closed or answer.wish.data != self._viewpoint.data:
            return
        self.picture.take(answer)
        self.picture.alert = alert_text(answer)
        self.colours.show_levels(answer.levels)
        if answer.counted is not None:
            names = answer.wish.network.prepared.data.class_names
            self.bar.show_held(bool(answer.rows.held.any()))
            self.matrix.show_counts(answer.counted[self.bar.held], names)
        wish = answer.wish
        self._arrange(wish.network, wish.kind)
        plot = self.canvas.plot()
        self._place(wish, self._viewpoint.frame(wish.network, wish.kind, wish.axes, plot))
        self._say()
        self.canvas.update()

    def _say(self) -> None:
        """Say above the picture what is shown."""
        answer, points = self.picture.answer, self.picture.points
        runs = visible_runs(self._state)
        if answer is None or points is None or not runs:
            return
        parts = [subject_text(runs[-1]), *details(answer, points, self.frame)]
        if answer.counted is not None:
            self.matrix.show_counts(answer.counted[self.bar.held], self.matrix.names)
        self.bar.say(" · ".join(parts))

    def _show_nothing(self) -> None:
        self.picture.take(None)
        self._asker.wish(None)
        self.canvas.hide()
        self.matrix.hide()
        self.colours.hide()
        self.bar.show_data(None)
        self.bar.say("")
        self.empty.setText(empty_text(bool(self._state.experiment.runs)))
        self.empty.show()

    def _paint(self, painter: QPainter) -> None:
        if self.canvas.frame is not None:
            self.picture.paint(painter, self.frame, self.canvas.font())

    def _on_view_wished(self, view: View) -> None:
        answer = self.picture.answer
        if answer is not None and is_drawable(view):
            self._viewpoint.choose(answer.wish.kind, answer.wish.axes, view)
            self.refresh()

    def _on_hovered(self, at: QPointF | None) -> None:
        answer, points = self.picture.answer, self.picture.points
        if at is None or answer is None or points is None:
            self._readout.hide()
            return
        row = points.nearest(at, self.frame, NEAR_PX)
        if row is None:
            text = place_text(answer, self.frame, self.frame.data(at))
        else:
            text = row_text(answer, row)
        self._readout.say(text, self.frame.plot, at)

    def _on_menu_wished(self, at: QPointF, screen: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        action = QAction(self.tr("&Fit to the data"), menu)
        action.triggered.connect(self.fit)
        menu.addAction(action)
        menu.popup(screen)

    def _on_theme(self) -> None:
        if self._closed:
            return
        self.canvas.restyle()
        self._readout.restyle()
        if self.picture.answer is not None:
            self.picture.take(self.picture.answer)
        self.refresh()
