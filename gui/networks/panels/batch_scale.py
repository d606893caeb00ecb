"""How a slider's handle and the size of a batch belong together."""

from __future__ import annotations

import math

from gui.panels.scale import Scale

#: The size that means all rows.
ALL = 0.0


class BatchScale(Scale, frozen=True):
    """Powers of two from 1 up to below `high`, the number of rows; at the right end all rows."""

    def position(self, value: float) -> float:
        """Return where a size sits, 0 to 1."""
        if value == ALL or value >= self.high:
            return 1.0
        return min(math.log2(max(value, 1.0)), self._last) / (self._last + 1)

    def value(self, position: float, digits: int = 0) -> float:
        """Return the nearest power of two, or all."""
        place = round(min(max(position, 0.0), 1.0) * (self._last + 1))
        return ALL if place > self._last else 2.0**place

    def holds(self, value: float) -> bool:
        """Return whether there are so many rows."""
        return value == ALL or 1 <= value <= self.high

    def stepped(self, value: float, steps: float) -> float:
        """Return the size `steps` powers of two further; ten of them lead to an end."""
        place = self.position(value) * (self._last + 1)
        place = math.floor(place) + steps if steps > 0 else math.ceil(place) + steps
        return self.value(place / (self._last + 1))

    def decades(self) -> list[float]:
        """Return the positions between the ends at which the handle can stay."""
        return [place / (self._last + 1) for place in range(1, self._last + 1)]

    @property
    def _last(self) -> int:
        """The exponent of the largest power of two below the number of rows."""
        return max(0, math.ceil(math.log2(max(self.high, 1.0))) - 1)
