"""Keeps the paths on screen up to date with the experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from gui.state import Results

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.answer import Answer
    from engine.experiment import Experiment
    from gui.runner import Runner
    from gui.state import State

#: Below this many steps in all, spreading runs over threads costs more than it saves.
SPREAD_STEPS = 160_000
#: A surface or optimizer that is compiled for its first use takes longer than this.
SLOW_MS = 400


class Paths(QObject):
    """Asks the engine for the whole paths after every change that moves them.

    Signals
    -------
    refused : (str), why the engine could not answer; the last good paths stay on screen.
    answered : the newest experiment has been answered.
    waiting : (bool), whether an answer takes so long that one should be told.
    """

    refused = Signal(str)
    answered = Signal()
    waiting = Signal(bool)

    def __init__(self, state: State, runner: Runner) -> None:
        super().__init__(runner)
        self._state = state
        self._runner = runner
        self._previous: Answer | None = None
        self._refused = False
        self._ready = False
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SLOW_MS)
        self._slow.timeout.connect(lambda: self.waiting.emit(True))
        state.changed.connect(self._on_changed)

    def start(self) -> None:
        """Begin to answer; before this the engine may not be loaded."""
        self._ready = True
        self._ask(self._state.experiment)

    def _on_changed(self, old: Experiment, new: Experiment) -> None:
        if self._ready and _moves_paths(old, new):
            self._ask(new)

    def _ask(self, experiment: Experiment) -> None:
        if not self._slow.isActive():
            self._slow.start()
        previous = self._previous
        pool = self._runner.spread_pool
        many = experiment.steps * len(experiment.runs) > SPREAD_STEPS

        def work(stop: NDArray[np.uint8]) -> Answer:
            from engine.answer import answer

            return answer(experiment, previous, stop, pool.map if many else map)

        self._runner.submit_stoppable("paths", work, self._on_answer, self._on_refusal)

    def _on_answer(self, found: Any) -> None:
        self._previous = found
        if self._refused:
            self._refused = False
            self._state.say("")
        self._state.set_results(
            Results(found.experiment, found.landscape, found.trajectories, found.statuses)
        )
        if found.experiment == self._state.experiment:
            self._rest()
            self.answered.emit()

    def _on_refusal(self, sentence: str) -> None:
        self._refused = True
        self._rest()
        self._state.say(sentence)
        self.refused.emit(sentence)

    def _rest(self) -> None:
        self._slow.stop()
        self.waiting.emit(False)


def _moves_paths(old: Experiment, new: Experiment) -> bool:
    """Return whether anything but display and title differs."""
    return (old.surface, old.start, old.steps, old.precision, old.runs) != (
        new.surface, new.start, new.steps, new.precision, new.runs,
    )  # fmt: skip
