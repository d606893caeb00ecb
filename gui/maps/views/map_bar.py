"""The row above the map: how far it is, how fast, how long yet; cancel and continue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from gui.maps.views.map_words import progress_text
from gui.theme import RHYTHM
from gui.views.elided_label import ElidedLabel

if TYPE_CHECKING:
    from gui.maps.painter import Painter
    from gui.maps.state import MapState

BAR_PX = 12 * RHYTHM


class MapBar(QWidget):
    """Progress of the picture that is shown."""

    def __init__(self, state: MapState, painter: Painter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._painter = state, painter
        self.label = ElidedLabel()
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(BAR_PX, RHYTHM)
        self.bar.setAccessibleName(self.tr("Progress of the map"))
        self.button = QPushButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(RHYTHM, 0, RHYTHM, 0)
        row.setSpacing(RHYTHM)
        row.addWidget(self.label, 1)
        row.addWidget(self.bar)
        row.addWidget(self.button)
        for widget in (self.bar, self.button):
            # The row is as high with and without it.
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(policy)
        self.button.clicked.connect(self._on_clicked)
        state.shown_changed.connect(lambda _: self.refresh())
        state.running_changed.connect(lambda _: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Bring text, bar and button up to date."""
        shown, running = self._state.shown, self._state.running
        complete = shown is not None and shown.complete
        if shown is None:
            self.label.set_text(self.tr("The first runs are on their way.") if running else "")
        else:
            self.label.set_text(progress_text(shown.progress, running=running))
            self.bar.setValue(round(1000 * shown.progress.share))
        self.bar.setVisible(running and not complete)
        self.button.setText(self.tr("Cancel") if running else self.tr("Continue"))
        self.button.setVisible(running or (shown is not None and not complete))

    def _on_clicked(self) -> None:
        if self._state.running:
            self._painter.cancel()
        else:
            self._painter.go_on()
