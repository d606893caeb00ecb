"""The page Compare: a tournament of optimizers, its table and its performance profiles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from gui.files import with_suffix
from gui.maps.compare_state import best_run
from gui.maps.views.profile_plot import ProfilePlot
from gui.maps.views.standings_model import SWATCH_PX, SortedStandings, StandingsModel
from gui.networks.panels.tables import Table
from gui.theme import FAINT, RHYTHM

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent, QKeyEvent

    from engine.maps.tournament import Tournament
    from gui.maps.compare_state import Compared, CompareState
    from gui.maps.comparer import Comparer
    from gui.state import Submit

CSV_FILTER = "Tables (*.csv);;All files (*)"
MARKDOWN_FILTER = "Markdown (*.md);;All files (*)"
ROW_PX = 24


class StandingsTable(Table):
    """A row per optimizer and problem; a double click or Enter opens one.

    Signals
    -------
    opened : (int), the standing in the tournament's order.
    """

    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", ROW_PX, parent)
        self.setAccessibleName(self.tr("Standings; Enter opens the best run"))
        self.standings, self.sorted = StandingsModel(self), SortedStandings(self)
        self.sorted.setSourceModel(self.standings)
        self.setModel(self.sorted)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setSortingEnabled(True)
        self.sorted.sort(-1)
        self.setIconSize(QSize(*SWATCH_PX))
        self.doubleClicked.connect(self._open)

    def show_compared(self, compared: Compared | None) -> None:
        """Show what was found so far."""
        before = self.standings.rowCount()
        self.standings.show_compared(compared)
        if self.standings.rowCount() > before:
            self.fit_columns()

    def present(self) -> int:
        """Return the standing that is selected, −1 without one."""
        index = self.currentIndex()
        return self.sorted.mapToSource(index).row() if index.isValid() else -1

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the selected row by Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.present() >= 0:
            self.opened.emit(self.present())
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.sorted.mapToSource(index).row())


class ComparePage(QWidget):
    """Start and cancel above, profiles, and the table below.

    Signals
    -------
    run_wanted : (str, experiment), a half, and the experiment that it is to show.
    """

    run_wanted = Signal(str, object)

    def __init__(
        self, state: CompareState, comparer: Comparer, submit: Submit,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._state, self._comparer, self._submit = state, comparer, submit
        self.start = QPushButton()
        self.bar = QProgressBar()
        self.csv = QPushButton(self.tr("CSV…"))
        self.markdown = QPushButton(self.tr("Markdown…"))
        self.open = QPushButton(self.tr("Open best run"))
        self.plot, self.words, self.table = ProfilePlot(), QLabel(), StandingsTable()
        self._shown: Tournament | None = None
        self.table.hide()
        self._dress()
        self._lay_out()
        self._connect()
        self._show(state.compared)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End what is at work."""
        self._comparer.cancel()
        super().closeEvent(event)

    def write_csv(self, path: Path) -> None:
        """Write a row per problem and optimizer."""
        found = self._found()
        if found is not None:
            self._write(path, lambda: found.to_csv(path))

    def write_markdown(self, path: Path) -> None:
        """Write tables and profiles as Markdown."""
        found = self._found()
        if found is None:
            return

        def work() -> None:
            from engine.atomic import write_text

            write_text(path, found.to_markdown())

        self._write(path, work)

    def _dress(self) -> None:
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(20 * RHYTHM, RHYTHM)
        self.bar.setAccessibleName(self.tr("Progress of the comparison"))
        self.start.setToolTip(self.tr("Try each optimizer at each rate with each seed"))
        self.csv.setToolTip(self.tr("Write a row per problem and optimizer"))
        self.markdown.setToolTip(self.tr("Write tables and profiles for a report"))
        self.open.setToolTip(self.tr("Show the selected row's run at its best rate"))
        self.words.setForegroundRole(FAINT)
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.words.setMinimumHeight(2 * self.words.fontMetrics().lineSpacing())
        self.words.setAccessibleName(self.tr("What the profiles say"))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.start)
        head.addWidget(self.bar)
        head.addStretch(1)
        for widget in (self.open, self.csv, self.markdown):
            head.addWidget(widget)
        above = QWidget()
        column = QVBoxLayout(above)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(RHYTHM // 2)
        column.addWidget(self.plot, 1)
        column.addWidget(self.words)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(above)
        split.addWidget(self.table)
        split.setSizes([340, 260])
        page = QVBoxLayout(self)
        page.setContentsMargins(RHYTHM, 0, RHYTHM, RHYTHM // 2)
        page.setSpacing(RHYTHM // 2)
        page.addLayout(head)
        page.addWidget(split, 1)

    def _connect(self) -> None:
        self.start.clicked.connect(self._on_start)
        self.csv.clicked.connect(
            lambda: self._ask(self.tr("Export comparison"), ".csv", CSV_FILTER, self.write_csv)
        )
        self.markdown.clicked.connect(
            lambda: self._ask(
                self.tr("Export comparison"), ".md", MARKDOWN_FILTER, self.write_markdown
            )
        )
        self.open.clicked.connect(lambda: self._open(self.table.present()))
        self.table.opened.connect(self._open)
        self.table.selectionModel().currentChanged.connect(lambda *_: self._on_row_changed())
        self.plot.pointed_at.connect(self._show_words)
        self._state.compared_changed.connect(self._show)
        self._state.working_changed.connect(lambda _: self._show(self._state.compared))

    def _show(self, compared: Compared | None) -> None:
        found = compared.tournament if compared is not None else None
        if found is not self._shown:
            self._shown = found
            self.plot.show_tournament(found)
            self.table.show_compared(compared)
            self.table.setVisible(found is not None)
            self._show_front()
            self._show_words("")
        self.bar.setVisible(self._state.working)
        self.bar.setValue(round(1000 * compared.share) if compared is not None else 0)
        self._show_buttons()

    def _show_front(self) -> None:
        """Bring the optimizer of the selected row to the front of the profiles."""
        found, number = self._found(), self.table.present()
        here = found is not None and 0 <= number < len(found.standings)
        self.plot.bring_to_front(found.standings[number].entry if found and here else "")

    def _on_row_changed(self) -> None:
        self._show_buttons()
        self._show_front()

    def _show_buttons(self) -> None:
        found = self._state.compared is not None and self._state.compared.tournament is not None
        self.start.setText(self.tr("Cancel") if self._state.working else self.tr("Start"))
        self.csv.setEnabled(found)
        self.markdown.setEnabled(found)
        self.open.setEnabled(found and self.table.present() >= 0)

    def _show_words(self, words: str) -> None:
        found = self._found()
        if not words and found is not None:
            done = len({standing.problem for standing in found.standings})
            words = self.tr(
                "{done} of {all} problems tried by all. * the first or last rate: another may do "
                "better. A double click on a row opens its best run."
            ).format(done=done, all=len(found.problems))
        self.words.setText(words)

    def _found(self) -> Tournament | None:
        return self._state.compared.tournament if self._state.compared is not None else None

    def _on_start(self) -> None:
        if self._state.working:
            self._comparer.cancel()
        else:
            self._comparer.start()

    def _open(self, number: int) -> None:
        compared = self._state.compared
        if compared is None or compared.tournament is None or number < 0:
            return
        try:
            name, experiment = best_run(compared, number)
        except ValueError as error:
            self._state.say(str(error))
        else:
            self.run_wanted.emit(name, experiment)

    def _ask(self, title: str, suffix: str, kinds: str, write: Callable[[Path], None]) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, title, str(Path.home() / f"comparison{suffix}"), kinds
        )
        if name:
            write(with_suffix(name, suffix))

    def _write(self, path: Path, work: Callable[[], None]) -> None:
        sentence = self.tr("Exported {}.").format(path)
        self._submit("export comparison", work, lambda _: self._state.say(sentence))
