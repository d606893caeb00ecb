"""The play head and the one frame timer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.experiment import Experiment

#: At speed 1. Other speeds are multiples.
STEPS_PER_SECOND = 60.0
#: The speed that plays the whole path in `WHOLE_SECONDS`, however long it is.
WHOLE = 1e6
WHOLE_SECONDS = 4.0
SPEEDS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0, WHOLE)
USUAL_FRAME_RATE = 60.0
NANOSECONDS = 1_000_000_000


class Player(QObject):
    """Moves the state's play head with the clock: exact over elapsed time, not over frames.

    Signals
    -------
    playing_changed : (bool).
    """

    playing_changed = Signal(bool)

    def __init__(
        self,
        state: Any,
        parent: QObject | None = None,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._clock_ns = clock_ns
        self._since_ns = 0
        self._from = 0
        self._own_move = False
        self.timer = QTimer(self)
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self._on_frame)
        state.head_changed.connect(self._on_head_changed)
        state.changed.connect(self._on_changed)

    @property
    def playing(self) -> bool:
        """Whether the head moves by itself."""
        return self.timer.isActive()

    @property
    def last_step(self) -> int:
        """Where it ends."""
        return int(self._state.experiment.steps)

    @property
    def loops(self) -> bool:
        """Whether it begins again at the end."""
        return bool(self._state.experiment.display.loop)

    @property
    def steps_per_second(self) -> float:
        """How fast it plays."""
        experiment: Experiment = self._state.experiment
        if experiment.display.speed >= WHOLE:
            return max(experiment.steps / WHOLE_SECONDS, 1.0)
        return experiment.display.speed * STEPS_PER_SECOND

    def play(self) -> None:
        """Play from the head, or from the start if it is at the end."""
        if self.playing or self.last_step == 0:
            return
        if self._state.head == self.last_step:
            self._state.set_head(0)
        self._anchor()
        self.timer.start(round(1000 / _frame_rate()))
        self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stop where the head is."""
        if self.playing:
            self.timer.stop()
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def step(self, count: int) -> None:
        """Pause and move by `count` steps; negative is back."""
        self.pause()
        self._state.set_head(self._state.head + count)

    def to_start(self) -> None:
        """Look at step 0; it plays on from there."""
        self._state.set_head(0)

    def to_end(self) -> None:
        """Look at the last step."""
        self._state.set_head(self.last_step)

    def _on_frame(self) -> None:
        steps = self.last_step
        elapsed_ns = self._clock_ns() - self._since_ns
        head = self._from + int(elapsed_ns * self.steps_per_second / NANOSECONDS)
        loop = self.loops
        if head > steps and loop:
            head %= steps + 1
        self._own_move = True
        self._state.set_head(head)
        self._own_move = False
        if head >= steps and not loop:
            self.pause()

    def _on_head_changed(self, head: int) -> None:
        if not self._own_move:
            self._anchor()

    def _on_changed(self, old: Any, new: Any) -> None:
        if new.steps == 0:
            self.pause()
        elif old.steps != new.steps or old.display.speed != new.display.speed:
            self._anchor()

    def _anchor(self) -> None:
        """Count from the present head and time on."""
        self._from, self._since_ns = self._state.head, self._clock_ns()


def _frame_rate() -> float:
    screen = QGuiApplication.primaryScreen()
    rate = screen.refreshRate() if screen else 0.0
    return rate if rate >= 1 else USUAL_FRAME_RATE
