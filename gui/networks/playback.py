"""The player of the network half: trains, and plays what was trained once all is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.player import WHOLE_SECONDS, Player

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from engine.networks.settings import NetworkExperiment
    from gui.networks.state import NetworkState
    from gui.networks.trainer import Trainer


class Playback(Player):
    """Training goes as fast as it can; the head goes along, or over what was trained.

    Behind the last trained step a step forward takes one more.
    """

    def __init__(
        self, state: NetworkState, trainer: Trainer, parent: QObject | None = None
    ) -> None:
        super().__init__(state, parent)
        self._trainer = trainer

    @property
    def last_step(self) -> int:
        """The last step that was trained."""
        trained = self._state.trained
        return trained.step if trained is not None else 0

    @property
    def loops(self) -> bool:
        """Never."""
        return False

    @property
    def steps_per_second(self) -> float:
        """As fast as shows all steps in a few seconds."""
        return max(self.last_step / WHOLE_SECONDS, 1.0)

    def toggle(self) -> None:
        """Pause what is going on; else train on, or, once all is trained, play it."""
        trained = self._state.trained
        if self.playing:
            self.pause()
        elif self._state.running:
            self._trainer.pause()
        elif trained is not None and trained.over:
            self.play()
        else:
            self.to_end()
            self._trainer.start()

    def step(self, count: int) -> None:
        """Pause and move by `count` steps; steps that were not taken yet are taken."""
        self.pause()
        if self._state.running:
            self._trainer.pause()
        # Of runs that began anew less may be trained than was looked at.
        wanted, trained = min(self._state.head, self.last_step) + count, self._state.trained
        if wanted > self.last_step and trained is not None and not trained.over:
            self.to_end()
            self._trainer.train_to(wanted)
        else:
            self._state.set_head(wanted)

    def begin_anew(self) -> None:
        """Go back to the first weights and wait there."""
        self.pause()
        # A head that was moved back would stay there, behind the last step.
        self.to_end()
        self._trainer.go_back_to(0)

    def go_back(self) -> None:
        """Take back all steps behind the head and wait there."""
        self.pause()
        self._trainer.go_back_to(self._state.head)

    def _on_changed(self, old: NetworkExperiment, new: NetworkExperiment) -> None:
        self.pause()
