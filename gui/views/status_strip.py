"""What became of each run: chips in columns of one width, two rows at most before they scroll."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from gui.theme import RHYTHM
from gui.views.status_chip import HEIGHT_PX, StatusChip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QResizeEvent

    from engine.experiment import Experiment
    from engine.status import Status
    from gui.state import State
    from gui.views.curve_drawing import Looking

#: A column is at least this wide, and a chip at most that wide.
COLUMN_PX, WIDEST_PX = 300, 520
MOST_ROWS = 2


class Chip(NamedTuple):
    """What one chip shows; see `StatusChip.show_run`."""

    slot: int
    name: str
    status: Status
    visible: bool


class ChipStrip(QScrollArea):
    """One chip per run; a click selects the run.

    Signals
    -------
    menu_wanted : (QPoint), the selected run's menu is asked for at this place on the screen.
    """

    menu_wanted = Signal(object)

    def __init__(self, looking: Looking, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looking = looking
        self.chips: list[StatusChip] = []
        self._page = QWidget()
        self.setWidget(self._page)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Status of each run"))
        self.viewport().setAutoFillBackground(False)
        self._page.setAutoFillBackground(False)
        looking.selected_changed.connect(self._show_selected)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the chips in the new width."""
        super().resizeEvent(event)
        self._arrange()

    def show_chips(self, wanted: Sequence[Chip]) -> None:
        """Show one chip for each run, in order."""
        if len(self.chips) != len(wanted):
            self._make(len(wanted))
        for chip, what in zip(self.chips, wanted, strict=True):
            chip.show_run(*what)
        self._show_selected()

    def _make(self, count: int) -> None:
        while len(self.chips) > count:
            chip = self.chips.pop()
            chip.hide()
            chip.deleteLater()
        while len(self.chips) < count:
            chip = StatusChip(self._page)
            index = len(self.chips)
            chip.clicked.connect(lambda _, index=index: self._on_clicked(index))
            chip.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            chip.customContextMenuRequested.connect(
                lambda at, index=index, chip=chip: self._on_menu_asked(index, chip.mapToGlobal(at))
            )
            chip.show()
            self.chips.append(chip)
        self._arrange()

    def _on_clicked(self, index: int) -> None:
        self._looking.select(index)
        self._show_selected()

    def _on_menu_asked(self, index: int, place: QPoint) -> None:
        self._on_clicked(index)
        self.menu_wanted.emit(place)

    def _show_selected(self) -> None:
        for index, chip in enumerate(self.chips):
            chip.setChecked(index == self._looking.selected)
            if chip.isChecked():
                self.ensureWidgetVisible(chip, 0, 0)

    def _arrange(self) -> None:
        """Place the chips: columns of one width stay put while the texts change."""
        count = len(self.chips)
        rows_shown = min(MOST_ROWS, -(-count // self._columns(self.width())))
        self.setFixedHeight(max(1, rows_shown) * HEIGHT_PX)
        width = self.viewport().width()
        columns = self._columns(width)
        rows = -(-count // columns)
        if rows > MOST_ROWS:
            width = self.width() - self.verticalScrollBar().sizeHint().width()
        self._page.resize(width, rows * HEIGHT_PX)
        column = (width - RHYTHM // 2) / columns
        for index, chip in enumerate(self.chips):
            row, place = divmod(index, columns)
            left, right = round(place * column), round((place + 1) * column)
            chip.setGeometry(left, row * HEIGHT_PX, min(right - left, WIDEST_PX), HEIGHT_PX)

    def _columns(self, width: int) -> int:
        """Return how many columns fit, or fewer where the same rows leave more room for words."""
        count = len(self.chips)
        most = max(1, min(count, width // COLUMN_PX))
        return max(1, -(-count // max(1, -(-count // most))))


class StatusStrip(ChipStrip):
    """What became of each path."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(state, parent)
        self._state = state
        state.results_changed.connect(self._show)
        state.changed.connect(self._on_changed)
        self._show()

    def _on_changed(self, old: Experiment, new: Experiment) -> None:
        if [run.visible for run in old.runs] != [run.visible for run in new.runs]:
            self._show()

    def _show(self) -> None:
        results, now = self._state.results, self._state.experiment.runs
        if results is None:
            return
        found = results.trajectories
        runs = now if len(now) == len(found) else [trajectory.run for trajectory in found]
        self.show_chips(
            [
                Chip(run.slot, trajectory.label, status, run.visible)
                for run, trajectory, status in zip(runs, found, results.statuses, strict=True)
            ]
        )
