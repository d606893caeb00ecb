"""Keeps explanations up to date with the paths: after the frame is painted, while they are seen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from PySide6.QtCore import QObject

from gui.state import Explained
from gui.turns import Turns

if TYPE_CHECKING:
    from engine.explanation.explanation import Explanation
    from engine.explanation.rates import RateLimits
    from engine.trajectory import Trajectory
    from gui.runner import Runner
    from gui.state import Results, State

    _Pair = tuple[Explanation, RateLimits]

#: More rows than this in all: only the selected run is explained.
MOST_ROWS = 1_000_000
#: The selected run is explained first, then as many others as take so long until all are shown;
#: the rest follows in longer turns.
FIRST_SECONDS, NEXT_SECONDS = 0.05, 0.5


class Explanations(QObject):
    """Asks the engine to explain the newest results, as long as anything shows explanations."""

    def __init__(self, state: State, runner: Runner) -> None:
        super().__init__(runner)
        self._state, self._runner = state, runner
        self._asked: tuple[Results, int | None] | None = None
        self._turns = Turns(self._ask, self)
        for signal in (state.results_changed, state.selected_changed, state.explanation_wanted):
            signal.connect(self._turns.ask_soon)

    def _ask(self) -> bool:
        state, known = self._state, self._state.explained
        results = state.results
        if results is None or not state.wants_explanations:
            return False
        rows = sum(t.last_step + 1 for t in results.trajectories if t.run.visible)
        only = state.selected if rows > MOST_ROWS else None
        same = self._asked is not None and self._asked[0] is results and self._asked[1] == only
        left = known is not None and known.results is results and bool(known.waiting)
        if same and not left:
            return False
        self._asked = (results, only)
        task = _Task(results, state.selected, only, NEXT_SECONDS if same else FIRST_SECONDS, known)
        self._runner.submit("explain", lambda: _explain(task), self._on_explained, self._on_failed)
        return True

    def _on_explained(self, explained: Any) -> None:
        self._state.set_explained(explained)
        self._turns.rest()

    def _on_failed(self, sentence: str) -> None:
        self._state.say(sentence)
        self._turns.rest()


class _Task(Struct, frozen=True):
    """Explain run `first`, then more runs (with `only` none but that) until `seconds` are over."""

    results: Results
    first: int
    only: int | None
    seconds: float
    known: Explained | None


def _explain(task: _Task) -> Explained:
    """Explain the visible runs; what is known of unchanged paths is kept."""
    results, until = task.results, time.monotonic() + task.seconds
    count = len(results.trajectories)
    known, earlier = _by_path(task), _by_place(task)
    pairs: list[_Pair | tuple[None, None]] = [(None, None)] * count
    reasons, waiting, began = [""] * count, set(), False
    for index in sorted(range(count), key=lambda index: index != task.first):
        trajectory = results.trajectories[index]
        if task.only is not None and index != task.only:
            reasons[index] = "With so many steps only the selected run is explained."
        elif pair := known.get(id(trajectory.points)):
            pairs[index] = pair
        elif not trajectory.run.visible:
            reasons[index] = "A hidden run is not explained; show it."
        elif began and time.monotonic() > until:
            waiting.add(index)
            pairs[index] = earlier[index]
        else:
            began = True
            pairs[index], reasons[index] = _pair(trajectory, results)
    explanations, limits = zip(*pairs, strict=True) if pairs else ((), ())
    return Explained(results, explanations, limits, tuple(reasons), frozenset(waiting))


def _pair(trajectory: Trajectory, results: Results) -> tuple[_Pair | tuple[None, None], str]:
    """Explain one run, or say why it is not explained."""
    from engine.explanation.explain import explain
    from engine.explanation.rates import rate_limits

    try:
        found = explain(trajectory, results.experiment)
        return (found, rate_limits(found)), ""
    except ValueError as error:
        return (None, None), str(error)


def _by_path(task: _Task) -> dict[int, _Pair]:
    """Return what is known of paths that have not changed since."""
    known = task.known
    if known is None or known.results.landscape is not task.results.landscape:
        return {}
    found = zip(known.results.trajectories, known.explanations, known.limits, strict=True)
    return {
        id(trajectory.points): (why, limits)
        for index, (trajectory, why, limits) in enumerate(found)
        if why and limits and index not in known.waiting
    }


def _by_place(task: _Task) -> list[_Pair | tuple[None, None]]:
    """Return what each run shows until it is explained: nothing flickers under a drag."""
    known, trajectories = task.known, task.results.trajectories
    if known is None or len(known.explanations) != len(trajectories):
        return [(None, None)] * len(trajectories)
    return [
        (why, limits)
        if why and limits and why.trajectory.run.optimizer == trajectory.run.optimizer
        else (None, None)
        for why, limits, trajectory in zip(
            known.explanations, known.limits, trajectories, strict=True
        )
    ]
