"""Two number boxes for a point: the numeric twin of a ring on the landscape."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui.panels.number_box import NumberBox
from gui.panels.scale import Scale
from gui.theme import RHYTHM

#: One arrow key moves a start by 0.1.
STEPS = Scale(-5.0, 5.0)


class PlaceRow(QWidget):
    """Labels and boxes for x and y.

    Signals
    -------
    edited : (float x, float y), by the user.
    refused : (str), why a typed number cannot be taken.
    """

    edited = Signal(float, float)
    refused = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(RHYTHM // 2)
        self.x_box, self.y_box = NumberBox(STEPS), NumberBox(STEPS)
        for letter, box in (("x", self.x_box), ("y", self.y_box)):
            label = QLabel(letter)
            label.setBuddy(box)
            box.setAccessibleName(f"{name} {letter}")
            layout.addWidget(label)
            layout.addWidget(box, 1)
            box.edited.connect(self._on_edited)
            box.refused.connect(self.refused)

    def set_place(self, x: float, y: float) -> None:
        """Show a point, silently."""
        for box, value in ((self.x_box, x), (self.y_box, y)):
            if box.number() != value:
                box.set_value(value)

    def _on_edited(self) -> None:
        self.edited.emit(self.x_box.number(), self.y_box.number())
