"""Holds a tournament when it is asked for; what was found stays when it is ended early."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from gui.maps.compare_state import Compared, contest_of, own_experiments
from gui.maps.spreading import spread_over

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from gui.maps.compare_state import CompareState
    from gui.runner import Runner
    from gui.subjects import Subjects

TOPIC = "tournament"
#: Progress is told about so often.
SECONDS = 0.1


class Comparer(QObject):
    """Starts and ends tournaments, one at a time."""

    def __init__(self, state: CompareState, subjects: Subjects, runner: Runner) -> None:
        super().__init__(runner)
        self._state, self._subjects, self._runner = state, subjects, runner

    def start(self) -> None:
        """Compare as is asked now, from the beginning."""
        state = self._state
        settings, own = state.settings, own_experiments(self._subjects, state.settings)
        spread = spread_over(self._runner.spread_pool)

        def work(stop: NDArray[np.uint8], tell: Callable[[Compared], None]) -> Compared:
            from engine.maps.tournament import hold

            contest = contest_of(settings, own)
            last, told = Compared(contest, 0.0), monotonic()

            def progress(share: float) -> None:
                nonlocal told
                if monotonic() - told > SECONDS:
                    told = monotonic()
                    tell(Compared(contest, share, last.tournament))

            tell(last)
            for found in hold(contest, stop=stop, spread=spread, progress=progress):
                last = Compared(contest, found.share, found)
                tell(last)
            return last

        self.cancel()
        state.set_working(True)
        self._runner.submit_mapping(TOPIC, work, state.set_compared, self._finish, self._refuse)

    def cancel(self) -> None:
        """End it; the problems that all have tried stay."""
        self._runner.cancel(TOPIC)
        self._state.set_working(False)

    def _finish(self, compared: Compared) -> None:
        self._state.set_compared(compared)
        self._state.set_working(False)

    def _refuse(self, sentence: str) -> None:
        self._state.set_working(False)
        self._state.say(sentence)
