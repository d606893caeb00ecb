"""The one state object: what is asked (an Experiment), what was answered (Results), where we look.

Widgets write only through `State`; views compare the fields they show and refresh only those.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.experiment import Experiment, SurfaceSettings
    from engine.explanation.explanation import Explanation
    from engine.explanation.rates import RateLimits
    from engine.landscape import Landscape
    from engine.status import Status
    from engine.trajectory import Trajectory

#: Changes of the same gesture within this time are one step of undo.
MERGE_SECONDS = 1.0
MOST_UNDO = 200


class Document(Struct, eq=False):
    """The file that an experiment belongs to: one object for all undo steps within a file.

    Parameters
    ----------
    path : None until it is saved.
    saved : what the file holds.
    """

    path: Path | None = None
    saved: Experiment | None = None


class Results(Struct, frozen=True):
    """What the engine answered to an experiment: one trajectory and status per run, in order."""

    experiment: Experiment
    landscape: Landscape
    trajectories: tuple[Trajectory, ...]
    statuses: tuple[Status, ...]


class Explained(Struct, frozen=True):
    """What explains some results: one explanation per run, None for a run that is not explained.

    ``limits`` are the learning rates at which the explained runs would meet their limit, and
    ``reasons`` says in one clause why a run is not explained, "" where it is. The runs in
    ``waiting`` follow; until then they keep what was known of them before, if anything was.
    """

    results: Results
    explanations: tuple[Explanation | None, ...]
    limits: tuple[RateLimits | None, ...]
    reasons: tuple[str, ...]
    waiting: frozenset[int] = frozenset()


class Submit(Protocol):
    """Run `work` off the UI thread; `done` gets its result on the UI thread.

    Each topic has one request at work and one waiting, which a newer one replaces; results arrive
    in order. `failed` gets a plain sentence when `work` raised; without it the sentence goes to
    the window's message line.
    """

    def __call__(
        self,
        topic: str,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
    ) -> None:
        """Submit one request."""


class State(QObject):
    """Settings, results, selection and play head.

    Signals
    -------
    changed : (old Experiment, new Experiment), once per change.
    results_changed : (Results), when newer paths are there.
    explained_changed : (Explained or None), when newer explanations are there, after the paths;
        None when the paths are on another surface now.
    explanation_wanted : something that shows explanations has come on screen.
    selected_changed : (int), index of the selected run.
    head_changed : (int), step under the play head.
    message : (str), one plain sentence for the user; empty clears it.
    history_changed : what can be undone or redone has changed.
    """

    changed = Signal(object, object)
    results_changed = Signal(object)
    explained_changed = Signal(object)
    explanation_wanted = Signal()
    selected_changed = Signal(int)
    head_changed = Signal(int)
    message = Signal(str)
    history_changed = Signal()

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self.experiment = experiment
        self.document = Document()
        self.results: Results | None = None
        self.explained: Explained | None = None
        self._explanation_readers: set[int] = set()
        self.selected = 0
        self.head = experiment.steps
        self._past: list[tuple[Experiment, Document]] = []
        self._future: list[tuple[Experiment, Document]] = []
        self._gesture = ""
        self._gesture_time = 0.0

    def update(self, gesture: str = "", **fields: Any) -> None:
        """Replace fields of the experiment. Raises ValueError, changing nothing, if not allowed.

        Successive changes with the same non-empty `gesture` (a drag) are one step of undo.
        """
        self.set_experiment(_checked(self.experiment, fields), gesture)

    def update_surface(self, gesture: str = "", **fields: Any) -> None:
        """Replace fields of the surface settings."""
        self.update(gesture, surface=_checked(self.experiment.surface, fields))

    def update_display(self, gesture: str = "", **fields: Any) -> None:
        """Replace fields of the display settings."""
        self.update(gesture, display=_checked(self.experiment.display, fields))

    def update_run(self, index: int, gesture: str = "", **fields: Any) -> None:
        """Replace fields of one run."""
        runs = list(self.experiment.runs)
        runs[index] = _checked(runs[index], fields)
        self.update(gesture, runs=tuple(runs))

    def set_experiment(
        self, experiment: Experiment, gesture: str = "", document: Document | None = None
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

    def set_results(self, results: Results) -> None:
        """Take the runner's answer; what explains paths on another surface is forgotten."""
        self.results = results
        forgotten = self.explained is not None and not self._explains_results(self.explained)
        if forgotten:
            self.explained = None
        self.results_changed.emit(results)
        if forgotten:
            self.explained_changed.emit(None)

    def set_explained(self, explained: Explained) -> None:
        """Take the explanation of some results, perhaps no longer the newest.

        One that comes when the paths are on another surface already is left aside.
        """
        if self._explains_results(explained):
            self.explained = explained
            self.explained_changed.emit(explained)

    def want_explanations(self, reader: object, wanted: bool) -> None:
        """Note that a reader shows explanations from now on, or does so no longer."""
        if wanted:
            self._explanation_readers.add(id(reader))
            self.explanation_wanted.emit()
        else:
            self._explanation_readers.discard(id(reader))

    @property
    def wants_explanations(self) -> bool:
        """Whether anything on screen shows explanations."""
        return bool(self._explanation_readers)

    def select(self, index: int) -> None:
        """Select a run; out of range is clipped."""
        index = max(0, min(index, len(self.experiment.runs) - 1))
        if index != self.selected:
            self.selected = index
            self.selected_changed.emit(index)

    def set_head(self, step: int) -> None:
        """Move the play head; out of range is clipped."""
        step = max(0, min(step, self.experiment.steps))
        if step != self.head:
            self.head = step
            self.head_changed.emit(step)

    def say(self, sentence: str) -> None:
        """Show one plain sentence to the user."""
        self.message.emit(sentence)

    def _explains_results(self, explained: Explained) -> bool:
        if self.results is None:
            return False
        then, now = explained.results.experiment, self.results.experiment
        return is_same_ground(then.surface, now.surface)

    def _show(self, experiment: Experiment, document: Document) -> None:
        old, self.experiment, self.document = self.experiment, experiment, document
        at_end = self.head == old.steps
        self.changed.emit(old, experiment)
        self.select(self.selected)
        self.set_head(experiment.steps if at_end else self.head)
        self.history_changed.emit()


def is_same_ground(one: SurfaceSettings, other: SurfaceSettings) -> bool:
    """Return whether two surfaces differ in numbers at most, as while one of them is dragged."""
    tables = [surface.data.table if surface.data else "" for surface in (one, other)]
    return (one.name, one.formula) == (other.name, other.formula) and tables[0] == tables[1]


def _checked(settings: Any, fields: dict[str, Any]) -> Any:
    return replace(settings, **fields)
