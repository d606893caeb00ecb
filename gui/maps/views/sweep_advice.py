"""Which learning rate to use, and why: a row for each optimizer of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from gui.numbers import show
from gui.panels.swatch import Swatch
from gui.theme import RHYTHM

if TYPE_CHECKING:
    from gui.maps.sweep_state import Swept

LARGER = 1.25
#: A row below all others, which takes the height that is left.
LAST = 100


class AdviceRows(QWidget):
    """Stroke, name, the rate in large figures, the sentence, and a button that opens the run.

    Signals
    -------
    rate_chosen : (int, float), the row whose run is to be opened, and the rate.
    """

    rate_chosen = Signal(int, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[tuple[Swatch, QLabel, QLabel, QPushButton]] = []
        self._rates: list[float | None] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(RHYTHM, 0, RHYTHM, 0)
        self._grid.setHorizontalSpacing(RHYTHM)
        self._grid.setVerticalSpacing(RHYTHM // 2)
        self._grid.setColumnStretch(2, 1)
        self._grid.setRowStretch(LAST, 1)

    def show_advice(self, swept: Swept | None) -> None:
        """Say of each optimizer what is known so far."""
        curves = swept.sweep.curves if swept is not None else ()
        runs = swept.asked.runs if swept is not None else ()
        while len(self.rows) < len(curves):
            self._add_row()
        for row, widgets in enumerate(self.rows):
            for widget in widgets:
                widget.setVisible(row < len(curves))
        self._rates = [curve.advice.rate for curve in curves]
        for widgets, curve, run in zip(self.rows, curves, runs, strict=False):
            swatch, number, sentence, button = widgets
            rate = curve.advice.rate
            swatch.set_slot(run.slot, True)
            number.setText("–" if rate is None else show(rate))
            told = f"{curve.label}: {curve.advice.sentence}"
            if sentence.text() != told:
                sentence.setText(told)
            button.setEnabled(rate is not None)
            name = self.tr("Open {} at this rate").format(curve.label)
            button.setAccessibleName(name)
            button.setToolTip(name)

    def height_for(self, width: int) -> int:
        """Return the height that all rows need in a width."""
        return max(self._grid.heightForWidth(width), self._grid.minimumSize().height()) + RHYTHM

    def _add_row(self) -> None:
        row = len(self.rows)
        swatch, number, sentence = Swatch(), QLabel(), QLabel()
        button = QPushButton(self.tr("Open"))
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        font.setPointSizeF(font.pointSizeF() * LARGER)
        font.setFeature(QFont.Tag("tnum"), 1)
        number.setFont(font)
        number.setAccessibleName(self.tr("Learning rate to use"))
        sentence.setWordWrap(True)
        sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        sentence.setContentsMargins(0, 3, 0, 0)
        sentence.setTextFormat(Qt.TextFormat.PlainText)
        sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        sentence.setSizePolicy(policy)
        button.clicked.connect(lambda: self._choose(row))
        top = Qt.AlignmentFlag.AlignTop
        for column, widget in enumerate((swatch, number, sentence, button)):
            self._grid.addWidget(widget, row, column)
            if widget is not sentence:
                self._grid.setAlignment(widget, top)
        self.rows.append((swatch, number, sentence, button))

    def _choose(self, row: int) -> None:
        rate = self._rates[row]
        if rate is not None:
            self.rate_chosen.emit(row, rate)
