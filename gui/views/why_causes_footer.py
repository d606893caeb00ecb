"""What the thrown switches lead to in one line, and what can be done with them; always in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.theme import RHYTHM
from gui.views.elided_label import ElidedLabel

if TYPE_CHECKING:
    from engine.explanation.comparison import Comparison


class CausesFooter(QWidget):
    """The run's end after the change, and three buttons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary = ElidedLabel()
        self.use = QPushButton(self.tr("Use this"))
        self.beside = QPushButton(self.tr("Put it beside"))
        self.clear = QPushButton(self.tr("Clear"))
        self.use.setToolTip(self.tr("Change the experiment so; undo brings it back"))
        self.clear.setToolTip(self.tr("Throw all switches back"))
        buttons = QHBoxLayout()
        buttons.setSpacing(RHYTHM)
        for button in (self.use, self.beside, self.clear):
            buttons.addWidget(button)
        buttons.addStretch(1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(RHYTHM, 0, RHYTHM, RHYTHM // 2)
        rows.setSpacing(2)
        rows.addWidget(self.summary)
        rows.addLayout(buttons)

    def show_comparison(self, comparison: Comparison) -> None:
        """Say how the changed run ends, and whether it can stand beside the present one."""
        before, after = comparison.before, comparison.after
        self.summary.set_text(
            self.tr("After: {}").format(after.status.short),
            strong=True,
            tip=f"{before.status.sentence}\n{after.status.sentence}",
        )
        old, new = before.experiment, after.experiment
        possible = (old.surface, old.precision) == (new.surface, new.precision)
        self.beside.setEnabled(possible)
        self.beside.setToolTip(
            self.tr("Add the changed run as another one")
            if possible
            else self.tr("Not here: all runs share one surface and one precision")
        )
