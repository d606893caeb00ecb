"""Surface and optimizers above each other, scrolling if need be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from gui.panels.run_panel import RunPanel
from gui.panels.surface_panel import SurfacePanel
from gui.theme import RHYTHM

if TYPE_CHECKING:
    from gui.panels.run_actions import RunActions
    from gui.state import State, Submit

NARROWEST_PX, USUAL_PX = 272, 304


class SidePanel(QScrollArea):
    """Everything that is asked of the engine."""

    def __init__(
        self, state: State, submit: Submit, actions: RunActions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.surface = SurfacePanel(state, submit)
        self.runs = RunPanel(state, submit, actions)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(RHYTHM, RHYTHM, RHYTHM, RHYTHM)
        layout.setSpacing(3 * RHYTHM)
        layout.addWidget(self.surface)
        layout.addWidget(self.runs)
        layout.addStretch(1)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(NARROWEST_PX)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # Rows are made by the change that selects one of them.
        state.selected_changed.connect(lambda _: QTimer.singleShot(0, self, self._reveal_selected))
        self._state = state

    def choose_surface(self, name: str) -> None:
        """Go to a surface of the catalogue, or to the user's own formula."""
        self.surface.choose(name)

    def _reveal_selected(self) -> None:
        rows, selected = self.runs.list.rows, self._state.selected
        if selected < len(rows):
            # A new row has its place only when this has grown.
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
            self.ensureWidgetVisible(rows[selected], 0, RHYTHM)

    def sizeHint(self) -> QSize:
        """Return the usual width."""
        return QSize(USUAL_PX, 640)
