"""The runs on a surface, one row each, with their limits marked on the learning rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.panels.rate_marks import RateMarks, marks_of
from gui.panels.run_rows import RunRows

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent
    from PySide6.QtWidgets import QWidget

    from engine.explanation.rates import RateLimits
    from gui.panels.run_changes import RunChanges
    from gui.panels.run_row import RunRow
    from gui.state import Explained, State


class RunList(RunRows):
    """One row per run of a surface's state."""

    def __init__(self, state: State, actions: RunChanges, parent: QWidget | None = None) -> None:
        self._marked: dict[RunRow, RateLimits | None] = {}
        super().__init__(state, actions, parent)
        self._state = state
        state.explained_changed.connect(self._on_explained)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for explanations: the sliders show the limits."""
        super().showEvent(event)
        self._state.want_explanations(self, True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Need no explanations any more."""
        super().hideEvent(event)
        self._state.want_explanations(self, False)

    def _on_explained(self, explained: Explained | None) -> None:
        """Mark the limits; explanations of other runs than these are left for the next ones."""
        if explained is None:
            self._unmark()
            return
        if len(explained.explanations) != len(self.rows):
            return
        runs = (trajectory.run for trajectory in explained.results.trajectories)
        for row, run, limits, reason in zip(
            self.rows, runs, explained.limits, explained.reasons, strict=True
        ):
            if limits is None:
                row.show_marks(RateMarks(words=reason))
            elif limits is not self._marked.get(row):
                row.show_marks(marks_of(limits, run.learning_rate))
            self._marked[row] = limits

    def _match_rows(self, count: int) -> None:
        super()._match_rows(count)
        self._marked = {row: limits for row, limits in self._marked.items() if row in self.rows}

    def _unmark(self) -> None:
        for row in self.rows:
            row.show_marks(RateMarks())
        self._marked.clear()
