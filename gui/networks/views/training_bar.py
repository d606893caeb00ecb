"""Buttons, scrub bar, step, epoch and remaining time of the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QWidget

from gui.networks.views.training_text import epoch_text, remaining_text
from gui.panels.fields import CheckBox
from gui.panels.icons import IconButton
from gui.theme import FAINT, RHYTHM
from gui.views import player_icons
from gui.views.curve_text import step_text
from gui.views.player_slider import ScrubSlider

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPainter

    from engine.networks.settings import NetworkExperiment
    from gui.networks.playback import Playback
    from gui.networks.state import NetworkState, Trained
    from gui.networks.trainer import Trainer


class TrainingBar(QWidget):
    """Trains, pauses, steps, begins anew; scrubs over what was trained."""

    def __init__(
        self,
        state: NetworkState,
        trainer: Trainer,
        playback: Playback,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._trainer, self._playback = state, trainer, playback
        self._make_buttons()
        self._make_places()
        self._lay_out()
        self._connect()
        self._show_steps()

    def _make_buttons(self) -> None:
        icons, tr = player_icons, self.tr
        self.anew = _button(icons.loop, tr("Back to the first weights"), tr("R"))
        self.to_start = _button(icons.to_start, tr("Look at the start"), tr("Home"))
        self.back = _button(icons.step_back, tr("Step back"), tr("←, ten with ⇧"))
        self.play = _button(self._draw_play, tr("Train, pause, or play what was trained"), "␣")
        self.forward = _button(icons.step_forward, tr("Step forward"), tr("→, ten with ⇧"))
        self.to_end = _button(icons.to_end, tr("Look at the last step"), tr("End"))
        self.keeps = CheckBox(tr("&Keep weights"))
        self.keeps.setToolTip(
            tr("A run whose settings change goes on from the step that is shown (K)")
        )

    def _make_places(self) -> None:
        self.slider = ScrubSlider()
        self.slider.setAccessibleName(self.tr("Step that is shown"))
        self.slider.setToolTip(self.tr("Step that is shown: drag, click, or ← and →"))
        self.box = QSpinBox()
        self.box.setFrame(False)
        self.box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.box.setKeyboardTracking(False)
        self.box.setAccessibleName(self.tr("Step number"))
        self.total, self.epoch, self.remaining = QLabel(), QLabel(), QLabel()
        for label in (self.total, self.epoch, self.remaining):
            label.setForegroundRole(FAINT)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(RHYTHM // 2)
        row.addWidget(self.anew)
        row.addSpacing(RHYTHM)
        for button in (self.to_start, self.back, self.play, self.forward, self.to_end):
            row.addWidget(button)
        row.addSpacing(RHYTHM // 2)
        row.addWidget(self.slider, 1)
        row.addSpacing(RHYTHM // 2)
        label = QLabel(self.tr("s&tep"))
        label.setBuddy(self.box)
        for widget in (label, self.box, self.total):
            row.addWidget(widget)
        row.addSpacing(RHYTHM)
        row.addWidget(self.epoch)
        row.addWidget(self.remaining)
        row.addSpacing(RHYTHM)
        row.addWidget(self.keeps)

    def _connect(self) -> None:
        state, playback = self._state, self._playback
        self.anew.clicked.connect(playback.begin_anew)
        self.to_start.clicked.connect(playback.to_start)
        self.to_end.clicked.connect(playback.to_end)
        self.back.clicked.connect(lambda: playback.step(-1))
        self.forward.clicked.connect(lambda: playback.step(1))
        self.play.clicked.connect(playback.toggle)
        self.keeps.clicked.connect(self._trainer.set_keeps)
        self._trainer.keeps_changed.connect(self.keeps.setChecked)
        self.slider.valueChanged.connect(self._on_scrubbed)
        self.box.valueChanged.connect(self._on_scrubbed)
        playback.playing_changed.connect(self.play.update)
        state.running_changed.connect(self._on_running)
        state.head_changed.connect(self._show_head)
        state.changed.connect(self._on_changed)
        state.trained_changed.connect(self._on_trained)

    def _draw_play(self, painter: QPainter, checked: bool) -> None:
        busy = self._playback.playing or self._state.running
        player_icons.play_or_pause(painter, busy)

    def _on_scrubbed(self, step: int) -> None:
        self._state.set_head(step)
        self._show_head()

    def _on_running(self) -> None:
        self.play.update()
        self._show_remaining()

    def _on_changed(self, old: NetworkExperiment, new: NetworkExperiment) -> None:
        if old.steps != new.steps:
            self._show_steps()

    def _on_trained(self, trained: Trained | None) -> None:
        self.slider.set_reach(trained.step if trained else 0)
        histories = trained.histories if trained else ()
        self.slider.set_marks([h.last_step for h in histories if h.fault])
        self._show_remaining()
        self._show_head()

    def _show_steps(self) -> None:
        steps = self._state.experiment.steps
        with QSignalBlocker(self.slider), QSignalBlocker(self.box):
            self.slider.setMaximum(steps)
            self.box.setMaximum(steps)
        figures = self.box.fontMetrics().horizontalAdvance(str(steps))
        self.box.setFixedWidth(figures + 2 * RHYTHM)
        self.total.setText(f"/ {step_text(steps)}")
        self._show_head()

    def _show_head(self) -> None:
        head, trained = self._state.head, self._state.trained
        with QSignalBlocker(self.slider), QSignalBlocker(self.box):
            self.slider.setValue(head)
            self.box.setValue(head)
        self.slider.update()
        self.epoch.setText(epoch_text(head, trained))

    def _show_remaining(self) -> None:
        self.remaining.setText(remaining_text(self._state.trained, self._state.running))


def _button(draw: Callable[[QPainter, bool], None], name: str, keys: str) -> IconButton:
    button = IconButton(draw, name)
    button.setToolTip(f"{name} ({keys})")
    return button
