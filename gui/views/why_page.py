"""What all pages of the "Why" panel share: they look only while they are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from gui.state import is_same_ground
from gui.theme import RHYTHM, THEME

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


def bold(label: QLabel) -> None:
    """Make a label a heading."""
    font = label.font()
    font.setBold(True)
    label.setFont(font)


class WhyPage(QWidget):
    """One page about the selected run: its body, or why there is none.

    Signals
    -------
    outdated : what the page shows is no longer what is known; only while it is seen.
    """

    outdated = Signal()

    def __init__(self, state: State, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._submit = state, submit
        self.empty = QLabel()
        self.empty.setWordWrap(True)
        # Several things change at once after a mouse move: one refresh is enough.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._refresh_if_seen)
        for signal in (
            state.explained_changed, state.head_changed, state.selected_changed, THEME.changed,
        ):  # fmt: skip
            signal.connect(self.refresh_soon)
        state.changed.connect(self._on_changed)

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
        """What is known about the selected run, or None.

        What was known before a change of a number stays until the new is there, so that nothing
        flickers; of another surface or another optimizer it would be wrong.
        """
        explained, at = self._state.explained, self._state.selected
        if explained is None or not 0 <= at < len(explained.explanations):
            return None
        now, then = self._state.experiment, explained.results.experiment
        if at >= len(now.runs) or not is_same_ground(now.surface, then.surface):
            return None
        same = now.runs[at].optimizer == then.runs[at].optimizer
        return explained.explanations[at] if same else None

    @property
    def reason(self) -> str:
        """Why there is no explanation: a sentence for the empty page."""
        explained, at = self._state.explained, self._state.selected
        if not self._state.experiment.runs:
            return self.tr("Add an optimizer: here will stand why its loss falls or rises.")
        reasons = explained.reasons if explained is not None else ()
        reason = reasons[at] if at < len(reasons) else ""
        return reason or self.tr("The explanation follows as soon as the path is there.")

    @property
    def step(self) -> int:
        """The step that leaves the row under the play head; past the end the last finite one."""
        explanation, head = self.explanation, self._state.head
        if explanation is None or explanation.rows < 2:
            return 0
        from engine.explanation.last_told import last_step

        return head if head <= explanation.rows - 2 else last_step(explanation)

    def _on_changed(self) -> None:
        if self.explanation is None:
            self.refresh_soon()

    def _refresh_if_seen(self) -> None:
        if self.isVisible():
            self.outdated.emit()

    def _place(self, body: QWidget) -> None:
        """Fill the page with its body, which scrolls, and the place for why there is none."""
        self._scroll = scrolling(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(RHYTHM, 2, RHYTHM, 4)
        column.addWidget(self.empty)
        column.addWidget(self._scroll, 1)
        column.setAlignment(self.empty, Qt.AlignmentFlag.AlignTop)

    def _show_body(self) -> None:
        self.empty.hide()
        self._scroll.show()

    def _show_nothing(self, reason: str) -> None:
        self._scroll.hide()
        self.empty.setText(reason)
        self.empty.show()
