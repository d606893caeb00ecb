"""Asks for planes, paths in them and their ground, one thing of a kind at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gui.networks.views.plane_work import Order, draw, is_worth_sharpening

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.networks.views.plane_work import Ground, GroundWish
    from gui.state import Submit


class Newest:
    """Has at most one work of a topic done; what is wished by then follows.

    Parameters
    ----------
    arrive : gets each result.
    say : gets the sentence if something could not be computed.
    """

    def __init__(
        self, submit: Submit, topic: str, arrive: Callable[[Any], None], say: Callable[[str], None]
    ) -> None:
        self._submit, self._topic, self._arrive, self._say = submit, topic, arrive, say
        self._wished: tuple[object, Callable[[], Any]] | None = None
        #: What was asked for last; it is at work, there, or refused.
        self._key: object = None
        self.working = False

    def wish(self, key: object, work: Callable[[], Any]) -> None:
        """Have a work done, unless the last one had the same key."""
        self._wished = (key, work)
        self._ask()

    def _ask(self) -> None:
        if self.working or self._wished is None or self._wished[0] == self._key:
            return
        self._key, work = self._wished
        self.working = True
        self._submit(self._topic, work, self._on_done, self._on_failed)

    def _on_done(self, found: Any) -> None:
        self.working = False
        self._arrive(found)
        self._ask()

    def _on_failed(self, sentence: str) -> None:
        self.working = False
        self._say(sentence)
        self._ask()


class GroundAsker:
    """Asks for losses over a plane: a coarse grid at once, finer ones while nobody wants another.

    Parameters
    ----------
    arrive : gets each picture.
    say : gets the sentence if something could not be computed.
    """

    def __init__(
        self, submit: Submit, arrive: Callable[[Ground], None], say: Callable[[str], None]
    ) -> None:
        self._submit, self._arrive, self._say = submit, arrive, say
        self._wish: GroundWish | None = None
        self._order: Order | None = None
        self._newest: Ground | None = None
        self._refused: GroundWish | None = None

    def wish(self, wish: GroundWish | None) -> None:
        """Say what should be seen; nothing happens if that is there or on its way."""
        self._wish = wish
        if self._order is None:
            self._ask()
        elif self._order.wish != wish and (wish is None or self._order.sharpens):
            self._order.stop[0] = 1

    def _ask(self) -> None:
        wish, newest = self._wish, self._newest
        if wish is None or wish == self._refused:
            return
        order = Order(wish)
        if newest is not None and newest.wish == wish:
            if not is_worth_sharpening(newest):
                return
            order = Order(wish, newest.grids, newest.stop)
        self._order = order
        self._submit("plane ground", lambda: draw(order), self._on_done, self._on_failed)

    def _on_done(self, found: Ground | None) -> None:
        stopped, self._order = self._order, None
        if found is not None:
            self._newest = found
            self._arrive(found)
        elif stopped is not None and self._newest is not None:
            # Its grids have ended: what is there is not sharpened any more, but drawn anew.
            self._newest = None if stopped.wish == self._newest.wish else self._newest
        if self._order is None:
            self._ask()

    def _on_failed(self, sentence: str) -> None:
        self._refused = self._order.wish if self._order else None
        self._order = None
        self._say(sentence)
