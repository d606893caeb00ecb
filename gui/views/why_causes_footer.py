"""What can be done with the switches that are thrown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gui.theme import RHYTHM

if TYPE_CHECKING:
    from engine.explanation.comparison import Comparison


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

    def show_comparison(self, comparison: Comparison) -> None:
        """Say whether the changed run can stand beside the present one."""
        old, new = comparison.before.experiment, comparison.after.experiment
        possible = (old.surface, old.precision) == (new.surface, new.precision)
        self.beside.setEnabled(possible)
        self.beside.setToolTip(
            self.tr("Add the changed run as another one")
            if possible
            else self.tr("Not here: all runs share one surface and one precision")
        )
