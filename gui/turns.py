"""Work that follows something else: one request at a time, and rests between them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

#: After each answer it rests this many times as long as the answer took, to be seen, too: under a
#: drag it takes no more than a quarter of the time from paths, curves and training.
REST = 3.0
#: The first one may have waited for a compiler; nobody waits on that account.
LONGEST_REST_SECONDS = 0.2


class Turns(QObject):
    """Calls `ask` once it is its turn: after the frame is painted, and after a rest.

    Parameters
    ----------
    ask : submits a request and returns True, or False if there is nothing to be asked.
    """

    def __init__(self, ask: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._ask = ask
        self._at_work = False
        self._began = self._rests_until = 0.0
        # The frame with what it follows comes first.
        self.soon = QTimer(self)
        self.soon.setSingleShot(True)
        self.soon.timeout.connect(self._begin)

    def ask_soon(self) -> None:
        """Ask as soon as what is at work is done, and the rest over."""
        if not self._at_work and not self.soon.isActive():
            self.soon.start(max(0, round(1000 * (self._rests_until - time.monotonic()))))

    def rest(self) -> None:
        """Note that the answer has come; what came in the meantime is asked for after a rest."""
        self._at_work, now = False, time.monotonic()
        self._rests_until = now + min(LONGEST_REST_SECONDS, REST * (now - self._began))
        self.ask_soon()

    def _begin(self) -> None:
        self._at_work, self._began = True, time.monotonic()
        # The answer may be here before `ask` returns.
        if not self._ask():
            self._at_work = False
