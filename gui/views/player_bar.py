"""Buttons, scrub bar, step number, speed and loop of the player."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QWidget

from gui.numbers import show
from gui.panels.icons import IconButton
from gui.player import SPEEDS, STEPS_PER_SECOND, WHOLE
from gui.theme import FAINT, RHYTHM
from gui.views import player_icons
from gui.views.curve_choice import QuietChoice
from gui.views.curve_text import step_text
from gui.views.player_slider import ScrubSlider

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPainter

    from engine.experiment import Experiment
    from gui.player import Player
    from gui.state import Results, State

ROUND = {0.25: "¼×", 0.5: "½×"}


class PlayerBar(QWidget):
    """Plays, pauses, steps, scrubs; the step number can be typed."""

    def __init__(self, state: State, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._player = state, player
        self._make_controls()
        self._lay_out()
        self._connect()
        self._show_all()

    def _make_controls(self) -> None:
        icons = player_icons
        self.to_start = self._button(icons.to_start, self.tr("To the start"), self.tr("Home"))
        self.back = self._button(icons.step_back, self.tr("Step back"), self.tr("←, ten with ⇧"))
        self.play = self._button(self._draw_play, self.tr("Play or pause"), self.tr("space"))
        self.forward = self._button(
            icons.step_forward, self.tr("Step forward"), self.tr("→, ten with ⇧")
        )
        self.to_end = self._button(icons.to_end, self.tr("To the end"), self.tr("End"))
        self.loop = self._button(icons.loop, self.tr("Play in a loop"), self.tr("L"))
        self.loop.setCheckable(True)
        self.slider = ScrubSlider()
        self.slider.setAccessibleName(self.tr("Step under the play head"))
        self.slider.setToolTip(self.tr("Step under the play head: drag, click, or ← and →"))
        self.box = QSpinBox()
        self.box.setFrame(False)
        self.box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.box.setKeyboardTracking(False)
        self.box.setAccessibleName(self.tr("Step number"))
        self.total = QLabel()
        self.total.setForegroundRole(FAINT)
        self.speed = QuietChoice({}, self.tr("Speed"))
        tip = self.tr("Speed of playing: 1× is {count} steps a second")
        self.speed.setToolTip(tip.format(count=show(STEPS_PER_SECOND)))

    @staticmethod
    def _button(draw: Callable[[QPainter, bool], None], name: str, keys: str) -> IconButton:
        button = IconButton(draw, name)
        button.setToolTip(f"{name} ({keys})")
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(RHYTHM // 2)
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
        row.addWidget(self.speed)
        row.addWidget(self.loop)

    def _connect(self) -> None:
        state, player = self._state, self._player
        self.to_start.clicked.connect(lambda: state.set_head(0))
        self.to_end.clicked.connect(lambda: state.set_head(state.experiment.steps))
        self.back.clicked.connect(lambda: player.step(-1))
        self.forward.clicked.connect(lambda: player.step(1))
        self.play.clicked.connect(player.toggle)
        self.loop.clicked.connect(lambda on: state.update_display(loop=on))
        self.slider.valueChanged.connect(state.set_head)
        self.box.valueChanged.connect(state.set_head)
        self.speed.chosen.connect(lambda key: state.update_display(speed=float(key)))
        player.playing_changed.connect(self.play.update)
        state.head_changed.connect(self._show_head)
        state.changed.connect(self._on_changed)
        state.results_changed.connect(self._on_results_changed)

    def _draw_play(self, painter: QPainter, checked: bool) -> None:
        player_icons.play_or_pause(painter, self._player.playing)

    def _on_changed(self, old: Experiment, new: Experiment) -> None:
        if old.steps != new.steps or old.display != new.display:
            self._show_all()

    def _on_results_changed(self, results: Results) -> None:
        self.slider.set_marks([t.last_step for t in results.trajectories if t.cause])

    def _show_all(self) -> None:
        display, steps = self._state.experiment.display, self._state.experiment.steps
        with QSignalBlocker(self.slider), QSignalBlocker(self.box):
            self.slider.setMaximum(steps)
            self.box.setMaximum(steps)
        width = self.box.fontMetrics().horizontalAdvance(str(steps)) + 2 * RHYTHM
        self.box.setFixedWidth(width)
        self.total.setText(f"/ {step_text(steps)}")
        self._show_speeds(display.speed)
        self.loop.setChecked(display.loop)
        self._show_head()

    def _show_speeds(self, speed: float) -> None:
        """Offer the usual speeds, and the present one if a file has another."""
        keys = sorted({*SPEEDS, speed})
        if [float(self.speed.itemData(i)) for i in range(self.speed.count())] != keys:
            self.speed.clear()
            for key in keys:
                self.speed.addItem(self._speed_text(key), str(key))
        self.speed.set_key(str(speed))

    def _speed_text(self, speed: float) -> str:
        if speed == WHOLE:
            return self.tr("all in 4 s")
        return ROUND.get(speed, f"{show(speed)}×")

    def _show_head(self) -> None:
        head = self._state.head
        with QSignalBlocker(self.slider), QSignalBlocker(self.box):
            self.slider.setValue(head)
            self.box.setValue(head)
        self.slider.update()
