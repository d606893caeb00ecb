"""Keeps a sweep and its range test up to date with the experiment, while somebody looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QObject

from gui.maps.spreading import spread_over
from gui.maps.sweep_state import Asked, Swept, asked_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from engine.maps.range_test import RangeTest
    from engine.maps.sweep_limits import Limits
    from gui.maps.sweep_state import SweepState
    from gui.runner import Runner
    from gui.subjects import Subjects

    Stop = NDArray[np.uint8]

SWEEP, TEST = "sweep", "range test"


class Tested(Struct, frozen=True, eq=False):
    """A range test of one run of what was swept."""

    asked: Asked
    row: int
    test: RangeTest


class Sweeper(QObject):
    """Sweeps anew after every change that matters; what was found stays until there is more."""

    def __init__(self, state: SweepState, subjects: Subjects, runner: Runner) -> None:
        super().__init__(runner)
        self._state, self._subjects, self._runner = state, subjects, runner
        self._seen = self._stopped = False
        self._tested: Tested | None = None
        state.changed.connect(lambda *_: self.go_on())
        subjects.changed.connect(self._on_subject_changed)

    def look(self, seen: bool) -> None:
        """Note whether anybody looks; nothing is computed for nobody."""
        if seen == self._seen:
            return
        self._seen = seen
        if seen and not self._stopped:
            self._begin()
        elif not seen:
            self._end()

    def stop(self) -> None:
        """End the work; what was found stays."""
        self._stopped = True
        self._end()

    def go_on(self) -> None:
        """Sweep what is asked now, unless that has been done."""
        self._stopped = False
        if self._seen:
            self._begin()

    def close(self) -> None:
        """End what is at work."""
        self._seen = False
        self._end()

    def _end(self) -> None:
        for topic in (SWEEP, TEST):
            self._runner.cancel(topic)
        self._state.set_working(False)

    def _on_subject_changed(self, name: str) -> None:
        if name == self._state.settings.source:
            self.go_on()

    def _begin(self) -> None:
        state, before = self._state, self._state.swept
        experiment = getattr(self._subjects, state.settings.source)
        settings = state.settings
        spread = spread_over(self._runner.spread_pool)

        def work(stop: Stop, tell: Callable[[Swept], None]) -> None:
            from engine.maps.sweep import growing_sweep

            asked = asked_of(experiment, settings, before.asked if before else None)
            if before is not None and asked.same_sweep(before.asked) and before.sweep.share == 1.0:
                # Other colours, perhaps.
                tell(Swept(asked, before.sweep))
                return
            for found in growing_sweep(
                asked.experiment, asked.axis, points=settings.points, seeds=settings.seeds,
                target=settings.target, scatter=_scatter(settings.scatter, experiment),
                stop=stop, spread=spread,
            ):  # fmt: skip
                tell(Swept(asked, found))

        self._runner.cancel(SWEEP)
        self._runner.cancel(TEST)
        state.set_working(True)
        self._runner.submit_mapping(
            SWEEP, work, state.set_swept, lambda _: self._test(), self._on_refused
        )

    def _test(self) -> None:
        """Let the rate of the selected run rise, once its limit is known."""
        state, swept = self._state, self._state.swept
        selected = self._subjects.selected(state.settings.source)
        if swept is None or selected not in swept.asked.rows:
            state.set_tested(None)
            state.set_working(False)
            return
        asked, row = swept.asked, swept.asked.rows.index(selected)
        known = self._tested
        if known is not None and known.row == row and asked.same_sweep(known.asked):
            self._show_test(known)
            return
        limits = swept.sweep.curves[row].limits

        def work(stop: Stop, _: object) -> Tested:
            return Tested(asked, row, _test_of(asked, row, limits, stop))

        self._runner.submit_mapping(
            TEST, work, lambda _: None, self._show_test, self._on_test_refused
        )

    def _show_test(self, tested: Tested) -> None:
        self._tested = tested
        self._state.set_tested(tested.test)
        self._state.set_working(False)

    def _on_test_refused(self, sentence: str) -> None:
        self._state.set_tested(None)
        self._on_refused(sentence)

    def _on_refused(self, sentence: str) -> None:
        self._state.set_working(False)
        self._state.say(sentence)


def _scatter(scatter: float, experiment: object) -> float:
    """Return how far seeds move a start; in networks they draw other weights."""
    from engine.experiment import Experiment

    return scatter if isinstance(experiment, Experiment) else 0.0


def _test_of(asked: Asked, row: int, limits: Limits | None, stop: Stop) -> RangeTest:
    from engine.maps.range_test import range_test

    # A rate cannot rise from 0 by equal factors.
    axis = asked.axis if asked.axis.low > 0 else None
    return range_test(asked.experiment, row, axis, limits=limits, stop=stop)
