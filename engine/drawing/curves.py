"""Curves over steps, reduced to what one pixel column can show.

The points of one pixel column become (first, lowest, highest, last), so that no
spike is lost (M4; Jugel et al., "M4: a visualization-oriented time series data aggregation",
VLDB 2014). The axis transform is monotone, so it is applied to these four only.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import float64, int64, types

from engine.compile import jit
from engine.inlining import larger, smaller

#: Steps handled at once.
_LANES = 16
_LARGEST = float(np.finfo(np.float64).max)

#: Strided and read-only arrays too, such as one rate for all steps.
_VALUES = types.Array(float64, 1, "A", readonly=True)


@jit(types.void(types.Array(float64, 1, "C", readonly=True), float64[::1]))
def survey(values: Any, out: Any) -> None:
    """Write what a whole curve holds into `out` (4,).

    First step whose value is not finite (length of `values` if none), lowest finite value, lowest
    finite value above that one, highest finite value; inf, inf and -inf where there is none.
    """
    count = values.shape[0]
    whole = count - count % _LANES
    # Each lane keeps its own extremes: one running minimum would wait for itself at every step.
    low, high = np.empty(_LANES), np.empty(_LANES)
    for k in range(_LANES):
        low[k], high[k] = np.inf, -np.inf
    finite = 0
    for t in range(0, whole, _LANES):
        for k in range(_LANES):
            v = values[t + k]
            fine = abs(v) <= _LARGEST
            finite += fine
            low[k] = v if fine and v < low[k] else low[k]
            high[k] = v if fine and v > high[k] else high[k]
    for t in range(whole, count):
        v = values[t]
        if abs(v) <= _LARGEST:
            finite += 1
            low[0], high[0] = smaller(low[0], v), larger(high[0], v)
    lowest, highest = low[0], high[0]
    for k in range(_LANES):
        lowest, highest = smaller(lowest, low[k]), larger(highest, high[k])
        low[k] = np.inf
    for t in range(0, whole, _LANES):
        for k in range(_LANES):
            v = values[t + k]
            low[k] = v if lowest < v < low[k] else low[k]
    for t in range(whole, count):
        v = values[t]
        low[0] = v if lowest < v < low[0] else low[0]
    second = low[0]
    for k in range(_LANES):
        second = smaller(second, low[k])
    bad = 0 if finite < count else count
    while bad < count and abs(values[bad]) <= _LARGEST:
        bad += 1
    out[0], out[1], out[2], out[3] = bad, lowest, second, highest


@jit(int64(_VALUES, int64, int64, float64, float64, float64[:, ::1]))
def reduce_columns(
    values: Any, first: int, last: int, low: float, per_step: float, groups: Any
) -> int:
    """Write one group per pixel column for the steps `first` to `last`; return their number.

    Parameters
    ----------
    low : the step at pixel 0.
    per_step : pixels per step.
    groups : written, (columns + 8 or more, GROUP_SIZE); see `engine.drawing.curve_groups`.
    """
    count = 0
    gap = 1.0
    t = first
    while t <= last and count < groups.shape[0]:
        column = math.floor((t - low) * per_step)
        end = smaller(last + 1, larger(t + 1, math.ceil(low + (column + 1) / per_step)))
        begin, finish = -1, -1
        lowest, highest = np.inf, -np.inf
        at_lowest, at_highest = t, t
        while t < end:
            v = values[t]
            if abs(v) <= _LARGEST:
                if v < lowest:
                    lowest, at_lowest = v, t
                if v > highest:
                    highest, at_highest = v, t
                if begin < 0:
                    begin = t
                finish = t
            elif begin < 0:
                gap = 1.0
            t += 1
        if begin >= 0:
            group = groups[count]
            group[0], group[1] = begin, values[begin]
            group[2], group[3], group[4], group[5] = at_lowest, lowest, at_highest, highest
            group[6], group[7], group[8] = finish, values[finish], gap
            count += 1
            gap = 1.0 if finish < end - 1 else 0.0
    return count
