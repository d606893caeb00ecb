"""Asks for pictures of the surface: a coarse one at once, then sharper ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.theme import THEME
from gui.views.landscape_basins import faded
from gui.views.landscape_ground import ground_colours
from gui.views.landscape_work import (
    EXPECTED_COST,
    Order,
    Wish,
    draw_ground,
    first_coarseness,
    next_coarseness,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.experiment import DisplaySettings, Experiment
    from gui.state import Submit
    from gui.views.landscape_frame import Frame
    from gui.views.landscape_work import Ground


class GroundPainter:
    """Has at most one request at work; what arrives is followed by what is wished by then."""

    def __init__(
        self,
        submit: Submit,
        arrive: Callable[[Ground | None], None],
        say: Callable[[str], None],
    ) -> None:
        self._submit = submit
        self._arrive = arrive
        self._say = say
        self._wish: Wish | None = None
        self._experiment: Experiment | None = None
        self._order: Order | None = None
        self._newest: Ground | None = None
        self._refused: Wish | None = None
        self._cost = EXPECTED_COST

    def wish(
        self,
        experiment: Experiment,
        display: DisplaySettings,
        frame: Frame,
        ratio: float,
        *,
        curve: bool,
    ) -> None:
        """Say what should be seen; nothing happens if that is there or on its way."""
        plot = frame.plot
        self._experiment = experiment
        self._wish = Wish(
            surface=experiment.surface,
            view=frame.view,
            size=(round(plot.width() * ratio), round(plot.height() * ratio)),
            ratio=ratio,
            log=display.colours == "log",
            arrows=display.arrows,
            curve=curve,
            colours=ground_colours(THEME.colours, faded(display)),
        )
        if self._order is None:
            self._ask()
        elif self._order.wish != self._wish and self._order.sharpens:
            self._order.stopped = True

    def _ask(self) -> None:
        wish, newest = self._wish, self._newest
        if wish is None or self._experiment is None or wish == self._refused:
            return
        sharpens = newest is not None and newest.wish == wish
        if newest is not None and sharpens:
            coarse = next_coarseness(newest)
        else:
            coarse = first_coarseness(wish, self._cost)
        if coarse:
            order = self._order = Order(wish, self._experiment, coarse, sharpens)
            self._submit("landscape", lambda: draw_ground(order), self._on_done, self._on_failed)

    def _on_done(self, ground: Ground | None) -> None:
        self._order = None
        if ground is not None:
            self._newest = ground
            self._cost = ground.cost
            self._arrive(ground)
        if self._order is None:
            self._ask()

    def _on_failed(self, sentence: str) -> None:
        self._refused = self._order.wish if self._order else None
        self._order = None
        self._say(sentence)
        self._arrive(None)
