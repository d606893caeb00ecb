"""What can be done with the place under the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu

from engine.experiment import surface_of
from engine.formula import FormulaError
from gui.numbers import exact

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from gui.state import State


class LandscapeMenu(QMenu):
    """The landscape's right-click menu for one place of the plane."""

    def __init__(
        self,
        state: State,
        place: tuple[float, float],
        fit: Callable[[], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._state = state
        self._place = place
        self._add_starts()
        self.addSeparator()
        self._do(self.tr("&Copy coordinates"), self._copy)
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
        self._do(
            self.tr("Give the selected run its &own start here"),
            lambda: state.update_run(index, start=place),
        )
        if run.start is not None:
            self._do(self.tr("&Share the start again"), lambda: state.update_run(index, start=None))

    def _add_display(self) -> None:
        display = self._state.experiment.display
        self._switch(self.tr("&Equal aspect"), "equal_aspect", display.equal_aspect)
        self._switch(self.tr("&Gradient arrows"), "arrows", display.arrows)
        self._switch(self.tr("C&urvature"), "curvature", display.curvature)
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

    def _do(self, text: str, work: Callable[[], object]) -> QAction:
        action = QAction(text, self)
        action.triggered.connect(lambda _=False: self._try(work))
        self.addAction(action)
        return action

    def _switch(
        self, text: str, field: str, on: bool, values: tuple[object, object] = (False, True)
    ) -> None:
        action = QAction(text, self, checkable=True)
        action.setChecked(on)
        action.triggered.connect(
            lambda now: self._state.update_display("", **{field: values[bool(now)]})
        )
        self.addAction(action)

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except ValueError as error:
            self._state.say(str(error))

    def _copy(self) -> None:
        x, y = (exact(v).replace("−", "-") for v in self._place)
        QGuiApplication.clipboard().setText(f"{x}, {y}")


def _has_one_variable(state: State) -> bool:
    try:
        return surface_of(state.experiment.surface).one_variable
    except FormulaError:
        return False
