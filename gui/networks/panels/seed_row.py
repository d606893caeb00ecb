"""A seed: a whole number, and a button for the next one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui.networks.panels.labels import LABEL_PX
from gui.panels import icons
from gui.panels.icons import IconButton
from gui.panels.number_box import NumberBox
from gui.panels.scale import Scale
from gui.theme import RHYTHM

SEEDS = Scale(0, 99, whole=True)
#: Room for a seed of nine digits.
WIDTH_PX = 84


class SeedRow(QWidget):
    """Label, box and "New".

    Signals
    -------
    edited : (int), another seed, by the user.
    refused : (str), why a typed number cannot be taken.
    """

    edited = Signal(int)
    refused = Signal(str)

    def __init__(self, text: str, name: str, help_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = NumberBox(SEEDS)
        self.box.setMinimumWidth(WIDTH_PX)
        self.box.setAccessibleName(name)
        self.box.setAccessibleDescription(help_text)
        self.box.setToolTip(help_text)
        self.new = IconButton(icons.die, self.tr("{}: take a new one").format(name))
        self.new.setText(self.tr("New"))
        label = QLabel(text)
        label.setMinimumWidth(LABEL_PX)
        label.setToolTip(help_text)
        label.setBuddy(self.box)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(RHYTHM)
        for widget in (label, self.box, self.new):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.box.edited.connect(lambda value: self.edited.emit(int(value)))
        self.box.refused.connect(self.refused)
        self.new.clicked.connect(lambda: self.edited.emit(int(self.box.number()) + 1))

    def set_seed(self, seed: int) -> None:
        """Show a seed, silently."""
        if self.box.number() != seed:
            self.box.set_value(seed)
