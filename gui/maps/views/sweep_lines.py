"""The curves of a sweep as the plot draws them: median, band, ends, verdicts, limits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gui.maps.views.chart_scales import between, of_losses, of_steps

if TYPE_CHECKING:
    from engine.drawing.curve_scale import Scale
    from engine.maps.axes import Axis
    from engine.maps.curve import Curve
    from gui.maps.sweep_state import Quantity, Swept

#: From so many seeds on a band goes from quartile to quartile, else from end to end.
QUARTILES_FROM = 5


@dataclass(frozen=True, eq=False)
class Line:
    """One curve.

    Parameters
    ----------
    row : its place in the sweep.
    label, slot : name and colour of its run.
    places : the rates at which all seeds have been run.
    middle, low, high : medians and the ends of the band there; infinite or NaN where runs broke.
    fates : (places, 3) shares of seeds that train, do not, and break off.
    found, theory : its limit by bisection and theory's, NaN where there is none.
    """

    row: int
    label: str
    slot: int
    places: list[int]
    middle: list[float]
    low: list[float]
    high: list[float]
    fates: list[list[float]]
    found: float
    theory: float

    @property
    def spread(self) -> bool:
        """Whether there is a band."""
        return self.low != self.high

    def nearest(self, place: int) -> int:
        """Return which of `places` is nearest to a place of the sweep, −1 without any."""
        if not self.places:
            return -1
        return min(range(len(self.places)), key=lambda k: abs(self.places[k] - place))


def lines_of(swept: Swept, quantity: Quantity) -> list[Line]:
    """Return the curves of a sweep."""
    runs = swept.asked.runs
    return [
        _line(row, curve, run.slot, quantity)
        for row, (curve, run) in enumerate(zip(swept.sweep.curves, runs, strict=True))
    ]


def band_shares(seeds: int) -> tuple[float, float, float]:
    """Return the quantiles that are drawn: lower end, middle, upper end."""
    return (0.25, 0.5, 0.75) if seeds >= QUARTILES_FROM else (0.0, 0.5, 1.0)


def x_scale(axis: Axis) -> Scale:
    """Return the axis of the rates."""
    return between(axis.low, axis.high, axis.scale == "log")


def y_scale(lines: list[Line], swept: Swept, quantity: Quantity) -> Scale | None:
    """Return the axis of what is plotted; None if there is no number to plot."""
    ends = [value for line in lines for values in (line.middle, line.low) for value in values]
    if quantity == "steps":
        return of_steps(ends)
    firsts = [curve.first for curve in swept.sweep.curves]
    known = [abs(float(value)) for first in firsts for value in first[np.isfinite(first)].ravel()]
    first = max(known, default=math.nan)
    return of_losses([*ends, *known[:1]], first)


def _line(row: int, curve: Curve, slot: int, quantity: Quantity) -> Line:
    from engine.maps.outcomes import VERDICTS

    done = np.flatnonzero(curve.done)
    low, middle, high = curve.quantiles(*band_shares(curve.seeds), of=quantity)[:, done].tolist()
    broke = np.isin(curve.verdict[done], [VERDICTS.index("diverged"), VERDICTS.index("nan")]).mean(
        axis=1
    )
    trains = curve.trains[done].mean(axis=1)
    limits = curve.limits
    found = limits.found if limits is not None else None
    theory = limits.theory.rate if limits is not None else None
    return Line(
        row, curve.label, slot, done.tolist(), middle, low, high,
        np.stack([trains, 1.0 - trains - broke, broke], axis=1).tolist(),
        math.nan if found is None else found, math.nan if theory is None else theory,
    )  # fmt: skip
