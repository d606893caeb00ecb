"""An unexpected exception goes to a log file and a sentence on screen; the program goes on."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
import traceback
from typing import TYPE_CHECKING

from platformdirs import user_log_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

LOG = logging.getLogger("overshoot")
LARGEST_LOG_BYTES = 1_000_000


def start(folder: Path | None = None) -> str:
    """Log to ``overshoot.log`` in `folder` (default: the user's) and return where that is.

    A log that cannot be written is replaced by standard error.
    """
    folder = folder or user_log_path("overshoot")
    path = folder / "overshoot.log"
    LOG.propagate = False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = not path.exists() or path.stat().st_size > LARGEST_LOG_BYTES
        handler = logging.FileHandler(path, "w" if fresh else "a", encoding="utf-8")
    except OSError:
        LOG.addHandler(logging.StreamHandler())
        return "standard error"
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    LOG.addHandler(handler)
    if handler.stream is not None:
        faulthandler.enable(handler.stream)
    return str(path)


def report_to(say: Callable[[str], None], where: str) -> None:
    """From now on log uncaught exceptions and `say` so in one sentence; Ctrl+C stays Ctrl+C.

    Parameters
    ----------
    say : shows a sentence; called from the UI thread only.
    where : what `start` returned.
    """

    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        LOG.error("uncaught exception", exc_info=(kind, error, trace))
        # The trace would keep the painter of a paintEvent alive, and Qt crashes over that.
        traceback.clear_frames(trace)
        if threading.current_thread() is threading.main_thread():
            say(f"Something unexpected happened ({error}); the details are in {where}.")

    def report_thread(arguments: threading.ExceptHookArgs) -> None:
        error = arguments.exc_value or arguments.exc_type()
        LOG.error("uncaught exception in a thread", exc_info=error)

    sys.excepthook = report
    threading.excepthook = report_thread


def stop() -> None:
    """Close the log; uncaught exceptions are printed again."""
    sys.excepthook = sys.__excepthook__
    threading.excepthook = threading.__excepthook__
    faulthandler.disable()
    for handler in LOG.handlers[:]:
        LOG.removeHandler(handler)
        handler.close()
