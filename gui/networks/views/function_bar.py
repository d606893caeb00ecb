"""The row above a network's function: what of it is shown, over which inputs, and whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.panels.choice import Choice
from gui.panels.fields import ComboBox
from gui.theme import RHYTHM
from gui.views.elided_label import ElidedLabel

if TYPE_CHECKING:
    from engine.networks.data.data_set import DataSet

#: More inputs than this are told by how it answers the rows, unless someone asks for a slice.
FEW_INPUTS = 2


class FunctionBar(QWidget):
    """Choices of the view alone: they are not part of the experiment.

    Signals
    -------
    changed : something else has been chosen.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        pages = (("function", self.tr("Over its inputs")), ("rows", self.tr("Predictions")))
        sides = (("training", self.tr("Training")), ("validation", self.tr("Validation")))
        self.pages = Choice(pages, self.tr("What is shown"))
        self.sides = Choice(sides, self.tr("Which rows"))
        self.across = ComboBox(self.tr("Input across"))
        self.up = ComboBox(self.tr("Input upwards"))
        self.label = ElidedLabel()
        self._inputs = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(RHYTHM, 0, RHYTHM, 0)
        row.setSpacing(RHYTHM)
        for widget in (self.pages, self.across, self.up, self.sides):
            row.addWidget(widget)
        row.addWidget(self.label, 1)
        self.pages.set_key("function")
        self.sides.set_key("training")
        self.pages.chosen.connect(self._on_chosen)
        self.sides.chosen.connect(self._on_chosen)
        for box in (self.across, self.up):
            box.setToolTip(self.tr("All other inputs stay at their mean"))
            box.activated.connect(lambda _, box=box: self._on_input(box))
        self._arrange()

    @property
    def page(self) -> str:
        """Which page is chosen: "function" or "rows"."""
        return self.pages.key()

    @property
    def axes(self) -> tuple[int, int]:
        """Which inputs go across and up."""
        if self._inputs <= FEW_INPUTS:
            return 0, max(0, self._inputs - 1)
        return self.across.currentIndex(), self.up.currentIndex()

    @property
    def held(self) -> bool:
        """Whether the rows for validation are asked for."""
        return self.sides.key() == "validation"

    def say(self, text: str) -> None:
        """Say what is shown."""
        self.label.set_text(text)

    def show_data(self, data: DataSet | None) -> None:
        """Offer what there is to choose for these data."""
        names = data.feature_names if data else ()
        if len(names) != self._inputs:
            self.pages.set_key("function" if len(names) <= FEW_INPUTS else "rows")
        self._inputs = len(names)
        for k, box in enumerate((self.across, self.up)):
            box.clear()
            box.addItems(list(names))
            box.setCurrentIndex(min(k, len(names) - 1))
        self._arrange()

    def show_held(self, some: bool) -> None:
        """Offer the rows for validation if there are some."""
        if not some:
            self.sides.set_key("training")
        self.sides.setVisible(some and self.page == "rows")

    def _arrange(self) -> None:
        slices = self._inputs > FEW_INPUTS and self.page == "function"
        self.across.setVisible(slices)
        self.up.setVisible(slices)
        self.sides.setVisible(self.sides.isVisibleTo(self) and self.page == "rows")
        self.pages.setVisible(self._inputs > 0)

    def _on_chosen(self) -> None:
        self._arrange()
        self.changed.emit()

    def _on_input(self, box: ComboBox) -> None:
        """Let the other axis take over what this one had if both are the same now."""
        other = self.up if box is self.across else self.across
        if other.currentIndex() == box.currentIndex():
            other.setCurrentIndex((box.currentIndex() + 1) % self._inputs)
        self.changed.emit()
