"""What the tail of a path shows: a bounce that goes on, or a place where it settles.

Every question looks at a window of the last rows, so that the answer takes a fraction of a
millisecond whatever the number of steps.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.norms import norms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.floating[Any]]

BOUNCE_WINDOWS = (1024, 128, 24)
#: A bounce whose extent changes less than this over its window neither shrinks nor grows.
STEADY = 0.02
#: Unless it changes as much from quarter to quarter, and by more than rounding errors do.
EVENLY, ROUNDING = 0.8, 1e-7
LONGEST_PERIOD = 16


@dataclass(frozen=True, slots=True)
class Bounce:
    """A bounded motion that goes on.

    Parameters
    ----------
    amplitude : half the longer side of the box it stays in.
    centre : middle of that box.
    period : steps until it comes back, 0 if it does not repeat.
    turns : two points between which a 2-cycle jumps.
    """

    amplitude: float
    centre: tuple[float, float]
    period: int
    turns: tuple[tuple[float, float], tuple[float, float]]


def tail(points: Array, last: int, count: int) -> NDArray[np.float64]:
    """Return up to `count` rows ending with row `last`, as (2, count), which reduces faster."""
    rows = points[max(0, last + 1 - count) : last + 1]
    return np.ascontiguousarray(rows.T, dtype=np.float64)


def moves(points: Array, last: int, count: int) -> NDArray[np.float64]:
    """Return up to `count` steps, the last one leading to row `last`, as (count, 2)."""
    rows = points[max(0, last - count) : last + 1].astype(np.float64, copy=False)
    return np.diff(rows, axis=0)


def _box(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    sides: NDArray[np.float64] = rows.max(axis=1) - rows.min(axis=1)
    return sides


def _size(rows: NDArray[np.float64]) -> float:
    return float(_box(rows).max())


def rounding(points: Array, last: int) -> float:
    """Return the distance that rounding errors may move the end of a path."""
    x, y = points[last].tolist()
    return 64 * float(np.finfo(points.dtype).eps) * float(max(abs(x), abs(y)))


def find_bounce(points: Array, last: int, least: float, stochastic: bool) -> Bounce | None:
    """Return the bounded motion at the end of a path, or None if it shrinks, grows or drifts.

    A box smaller than `least` does not count. A `stochastic` motion may change its extent by half
    and drift within its own extent.
    """
    sizes = [w for w in BOUNCE_WINDOWS if w <= last + 1] or ([last + 1] if last >= 5 else [])
    whole = tail(points, last, sizes[0] if sizes else 0)
    if not _turns(whole).any():
        return None
    for size in sizes:
        rows = whole[:, -size:]
        low, high = rows.min(axis=1), rows.max(axis=1)
        sides = high - low
        extent = float(sides.max())
        if not extent > least or not math.isfinite(extent):
            return None
        turns = _turns_by_quarter(rows[int(sides.argmax())])
        if min(turns) == 0 or sum(turns) < (4 if size < 24 else 6):
            continue
        trend = _trend(rows)
        regular = max(turns) <= 1.3 * min(turns) + 2
        if regular and trend != 0 and not stochastic:
            return None
        if trend == 0 and _stays(rows, extent, stochastic):
            centre = (low + high) / 2
            return Bounce(
                extent / 2,
                (float(centre[0]), float(centre[1])),
                _period(rows, extent),
                (_pair(rows[:, -2]), _pair(rows[:, -1])),
            )
    return None


def _pair(row: NDArray[np.float64]) -> tuple[float, float]:
    return float(row[0]), float(row[1])


def _turns(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return whether sequences, (…, count), change direction at each of their inner members."""
    direction = np.sign(values[..., 1:] - values[..., :-1])
    turned: NDArray[np.bool_] = direction[..., 1:] * direction[..., :-1] < 0
    return turned


def _turns_by_quarter(values: NDArray[np.float64]) -> list[int]:
    """Return how often each quarter of a sequence changes direction."""
    turned = _turns(values)
    quarter = max(1, len(turned) // 4)
    return [int(turned[i * quarter : (i + 1) * quarter].sum()) for i in range(4)]


def _trend(rows: NDArray[np.float64]) -> int:
    """Return −1 if the extent shrinks from quarter to quarter, 1 if it grows, else 0."""
    count = rows.shape[1]
    edges = [round(count * i / 4) for i in range(5)]
    sizes = [_size(rows[:, i:j]) for i, j in itertools.pairwise(edges)]
    if sizes == sorted(sizes, reverse=True) and sizes[-1] < (1 - STEADY) * sizes[0]:
        return -1
    if sizes == sorted(sizes) and sizes[-1] > (1 + STEADY) * sizes[0]:
        return 1
    return _steady_trend(sizes)


def _steady_trend(sizes: list[float]) -> int:
    """Return the sign of a change that is slow, but as quick at the end as at the beginning.

    So it is just beside a limit; a path on its way into a cycle changes less and less.
    """
    if not min(sizes) > 0:
        return 0
    changes = [b / a - 1 for a, b in itertools.pairwise(sizes)]
    low, high = sorted((min(changes), max(changes)), key=abs)
    alike = low * high > 0 and abs(low) > EVENLY * abs(high)
    return round(math.copysign(1, low)) if alike and abs(low) > ROUNDING else 0


def _stays(rows: NDArray[np.float64], extent: float, stochastic: bool) -> bool:
    """Return whether both halves lie in much the same box, without drift."""
    count = rows.shape[1]
    half = count // 2
    first, second = rows[:, count - 2 * half : -half], rows[:, -half:]
    drift = float(np.abs(second.sum(axis=1) - first.sum(axis=1)).max()) / half
    irregular = 0.1 if count >= 512 else STEADY
    allowed_size, allowed_drift = (0.5, 0.5) if stochastic else (0.3, irregular)
    smallest = min(_size(first), _size(second))
    return smallest >= (1 - allowed_size) * extent and drift <= allowed_drift * extent


def _period(rows: NDArray[np.float64], extent: float) -> int:
    """Return after how many steps the motion comes back, 0 if it does not or is too slow to say."""
    recent = rows[:, -64:]
    # A slow motion is back after one step, and after two: that says nothing about its period.
    if float(np.abs(recent[:, 1:] - recent[:, :-1]).max()) <= STEADY * extent:
        return 0
    for period in range(2, min(LONGEST_PERIOD, recent.shape[1] // 2) + 1):
        if float(np.abs(recent[:, period:] - recent[:, :-period]).max()) <= STEADY * extent:
            return period
    return 0


def settles(points: Array, last: int, radius: float) -> bool:
    """Return whether the path stays within `radius` of its end and is not about to leave it.

    Either its last quarter stays there, or its steps shrink so fast that all that are still to
    come would not leave it.
    """
    end = points[last].astype(np.float64)
    if last < 2 or not _near(points, last + 1 - _few(last), last, end, radius):
        return False
    quarter = last - max(2, last // 4)
    if quarter >= 0 and _near(points, quarter, quarter, end, radius):
        return _near(points, quarter, last, end, radius)
    width = min(64, last // 2)
    sizes = norms(moves(points, last, 2 * width))
    before, after = float(sizes[:width].max()), float(sizes[width:].max())
    if after >= before:
        return after == 0
    rate = math.exp(math.log(after / before) / width) if after > 0 else 0.0
    return after / (1 - rate) <= radius


def _few(last: int) -> int:
    return min(last + 1, max(3, min(20, last // 20)))


def _near(points: Array, first: int, last: int, place: Any, radius: float) -> bool:
    rows = points[first : last + 1]
    gap_x, gap_y = rows[:, 0] - place[0], rows[:, 1] - place[1]
    return float(np.max(np.maximum(np.abs(gap_x), np.abs(gap_y)))) <= radius


def rests_at(points: Array, last: int, place: tuple[float, float], radius: float) -> bool:
    """Return whether the last few rows lie within `radius` of a place."""
    return _near(points, last + 1 - _few(last), last, place, radius)


def arrival(points: Array, last: int, place: tuple[float, float], radius: float) -> int:
    """Return the first step from which the path stays within `radius` of a place."""
    end, chunk = last + 1, 512
    while end > 0:
        begin = max(0, end - chunk)
        rows = points[begin:end]
        gap_x, gap_y = rows[:, 0] - place[0], rows[:, 1] - place[1]
        outside = np.flatnonzero(~(np.maximum(np.abs(gap_x), np.abs(gap_y)) <= radius))
        if len(outside):
            return begin + int(outside[-1]) + 1
        end, chunk = begin, 2 * chunk
    return 0
