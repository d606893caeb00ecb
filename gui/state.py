"""The one state object: what is asked (an Experiment), what was answered (Results), where we look.

Widgets write only through `State`; views compare the fields they show and refresh only those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct
from PySide6.QtCore import Signal

from gui.explaining import Explaining

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.experiment import Experiment, SurfaceSettings
    from engine.explanation.explanation import Explanation
    from engine.explanation.rates import RateLimits
    from engine.landscape import Landscape
    from engine.status import Status
    from engine.trajectory import Trajectory


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


class State(Explaining):
    """Settings of a surface's experiment, results, selection and play head.

    Signals
    -------
    results_changed : (Results), when newer paths are there.
    explained_changed : (Explained or None), when newer explanations are there, after the paths;
        None when the paths are on another surface now.
    """

    results_changed = Signal(object)

    experiment: Experiment

    def __init__(self, experiment: Experiment) -> None:
        super().__init__(experiment)
        self.results: Results | None = None
        self.explained: Explained | None = None
        self.head = experiment.steps

    def update_surface(self, gesture: str = "", **fields: Any) -> None:
        """Replace fields of the surface settings."""
        self.update_part("surface", gesture, **fields)

    def update_display(self, gesture: str = "", **fields: Any) -> None:
        """Replace fields of the display settings."""
        self.update_part("display", gesture, **fields)

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

    def set_head(self, step: int) -> None:
        """Move the play head; out of range is clipped."""
        step = max(0, min(step, self.experiment.steps))
        if step != self.head:
            self.head = step
            self.head_changed.emit(step)

    def _explains_results(self, explained: Explained) -> bool:
        if self.results is None:
            return False
        then, now = explained.results.experiment, self.results.experiment
        return is_same_ground(then.surface, now.surface)

    def _show_change(self, old: Experiment, new: Experiment) -> None:
        at_end = self.head == old.steps
        super()._show_change(old, new)
        self.set_head(new.steps if at_end else self.head)


def is_same_ground(one: SurfaceSettings, other: SurfaceSettings) -> bool:
    """Return whether two surfaces differ in numbers at most, as while one of them is dragged."""
    tables = [surface.data.table if surface.data else "" for surface in (one, other)]
    return (one.name, one.formula) == (other.name, other.formula) and tables[0] == tables[1]
