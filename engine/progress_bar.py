"""A line of text that fills while work goes on."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO


class ProgressBar:
    """A line of text that fills: redrawn on a terminal, a new line each tenth elsewhere."""

    WIDTH = 30
    SECONDS = 0.1

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._shown = -1
        self._time = 0.0
        self._timed = False

    def show(self, share: float, remaining: float = math.nan) -> None:
        """Show the share that is done, 0 to 1, and the seconds that remain, NaN if not known."""
        percent = int(100 * share)
        now = time.monotonic()
        grain = 1 if self._terminal else 10
        early = self._terminal and now - self._time < self.SECONDS
        if percent // grain == self._shown or (early and share < 1):
            return
        self._shown, self._time = percent // grain, now
        filled = int(self.WIDTH * share)
        text = f"[{'#' * filled}{'-' * (self.WIDTH - filled)}] {percent:3d} %"
        if self._timed or remaining > 0:
            # On a terminal as long as the longest, so that nothing is left of an earlier one.
            self._timed = True
            text += _left(remaining).ljust(18 * self._terminal)
        end = "\n" if share >= 1 or not self._terminal else ""
        start = "\r" if self._terminal else ""
        self._stream.write(start + text + end)
        self._stream.flush()


def _left(seconds: float) -> str:
    if not 0 < seconds < math.inf:
        return ""
    if seconds < 60:
        return f", {math.ceil(seconds)} s left"
    minutes = math.ceil(seconds / 60)
    hours = f"{minutes // 60} h " if minutes >= 60 else ""
    return f", {hours}{minutes % 60} min left"
