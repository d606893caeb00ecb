"""What can be done with the switches that are thrown."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gui.theme import RHYTHM


class CausesFooter(QWidget):
    """Three buttons, always in sight."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.use = QPushButton(self.tr("Use this"))
        self.beside = QPushButton(self.tr("Put it beside"))
        self.clear = QPushButton(self.tr("Clear"))
        self.use.setToolTip(self.tr("Change the experiment so; undo brings it back"))
        self.clear.setToolTip(self.tr("Throw all switches back"))
        buttons = QHBoxLayout(self)
        buttons.setContentsMargins(RHYTHM, RHYTHM // 2, RHYTHM, RHYTHM // 2)
        buttons.setSpacing(RHYTHM)
        for button in (self.use, self.beside, self.clear):
            buttons.addWidget(button)
        buttons.addStretch(1)

    def show_reason(self, reason: str) -> None:
        """Say why the changed run cannot stand beside the present one; "" if it can."""
        self.beside.setEnabled(not reason)
        self.beside.setToolTip(reason or self.tr("Add the changed run as another one"))
