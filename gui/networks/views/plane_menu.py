"""What can be done with a place in the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.networks.state import NetworkState
    from gui.networks.views.plane_view import PlaneView


class PlaneMenu(QMenu):
    """The right-click menu of the page."""

    def __init__(self, view: PlaneView, state: NetworkState, train: Callable[[], None]) -> None:
        super().__init__(view)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._do(self.tr("&Train from here"), train)
        if state.experiment.initial.weights:
            self._do(
                self.tr("&Draw the first weights by their scheme"),
                lambda: state.update_initial(weights=""),
            )
        self.addSeparator()
        self._do(self.tr("&Lay the plane anew"), view.lay_anew)
        self._do(self.tr("&Fit"), view.fit)
        self.addSeparator()
        log = self._do(self.tr("Lo&garithmic loss"), lambda: view.set_log(not view.log))
        log.setCheckable(True)
        log.setChecked(view.log)

    def _do(self, text: str, work: Callable[[], object]) -> QAction:
        action = QAction(text, self)
        action.triggered.connect(lambda _=False: work())
        self.addAction(action)
        return action
