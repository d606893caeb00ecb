"""Whether the steps at the end of a path grow, and how fast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.norms import norms
from engine.status_evidence import moves

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.status_evidence import Array

#: Steps that are looked at.
WINDOW = 1024


@dataclass(frozen=True, slots=True)
class Growth:
    """A stretch at the end of a path over which the steps grow.

    Parameters
    ----------
    factor : what one step multiplies the step's length by; negative if it flips direction.
    count : number of steps in the stretch.
    span : last step's length over the first one's.
    accelerating : whether the factor itself grows (faster than geometrically).
    """

    factor: float
    count: int
    span: float
    accelerating: bool


def find_growth(points: Array, last: int) -> Growth | None:
    """Return how the steps grow up to row `last`, or None if they do not.

    The steps must grow without exception for at least two steps or, where a complex pair of
    modes makes them swing, from quarter to quarter of the window.
    """
    steps = moves(points, last, WINDOW)
    return growth_of(norms(steps), steps)


def growth_of(
    sizes: NDArray[np.float64], steps: NDArray[np.float64] | None = None
) -> Growth | None:
    """Return how the lengths (n,) of a path's last steps grow, or None if they do not.

    `steps` (n, d) tell whether they turn; without them the factor is above 0.
    """
    # Just before an overflow a difference of two finite numbers may be infinite.
    bad = np.flatnonzero(~(np.isfinite(sizes) & (sizes > 0)))
    if len(bad) and bad[-1] == len(sizes) - 1:
        sizes, steps = sizes[:-1], None if steps is None else steps[:-1]
        bad = bad[:-1]
    if len(bad):
        sizes, steps = sizes[bad[-1] + 1 :], None if steps is None else steps[bad[-1] + 1 :]
    if len(sizes) < 2:
        return None
    logs = np.log(sizes)
    ratios = logs[1:] - logs[:-1]
    falls = np.flatnonzero(ratios <= 0)
    start = int(falls[-1]) + 1 if len(falls) else 0
    if len(logs) - start >= 3 or start == 0:
        recent = ratios[start:][-32:]
        rate = float(np.median(recent))
        # Rounding aside, a geometric growth has equal ratios.
        accelerating = len(recent) > 1 and float(recent[-1]) > 1.5 * float(recent[0]) + 0.1
    elif len(logs) >= 16 and _swings_upwards(logs):
        start, accelerating = 0, False
        rate = float(np.polyfit(np.arange(len(logs)), logs, 1)[0])
    else:
        return None
    with np.errstate(all="ignore"):
        factor, span = np.exp(rate), np.exp(logs[-1] - logs[start])
    sign = -1.0 if steps is not None and _flips(steps[start:]) else 1.0
    return Growth(float(sign * factor), len(logs) - start, float(span), accelerating)


def peaks_of_quarters(values: Array) -> Array:
    """Return the highest value of each quarter, (n,) -> (4,); up to 3 first ones are left out.

    n is at least 4.
    """
    quarter = len(values) // 4
    peaks: Array = values[len(values) - 4 * quarter :].reshape(4, quarter).max(axis=1)
    return peaks


def _swings_upwards(logs: NDArray[np.float64]) -> bool:
    peaks = peaks_of_quarters(logs)
    return bool((peaks[1:] > peaks[:-1]).all())


def _flips(steps: NDArray[np.float64]) -> bool:
    """Return whether nearly each step turns against the one before."""
    recent = steps[-16:]
    unit = recent / np.abs(recent).max(axis=1, keepdims=True)
    along = (unit[1:] * unit[:-1]).sum(axis=1)
    return len(along) > 0 and bool((along < 0).mean() > 0.8)
