"""The page Sweep: which learning rate, and why, for all runs of an experiment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from gui.files import with_suffix
from gui.maps.sweep_state import given_axis
from gui.maps.views.range_plot import RangePlot
from gui.maps.views.sweep_advice import AdviceRows
from gui.maps.views.sweep_plot import SweepPlot
from gui.maps.views.sweep_words import words_at
from gui.panels.choice import Choice
from gui.theme import FAINT, RHYTHM
from gui.views.explaining_page import scrolling

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QHideEvent, QResizeEvent, QShowEvent

    from engine.maps.range_test import RangeTest
    from gui.maps.sweep_state import Quantity, SweepState, Swept
    from gui.maps.sweeper import Sweeper
    from gui.state import Submit
    from gui.subjects import Subjects

CSV_FILTER = "Tables (*.csv);;All files (*)"
#: Lines that the words about a rate may take, so that nothing moves below them.
WORD_LINES = 2
RANGE_PX = 300


class SweepPage(QWidget):
    """Curves over the rate, the range test beside them, advice below.

    Signals
    -------
    rate_wanted : (str, int, float), a half, the place of a run there, and the rate that it is to
        be opened with.
    """

    rate_wanted = Signal(str, int, float)

    def __init__(
        self, state: SweepState, subjects: Subjects, sweeper: Sweeper, submit: Submit,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._state, self._subjects, self._sweeper = state, subjects, sweeper
        self._submit = submit
        self.quantity = Choice(
            (
                ("loss", self.tr("Loss at the end")), ("best", self.tr("Best loss")),
                ("steps", self.tr("Steps to target")),
            ),
            self.tr("What is plotted"),
        )  # fmt: skip
        self.quantity.set_key("loss")
        self.progress = QLabel()
        self.stop = QPushButton()
        self.export = QPushButton(self.tr("CSV…"))
        self.plot, self.words = SweepPlot(), QLabel()
        self.range, self.range_words = RangePlot(), QLabel()
        self.advice = AdviceRows()
        self._dress()
        self._lay_out()
        self._connect()
        self._show()

    def fit(self) -> None:
        """Sweep around the runs' own rates again."""
        self._state.update(low=None, high=None)

    def showEvent(self, event: QShowEvent) -> None:
        """Sweep while somebody looks."""
        super().showEvent(event)
        self._sweeper.look(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave the processor to others."""
        super().hideEvent(event)
        self._sweeper.look(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the advice no more than it needs."""
        super().resizeEvent(event)
        self._fit_advice()

    def closeEvent(self, event: QCloseEvent) -> None:
        """End what is at work."""
        self._sweeper.close()
        super().closeEvent(event)

    def export_csv(self, path: Path) -> None:
        """Write what was found so far."""
        swept = self._state.swept
        if swept is None:
            self._state.say(self.tr("There is no sweep to export yet."))
            return
        sentence = self.tr("Exported {}.").format(path)
        self._submit(
            "export sweep", lambda: swept.sweep.to_csv(path), lambda _: self._state.say(sentence)
        )

    def _dress(self) -> None:
        for label in (self.words, self.range_words, self.progress):
            label.setForegroundRole(FAINT)
        for label in (self.words, self.range_words):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.words.setAccessibleName(self.tr("At the rate under the pointer"))
        self.range_words.setAccessibleName(self.tr("What the range test says"))
        self.words.setMinimumHeight(WORD_LINES * self.words.fontMetrics().lineSpacing())
        self.export.setToolTip(self.tr("Write every run of the sweep as a row of a table"))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.quantity)
        head.addStretch(1)
        for widget in (self.progress, self.stop, self.export):
            head.addWidget(widget)
        left, right = QWidget(), QWidget()
        for side, widgets in (
            (left, (self.plot, self.words)),
            (right, (self.range, self.range_words)),
        ):
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(RHYTHM // 2)
            column.addWidget(widgets[0], 1)
            column.addWidget(widgets[1])
        beside = QSplitter(Qt.Orientation.Horizontal)
        beside.setChildrenCollapsible(False)
        beside.addWidget(left)
        beside.addWidget(right)
        beside.setStretchFactor(0, 2)
        beside.setStretchFactor(1, 1)
        beside.setSizes([2 * RANGE_PX, RANGE_PX])
        below = QSplitter(Qt.Orientation.Vertical)
        below.setChildrenCollapsible(False)
        below.addWidget(beside)
        self._below = scrolling(self.advice)
        below.addWidget(self._below)
        below.setStretchFactor(0, 3)
        below.setStretchFactor(1, 1)
        below.setSizes([440, 180])
        page = QVBoxLayout(self)
        page.setContentsMargins(RHYTHM, 0, RHYTHM, RHYTHM // 2)
        page.setSpacing(RHYTHM // 2)
        page.addLayout(head)
        page.addWidget(below, 1)

    def _connect(self) -> None:
        state = self._state
        state.swept_changed.connect(lambda _: self._show())
        state.tested_changed.connect(self._show_test)
        state.working_changed.connect(lambda _: self._show_progress())
        state.changed.connect(lambda *_: self._show())
        self._subjects.changed.connect(self._on_subject_changed)
        self.quantity.chosen.connect(lambda _: self._show())
        self.stop.clicked.connect(self._on_stop)
        self.export.clicked.connect(self._ask_for_csv)
        self.plot.pointed_at.connect(self._show_words)
        self.plot.range_wanted.connect(self._on_range_wanted)
        self.plot.rate_chosen.connect(self._on_rate_chosen)
        self.advice.rate_chosen.connect(self._on_rate_chosen)

    def _show(self) -> None:
        swept = self._state.swept
        quantity = cast("Quantity", self.quantity.key())
        self.plot.up = {
            "loss": self.tr("Loss at the end"), "best": self.tr("Best loss on the way"),
            "steps": self.tr("Steps until the target is reached"),
        }[quantity]  # fmt: skip
        self.plot.show_sweep(
            swept, quantity, self._selected_row(swept), given_axis(self._state.settings)
        )
        self.advice.show_advice(swept)
        self._fit_advice()
        self.export.setEnabled(swept is not None)
        self._show_progress()
        self._show_words(*self.plot.at)

    def _fit_advice(self) -> None:
        self._below.setMaximumHeight(self.advice.height_for(self._below.viewport().width()))

    def _selected_row(self, swept: Swept | None) -> int:
        selected = self._subjects.selected(self._state.settings.source)
        rows = swept.asked.rows if swept is not None else ()
        return rows.index(selected) if selected in rows else 0

    def _show_progress(self) -> None:
        swept, working = self._state.swept, self._state.working
        share = swept.sweep.share if swept is not None else 0.0
        self.progress.setText(f"{round(100 * share)} %" if working else "")
        done = swept is not None and share == 1.0
        self.stop.setVisible(working or not done)
        self.stop.setText(self.tr("Cancel") if working else self.tr("Continue"))

    def _show_words(self, row: int, place: int) -> None:
        swept = self._state.swept
        if swept is not None and row >= 0:
            self.words.setText(words_at(swept, row, place))
            return
        note = swept.sweep.note if swept is not None else ""
        self.words.setText(
            note or self.tr("Point at a rate to see what became of it; click to open that run.")
        )

    def _show_test(self, test: RangeTest | None) -> None:
        swept = self._state.swept
        slot = 0
        if swept is not None:
            slot = swept.asked.runs[self._selected_row(swept)].slot
        self.range.show_test(test, slot)
        self.range_words.setText(test.sentence if test is not None else "")

    def _on_subject_changed(self, name: str) -> None:
        if name == self._state.settings.source:
            self._show()

    def _on_stop(self) -> None:
        if self._state.working:
            self._sweeper.stop()
        else:
            self._sweeper.go_on()

    def _on_range_wanted(self, low: float, high: float) -> None:
        try:
            self._state.update(low=low, high=high)
        except ValueError as error:
            self._state.say(str(error))

    def _on_rate_chosen(self, row: int, rate: float) -> None:
        swept = self._state.swept
        if swept is not None:
            self.rate_wanted.emit(swept.asked.settings.source, swept.asked.rows[row], rate)

    def _ask_for_csv(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export sweep"), str(Path.home() / "sweep.csv"), CSV_FILTER
        )
        if name:
            self.export_csv(with_suffix(name, ".csv"))
