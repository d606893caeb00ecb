"""Asks for what a network computes: coarsely at once, then sharper while nothing else is wished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.networks.views.function_work import (
    EXPECTED_COST,
    Order,
    answer,
    first_coarseness,
    next_coarseness,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.networks.views.function_wish import Wish
    from gui.networks.views.function_work import Answer
    from gui.state import Submit


class Asker:
    """Has at most one request at work; what arrives is followed by what is wished by then.

    Parameters
    ----------
    submit : runs work off the UI thread.
    arrive : gets each answer.
    say : gets the sentence if something could not be computed.
    """

    def __init__(
        self, submit: Submit, arrive: Callable[[Answer], None], say: Callable[[str], None]
    ) -> None:
        self._submit, self._arrive, self._say = submit, arrive, say
        self._wish: Wish | None = None
        self._order: Order | None = None
        self._newest: Answer | None = None
        self._refused: Wish | None = None

    def wish(self, wish: Wish | None) -> None:
        """Say what should be seen; nothing happens if that is there or on its way."""
        self._wish = wish
        if self._order is None:
            self._ask()
        elif self._order.sharpens and self._order.wish != wish:
            self._order.stopped = True

    def _ask(self) -> None:
        wish, newest = self._wish, self._newest
        if wish is None or wish == self._refused:
            return
        cost = EXPECTED_COST
        rows = None
        if newest is not None and newest.wish.network is wish.network:
            cost = newest.cost
            rows = newest.rows if newest.wish.kind == wish.kind else None
        sharpens = newest is not None and newest.wish == wish
        if newest is not None and sharpens:
            coarse = next_coarseness(newest)
        else:
            coarse = first_coarseness(wish, cost)
        if coarse:
            order = self._order = Order(wish, coarse, sharpens, rows)
            self._submit("function", lambda: answer(order), self._on_done, self._on_failed)

    def _on_done(self, found: Answer | None) -> None:
        self._order = None
        if found is not None:
            self._newest = found
            self._arrive(found)
        if self._order is None:
            self._ask()

    def _on_failed(self, sentence: str) -> None:
        self._refused = self._order.wish if self._order else None
        self._order = None
        self._say(sentence)
