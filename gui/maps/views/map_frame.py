"""Axes of maps as a plane that can be zoomed: a log axis is as long as it has decades."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gui.numbers import show
from gui.views.landscape_axes import Ticks, ticks

if TYPE_CHECKING:
    from engine.maps.axes import Axis
    from gui.views.landscape_axes import MakeTicks
    from gui.views.landscape_frame import View

#: Pixels are at least so many float64 numbers apart, so that each is another run.
NARROWEST = 4
#: Powers of ten between which a log axis may be.
MOST_DECADES = 300.0
#: An axis of fewer decades is labelled with round numbers instead of powers of ten.
FEW_DECADES = 1.0


def view_of(x: Axis, y: Axis) -> View:
    """Return the plane's piece that two axes show."""
    return *_ends(x), *_ends(y)


def axes_of(view: View, x: Axis, y: Axis) -> tuple[Axis, Axis]:
    """Return two axes that show a piece of the plane.

    Raises ValueError, with a sentence, where there are no such numbers.
    """
    return _axis(x, *view[:2]), _axis(y, *view[2:])


def is_too_deep(axis: Axis, count: int) -> bool:
    """Return whether float64 can hardly tell neighbours of `count` pixels apart."""
    return axis.step(max(count, 2)) < NARROWEST * axis.deepest


def place_of(axis: Axis, value: float) -> float:
    """Return where a value is in the plane; NaN for one that a log axis has not."""
    if axis.scale == "log":
        return math.log10(value) if value > 0 else math.nan
    return value


def tick_makers(x: Axis, y: Axis) -> tuple[MakeTicks, MakeTicks]:
    """Return what makes the ticks of two axes."""
    return _maker(x), _maker(y)


def _maker(axis: Axis) -> MakeTicks:
    return log_ticks if axis.scale == "log" else ticks


def log_ticks(low: float, high: float, pixels: float, distance: float) -> Ticks:
    """Return ticks of an axis from 10^low to 10^high, at least `distance` pixels apart."""
    if high - low < FEW_DECADES:
        return _round_ticks(low, high, pixels, distance)
    per_decade = pixels / (high - low)
    every = max(1, math.ceil(distance / per_decade))
    first, last = math.ceil(low / every) * every, math.floor(high)
    powers = [(float(k), show(10.0**k)) for k in range(first, last + 1, every)]
    if every == 1:
        # Room between two powers, of which the narrowest piece is from 5 to 10.
        factors = (2, 5) if 0.3 * per_decade > distance else ()
        decades = range(math.floor(low), last + 1)
        powers += [
            (at, show(m * 10.0**k))
            for k in decades for m in factors if low <= (at := k + math.log10(m)) <= high
        ]  # fmt: skip
    values, labels = zip(*sorted(powers), strict=True)
    return Ticks(values, labels, "")


def _round_ticks(low: float, high: float, pixels: float, distance: float) -> Ticks:
    found = ticks(10.0**low, 10.0**high, pixels, distance)
    pairs = [(math.log10(v), t) for v, t in zip(found.values, found.labels, strict=True) if v > 0]
    return Ticks(tuple(p[0] for p in pairs), tuple(p[1] for p in pairs), found.origin)


def _ends(axis: Axis) -> tuple[float, float]:
    if axis.scale == "log":
        return math.log10(axis.low), math.log10(axis.high)
    return axis.low, axis.high


def _axis(axis: Axis, low: float, high: float) -> Axis:
    if axis.scale == "log":
        if max(abs(low), abs(high)) > MOST_DECADES:
            raise ValueError(f"{axis.name} has no numbers beyond 1e±{MOST_DECADES:.0f}.")
        return replace(axis, low=10.0**low, high=10.0**high)
    return replace(axis, low=low, high=high)
