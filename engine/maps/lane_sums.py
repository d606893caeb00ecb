"""Sums over the steps of lanes: how losses compare with the first, and when paths arrive."""

from __future__ import annotations

import math
from typing import Any

from engine.inlining import called, inlined
from engine.maps.lane_evidence import is_finite, loss_at
from engine.maps.lane_rows import LANES, peek, poke
from engine.maps.lane_windows import SCRATCH, STEP
from engine.maps.outcomes import VERDICTS
from engine.vector_bits import fused

#: Ratios of losses are kept below this (see `engine.maps.outcomes.Outcomes.measure`).
MOST = 1e6
#: Rows behind those of the windows, for arrivals.
PLACE, RADIUS, OUTSIDE = (SCRATCH + k for k in (0, 2, 3))
ARRIVAL_ROWS = 4
#: Rows of sums: 1/ℓ₀; Σ ℓ_t/ℓ₀; Σ ℓ₀/ℓ_t but for the latest steps, whose sum is a fraction.
FIRST, RATIOS, INVERSES, ABOVE, BELOW = range(5)
SUM_ROWS = 5
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


@inlined
def ratio(value: float, lowest: float, inverse: float) -> float:
    """Return how large a loss is beside the first, between 10⁻⁶ and 10⁶, which stands for NaN."""
    a = (value - lowest) * inverse
    a = a if a < MOST else MOST
    return a if a > 1.0 / MOST else 1.0 / MOST


@inlined
def tally(sums: int, i: int, value: float, lowest: float) -> None:
    """Add the loss of one more step to the sums of a lane.

    Σ ℓ₀/ℓ_t grows as one fraction, for few steps at a time: a division for each would take long.
    """
    a = ratio(value, lowest, peek(sums, FIRST * LANES + i))
    poke(sums, RATIOS * LANES + i, peek(sums, RATIOS * LANES + i) + a)
    below = peek(sums, BELOW * LANES + i)
    poke(sums, ABOVE * LANES + i, fused(peek(sums, ABOVE * LANES + i), a, below))
    poke(sums, BELOW * LANES + i, below * a)


@inlined
def folds(t: int) -> bool:
    """Return whether the fraction would grow too large beyond step `t`: 10⁶ to the power of 32."""
    return t % 32 == 0


@called
def fold(sums: int) -> None:
    """Put the fractions of all lanes to their sums."""
    for i in range(LANES):
        part = peek(sums, ABOVE * LANES + i) / peek(sums, BELOW * LANES + i)
        poke(sums, INVERSES * LANES + i, peek(sums, INVERSES * LANES + i) + part)
        poke(sums, ABOVE * LANES + i, 0.0)
        poke(sums, BELOW * LANES + i, 1.0)


@called
def begin_sums(record: int, sums: int, lowest: float) -> None:
    """Make the sums of all lanes ready for losses of steps after the first."""
    for i in range(LANES):
        poke(sums, FIRST * LANES + i, inverse_of_first(record, i, lowest))
        poke(sums, RATIOS * LANES + i, 0.0)
        poke(sums, INVERSES * LANES + i, 0.0)
        poke(sums, ABOVE * LANES + i, 0.0)
        poke(sums, BELOW * LANES + i, 1.0)


@called
def add_losses(row: int, sums: int, t: int, lowest: float) -> None:
    """Add the losses of step `t` in `row` to the sums of all lanes."""
    for i in range(LANES):
        tally(sums, i, peek(row, 2 * LANES + i), lowest)
    if folds(t):
        fold(sums)


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
    record: int, last: int, count: int, sums: int, which: Any, verdicts: Any, measure: Any
) -> None:
    """Write the measures of all lanes that are finite at the end."""
    fold(sums)
    for i in range(count):
        if verdicts[which[i]] == CONVERGED:
            measure[which[i]] = peek(sums, RATIOS * LANES + i)
        elif is_finite(record, last, i):
            measure[which[i]] = -peek(sums, INVERSES * LANES + i)


def lowest_loss(minima: Any) -> float:
    """Return what losses are measured from: 0, or the lowest known minimum if that is below."""
    return min(0.0, float(minima[:, 2].min())) if len(minima) else 0.0
