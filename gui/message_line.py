"""One line at the bottom: the last sentence for the user, what is at work, or a hint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QWidget,
)

from gui.theme import RHYTHM

if TYPE_CHECKING:
    from collections.abc import Callable

REFRESH_MS = 50
#: How long a progress bar stays hidden: quick work shows none.
DELAY_MS = 150


def _unknown() -> float:
    return -1.0


class MessageLine(QWidget):
    """Shows the last sentence; otherwise what is at work, with a bar; otherwise the hint.

    Sentence and hint go when a later change has been answered: see `grow_old` and `forget_old`.
    """

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
        self._work = self._sentence = self._hint = ""
        self._is_old = self._is_hint_old = False
        self._forgetting = QTimer(self)
        self._forgetting.setSingleShot(True)
        self._forgetting.setInterval(DELAY_MS)
        self._forgetting.timeout.connect(self.forget_old)
        self.finish_progress()

    def say(self, sentence: str) -> None:
        """Show a sentence; an empty one clears it."""
        self._sentence, self._is_old = sentence, False
        self._fit()

    def set_hint(self, hint: str) -> None:
        """Show this while there is nothing else to say; empty for no hint."""
        self._hint, self._is_hint_old = hint, False
        self._fit()

    def grow_old(self, hint_too: bool = False) -> None:
        """Note that something has changed since the sentence was said, or the hint followed."""
        self._is_old = bool(self._sentence)
        self._is_hint_old = self._is_hint_old or hint_too

    def forget_old(self) -> None:
        """Clear what is old; not under a drag, where the window would move below the mouse."""
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._forgetting.start()
            return
        if self._is_old:
            self.say("")
        if self._is_hint_old:
            self.set_hint("")

    def show_progress(
        self,
        fraction: Callable[[], float],
        abandon: Callable[[], None] | None = None,
        work: str = "",
    ) -> None:
        """Show a bar that asks `fraction` (0 to 1, negative: unknown); `abandon` cancels.

        `work` says what is being done, until `finish_progress`.
        """
        self._fraction, self._abandon, self._work = fraction, abandon, work
        self._fit()
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
        """Hide the bar, and what it was for."""
        self._work = ""
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
        # The bar still tells of the work while something has to be said.
        text = self._sentence or self._work or self._hint
        self.label.setText(text)
        self.label.setToolTip(text)
        self.label.setVisible(bool(text))
        self.setVisible(bool(text) or not self.bar.isHidden())
