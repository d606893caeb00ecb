"""Up to which learning rate a run trains: by bisection on real runs, beside what theory says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.trials import narrowed

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.maps.theory import Theory


@dataclass(frozen=True)
class Limits:
    """A run's largest learning rate, found and foretold.

    Parameters
    ----------
    found : the largest rate, to a part of `part`, at which the run with seed 0 settles; None
        where none was found, of which `why` tells in one clause.
    beyond : the smallest rate tried at which it does not.
    part : `beyond` over `found`, less 1, at most.
    theory : where theory puts the limit.
    mixed : whether some rate tried above `beyond` settles again.
    """

    theory: Theory
    found: float | None = None
    beyond: float | None = None
    part: float = 0.0
    mixed: bool = False
    why: str = ""

    @property
    def rate(self) -> float | None:
        """The limit as found, or where none was found, as foretold."""
        return self.found if self.found is not None else self.theory.rate

    @property
    def bias(self) -> float:
        """Theory's limit over the one found; NaN without either."""
        foretold = self.theory.rate
        return foretold / self.found if foretold and self.found else math.nan


def find_limits(
    theory: Theory,
    settles: Callable[[float], bool],
    rates: NDArray[np.float64],
    trained: NDArray[np.bool_],
    part: float,
) -> Limits:
    """Return a run's limit by bisection, begun where a sweep's runs stop training.

    Parameters
    ----------
    theory : where the limit should be; the guess where the sweep has not met it.
    settles : whether the run at a rate stays below its limit.
    rates, trained : (n,) rates above 0, rising, and which of them trained in the sweep.
    part : how near the ends of the bisection come to each other.
    """
    guess = _crossing(rates, trained) or theory.rate
    found = None
    if guess is not None and 0.0 < guess < math.inf:
        with np.errstate(all="ignore"):
            found = narrowed(_representable(settles), guess, part)
    if found is None:
        return Limits(theory, why=_why_none(trained), part=part)
    low, high = found
    return Limits(theory, low, high, part, mixed=bool(trained[rates > 1.05 * high].any()))


def _representable(settles: Callable[[float], bool]) -> Callable[[float], bool]:
    """Return the same question, answered with no where a rate is no finite number any more."""
    return lambda rate: math.isfinite(rate) and settles(rate)


def _why_none(trained: NDArray[np.bool_]) -> str:
    if not trained.any():
        return "no rate tried trains"
    return "every rate tried trains" if trained.all() else "none lies near the rates that train"


def _crossing(rates: NDArray[np.float64], trained: NDArray[np.bool_]) -> float | None:
    """Return a rate between the last that trains before the first that does not, and that one."""
    if not trained.any():
        return None
    first = int(trained.argmax())
    after = np.flatnonzero(~trained[first:])
    if not len(after):
        return None
    row = first + int(after[0])
    return math.sqrt(float(rates[row - 1])) * math.sqrt(float(rates[row]))
