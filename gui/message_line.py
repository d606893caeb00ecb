"""One line at the bottom: the last sentence for the user, and the progress of long work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from gui.theme import RHYTHM

if TYPE_CHECKING:
    from collections.abc import Callable

REFRESH_MS = 50
#: How long a progress bar stays hidden: quick work shows none.
DELAY_MS = 150


def _unknown() -> float:
    return -1.0


class MessageLine(QWidget):
    """Shows a sentence until it is cleared, and a bar while something long is at work."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = QLabel()
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setAccessibleName(self.tr("Message"))
        self.label.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(20 * RHYTHM, RHYTHM)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.cancel = QPushButton(self.tr("Cancel"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(RHYTHM, 0, RHYTHM, 0)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.bar)
        layout.addWidget(self.cancel)
        self._fraction: Callable[[], float] = lambda: 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._refresh)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(DELAY_MS)
        self._delay.timeout.connect(self._reveal)
        self.cancel.clicked.connect(self._on_cancel)
        self._abandon: Callable[[], None] | None = None
        self.finish_progress()
        self.say("")

    def say(self, sentence: str) -> None:
        """Show a sentence; an empty one hides the line."""
        self.label.setText(sentence)
        self.label.setToolTip(sentence)
        self.label.setVisible(bool(sentence))
        self._fit()

    def show_progress(
        self, fraction: Callable[[], float], abandon: Callable[[], None] | None = None
    ) -> None:
        """Show a bar that asks `fraction` (0 to 1, negative: unknown); `abandon` cancels."""
        self._fraction, self._abandon = fraction, abandon
        self._idle, self._working = False, False
        self._delay.start()

    def show_working(self, working: bool) -> None:
        """Show or hide a bar for work of unknown length, unless another bar is shown."""
        if working and self._idle:
            self._idle = False
            self._working = True
            self._fraction, self._abandon = _unknown, None
            self._reveal()
        elif not working and self._working:
            self.finish_progress()

    def finish_progress(self) -> None:
        """Hide the bar."""
        self._idle, self._working = True, False
        self._timer.stop()
        self._delay.stop()
        self.bar.hide()
        self.cancel.hide()
        self._fit()

    def _reveal(self) -> None:
        self.bar.show()
        self.cancel.setVisible(self._abandon is not None)
        self._refresh()
        self._timer.start()
        self._fit()

    def _refresh(self) -> None:
        fraction = self._fraction()
        self.bar.setRange(0, 0 if fraction < 0 else 1000)
        self.bar.setValue(round(1000 * max(0.0, min(1.0, fraction))))

    def _on_cancel(self) -> None:
        if self._abandon is not None:
            self._abandon()

    def _fit(self) -> None:
        self.setVisible(bool(self.label.text()) or not self.bar.isHidden())
