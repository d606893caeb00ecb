"""Which values an axis of a chart spans; beyond them a curve leaves the plot."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.drawing.curve_scale import Scale

#: How far below and above the losses that runs begin with an axis of losses goes.
DOWN, UP = 1e-15, 1e3
LEAST = 1e-307


def between(low: float, high: float, log: bool) -> Scale:
    """Return an axis from one value to another, without a margin."""
    from engine.drawing.curve_scale import LINEAR, LOG, Scale

    if log:
        ends = math.log10(low), math.log10(high)
        if ends[0] == ends[1]:
            ends = ends[0] - 0.5, ends[1] + 0.5
        return Scale(LOG, 0.0, LEAST, 1.0, *ends)
    if low == high:
        low, high = low - 0.5, high + 0.5
    return Scale(LINEAR, bottom=low, top=high)


def of_losses(values: Iterable[float], first: float) -> Scale | None:
    """Return a log axis of losses, or a symmetric one where some are not above 0; None without any.

    What has blown up does not set the axis: it ends somewhat above the loss at the start.
    """
    from engine.drawing.curve_scale import LOG, SYMLOG, Scale, symlog_unit

    top = UP * abs(first) if math.isfinite(first) and first else math.inf
    known = [value for value in values if math.isfinite(value) and value <= top]
    if not known:
        return None
    least, most = min(known), max(known)
    if least < 0.0:
        unit = symlog_unit(max(abs(least), abs(most)))
        return Scale(SYMLOG, unit=unit).padded(least, most)
    floor = max(DOWN * most, 1e-300)
    low = max(min((value for value in known if value > 0), default=floor), floor)
    # A loss of exactly 0 lies at the lower edge.
    return Scale(LOG, 0.0, floor).padded(
        low if least > 0 else max(0.1 * low, floor), max(most, low)
    )


def of_steps(values: Iterable[float]) -> Scale | None:
    """Return a log axis of numbers of steps; None without any that is finite."""
    from engine.drawing.curve_scale import LOG, Scale

    known = [max(1.0, value) for value in values if math.isfinite(value)]
    return Scale(LOG, 0.0, 0.5).padded(min(known), max(known)) if known else None
