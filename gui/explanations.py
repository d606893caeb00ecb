"""Keeps explanations up to date with the paths: after the frame is painted, while they are seen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from gui.state import Explained

if TYPE_CHECKING:
    from engine.explanation.explanation import Explanation
    from engine.explanation.rates import RateLimits
    from gui.runner import Runner
    from gui.state import Results, State

    _Pair = tuple[Explanation, RateLimits]

#: More rows than this in all: only the selected run is explained.
MOST_ROWS = 1_000_000
#: After each answer explaining rests this many times as long as it took, to be seen, too: under a
#: drag it takes no more than a quarter of the time from paths and curves.
REST = 3.0
#: The first one may have waited for a compiler; nobody waits on that account.
LONGEST_REST_SECONDS = 0.2


class Explanations(QObject):
    """Asks the engine to explain the newest results, as long as anything shows explanations."""

    def __init__(self, state: State, runner: Runner) -> None:
        super().__init__(runner)
        self._state, self._runner = state, runner
        self._asked: tuple[Results, int | None] | None = None
        self._at_work = False
        self._began = self._rests_until = 0.0
        # The frame with the paths comes first.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._ask)
        for signal in (state.results_changed, state.selected_changed, state.explanation_wanted):
            signal.connect(self._ask_soon)

    def _ask_soon(self) -> None:
        if not self._at_work and not self._soon.isActive():
            self._soon.start(max(0, round(1000 * (self._rests_until - time.monotonic()))))

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
        self._at_work, self._began = True, time.monotonic()
        known = state.explained
        self._runner.submit(
            "explain", lambda: _explain(results, only, known), self._on_explained, self._on_failed
        )

    def _on_explained(self, explained: Any) -> None:
        self._state.set_explained(explained)
        self._rest()

    def _on_failed(self, sentence: str) -> None:
        self._state.say(sentence)
        self._rest()

    def _rest(self) -> None:
        self._at_work, now = False, time.monotonic()
        self._rests_until = now + min(LONGEST_REST_SECONDS, REST * (now - self._began))
        # What came in the meantime.
        self._ask_soon()


def _explain(results: Results, only: int | None, known: Explained | None) -> Explained:
    """Explain the visible runs, or only one; what is known of unchanged paths is kept."""
    from engine.explanation.explain import explain
    from engine.explanation.rates import rate_limits

    earlier = _by_path(known) if known and known.results.landscape is results.landscape else {}
    pairs: list[_Pair | tuple[None, None]] = []
    reasons = []
    for index, trajectory in enumerate(results.trajectories):
        pair, reason = earlier.get(id(trajectory.points)), ""
        if only is not None and index != only:
            pair, reason = None, "With so many steps only the selected run is explained."
        elif pair is None and not trajectory.run.visible:
            reason = "A hidden run is not explained; show it."
        elif pair is None:
            try:
                found = explain(trajectory, results.experiment)
                pair = found, rate_limits(found)
            except ValueError as error:
                reason = str(error)
        pairs.append(pair or (None, None))
        reasons.append(reason)
    explanations, limits = zip(*pairs, strict=True) if pairs else ((), ())
    return Explained(results, explanations, limits, tuple(reasons))


def _by_path(known: Explained) -> dict[int, _Pair]:
    found = zip(known.results.trajectories, known.explanations, known.limits, strict=True)
    return {id(t.points): (why, limits) for t, why, limits in found if why and limits}
