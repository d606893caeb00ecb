"""Keeps explanations up to date with the paths: after the frame is painted, while they are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from gui.state import Explained

if TYPE_CHECKING:
    from engine.explanation.explanation import Explanation
    from gui.runner import Runner
    from gui.state import Results, State

#: More rows than this in all: only the selected run is explained.
MOST_ROWS = 1_000_000


class Explanations(QObject):
    """Asks the engine to explain the newest results, as long as anything shows explanations."""

    def __init__(self, state: State, runner: Runner) -> None:
        super().__init__(runner)
        self._state, self._runner = state, runner
        self._asked: tuple[Results, int | None] | None = None
        # The frame with the paths comes first.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._ask)
        for signal in (state.results_changed, state.selected_changed, state.explanation_wanted):
            signal.connect(self._soon.start)

    def _ask(self) -> None:
        state = self._state
        results = state.results
        if results is None or not state.wants_explanations:
            return
        rows = sum(t.last_step + 1 for t in results.trajectories if t.run.visible)
        only = state.selected if rows > MOST_ROWS else None
        if self._asked is not None and self._asked[0] is results and self._asked[1] == only:
            return
        self._asked = (results, only)
        known = state.explained
        self._runner.submit("explain", lambda: _explain(results, only, known), self._on_explained)

    def _on_explained(self, explained: Any) -> None:
        self._state.set_explained(explained)


def _explain(results: Results, only: int | None, known: Explained | None) -> Explained:
    """Explain the visible runs, or only one; what is known of unchanged paths is kept."""
    from engine.explanation.explain import explain

    earlier = _by_path(known) if known and known.results.landscape is results.landscape else {}
    explanations: list[Explanation | None] = []
    reasons = []
    for index, trajectory in enumerate(results.trajectories):
        found, reason = earlier.get(id(trajectory.points)), ""
        if only is not None and index != only:
            found, reason = None, "With so many steps only the selected run is explained."
        elif found is None and not trajectory.run.visible:
            reason = "A hidden run is not explained; show it."
        elif found is None:
            try:
                found = explain(trajectory, results.experiment)
            except ValueError as error:
                reason = str(error)
        explanations.append(found)
        reasons.append(reason)
    return Explained(results, tuple(explanations), tuple(reasons))


def _by_path(known: Explained) -> dict[int, Explanation]:
    pairs = zip(known.results.trajectories, known.explanations, strict=True)
    return {id(t.points): found for t, found in pairs if found is not None}
