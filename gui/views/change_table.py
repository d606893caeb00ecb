"""What one step did to two losses, in a small table: that of its batch, and that of all rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gui.numbers import show
from gui.theme import FAINT, RHYTHM
from gui.views.curve_text import small

if TYPE_CHECKING:
    from engine.explanation.change import Change


class ChangeTable(QWidget):
    """Loss, slope and curvature in rows; two columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells = [(QLabel(), QLabel(), QLabel()) for _ in range(3)]
        self.titles = (QLabel(), QLabel())
        self.setFont(small(self.font()))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(RHYTHM)
        grid.setVerticalSpacing(0)
        for column, title in enumerate(self.titles, start=1):
            title.setForegroundRole(FAINT)
            title.hide()
            grid.addWidget(title, 0, column)
        names = (self.tr("loss"), self.tr("slope"), self.tr("curvature"))
        tips = (
            self.tr("Before and after the step"), self.tr("First order: g·Δ"),
            self.tr("Second order: ½ΔᵀHΔ"),
        )  # fmt: skip
        for row, (cells, name, tip) in enumerate(
            zip(self.cells, names, tips, strict=True), start=1
        ):
            cells[0].setText(name)
            cells[0].setForegroundRole(FAINT)
            for column, cell in enumerate(cells):
                cell.setToolTip(tip)
                grid.addWidget(cell, row, column)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)

    def show_titles(self, batch: str, full: str) -> None:
        """Say above the columns which rows the losses are of."""
        for title, text in zip(self.titles, (batch, full), strict=True):
            title.setText(text)
            title.show()

    def show_changes(self, batch: Change, full: Change) -> None:
        """Show what a step did to its batch and to all rows."""
        for column, change in enumerate((batch, full), start=1):
            for row, text in enumerate(_texts(change)):
                self.cells[row][column].setText(text)


def _texts(change: Change) -> tuple[str, str, str]:
    return (
        f"{show(change.before)} → {show(change.after)}",
        _signed(change.first),
        _signed(change.second),
    )


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + show(value)
