"""How a slider's handle and its value belong together: linear, whole numbers or decades."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from engine.parameter import Parameter

#: An arrow key multiplies a logarithmic value by this.
FINE_FACTOR = 1.1
#: Dragging keeps this many significant digits, so that sliders give short numbers.
DRAG_DIGITS = 3
MOST_TICKS = 12
#: Decades between ticks.
GAPS = (1, 2, 5, 10, 20, 50, 100)


class Scale(Struct, frozen=True):
    """Values from `low` to `high` along a groove from 0 to 1.

    Parameters
    ----------
    low, high : values at the ends, low < high; both positive if `log`.
    log : whether equal ways are equal factors.
    whole : whether only whole numbers occur.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def position(self, value: float) -> float:
        """Return where a value sits, 0 to 1; values off the scale sit at its ends."""
        if math.isnan(value) or value <= self.low:
            return 0.0
        if value >= self.high:
            return 1.0
        if self.log:
            # Differences, because a quotient of extreme numbers overflows.
            low, high = math.log(self.low), math.log(self.high)
            return (math.log(value) - low) / (high - low)
        # Halves, because high − low may overflow.
        return (value / 2 - self.low / 2) / (self.high / 2 - self.low / 2)

    def value(self, position: float, digits: int = DRAG_DIGITS) -> float:
        """Return the value at a position, rounded to what can be told apart on screen."""
        if position <= 0:
            return self.low
        if position >= 1:
            return self.high
        if self.log:
            raw = math.exp(
                math.log(self.low) + position * (math.log(self.high) - math.log(self.low))
            )
            result = _significant(raw, digits)
        else:
            raw = self.low * (1 - position) + self.high * position
            result = _rounded(raw, (self.high / 2 - self.low / 2) * 2 * 10.0**-digits)
        result = min(max(result, self.low), self.high)
        return float(round(result)) if self.whole else result

    def holds(self, value: float) -> bool:
        """Return whether a value lies on the scale."""
        return self.low <= value <= self.high

    def including(self, value: float) -> Scale:
        """Return this scale, widened beyond `value`, to a round number, if that lies outside."""
        if not math.isfinite(value) or self.holds(value) or (self.log and value <= 0):
            return self
        if self.log:
            return replace(
                self, low=min(self.low, _decade(value, -1)), high=max(self.high, _decade(value, 1))
            )
        if value > self.high:
            return replace(self, high=_beyond(value))
        return replace(self, low=-_beyond(-value))

    def stepped(self, value: float, steps: float) -> float:
        """Return the value `steps` fine steps further; ten of them are a page or a decade.

        Logarithmic values keep their sign and step by factors; from 0 they step to `low`.
        """
        if self.log:
            result = _stepped_log(value, steps, self.low)
            return _whole_step(value, result, steps) if self.whole else result
        if self.whole:
            return value + steps
        unit = _fine_unit((self.high / 2 - self.low / 2) * 2)
        return _rounded(value + steps * unit, unit / 10)

    def decades(self) -> list[float]:
        """Return the positions of powers of ten strictly inside a logarithmic scale.

        Of more than `MOST_TICKS` only each second, fifth, tenth … is left, 1 among them.
        """
        if not self.log:
            return []
        first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
        gap = next(n for n in GAPS if (last - first) <= n * MOST_TICKS)
        powers = range(-(-first // gap) * gap, last + 1, gap)
        found = (self.position(float(f"1e{power}")) for power in powers)
        return [at for at in found if 0 < at < 1]


def scale_of(parameter: Parameter) -> Scale:
    """Return the scale of a declared parameter."""
    low, high = parameter.low, parameter.high
    if not low < high:
        high = low + 1.0
    return Scale(low, high, parameter.log and low > 0, parameter.kind == "integer")


def _stepped_log(value: float, steps: float, low: float) -> float:
    if value == 0:
        return low if steps > 0 else 0.0
    factor = 10.0 ** (steps / 10) if abs(steps) >= 10 else FINE_FACTOR**steps
    result = value * (factor if value > 0 else 1 / factor)
    return _significant(result, DRAG_DIGITS) if math.isfinite(result) and result else value


def _whole_step(value: float, result: float, steps: float) -> float:
    if round(result) != value:
        return float(round(result))
    return value + math.copysign(1.0, steps)


def _fine_unit(extent: float) -> float:
    if not (extent > 0 and math.isfinite(extent)):
        return 1.0
    # 0.3 lets a range of 0.999 step by 0.01 as one of 1 does.
    return float(f"1e{math.floor(math.log10(extent) - 2 + 0.3)}")


def _significant(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")


def _rounded(value: float, unit: float) -> float:
    """Return `value` rounded to the power of ten just below `unit`."""
    if not (unit > 0 and math.isfinite(unit) and math.isfinite(value)):
        return value
    decimals = -math.floor(math.log10(unit))
    return round(value, decimals)


def _beyond(value: float) -> float:
    """Return the next 1, 2 or 5 times a power of ten above a value, to leave room to move on."""
    if value <= 0:
        return 0.0
    if value >= 1e300:
        return value
    power = 10.0 ** math.floor(math.log10(value))
    return next(float(f"{n * power:.3g}") for n in (1, 2, 5, 10, 20) if n * power > value)


def _decade(value: float, direction: int) -> float:
    """Return the nearest power of ten at or beyond a positive `value` in a direction."""
    if not (value > 0 and math.isfinite(value)):
        return value
    power = math.log10(value)
    power = math.floor(power) if direction < 0 else math.ceil(power)
    return float(f"1e{power}") if -307 <= power <= 308 else value
