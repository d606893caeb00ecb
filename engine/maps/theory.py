"""The learning rates at which theory puts a run's limit, and what happens above them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.explanation.limits import growth, limit, steps_to_overflow

if TYPE_CHECKING:
    from engine.optimizers.optimizer import Numbers
    from engine.optimizers.stability import Stability


@dataclass(frozen=True)
class Theory:
    """Where theory puts a run's limit: settings of η, None where it has none.

    Parameters
    ----------
    start : with the curvature at the start.
    lowest : the smallest along the path, and `lowest_step` where that was.
    minimum : with the curvature at the minimum, or at the end of a training, that was reached.
    settled : whether the run's path ends at `minimum` whatever its rate: on surfaces, whose
        minima are few, not in networks, which find flatter ones at larger rates.
    reason : why there is none of them, in one clause, or "".
    scaled : whether they hold with the scaling of the gradients along this path only.
    stability, numbers : the method as a linear filter, where growth follows from the load alone.
    size : the loss at the start above its floor, from which it grows.
    """

    start: float | None = None
    lowest: float | None = None
    lowest_step: int = 0
    minimum: float | None = None
    settled: bool = True
    reason: str = ""
    scaled: bool = False
    stability: Stability | None = None
    numbers: Numbers = ()
    size: float = math.nan

    @property
    def rate(self) -> float | None:
        """The one that a run's fate hangs on: at its minimum if it has one, else the lowest."""
        first = self.minimum if self.settled else None
        found = (first, self.lowest, self.start, self.minimum)
        return next((rate for rate in found if rate is not None), None)

    @property
    def place(self) -> str:
        """Where `rate` holds, in a word or two."""
        if self.settled and self.minimum is not None:
            return "at the minimum"
        if self.lowest is not None and self.lowest_step:
            return f"at step {self.lowest_step}"
        return "at the start" if self.start is not None else "at the end"

    def factor(self, rate: float, at: float | None = None) -> float:
        """Return what each step multiplies the error by at a rate; NaN where theory has no word.

        `at` is the limit to count from; left out it is `rate` of this theory.
        """
        whole = at or self.rate
        if self.stability is None or whole is None or not rate > 0:
            return math.nan
        load = limit(self.stability, self.numbers) * rate / whole
        return growth(self.stability, self.numbers, load) if math.isfinite(load) else math.nan

    def overflow(self, rate: float, precision: str, at: float | None = None) -> int | None:
        """Return after how many steps at a rate the loss is not finite any more, if it grows."""
        factor = self.factor(rate, at)
        if not (factor > 1.0 and self.size > 0.0):
            return None
        return steps_to_overflow(factor, self.size, precision, squared=True)
