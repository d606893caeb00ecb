"""Sums over the steps of lanes: how losses compare with the first, and when paths arrive."""

from __future__ import annotations

import math
from typing import Any

from engine.inlining import called
from engine.maps.lane_evidence import is_finite, loss_at
from engine.maps.lane_rows import LANES, peek, poke
from engine.maps.lane_windows import SCRATCH, STEP
from engine.maps.outcomes import VERDICTS

#: Ratios of losses are kept below this (see `engine.maps.outcomes.Outcomes.measure`).
MOST = 1e6
#: Rows behind those of the windows: numbers for sums and for arrivals.
SUM, INVERSE, PLACE, RADIUS, OUTSIDE = (SCRATCH + k for k in (0, 1, 2, 4, 5))
SUM_ROWS = 6
CONVERGED = VERDICTS.index("converged")


@called
def arrivals(record: int, s: int, last: int, count: int) -> None:
    """Write after which step each lane stays within `RADIUS` of its `PLACE`."""
    for i in range(count):
        poke(s, OUTSIDE * LANES + i, 0.0)
    for t in range(last + 1):
        row = record + 8 * STEP * t
        after = float(t + 1)
        for i in range(count):
            gap_x = abs(peek(row, i) - peek(s, PLACE * LANES + i))
            gap_y = abs(peek(row, LANES + i) - peek(s, (PLACE + 1) * LANES + i))
            inside = gap_x <= peek(s, RADIUS * LANES + i) and gap_y <= peek(s, RADIUS * LANES + i)
            poke(s, OUTSIDE * LANES + i, peek(s, OUTSIDE * LANES + i) if inside else after)


@called
def ratio(value: float, lowest: float, inverse: float) -> float:
    """Return how large a loss is beside the first, between 10⁻⁶ and 10⁶, which stands for NaN."""
    a = (value - lowest) * inverse
    a = a if a < MOST else MOST
    return a if a > 1.0 / MOST else 1.0 / MOST


@called
def sum_ratios(record: int, s: int, last: int, lowest: float) -> None:
    """Write Σ ℓ_t/ℓ₀ of each lane; of all, for a loop's odd ends might be rounded otherwise."""
    for i in range(LANES):
        poke(s, SUM * LANES + i, 0.0)
    for t in range(1, last + 1):
        losses = record + 8 * (STEP * t + 2 * LANES)
        for i in range(LANES):
            a = ratio(peek(losses, i), lowest, peek(s, INVERSE * LANES + i))
            poke(s, SUM * LANES + i, peek(s, SUM * LANES + i) + a)


@called
def sum_inverses(record: int, s: int, last: int, lowest: float) -> None:
    """Write Σ ℓ₀/ℓ_t of each lane; four terms take one division."""
    for i in range(LANES):
        poke(s, SUM * LANES + i, 0.0)
    fours = last - last % 4
    for t in range(1, fours + 1, 4):
        losses = record + 8 * (STEP * t + 2 * LANES)
        for i in range(LANES):
            inverse = peek(s, INVERSE * LANES + i)
            a = ratio(peek(losses, i), lowest, inverse)
            b = ratio(peek(losses, STEP + i), lowest, inverse)
            c = ratio(peek(losses, 2 * STEP + i), lowest, inverse)
            d = ratio(peek(losses, 3 * STEP + i), lowest, inverse)
            first, second = a * b, c * d
            term = ((a + b) * second + (c + d) * first) / (first * second)
            poke(s, SUM * LANES + i, peek(s, SUM * LANES + i) + term)
    for t in range(fours + 1, last + 1):
        losses = record + 8 * (STEP * t + 2 * LANES)
        for i in range(LANES):
            a = ratio(peek(losses, i), lowest, peek(s, INVERSE * LANES + i))
            poke(s, SUM * LANES + i, peek(s, SUM * LANES + i) + 1.0 / a)


@called
def inverse_of_first(record: int, i: int, lowest: float) -> float:
    """Return 1/ℓ₀, NaN for a run that begins at the lowest loss or below."""
    scale = loss_at(record, 0, i) - lowest
    return 1.0 / scale if scale > 0.0 else math.nan


@called
def measure_of_ended(record: int, stop: int, i: int, lowest: float, steps: int) -> float:
    """Return the measure of a run that ended at step `stop`: no later loss is finite.

    Summed apart, for what lanes beside it do says how long its row goes on.
    """
    inverse, total = inverse_of_first(record, i, lowest), 0.0
    for t in range(1, stop + 1):
        total += 1.0 / ratio(loss_at(record, t, i), lowest, inverse)
    return -(total + (steps - stop) / MOST)


@called
def measures(
    record: int, s: int, last: int, count: int, lowest: float,
    which: Any, verdicts: Any, measure: Any,
) -> None:  # fmt: skip
    """Write the measures of all lanes that are finite at the end."""
    converged = False
    other = False
    for i in range(count):
        poke(s, INVERSE * LANES + i, inverse_of_first(record, i, lowest))
        converged = converged or verdicts[which[i]] == CONVERGED
        other = other or verdicts[which[i]] != CONVERGED
    if converged:
        sum_ratios(record, s, last, lowest)
        for i in range(count):
            if verdicts[which[i]] == CONVERGED:
                measure[which[i]] = peek(s, SUM * LANES + i)
    if other:
        sum_inverses(record, s, last, lowest)
        for i in range(count):
            if verdicts[which[i]] != CONVERGED and is_finite(record, last, i):
                measure[which[i]] = -peek(s, SUM * LANES + i)


def lowest_loss(minima: Any) -> float:
    """Return what losses are measured from: 0, or the lowest known minimum if that is below."""
    return min(0.0, float(minima[:, 2].min())) if len(minima) else 0.0
