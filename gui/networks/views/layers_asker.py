"""Asks for what is inside the layers, no more often than one can see while it trains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from gui.networks.views.layers_work import LayersWork

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.networks.views.layers_work import LayersAnswer, LayersWish
    from gui.state import Submit

#: Between an answer and the next question, so that training is not slowed down.
REST_MS = 100


class LayersAsker(QObject):
    """Has at most one request at work, and asks until the newest wish is wholly answered.

    Parameters
    ----------
    submit : runs work off the UI thread.
    arrive : gets each answer.
    say : gets the sentence if something could not be measured.
    """

    def __init__(
        self,
        submit: Submit,
        arrive: Callable[[LayersAnswer], None],
        say: Callable[[str], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._submit, self._arrive, self._say = submit, arrive, say
        self._work = LayersWork()
        self._wish: LayersWish | None = None
        self._asked: LayersWish | None = None
        self._newest: LayersAnswer | None = None
        self._refused: LayersWish | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._ask)

    def wish(self, wish: LayersWish | None) -> None:
        """Say what should be seen; a step moved to in the same history is asked for at once."""
        moved = wish is not None and self._wish is not None and wish.history is self._wish.history
        self._wish = wish
        if moved or not self._rest.isActive():
            self._ask()

    def _ask(self) -> None:
        wish, newest = self._wish, self._newest
        if wish is None or self._asked is not None:
            return
        if self._refused is not None and wish.same_as(self._refused):
            return
        if newest is not None and newest.course.complete and wish.same_as(newest.wish):
            return
        self._asked = wish
        self._submit("layers", lambda: self._work(wish), self._on_done, self._on_failed)

    def _on_done(self, found: LayersAnswer) -> None:
        self._asked, self._newest = None, found
        if self._wish is not None:
            self._arrive(found)
        if self._wish is not None and self._wish.history is found.wish.history:
            self._ask()
        else:
            self._rest.start()

    def _on_failed(self, sentence: str) -> None:
        self._refused, self._asked = self._asked, None
        self._say(sentence)
        self._rest.start()
