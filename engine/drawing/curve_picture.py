"""A plot of one quantity over the steps of several runs: its range, its curves, what leaves it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from engine.drawing.curve_bends import hatch
from engine.drawing.curve_corners import corners
from engine.drawing.curve_groups import FIRST, GAP, GROUP_SIZE, HIGHEST, LAST, LOWEST
from engine.drawing.curve_scale import KINDS, LINEAR, LOG, MOST, SYMLOG, Scale, symlog_unit
from engine.drawing.curve_strokes import compose, stroke
from engine.drawing.curves import reduce_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.drawing.curve_series import Prepared, Series

#: How far above its start a diverging run may stretch the axis: times its initial height.
STRETCH = {LINEAR: 3.0, LOG: 10.0, SYMLOG: 10.0}


@dataclass(frozen=True, slots=True)
class Line:
    """How one series is drawn: red, green, blue (0 to 255), width and dash in pixels."""

    index: int
    colour: tuple[int, int, int]
    width: float
    dash: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class View:
    """Which steps are shown, in how many device pixels, and how; `lines` in drawing order."""

    low: float
    high: float
    width: int
    height: int
    scale: str
    blow_up: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Exit:
    """Where a curve leaves the plot: which series, at which step, over the top or the bottom."""

    index: int
    step: float
    upwards: bool


@dataclass(frozen=True)
class Picture:
    """A drawn plot: premultiplied ARGB (height, width), its axes and what left it.

    ``bend`` is the first shown step at which a run is marked as bending down, or NaN, and
    ``hatched`` the height of these marks in pixels.
    """

    image: NDArray[np.uint32]
    low: float
    high: float
    scale: Scale
    exits: tuple[Exit, ...]
    bend: float = math.nan
    hatched: int = 0


def draw(prepared: Prepared, view: View) -> Picture:
    """Draw the view of a prepared plot."""
    per_step = view.width / (view.high - view.low)
    groups = {line.index: _groups(prepared.series[line.index], view) for line in view.lines}
    groups = {index: found for index, found in groups.items() if len(found)}
    low = {i: max(float(g[:, LOWEST + 1].min()), -MOST) for i, g in groups.items()}
    high = {i: min(float(g[:, HIGHEST + 1].max()), MOST) for i, g in groups.items()}
    scale = _scale(prepared, low, high, view)
    per_unit = view.height / (scale.top - scale.bottom)
    window = np.array([view.low, per_step, scale.top, per_unit])
    canvas = np.zeros((view.width, view.height), np.uint32)
    mask = np.zeros((view.width, view.height), np.uint8)
    touched = np.empty((2, view.width), np.int64)
    touched[0], touched[1] = view.height, -1
    numbers = np.array(scale.numbers())
    room = np.empty((4 * max(map(len, groups.values()), default=0), 3))
    for line in view.lines:
        if line.index in groups:
            found, half = groups[line.index], line.width / 2
            count = corners(mask, touched, found, len(found), numbers, window, half, room)
            stroke(mask, touched, room, count, half, _dash(line.dash, line.width))
            compose(canvas, mask, touched, *line.colour)
    exits = [
        _exit(index, found, scale, upwards)
        for index, found in groups.items()
        for upwards in (True, False)
        if _leaves(scale, low[index], high[index], upwards)
    ]
    bend, hatched = hatch(
        canvas, view.low, per_step,
        [(bends, line) for line in view.lines
         if (bends := prepared.series[line.index].bends) is not None],
    )  # fmt: skip
    image = np.ascontiguousarray(canvas.T)
    return Picture(image, view.low, view.high, scale, tuple(exits), bend, hatched)


@lru_cache(maxsize=256)
def _dash(lengths: tuple[float, ...], width: float) -> NDArray[np.float64]:
    """Return a dash with its strokes shortened by what the round ends add."""
    ends = 0.8 * width
    dash = np.array(lengths, dtype=np.float64)
    dash[0::2] = np.maximum(dash[0::2] - ends, 0.1)
    dash[1::2] += ends
    return dash


def _groups(series: Series, view: View) -> NDArray[np.float64]:
    """Return the groups of the visible steps, (count, GROUP_SIZE)."""
    if series.steps is not None:
        return _points(series.values, series.steps, view)
    first = max(0, math.floor(view.low))
    last = min(len(series.values) - 1, math.ceil(view.high))
    groups = np.empty((view.width + 8, GROUP_SIZE))
    per_step = view.width / (view.high - view.low)
    count = reduce_columns(series.values, first, last, view.low, per_step, groups)
    return groups[:count]


def _points(
    values: NDArray[np.float64], steps: NDArray[np.int64], view: View
) -> NDArray[np.float64]:
    """Return a group for each of a few steps, with one neighbour beyond each edge."""
    first = max(0, int(np.searchsorted(steps, view.low, "left")) - 1)
    shown = slice(first, int(np.searchsorted(steps, view.high, "right")) + 1)
    fine = np.isfinite(values[shown])
    found = np.flatnonzero(fine)
    groups = np.empty((len(found), GROUP_SIZE))
    groups[:, FIRST:GAP:2] = steps[shown][found, np.newaxis]
    groups[:, FIRST + 1 : GAP : 2] = values[shown][found, np.newaxis]
    groups[:, GAP] = np.diff(found, prepend=-2) > 1
    return groups


def _scale(prepared: Prepared, low: dict[int, float], high: dict[int, float], view: View) -> Scale:
    if not low:
        return Scale()
    kind = KINDS[view.scale]
    if kind == LOG and prepared.signed:
        kind = SYMLOG
    base = prepared.base
    floor = min(_floor([prepared.series[i] for i in low], base), *_heights(prepared.always, base))
    if kind == LOG and floor == math.inf:
        kind = LINEAR
    bottom, top = min(low.values()), max(high.values())
    if not view.blow_up and prepared.quantity != "learning_rate":
        bottom, top = _capped(prepared, low, high, STRETCH[kind])
    bottom, top = min((bottom, *prepared.always)), max((top, *prepared.always))
    if kind == LOG:
        if prepared.least > base:
            floor, bottom = max(floor, prepared.least - base), max(bottom, prepared.least)
        return Scale(LOG, base, floor).padded(bottom, top)
    unit = symlog_unit(min(max(abs(bottom), abs(top)), prepared.grain))
    return Scale(kind, unit=unit).padded(bottom, top)


def _capped(
    prepared: Prepared, low: dict[int, float], high: dict[int, float], stretch: float
) -> tuple[float, float]:
    """Return the range in which runs that diverge do not flatten the others."""
    calm = [i for i in low if prepared.series[i].calm]
    starts = [*(prepared.series[i].start for i in low), *prepared.always]
    ground = prepared.base if prepared.known else min(starts)
    room = stretch * min(max(starts) - ground or abs(max(starts)), MOST / stretch / 2)
    if not room > 0:
        return min(low.values()), max(high.values())
    limits = [ground + room, *(high[i] for i in calm)]
    ground -= 0.0 if prepared.known else room
    depths = [ground, *(low[i] for i in calm)]
    return max(min(low.values()), min(depths)), min(max(high.values()), max(limits))


def _floor(series: Sequence[Series], base: float) -> float:
    """Return the smallest height above the base that occurs; inf if there is none."""
    lowest = [s.lowest if s.lowest > base else s.second for s in series]
    return min(_heights(lowest, base))


def _heights(values: Sequence[float], base: float) -> list[float]:
    """Return the heights above the base, inf among them."""
    return [math.inf, *(v - base for v in values if v > base)]


def _leaves(scale: Scale, low: float, high: float, upwards: bool) -> bool:
    if upwards:
        return high > scale.backward(scale.top)
    return max(low, scale.least) < scale.backward(scale.bottom)


def _exit(index: int, groups: NDArray[np.float64], scale: Scale, upwards: bool) -> Exit:
    """Return where a series first leaves the plot over the top or the bottom."""
    column, edge = (HIGHEST, scale.top) if upwards else (LOWEST, scale.bottom)
    # The transform is monotone, so the value on the edge tells what lies beyond it.
    values, limit = groups[:, column + 1], scale.backward(edge)
    g = int(np.argmax(values > limit if upwards else np.maximum(values, scale.least) < limit))
    step = float(groups[g, column])
    if g > 0:
        before = float(groups[g - 1, LAST])
        a = scale.forward(float(groups[g - 1, LAST + 1]))
        b = scale.forward(float(groups[g, column + 1]))
        share = (edge - a) / (b - a) if math.isfinite(b) and b != a else 1.0
        step = before + min(1.0, max(0.0, share)) * (step - before)
    return Exit(index, step, upwards)
