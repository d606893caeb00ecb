"""What a run shows before it is named: sign flips, crossings of the limit, rise and fall."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.limits import transient

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.explanation.explanation import Explanation
    from engine.verdict import Status

    Array = NDArray[np.float64]

#: Each swing to the other side must keep this part of the one before to count as a flip.
KEPT = 0.02
#: Swings below this part of the widest one are not counted.
FLOOR = 1e-6


@dataclass(frozen=True)
class Signs:
    """Facts measured on one run; rows are counted to the last one that is finite.

    Parameters
    ----------
    status : what became of the run, from its path alone.
    row : the last row at which loss, Hessian and point are finite.
    ratio : (row + 1,), load over limit; NaN where no limit applies, and in the first steps of a
        rule that corrects its bias.
    flips : how often the gradient along the steep and the flat direction changed sign.
    paces : how many steps lay between such changes, as a rule.
    turning : the share of the last steps that turned against the one before.
    shrinking : whether the last quarter's longest step is shorter than that of the one before.
    rise : highest loss over that of the start, both above the lowest met.
    peak : the row of the highest loss.
    recovered : whether the loss ended below that of the start.
    crossings : how often the load crossed its limit, up or down.
    """

    status: Status
    row: int
    ratio: Array
    flips: tuple[int, int]
    paces: tuple[float, float]
    turning: float
    shrinking: bool
    rise: float
    peak: int
    recovered: bool
    crossings: int


def read_signs(explanation: Explanation, status: Status) -> Signs:
    """Measure what decides between the kinds; never raises, never warns."""
    curvature = explanation.curvature
    with np.errstate(all="ignore"):
        finite = np.isfinite(explanation.loss) & np.isfinite(curvature.eigenvalues).all(axis=1)
        finite &= np.isfinite(explanation.points).all(axis=1)
        row = len(finite) - 1 if finite.all() else max(0, int(np.argmin(finite)) - 1)
        ratio = explanation.load.ratio[: row + 1]
        ratio[: transient(explanation.trajectory.run)] = np.nan
        loss = explanation.loss[: row + 1]
        gap = loss - np.fmin.reduce(loss)
        peak = int(np.nanargmax(loss)) if np.isfinite(loss).any() else 0
        (steep, steep_pace), (flat, flat_pace) = _flips(explanation, row)
        rise = float(gap[peak] / gap[0]) if gap[0] > 0 else np.inf if gap[peak] > 0 else 1.0
        return Signs(
            status=status,
            row=row,
            ratio=ratio,
            flips=(steep, flat),
            paces=(steep_pace, flat_pace),
            turning=_turning(explanation.points[: row + 1]),
            shrinking=_shrinking(explanation.points[: row + 1]),
            rise=rise,
            peak=peak,
            recovered=bool(loss[-1] < loss[0]),
            crossings=int(np.count_nonzero(np.diff((ratio > 1).astype(np.int8)))),
        )


def _flips(explanation: Explanation, row: int) -> tuple[tuple[int, float], tuple[int, float]]:
    """Return number and pace of the gradient's swings along both local eigenvectors.

    Directions are followed from row to row, also where their eigenvalues change order; the steep
    one is the one that is steep at the end.
    """
    decay = explanation.trajectory.run.weight_decay
    angles = explanation.curvature.angles[: row + 1]
    swapped = np.abs(np.cos(np.diff(angles, append=angles[-1:]))) < math.sqrt(0.5)
    other = np.cumsum(swapped[::-1])[::-1] % 2 == 1
    angles = angles + np.where(other, 0.5 * np.pi, 0.0)
    turned = np.cumprod(np.where(np.cos(np.diff(angles, prepend=angles[:1])) < 0, -1.0, 1.0))
    x, y = turned * np.cos(angles), turned * np.sin(angles)
    slopes = explanation.gradients[: row + 1] + decay * explanation.points[: row + 1]
    steep, flat = slopes[:, 0] * x + slopes[:, 1] * y, slopes[:, 1] * x - slopes[:, 0] * y
    bends = explanation.curvature.eigenvalues[: row + 1] + decay
    # A kink has no curvature, but sides.
    up, up_too = np.where(other[:, None], bends[:, ::-1], bends).T >= 0
    least = FLOOR * float(np.hypot(steep, flat).max(initial=0.0))
    return _swings(steep[up], least), _swings(flat[up_too], least)


def _swings(values: Array, least: float) -> tuple[int, float]:
    """Return how often a sequence swings to the other side without losing most of its size.

    And the median number of values from one swing to the next.
    """
    values = values[values != 0]
    if len(values) < 2 or not least > 0:
        return 0, 0.0
    starts = np.flatnonzero(np.diff(np.sign(values))) + 1
    peaks = np.maximum.reduceat(np.abs(values), np.append(0, starts))
    swings = (peaks[1:] >= KEPT * peaks[:-1]) & (peaks[1:] >= least)
    if not swings.any():
        return 0, 0.0
    return int(np.count_nonzero(swings)), float(np.median(np.diff(starts, prepend=0)[swings]))


def _turning(points: Array) -> float:
    """Return which share of the last steps turned against the one before."""
    steps = np.diff(points[-34:], axis=0)
    size = float(np.abs(steps).max(initial=0.0))
    if len(steps) < 2 or not size > 0:
        return 0.0
    steps = steps / size
    return float(np.mean((steps[1:] * steps[:-1]).sum(axis=1) < 0))


def _shrinking(points: Array) -> bool:
    """Return whether the longest step of the last quarter is shorter than that of the third."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    quarter = len(steps) // 4
    if quarter < 2:
        return len(steps) > 1 and bool(steps[-1] < steps[0])
    return bool(steps[-quarter:].max() < 0.99 * steps[-2 * quarter : -quarter].max())
