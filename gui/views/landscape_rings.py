"""Keeps one start handle per start ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, QRectF
from PySide6.QtGui import QColor

from gui.numbers import show
from gui.theme import THEME
from gui.views.landscape_picture import Ring
from gui.views.landscape_starts import SHARED, StartHandle

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QWheelEvent

    from engine.experiment import Experiment
    from gui.views.landscape_canvas import Canvas


class Rings:
    """Creates, moves and removes handles as starts come and go."""

    def __init__(
        self,
        canvas: Canvas,
        put: Callable[[int, QPointF], None],
        refresh: Callable[[], None],
        open_menu: Callable[[int, QPoint], None],
    ) -> None:
        self._canvas = canvas
        self._put = put
        self._refresh = refresh
        self._open_menu = open_menu
        self.handles: dict[int, StartHandle] = {}

    @property
    def held(self) -> bool:
        """Whether a ring is being dragged."""
        return any(handle.is_held for handle in self.handles.values())

    def update(
        self, experiment: Experiment, places: dict[int, QPointF], plot: QRectF
    ) -> list[Ring]:
        """Put handles at these pixels, by index of the run or SHARED; return what to paint."""
        for index in set(self.handles) - set(places):
            self.handles.pop(index).deleteLater()
        return [
            self._place(index, experiment, at, plot.contains(at))
            for index, at in sorted(places.items())
        ]

    def _place(self, index: int, experiment: Experiment, at: QPointF, seen: bool) -> Ring:
        handle = self.handles.get(index) or self._new_handle(index)
        handle.place(at)
        handle.setVisible(seen or handle.is_held)
        own = index != SHARED
        name, colour = _tr("Start of all runs"), QColor(THEME.colours.text)
        x, y = experiment.start
        if own:
            run = experiment.runs[index]
            name, colour = _tr("Start of run {n}").format(n=index + 1), THEME.path_colour(run.slot)
            x, y = run.start or experiment.start
        handle.describe(name, f"x {show(x)}", f"y {show(y)}")
        return Ring(at, colour, own, handle.hasFocus())

    def _new_handle(self, index: int) -> StartHandle:
        handle = StartHandle(index, self._canvas)
        handle.moved.connect(self._put)
        handle.released.connect(lambda _: self._refresh())
        handle.focus_changed.connect(self._refresh)
        handle.menu_wished.connect(self._open_menu)
        handle.wheeled.connect(self._on_wheeled)
        self.handles[index] = handle
        return handle

    def _on_wheeled(self, event: QWheelEvent) -> None:
        at = self._canvas.mapFromGlobal(event.globalPosition())
        self._canvas.turn_wheel(event.angleDelta().y(), at)


def _tr(text: str) -> str:
    return QCoreApplication.translate("landscape", text)
