"""A line of text that fills while work goes on."""

from __future__ import annotations

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

    def show(self, share: float) -> None:
        """Show the share that is done, 0 to 1."""
        percent = int(100 * share)
        now = time.monotonic()
        grain = 1 if self._terminal else 10
        early = self._terminal and now - self._time < self.SECONDS
        if percent // grain == self._shown or (early and share < 1):
            return
        self._shown, self._time = percent // grain, now
        filled = int(self.WIDTH * share)
        text = f"[{'#' * filled}{'-' * (self.WIDTH - filled)}] {percent:3d} %"
        end = "\n" if share >= 1 or not self._terminal else ""
        start = "\r" if self._terminal else ""
        self._stream.write(start + text + end)
        self._stream.flush()
