"""What all pages of the "Why" panel share: they look only while they are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gui.theme import THEME

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from engine.explanation.explanation import Explanation
    from gui.state import State, Submit


def scrolling(widget: QWidget) -> QScrollArea:
    """Return an area in which a widget scrolls once there is not enough height for it."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    widget.setAutoFillBackground(False)
    area.setWidget(widget)
    return area


class WhyPage(QWidget):
    """One page about the selected run. A page overrides `refresh`."""

    def __init__(self, state: State, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._submit = state, submit
        # Several things change at once after a mouse move: one refresh is enough.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._refresh_if_seen)
        for signal in (
            state.explained_changed, state.head_changed, state.selected_changed, THEME.changed,
        ):  # fmt: skip
            signal.connect(self.refresh_soon)

    def refresh(self) -> None:
        """Show what is known now; called only while the page is visible."""
        raise NotImplementedError

    def refresh_soon(self) -> None:
        """Refresh once control returns to the event loop."""
        self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for explanations, and show what is known."""
        super().showEvent(event)
        self._state.want_explanations(self, True)
        self.refresh_soon()

    def hideEvent(self, event: QHideEvent) -> None:
        """Need no explanations any more."""
        super().hideEvent(event)
        self._state.want_explanations(self, False)

    @property
    def explanation(self) -> Explanation | None:
        """What is known about the selected run, or None."""
        explained = self._state.explained
        if explained is None or not 0 <= self._state.selected < len(explained.explanations):
            return None
        return explained.explanations[self._state.selected]

    @property
    def reason(self) -> str:
        """Why there is no explanation: a sentence for the empty page."""
        explained, selected = self._state.explained, self._state.selected
        if not self._state.experiment.runs:
            return self.tr("Add an optimizer: here will stand why its loss falls or rises.")
        if explained is None or selected >= len(explained.reasons):
            return self.tr("The explanation follows as soon as the path is there.")
        return explained.reasons[selected]

    @property
    def step(self) -> int:
        """The step that leaves the row under the play head; the last one taken at the end."""
        explanation = self.explanation
        last = explanation.rows - 2 if explanation is not None else 0
        return max(0, min(self._state.head, last))

    def _refresh_if_seen(self) -> None:
        if self.isVisible():
            self.refresh()
