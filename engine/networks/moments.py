"""Moments of a run that it can go back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.networks.training import Moment

#: Of one run, together; and how many there are at most.
MOST_BYTES, MOST = 2**25, 64


class Moments:
    """Keeps moments of the whole way, further apart the longer it gets.

    Parameters
    ----------
    size : about how many bytes one has.
    """

    def __init__(self, size: int) -> None:
        self._most = min(MOST, max(4, MOST_BYTES // size))
        self._gap = 1
        self._found: dict[int, Moment] = {}
        self._pinned: set[int] = set()

    def due(self, step: int) -> bool:
        """Return whether enough steps lie behind the last moment."""
        return not self._found or step - max(self._found) >= self._gap

    def keep(self, moment: Moment, pinned: bool = False) -> None:
        """Keep a moment later than all others, or in place of the last one; for good if pinned."""
        self._found[moment.step] = moment
        if pinned:
            self._pinned.add(moment.step)
        while len(self._found) > self._most + len(self._pinned):
            self._thin_out()

    def before(self, step: int) -> Moment:
        """Return the last moment that is not later than a step."""
        return self._found[max(known for known in self._found if known <= step)]

    def forget_after(self, step: int) -> None:
        """Know nothing of what came after a step."""
        self._found = {known: moment for known, moment in self._found.items() if known <= step}
        self._pinned = {known for known in self._pinned if known <= step}

    def _thin_out(self) -> None:
        self._gap *= 2
        last = -self._gap
        for step in sorted(self._found):
            if step in self._pinned or step - last >= self._gap:
                last = step
            else:
                del self._found[step]
