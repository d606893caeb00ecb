"""Keeps the picture of the map up to date with what is looked at."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from gui.maps.painting import Painting

if TYPE_CHECKING:
    from gui.maps.state import MapState, Shown
    from gui.runner import Runner

TOPIC = "map"
#: A frame may show its first picture, which takes no longer than this, before a newer one begins.
FIRST_MS = 150
#: Kernels that are compiled or loaded for the first time take longer than this.
SLOW_MS = 600


class Painter(QObject):
    """Paints after every change, as large as the view is.

    Signals
    -------
    waiting : (bool), whether there is nothing to be seen for so long that one should be told.
    """

    waiting = Signal(bool)

    def __init__(self, state: MapState, runner: Runner) -> None:
        super().__init__(runner)
        self._state, self._runner = state, runner
        self._size = (0, 0)
        self._work = Painting(runner.tile_pool, state.experiment)
        #: Whether somebody has cancelled the picture, or hidden it.
        self.paused = self._hidden = False
        self._told = self._working = self._refused = False
        self._began = 0.0
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._paint)
        self._replace = QTimer(self, singleShot=True)
        self._replace.timeout.connect(self._begin_anew)
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(lambda: self.waiting.emit(True))
        state.changed.connect(lambda *_: self._want())

    def set_size(self, width: int, height: int) -> None:
        """Paint so many pixels from now on."""
        if (width, height) != self._size:
            self._size = width, height
            self._soon.start()

    def set_hidden(self, hidden: bool) -> None:
        """Rest while nobody looks; what was computed is kept."""
        if hidden != self._hidden:
            self._hidden = hidden
            if hidden:
                self._drop()
                self._state.set_running(False)
            elif not (self._state.shown is not None and self._state.shown.complete):
                self._soon.start()

    def cancel(self) -> None:
        """Compute no further; what there is stays on screen."""
        self.paused = True
        self._work.cancel()

    def go_on(self) -> None:
        """Compute what is left."""
        self.paused = False
        self._soon.start()

    def close(self) -> None:
        """End what is at work."""
        for timer in (self._soon, self._replace, self._slow):
            timer.stop()
        self._drop()

    def _want(self) -> None:
        self.paused = False
        self._soon.start()

    def _paint(self) -> None:
        if self._hidden or self.paused or min(self._size) < 1:
            return
        if self._working:
            gone = 1000 * (time.monotonic() - self._began)
            if not self._told and gone < FIRST_MS:
                self._replace.start(round(FIRST_MS - gone) + 1)
                return
        self._begin_anew()

    def _begin_anew(self) -> None:
        if self._working:
            self._drop()
        self._submit()

    def _submit(self) -> None:
        width, height = self._size
        self._work.wish = replace(self._state.experiment, width=width, height=height)
        self._working, self._told, self._began = True, False, time.monotonic()
        self._replace.stop()
        self._slow.start()
        self._state.set_running(True)
        self._runner.submit_mapping(
            TOPIC, self._work, self._on_told, self._on_done, self._on_refused
        )

    def _drop(self) -> None:
        """End what is at work; nothing more is heard of it."""
        self._runner.cancel(TOPIC)
        self._work.cancel()
        self._working = False
        self._slow.stop()

    def _on_told(self, shown: Shown) -> None:
        self._show(shown)
        self._told = True
        if self._replace.isActive():
            self._begin_anew()

    def _on_done(self, shown: Shown) -> None:
        self._show(shown)
        self._end()

    def _on_refused(self, sentence: str) -> None:
        self._refused = True
        self._state.say(sentence)
        self._end()

    def _show(self, shown: Shown) -> None:
        self._slow.stop()
        self.waiting.emit(False)
        if self._refused:
            self._refused = False
            self._state.say("")
        self._state.set_shown(shown)

    def _end(self) -> None:
        self._working = False
        self._slow.stop()
        self.waiting.emit(False)
        self._state.set_running(False)
        if self._replace.isActive():
            self._submit()
