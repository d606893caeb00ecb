"""Rows of label and control, and sentences, as all sections have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.panels.number_box import NumberBox
from gui.panels.parameter_form import ParameterForm
from gui.theme import FAINT, RHYTHM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QBoxLayout

#: Width of the labels of a section, so that its controls stand below each other.
LABEL_PX = 68


def sentence(text: str = "") -> QLabel:
    """Return a label for a faint sentence."""
    label = QLabel(text)
    label.setForegroundRole(FAINT)
    label.setWordWrap(True)
    # Names of files and columns are the user's own and no markup.
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


class Row(QWidget):
    """A label with its controls beside it; a mnemonic leads to the first.

    Number boxes keep their width.
    """

    def __init__(
        self, text: str, controls: Sequence[QWidget], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(RHYTHM)
        self.label = QLabel(text)
        self.label.setMinimumWidth(LABEL_PX)
        self.label.setBuddy(controls[0])
        self.label.setToolTip(controls[0].toolTip())
        layout.addWidget(self.label)
        for control in controls:
            layout.addWidget(control, 0 if isinstance(control, NumberBox) else 1)


def close(column: QBoxLayout, *widgets: QWidget) -> None:
    """Add widgets to a column with less room between them, as rows of one form."""
    rows = QVBoxLayout()
    rows.setSpacing(RHYTHM // 2)
    for widget in widgets:
        rows.addWidget(widget)
    column.addLayout(rows)


def form() -> ParameterForm:
    """Return an empty form whose labels are as wide as those of rows."""
    return ParameterForm(label_px=LABEL_PX)
