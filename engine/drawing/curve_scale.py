"""The value axis of a curve plot: which values it spans and where its ticks stand. No Numba."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

LINEAR, LOG, SYMLOG = range(3)
KINDS = {"linear": LINEAR, "log": LOG, "symlog": SYMLOG}
#: Half of the largest float, so that differences stay finite.
MOST = 8e307
#: So that pixels per unit stay finite too.
LEAST = 1e-290
#: Share of the axis that stays free above and below.
MARGIN = 0.05
#: Decades of a symmetric log axis on each side before it becomes linear.
SYMLOG_DECADES = 4
#: Decades between ticks.
EVERY = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200)


class Tick(NamedTuple):
    """A tick: where it stands (0 top, 1 bottom), its value, and whether to write it as a power."""

    place: float
    value: float
    power: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from `bottom` to `top`, both in axis values (see `curve_corners.axis_value`).

    Parameters
    ----------
    kind : LINEAR, LOG or SYMLOG.
    base : a log axis shows the value above this one.
    floor : a log axis shows smaller differences as this one; above 0.
    unit : a symmetric log axis is linear below about this size; above 0.
    """

    kind: int = LINEAR
    base: float = 0.0
    floor: float = 1.0
    unit: float = 1.0
    bottom: float = 0.0
    top: float = 1.0

    def numbers(self) -> tuple[float, float, float, float]:
        """Return what the kernels need: kind, base, floor, unit."""
        return float(self.kind), self.base, self.floor, self.unit

    def forward(self, value: float) -> float:
        """Return the axis value of a value."""
        if self.kind == LOG:
            return _log10(max(value - self.base, self.floor))
        if self.kind == SYMLOG:
            return math.copysign(_log10(1.0 + abs(value) / self.unit), value)
        return value

    def backward(self, axis_value: float) -> float:
        """Return the value that has an axis value."""
        if self.kind == LOG:
            return self.base + _power(axis_value)
        if self.kind == SYMLOG:
            return math.copysign(self.unit * (_power(abs(axis_value)) - 1.0), axis_value)
        return axis_value

    @property
    def least(self) -> float:
        """The value below which all look the same."""
        return self.base + self.floor if self.kind == LOG else -math.inf

    def place(self, value: float) -> float:
        """Return where a value stands: 0 at the top, 1 at the bottom; NaN if it is not finite."""
        if not math.isfinite(value):
            return math.nan
        return (self.top - self.forward(value)) / (self.top - self.bottom)

    def padded(self, low: float, high: float) -> Scale:
        """Return this scale spanning the values `low` to `high` with a margin."""
        bottom, top = self.forward(low), self.forward(high)
        extent = top - bottom
        if extent <= max(1e-12 * max(abs(top), abs(bottom)), LEAST):
            extent = 0.6 if self.kind == LOG else max(abs(top), LEAST) if top else 2.0
            bottom, top = bottom - extent / 2, top + extent / 2
        return Scale(
            self.kind, self.base, self.floor, self.unit,
            bottom - MARGIN * extent, top + MARGIN * extent,
        )  # fmt: skip

    def ticks(self, most: int) -> list[Tick]:
        """Return at most about `most` ticks at round values."""
        most = max(most, 2)
        if self.kind == LINEAR:
            found = [Tick(0.0, v, False) for v in round_values(self.bottom, self.top, most)]
        elif self.kind == LOG:
            found = self._log_ticks(most)
        else:
            found = self._symlog_ticks(most)
        placed = self._placed(found)
        if len(placed) < 2 and self.kind == SYMLOG:
            # Too narrow for powers of ten to tell how far apart values are.
            low, high = self.backward(self.bottom), self.backward(self.top)
            placed = self._placed([Tick(0.0, v, False) for v in round_values(low, high, most)])
        return placed

    def _placed(self, ticks: list[Tick]) -> list[Tick]:
        """Return those ticks that are on the axis, with their places."""
        span = self.top - self.bottom
        placed = [t._replace(place=(self.top - self._axis(t.value)) / span) for t in ticks]
        return [t for t in placed if -1e-9 <= t.place <= 1 + 1e-9]

    def _axis(self, tick: float) -> float:
        """Return the axis value of a tick; on a log axis ticks count from the base."""
        return _log10(tick) if self.kind == LOG and tick > 0 else self.forward(tick)

    def _log_ticks(self, most: int) -> list[Tick]:
        decades = self.top - self.bottom
        if decades > 1.5:
            every = _round_up(decades / most)
            first = math.ceil(self.bottom / every) * every
            exponents = range(first, math.floor(self.top) + 1, every)
            plain = first >= -3 and exponents[-1] <= 4
            # Below 1e-323 a power of ten is 0, which has no place on a log axis.
            return [Tick(0.0, v, not plain) for v in map(_power, exponents) if v > 0]
        low, high = _power(self.bottom), _power(self.top)
        if decades < 0.5 or low == 0 or not math.isfinite(high):
            return [Tick(0.0, v, False) for v in round_values(low, high, most) if v > 0]
        exponents = range(math.floor(self.bottom), math.ceil(self.top) + 1)
        return [Tick(0.0, m * _power(e), False) for e in exponents for m in (1, 2, 5)]

    def _symlog_ticks(self, most: int) -> list[Tick]:
        size = max(abs(self.bottom), abs(self.top))
        start = round(_log10(self.unit)) + 1
        every = _round_up((self.top - self.bottom) / most)
        exponents = range(start, start + math.ceil(size), every)
        plain = start >= -3 and start + size <= 5
        sizes = [_power(e) for e in exponents]
        values = [-s for s in reversed(sizes)] + [0.0] + sizes
        return [Tick(0.0, v, not plain and v != 0) for v in values]


def round_values(low: float, high: float, most: int) -> list[float]:
    """Return at most about `most` round numbers (1, 2, 5 times a power of ten) in [low, high]."""
    every = (high - low) / max(most, 1)
    if not 0 < every < math.inf:
        return []
    power = _power(math.floor(math.log10(every)))
    if power == 0:
        return []
    step = next((m * power for m in (1, 2, 5) if m * power >= every), 10 * power)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    # Dividing by a whole number instead of multiplying keeps 0.3 from becoming 0.30000000000000004.
    if step < 1 and 1 / step < MOST:
        return [k / round(1 / step) for k in range(first, last + 1)]
    return [k * step for k in range(first, last + 1)]


def _round_up(decades: float) -> int:
    """Return how many decades apart ticks stand, at least `decades`."""
    return next(e for e in EVERY if e >= decades or e == EVERY[-1])


def symlog_unit(size: float) -> float:
    """Return the size below which an axis reaching to `size` becomes linear: a power of ten."""
    if not size > 0:
        return 1.0
    return max(_power(math.floor(math.log10(size)) - SYMLOG_DECADES), 1e-300)


def _log10(value: float) -> float:
    return math.log10(value) if value < math.inf else math.inf


def _power(exponent: float) -> float:
    return float(10.0**exponent) if exponent < 308.2 else math.inf
