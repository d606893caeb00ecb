"""Keeps what was trained up to date with the experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from gui.networks.goal import Goal
from gui.networks.training_work import TrainingWork, begins_anew

if TYPE_CHECKING:
    from engine.networks.settings import NetworkExperiment
    from gui.networks.state import NetworkState, Trained
    from gui.runner import Runner

#: Kernels that are compiled or loaded for the first time take longer than this.
SLOW_MS = 400
TOPIC = "training"


class Trainer(QObject):
    """Trains all runs after every change: to their ends, or to where one has paused.

    Signals
    -------
    answered : all that was asked has been trained.
    waiting : (bool), whether there is nothing to be seen for so long that one should be told.
    keeps_changed : (bool), whether runs whose settings change go on with their weights.
    """

    answered = Signal()
    waiting = Signal(bool)
    keeps_changed = Signal(bool)

    def __init__(self, state: NetworkState, runner: Runner) -> None:
        super().__init__(runner)
        self._state = state
        self._runner = runner
        self._work = TrainingWork(Goal(state.experiment))
        self._document = state.document
        self._working = self._refused = False
        self.keeps = False
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SLOW_MS)
        self._slow.timeout.connect(lambda: self.waiting.emit(True))
        state.changed.connect(self._on_changed)

    @property
    def paused(self) -> bool:
        """Whether the runs are to wait before their ends."""
        return self._work.goal.until is not None

    def start(self) -> None:
        """Train on, to the ends of all runs."""
        self._want(until=None)

    def pause(self) -> None:
        """Train no further than now."""
        self._want(until=self._reached())

    def train_to(self, step: int) -> None:
        """Train all runs to a step and wait there."""
        self._want(until=step)

    def go_back_to(self, step: int) -> None:
        """Be where all runs were at a step, as if nothing had come after it, and wait there."""
        self._want(until=step, back_to=step)

    def set_keeps(self, keeps: bool) -> None:
        """Let runs whose settings change go on with their weights, or begin anew."""
        if keeps != self.keeps:
            self.keeps = keeps
            self.keeps_changed.emit(keeps)

    def close(self) -> None:
        """End what is at work."""
        self._slow.stop()
        self._runner.cancel(TOPIC)

    def _reached(self) -> int:
        return self._state.trained.step if self._state.trained else 0

    def _on_changed(self, old: NetworkExperiment, new: NetworkExperiment) -> None:
        until = self._work.goal.until
        if self._state.document is not self._document:
            self._document, until = self._state.document, None
        anew = begins_anew(old, new)
        self._want(
            experiment=new, until=until, keeps=self.keeps,
            back_to=self._place_to_go_on_from() if self.keeps and not anew else None,
        )  # fmt: skip

    def _place_to_go_on_from(self) -> int | None:
        """Return the step that is looked at, if it lies behind; say so if none is left."""
        trained, head = self._state.trained, self._state.head
        if trained is None:
            return None
        if head < trained.step:
            return head
        if trained.over:
            self._state.say(
                self.tr("All steps are taken; move the play head back to go on from there.")
            )
        return None

    def _want(self, **fields: Any) -> None:
        old = self._work.goal
        if old is self._work.tried:
            # It has been there.
            fields = {"back_to": None, **fields}
        self._work.goal = replace(old, **fields)
        self._submit()

    def _submit(self) -> None:
        if self._working:
            return
        self._working = True
        self._slow.start()
        self._runner.submit_training(
            TOPIC, self._work, self._on_told, self._on_done, self._on_refused
        )

    def _on_told(self, trained: Trained) -> None:
        self._show(trained)
        self._state.set_running(True)

    def _on_done(self, trained: Trained | None) -> None:
        if trained is not None:
            self._show(trained)
        if self._end(self._work.followed):
            self.answered.emit()

    def _on_refused(self, sentence: str) -> None:
        self._refused = True
        self._state.say(sentence)
        self._end(self._work.tried)

    def _show(self, trained: Trained) -> None:
        self._slow.stop()
        self.waiting.emit(False)
        if self._refused:
            self._refused = False
            self._state.say("")
        self._state.set_trained(trained)

    def _end(self, goal: Goal | None) -> bool:
        """Note that nothing is at work; begin with what was asked meanwhile, if anything was."""
        self._working = False
        if self._work.goal is not goal:
            self._submit()
            return False
        self._slow.stop()
        self.waiting.emit(False)
        if self.paused:
            # Runs that begin anew go as far as the others are.
            self._work.goal = self._work.followed = replace(
                self._work.goal, until=self._reached(), back_to=None
            )
        self._state.set_running(False)
        return True
