"""Runs whose verdict needs only their bounce: found by vector code, for all lanes at once.

What `engine.maps.lane_evidence` asks of a path row by row is here asked of its ends, in such a
way that the answer no is sure. Other lanes are judged one by one.
"""

from __future__ import annotations

import math
from typing import Any

from engine.divergence import DECADES_GROWN, LOSS_GROWN, STEPS_GROWN
from engine.inlining import called
from engine.maps.lane_rows import LANES, peek, poke
from engine.maps.lane_sums import RADIUS
from engine.maps.lane_windows import LEAST, NO_BOUNCE, OPEN, STATE, STEP
from engine.status import ARRIVED, BOUNCE


@called
def screen(record: int, last: int, s: int, sane: int, minima: Any, epsilon: float) -> None:
    """Leave `STATE` open in lanes that either bounce or move on: nothing else can be."""
    first, end = record, record + 8 * STEP * last
    base = math.inf
    for k in range(minima.shape[0]):
        base = min(base, minima[k, 2])
    for i in range(LANES):
        x, y = peek(end, i), peek(end, LANES + i)
        start_x, start_y = peek(first, i), peek(first, LANES + i)
        before, after = peek(first, 2 * LANES + i), peek(end, 2 * LANES + i)
        # One sum that is 0 for finite numbers only.
        finite = (x - x) + (y - y) + (after - after) + peek(sane, i) == 0.0
        size_x, size_y = abs(x), abs(y)
        size = size_x if size_x > size_y else size_y
        grain = 64.0 * epsilon * size
        size = size if size > 1.0 else 1.0
        way_x, way_y = abs(x - start_x), abs(y - start_y)
        way = way_x if way_x > way_y else way_y
        scale = size if size < way else way
        least, radius = BOUNCE * scale, ARRIVED * scale
        poke(s, LEAST * LANES + i, least if least > grain else grain)
        poke(s, RADIUS * LANES + i, radius if radius > grain else grain)
        # With a base below the start, a loss that fell cannot have grown.
        sinks = after <= before and after >= before - STEPS_GROWN * (1.0 + abs(before))
        grown = after - base > LOSS_GROWN * (before - base) if base < math.inf else not sinks
        blown = abs(after) > DECADES_GROWN * abs(before)
        clear = finite and way > 0.0 and not grown and not blown
        poke(s, STATE * LANES + i, OPEN if clear else NO_BOUNCE)
    for k in range(minima.shape[0]):
        for i in range(LANES):
            gap_x, gap_y = (
                abs(peek(end, i) - minima[k, 0]),
                abs(peek(end, LANES + i) - minima[k, 1]),
            )
            gap = gap_x if gap_x > gap_y else gap_y
            outside = gap > peek(s, RADIUS * LANES + i)
            poke(s, STATE * LANES + i, peek(s, STATE * LANES + i) if outside else NO_BOUNCE)
    if last >= 2:
        for i in range(LANES):
            gap_x = abs(peek(end, i) - peek(end, i - STEP))
            gap_y = abs(peek(end, LANES + i) - peek(end, LANES + i - STEP))
            gap = gap_x if gap_x > gap_y else gap_y
            outside = gap > peek(s, RADIUS * LANES + i)
            poke(s, STATE * LANES + i, peek(s, STATE * LANES + i) if outside else NO_BOUNCE)
