"""What the map says in words: settings, outcomes, verdicts, progress."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from engine.maps.outcomes import NO_BASIN, VERDICTS
from gui.numbers import count, show
from gui.views.landscape_hover import digits_for

if TYPE_CHECKING:
    from engine.maps.axes import Axis
    from engine.maps.outcomes import Outcomes
    from engine.maps.picture import Progress

translate = QCoreApplication.translate


def verdict_texts() -> dict[str, str]:
    """Return what verdicts are called, in the order of `VERDICTS`."""
    return {
        "converged": translate("map", "converged"),
        "moving": translate("map", "still moving"),
        "oscillating": translate("map", "oscillating"),
        "diverged": translate("map", "diverged"),
        "nan": translate("map", "became NaN"),
        "still": translate("map", "stood still"),
    }


def value_text(axis: Axis, value: float) -> str:
    """Return a value with as many digits as the zoom tells apart."""
    return show(value, digits_for(axis.low, axis.high))


def outcome_text(outcomes: Outcomes, row: int, column: int) -> str:
    """Return what became of the run at a pixel."""
    kind = int(outcomes.verdict[row, column])
    if kind == len(VERDICTS):
        return translate("map", "not computed yet")
    steps = int(outcomes.steps[row, column])
    words = translate("map", "{verdict}, {steps} steps").format(
        verdict=verdict_texts()[VERDICTS[kind]], steps=count(steps)
    )
    basin = int(outcomes.basin[row, column])
    if basin != NO_BASIN:
        words += translate("map", ", minimum {number}").format(number=basin + 1)
    loss = show(float(outcomes.loss[row, column]), 4)
    return words + "\n" + translate("map", "loss at the end {loss}").format(loss=loss)


def progress_text(progress: Progress, *, running: bool) -> str:
    """Return how far a picture is: share, runs, throughput and remaining time."""
    runs = translate("map", "{done} of {all} runs").format(
        done=count(progress.done), all=count(progress.pixels)
    )
    if progress.done == progress.pixels:
        runs = translate("map", "{all} runs").format(all=count(progress.pixels))
    parts = [runs]
    if math.isfinite(progress.rate):
        rate = translate("map", "{rate} per second")
        parts.append(rate.format(rate=show(progress.rate, 3)))
    if running and math.isfinite(progress.remaining):
        parts.append(translate("map", "{time} left").format(time=duration(progress.remaining)))
    return "  ·  ".join(parts)


def duration(seconds: float) -> str:
    """Return a length of time in its largest unit that says enough."""
    if seconds < 90:
        return translate("map", "{n} s").format(n=max(1, round(seconds)))
    if seconds < 90 * 60:
        return translate("map", "{n} min").format(n=round(seconds / 60))
    return translate("map", "{n} h").format(n=show(seconds / 3600, 2))
