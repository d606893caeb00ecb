"""Keeps the basins under the contour lines up to date: coarse at once, fine when all is quiet."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from PySide6.QtCore import QObject, QTimer

from gui.runner import MAPPING
from gui.views.landscape_basins_work import FinePicture, Wish, asked, draw_coarse
from gui.views.landscape_viewpoint import is_same_surface

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.experiment import Experiment, RunSettings
    from gui.runner import Runner
    from gui.state import State
    from gui.views.landscape_basins_work import DrawnBasins
    from gui.views.landscape_frame import Frame
    from gui.views.landscape_view import LandscapeView

    Stop = NDArray[np.uint8]

TOPIC = "basins"
#: Nothing is drawn finely before nothing has changed for so long.
QUIET_SECONDS = 0.15
#: After a coarse picture it rests this many times as long as that took: paths and curves are first.
REST, LONGEST_REST_SECONDS = 1.0, 0.04
#: More pixels than this are not told apart.
MOST_PIXELS = 1_000_000
ANY_HEIGHT = (-0.5, 0.5)


class _Order(Struct, eq=False):
    """One request: for a coarse picture, or for a slice more of the fine one."""

    wish: Wish
    fine: FinePicture | None
    began: float


class Basins(QObject):
    """Asks for the selected run's basins in the landscape's frame, if they are wished for.

    One request is at work at most. A coarse picture follows each change of what decides about the
    basins; a start that is dragged does not, but what is fine waits until it is let go.
    """

    def __init__(self, state: State, landscape: LandscapeView, runner: Runner) -> None:
        super().__init__(landscape)
        self._state, self._landscape, self._runner = state, landscape, runner
        self._wish: Wish | None = None
        self._refused: Wish | None = None
        self._told = ""
        self._drawn: DrawnBasins | None = None
        self._fine: FinePicture | None = None
        self._order: _Order | None = None
        self._costs: dict[tuple[object, ...], float] = {}
        self._rests_until = self._changed = 0.0
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._ask)
        state.changed.connect(lambda *_: self._refresh())
        state.results_changed.connect(lambda _: self._note_change())
        state.selected_changed.connect(lambda _: self._refresh())
        landscape.framed.connect(self._on_framed)

    @property
    def settled(self) -> bool:
        """Whether all that is wished for has been drawn, or refused."""
        if self._order is not None or self._wish is None:
            return self._order is None
        sharp = self._drawn is not None and self._drawn.sharp and self._drawn.wish == self._wish
        return sharp or self._refused == self._wish

    def close(self) -> None:
        """End what is at work."""
        self._wish = None
        self._next.stop()
        if self._fine is not None:
            self._fine.stop()
        self._runner.cancel(TOPIC)

    def _on_framed(self, frame: Frame) -> None:
        del frame
        self._refresh()

    def _refresh(self) -> None:
        """Find out what is wished for now."""
        self._note_change()
        wish, reason = self._wished(), self._reason()
        if (wish, reason) == (self._wish, self._told):
            return
        self._wish, self._told = wish, reason
        if self._fine is not None:
            self._fine.stop()
            self._fine = None
        if wish is None:
            self._drawn = None
            self._landscape.show_basins(None, reason)
        else:
            self._ask_later()

    def _note_change(self) -> None:
        self._changed = time.monotonic()

    def _wished(self) -> Wish | None:
        experiment = self._state.experiment
        if not experiment.display.basins or self._reason():
            return None
        picture, frame = self._landscape.picture, self._landscape.canvas.frame
        if frame is None or picture.results is None:
            return None
        if not is_same_surface(picture.results.experiment.surface, experiment.surface):
            # They are asked for once the surface is seen.
            return self._wish
        return _wish_of(asked(experiment, self._run()), frame, curve=picture.curve)

    def _run(self) -> RunSettings:
        """Return the selected run; what is selected is brought up to date after the experiment."""
        runs = self._state.experiment.runs
        return runs[min(self._state.selected, len(runs) - 1)]

    def _reason(self) -> str:
        """Return why there are no basins, in one sentence, "" if there are."""
        experiment = self._state.experiment
        if not experiment.display.basins:
            return ""
        if not experiment.runs:
            return self.tr("Basins appear here once there is an optimizer.")
        if self._run().recorded:
            return self.tr("No basins: the selected run is read from a file.")
        return ""

    def _ask_later(self) -> None:
        if self._order is None and not self._next.isActive():
            self._next.start(max(0, round(1000 * (self._rests_until - time.monotonic()))))

    def _ask(self) -> None:
        wish, drawn = self._wish, self._drawn
        if wish is None or self._order is not None or wish == self._refused:
            return
        if drawn is None or drawn.wish != wish:
            self._submit(wish, None)
        elif not drawn.sharp:
            wait = self._changed + QUIET_SECONDS - time.monotonic()
            if wait > 0:
                self._next.start(round(1000 * wait) + 1)
                return
            self._fine = self._fine or FinePicture(drawn, self._runner.tile_pool)
            self._submit(wish, self._fine)

    def _submit(self, wish: Wish, fine: FinePicture | None) -> None:
        self._order = _Order(wish, fine, time.monotonic())
        cost = self._costs.get(wish.kind)

        def work(stop: Stop) -> DrawnBasins | None:
            return draw_coarse(wish, cost, stop) if fine is None else fine.draw()

        self._runner.submit_stoppable(TOPIC, work, self._on_drawn, self._on_failed, MAPPING)

    def _on_drawn(self, drawn: Any) -> None:
        order, self._order = self._order, None
        assert order is not None
        if order.fine is None:
            now = time.monotonic()
            self._rests_until = now + min(LONGEST_REST_SECONDS, REST * (now - order.began))
        current = order.fine is None or order.fine is self._fine
        if drawn is not None and self._wish is not None and current:
            self._costs[order.wish.kind] = drawn.cost
            self._drawn = drawn
            self._landscape.show_basins(drawn, "")
        self._ask_later()

    def _on_failed(self, sentence: str) -> None:
        order, self._order = self._order, None
        assert order is not None
        self._refused = order.wish
        if self._wish == order.wish:
            self._landscape.show_basins(self._drawn, sentence)
        self._ask_later()


def _wish_of(experiment: Experiment, frame: Frame, *, curve: bool) -> Wish:
    width, height = frame.plot.width(), frame.plot.height()
    if curve:
        # Of one variable: each row would be the same.
        return Wish(experiment, (*frame.view[:2], *ANY_HEIGHT), (round(width), 1))
    share = min(1.0, (MOST_PIXELS / (width * height)) ** 0.5)
    return Wish(experiment, frame.view, (round(width * share), round(height * share)))
