"""What can be done with the place under the pointer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidgetAction

from engine.experiment import surface_of
from engine.formula import FormulaError
from gui.numbers import exact
from gui.panels.surface_actions import usual_start
from gui.views.landscape_basins_bar import strength_slider
from gui.views.landscape_starts import SHARED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from gui.state import State


class _StateMenu(QMenu):
    """A menu that writes to the state, and says it where that is refused."""

    def __init__(self, state: State, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._state = state

    def _do(self, text: str, work: Callable[[], object]) -> QAction:
        action = QAction(text, self)
        action.triggered.connect(lambda _=False: self._try(work))
        self.addAction(action)
        return action

    def _offer_own_start(self, place: tuple[float, float]) -> None:
        state, index = self._state, self._state.selected
        self._do(
            self.tr("Give the selected run its &own start here"),
            lambda: state.update_run(index, start=place),
        )

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except ValueError as error:
            self._state.say(str(error))


class StartMenu(_StateMenu):
    """The right-click menu of a start ring: the shared one, or a run's own."""

    def __init__(self, state: State, index: int, parent: QWidget) -> None:
        super().__init__(state, parent)
        self._index = index
        experiment = state.experiment
        start = experiment.start if index == SHARED else experiment.runs[index].start
        x, y = start or experiment.start
        self._do(
            self.tr("&Reset to the surface's start"),
            lambda: self._put(usual_start(state.experiment.surface)),
        )
        minima = state.results.landscape.minima.tolist() if state.results else []
        if minima:
            near = min(minima, key=lambda m: math.hypot(m[0] - x, m[1] - y))
            self._do(self.tr("Put it on the nearest &minimum"), lambda: self._put(near[:2]))
        self.addSeparator()
        if index != SHARED:
            self._do(self.tr("&Share the start of all runs"), lambda: self._put(None))
        elif experiment.runs:
            run = experiment.runs[state.selected]
            # A recorded path begins where it began.
            if run.start is None and not run.recorded:
                self._offer_own_start((x, y))
        self._do(self.tr("&Copy coordinates"), lambda: _copy_place(x, y))

    def _put(self, place: Sequence[float] | None) -> None:
        start = None if place is None else (float(place[0]), float(place[1]))
        if self._index == SHARED:
            self._state.update(start=start)
        else:
            self._state.update_run(self._index, start=start)


class LandscapeMenu(_StateMenu):
    """The landscape's right-click menu for one place of the plane."""

    def __init__(
        self,
        state: State,
        place: tuple[float, float],
        fit: Callable[[], None],
        parent: QWidget,
    ) -> None:
        super().__init__(state, parent)
        self._place = place
        self._add_starts()
        self.addSeparator()
        self._do(self.tr("&Copy coordinates"), lambda: _copy_place(*place))
        self._do(self.tr("&Fit"), fit)
        self.addSeparator()
        self._add_display()

    def _add_starts(self) -> None:
        state, place = self._state, self._place
        self._do(self.tr("&Put the start here"), lambda: state.update(start=place))
        if not state.experiment.runs:
            return
        index = state.selected
        run = state.experiment.runs[index]
        if run.recorded:
            return
        self._offer_own_start(place)
        if run.start is not None:
            self._do(self.tr("&Share the start again"), lambda: state.update_run(index, start=None))

    def _add_display(self) -> None:
        display = self._state.experiment.display
        self._switch(self.tr("&Equal aspect"), "equal_aspect", display.equal_aspect)
        self._switch(self.tr("&Gradient arrows"), "arrows", display.arrows)
        self._switch(self.tr("C&urvature"), "curvature", display.curvature)
        self._switch(self.tr("Basins of &minima"), "basins", display.basins)
        if display.basins:
            self._offer_strength()
        self._switch(
            self.tr("&Logarithmic colours"), "colours", display.colours == "log", ("linear", "log")
        )
        if _has_one_variable(self._state):
            self._switch(
                self.tr("&Draw as a curve"),
                "landscape",
                display.landscape == "curve",
                ("contour", "curve"),
            )

    def _offer_strength(self) -> None:
        action = QWidgetAction(self)
        action.setDefaultWidget(strength_slider(self._state, self))
        self.addAction(action)

    def _switch(
        self, text: str, field: str, on: bool, values: tuple[object, object] = (False, True)
    ) -> None:
        action = QAction(text, self, checkable=True)
        action.setChecked(on)
        action.triggered.connect(
            lambda now: self._state.update_display("", **{field: values[bool(now)]})
        )
        self.addAction(action)


def _copy_place(x: float, y: float) -> None:
    """Put exact coordinates on the clipboard."""
    texts = (exact(v).replace("−", "-") for v in (x, y))
    QGuiApplication.clipboard().setText(", ".join(texts))


def _has_one_variable(state: State) -> bool:
    try:
        return surface_of(state.experiment.surface).one_variable
    except FormulaError:
        return False
