"""Sections above each other, scrolling if need be; the selected run is brought into sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from gui.theme import RHYTHM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.editing import Editing
    from gui.panels.run_panel import RunPanel

NARROWEST_PX, USUAL_PX = 272, 304


class SideColumn(QScrollArea):
    """Everything that is asked of the engine.

    Parameters
    ----------
    sections : widgets from top to bottom, the panel of the runs among them.
    runs : that panel.
    """

    def __init__(
        self,
        state: Editing,
        sections: Sequence[QWidget],
        runs: RunPanel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._editing = state
        self.runs = runs
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(RHYTHM, RHYTHM, RHYTHM, RHYTHM)
        layout.setSpacing(3 * RHYTHM)
        for section in sections:
            layout.addWidget(section)
        layout.addStretch(1)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(NARROWEST_PX)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # Rows are made by the change that selects one of them.
        state.selected_changed.connect(lambda _: QTimer.singleShot(0, self, self._reveal_selected))

    def sizeHint(self) -> QSize:
        """Return the usual width."""
        return QSize(USUAL_PX, 640)

    def _reveal_selected(self) -> None:
        rows, selected = self.runs.list.rows, self._editing.selected
        if selected < len(rows):
            # A new row has its place only when this has grown.
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
            self.ensureWidgetVisible(rows[selected], 0, RHYTHM)
