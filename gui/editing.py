"""What is being edited: one frozen experiment, its file, and the changes that can be taken back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from pathlib import Path

#: Changes of the same gesture within this time are one step of undo.
MERGE_SECONDS = 1.0
MOST_UNDO = 200

Edited = TypeVar("Edited")


class Document(Struct, Generic[Edited], eq=False):
    """The file that an experiment belongs to: one object for all undo steps within a file.

    Parameters
    ----------
    path : None until it is saved.
    saved : what the file holds.
    """

    path: Path | None = None
    saved: Edited | None = None


class Editing(QObject):
    """An experiment, the selected one of its runs, and undo and redo of every change.

    Signals
    -------
    changed : (old experiment, new experiment), once per change.
    selected_changed : (int), index of the selected run.
    message : (str), one plain sentence for the user; empty clears it.
    history_changed : what can be undone or redone has changed.
    """

    changed = Signal(object, object)
    selected_changed = Signal(int)
    message = Signal(str)
    history_changed = Signal()

    def __init__(self, experiment: Any) -> None:
        super().__init__()
        self.experiment = experiment
        self.document: Document[Any] = Document()
        self.selected = 0
        self._past: list[tuple[Any, Document[Any]]] = []
        self._future: list[tuple[Any, Document[Any]]] = []
        self._gesture = ""
        self._gesture_time = 0.0

    def update(self, gesture: str = "", **fields: Any) -> None:
        """Replace fields of the experiment. Raises ValueError, changing nothing, if not allowed.

        Successive changes with the same non-empty `gesture` (a drag) are one step of undo.
        """
        self.set_experiment(replace(self.experiment, **fields), gesture)

    def update_part(self, part: str, gesture: str = "", **fields: Any) -> None:
        """Replace fields of one of the experiment's parts, such as "surface" or "model"."""
        changed = replace(getattr(self.experiment, part), **fields)
        self.update(gesture, **{part: changed})

    def update_run(self, index: int, gesture: str = "", **fields: Any) -> None:
        """Replace fields of one run."""
        runs = list(self.experiment.runs)
        runs[index] = replace(runs[index], **fields)
        self.update(gesture, runs=tuple(runs))

    def set_experiment(
        self, experiment: Any, gesture: str = "", document: Document[Any] | None = None
    ) -> None:
        """Replace the whole experiment; it belongs to another `document` if one is given."""
        document = document or self.document
        if experiment == self.experiment:
            self.document = document
            return
        now = time.monotonic()
        merge = gesture and gesture == self._gesture and now - self._gesture_time < MERGE_SECONDS
        if not merge:
            self._past = [*self._past[-MOST_UNDO + 1 :], (self.experiment, self.document)]
        self._future = []
        self._gesture, self._gesture_time = gesture, now
        self._show(experiment, document)

    def undo(self) -> None:
        """Go back by one change."""
        if self._past:
            self._future.append((self.experiment, self.document))
            self._gesture = ""
            self._show(*self._past.pop())

    def redo(self) -> None:
        """Go forward again by one change."""
        if self._future:
            self._past.append((self.experiment, self.document))
            self._gesture = ""
            self._show(*self._future.pop())

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to do again."""
        return bool(self._future)

    def select(self, index: int) -> None:
        """Select a run; out of range is clipped."""
        index = max(0, min(index, len(self.experiment.runs) - 1))
        if index != self.selected:
            self.selected = index
            self.selected_changed.emit(index)

    def say(self, sentence: str) -> None:
        """Show one plain sentence to the user."""
        self.message.emit(sentence)

    def _show(self, experiment: Any, document: Document[Any]) -> None:
        old, self.experiment, self.document = self.experiment, experiment, document
        self._show_change(old, experiment)
        self.history_changed.emit()

    def _show_change(self, old: Any, new: Any) -> None:
        """Tell of a change, and keep what is selected among the runs there are."""
        self.changed.emit(old, new)
        self.select(self.selected)
