"""What decides about a pixel's colour, and how large pictures are that are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from gui.networks.panels.labels import Row, close
from gui.networks.panels.section import Section
from gui.panels.choice import Choice
from gui.panels.fields import CheckBox
from gui.panels.number_box import NumberBox
from gui.panels.scale import Scale

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.maps.state import MapState

SIZES = Scale(64.0, 8192.0, log=True, whole=True)


class ColoursSection(Section):
    """Measure, verdict or minimum; shades; size of exports."""

    def __init__(self, state: MapState, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("ColoursSection", "Colours and size")
        super().__init__("map_colours", title, parent=parent)
        self._state = state
        options = (
            ("measure", self.tr("Speed")), ("verdict", self.tr("Verdict")),
            ("basin", self.tr("Minimum")),
        )  # fmt: skip
        self.by = Choice(options, self.tr("What is coloured"))
        self.by.setToolTip(
            self.tr("How fast it converges or diverges, what became of it, or where it ended")
        )
        self.equalised = CheckBox(self.tr("Use all &shades equally"))
        self.equalised.setToolTip(self.tr("Each shade as often as the others; else by logarithm"))
        self.width_box, self.height_box = NumberBox(SIZES), NumberBox(SIZES)
        self.width_box.setAccessibleName(self.tr("Width of exports"))
        self.height_box.setAccessibleName(self.tr("Height of exports"))
        for box in (self.width_box, self.height_box):
            box.setToolTip(self.tr("Pixels of what is written; on screen the view's own"))
        size = Row(self.tr("Expor&t"), (self.width_box, self.height_box))
        close(self.column, Row(self.tr("Colour by"), (self.by,)), self.equalised, size)
        self.by.chosen.connect(lambda key: state.update_part("colouring", by=key))
        self.equalised.clicked.connect(lambda on: state.update_part("colouring", equalised=on))
        self.width_box.edited.connect(lambda value: self._resize(width=int(value)))
        self.height_box.edited.connect(lambda value: self._resize(height=int(value)))
        for box in (self.width_box, self.height_box):
            box.refused.connect(state.say)
        state.changed.connect(lambda *_: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Show what is set."""
        experiment = self._state.experiment
        self.by.set_key(experiment.colouring.by)
        self.equalised.setChecked(experiment.colouring.equalised)
        self.equalised.setEnabled(experiment.colouring.by != "verdict")
        self.width_box.set_value(experiment.width)
        self.height_box.set_value(experiment.height)
        self.heading.set_summary(f"{experiment.width} × {experiment.height}")

    def _resize(self, **sides: int) -> None:
        try:
            self._state.update("size", **sides)
        except ValueError as error:
            self._state.say(str(error))
            self.refresh()
