"""What is said about how far a training is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from gui.numbers import show

if TYPE_CHECKING:
    from gui.networks.state import Trained

#: Less than this needs no foretelling.
SOON_SECONDS = 1.0


def epoch_text(step: int, trained: Trained | None) -> str:
    """Return how often the data have been seen at a step."""
    if trained is None:
        return ""
    epochs = step / trained.network.order.per_epoch
    shown = f"{epochs:.1f}" if epochs < 100 else f"{epochs:.0f}"
    return _tr("epoch {number}").format(number=shown)


def remaining_text(trained: Trained | None, running: bool) -> str:
    """Return how long the training will take, if one has to wait for it."""
    if trained is None or not running or not trained.remaining >= SOON_SECONDS:
        return ""
    return _tr("{time} left").format(time=duration(trained.remaining))


def duration(seconds: float) -> str:
    """Return a time as one says it: 12 s, 3 min, 2.5 h."""
    if not math.isfinite(seconds):
        return _tr("unknown time")
    if seconds < 90:
        return _tr("{number} s").format(number=round(seconds))
    if seconds < 90 * 60:
        return _tr("{number} min").format(number=round(seconds / 60))
    return _tr("{number} h").format(number=show(seconds / 3600, 2))


def _tr(text: str) -> str:
    return QCoreApplication.translate("training", text)
