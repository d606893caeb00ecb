"""What all pages that explain share, in both halves: they look only while they are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from gui.theme import RHYTHM, THEME

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from gui.explaining import Explaining
    from gui.state import Submit


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


class ExplainingPage(QWidget):
    """One page about the selected run: its body, or why there is none.

    ``needs`` names what it shows, where not all is explained at once.

    Signals
    -------
    outdated : what the page shows is no longer what is known; only while it is seen.
    """

    outdated = Signal()
    needs: ClassVar[tuple[str, ...]] = ()

    def __init__(self, state: Explaining, submit: Submit, parent: QWidget | None = None) -> None:
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
        self._state.want_explanations(self, True, self.needs)
        self.refresh_soon()

    def hideEvent(self, event: QHideEvent) -> None:
        """Need no explanations any more."""
        super().hideEvent(event)
        self._state.want_explanations(self, False)

    @property
    def explanation(self) -> Any:
        """What is known about the selected run, or None."""
        raise NotImplementedError

    @property
    def reason(self) -> str:
        """Why there is no explanation: a sentence for the empty page."""
        raise NotImplementedError

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
