"""A seed: a whole number, and a button for the next one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui.networks.panels.labels import LABEL_PX
from gui.numbers import count, show
from gui.panels import icons
from gui.panels.icons import IconButton
from gui.panels.number_box import NumberBox
from gui.panels.scale import Scale
from gui.theme import RHYTHM

SEEDS = Scale(0, 99, whole=True)
#: Up to here a box can show every whole number.
MOST = 2**53
#: Room for a seed of nine digits.
WIDTH_PX = 84


class SeedRow(QWidget):
    """Label, box and "New".

    Signals
    -------
    edited : (int seed, str gesture), another seed, by the user; what "New" gives has no gesture.
    refused : (str), why a typed number cannot be taken.
    """

    #: Not int, which for Qt ends at 2³¹.
    edited = Signal(object, str)
    refused = Signal(str)

    def __init__(self, text: str, name: str, help_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seed = 0
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
        self.box.edited.connect(self._on_typed)
        self.box.refused.connect(self.refused)
        self.new.clicked.connect(lambda: self.edited.emit((self._seed + 1) % MOST, ""))

    def _on_typed(self, value: float) -> None:
        if value > MOST:
            self.box.set_value(self._seed)
            self.refused.emit(
                self.tr("A seed of {value} is too large; give at most {most}.").format(
                    value=show(value), most=count(MOST)
                )
            )
        else:
            self.edited.emit(int(value), "seed")

    def set_seed(self, seed: int) -> None:
        """Show a seed, silently."""
        self._seed = seed
        if self.box.number() != seed:
            self.box.set_value(seed)
