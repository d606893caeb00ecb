"""The learning-rate settings at which a run's load meets its limit, along the path that it took."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.limits import (
    bounded_amplitude,
    coupled_decay,
    decays_beside,
    limit,
    scaled_rate,
    stability_of,
    transient,
)
from engine.optimizers.stability import at_flip
from engine.schedules import rates_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.experiment import RunSettings
    from engine.explanation.explanation import Explanation

    Array = NDArray[np.float64]

#: A minimum is reached where the slope has fallen to this part of the one at the start.
NEAR = 0.01
#: An eigenvalue this far below 0, as a part of the largest one, is rounding.
FLAT = 1e-6


@dataclass(frozen=True)
class RateLimits:
    """Settings of η, which schedules scale, at which the load is at the limit; None where none is.

    Parameters
    ----------
    start : with the curvature at the start, for the first step.
    lowest : the smallest such setting along the path, and `lowest_step` where it was met. Of a
        path that ends above its start, only the part before it rose counts.
    minimum : with the curvature at the minimum that was reached.
    reason : why there is none of them, in one clause, or "".
    amplitude : half the width of the smallest cycle of a run whose steps are bounded, else None.
    scaled : whether they hold with the scaling of the gradients that this path recorded, which
        another rate would change.
    corrected : how many first steps, lengthened by bias corrections, are left out.
    """

    start: float | None = None
    lowest: float | None = None
    lowest_step: int = 0
    minimum: float | None = None
    reason: str = ""
    amplitude: float | None = None
    scaled: bool = False
    corrected: int = 0


def rate_limits(explanation: Explanation) -> RateLimits:
    """Return at which learning rates the run would meet its limit.

    The curvature is that of the path taken, and so is the scaling of a preconditioned method; at
    another rate the run may take another path.
    """
    run = explanation.trajectory.run
    amplitude = bounded_amplitude(run)
    reason = _why_none(explanation)
    if reason:
        return RateLimits(reason=reason, amplitude=amplitude)
    bends, scales = _bends(explanation), _scales(explanation)
    step = _lowest_step(run, bends, scales, _last_below_start(explanation))
    if step is None:
        return RateLimits(reason=_why_no_step(explanation), amplitude=amplitude)
    reached = _reached(explanation)
    stability = stability_of(run)[0]
    # A rule that lowers its own rate meets the limit of its setting at the first step only.
    own = stability.own_rate
    return RateLimits(
        start=_setting(run, bends, scales, 0),
        lowest=None if own else _setting(run, bends, scales, step),
        lowest_step=step,
        minimum=None if own or reached is None else _setting(run, bends, scales, reached),
        amplitude=amplitude,
        scaled=stability.preconditioned,
        corrected=transient(run),
    )


def _why_none(explanation: Explanation) -> str:
    load, run = explanation.load, explanation.trajectory.run
    stability, h = stability_of(run)
    if load.reason:
        return load.reason
    if stability.measured or (stability.preconditioned and not stability.proportional):
        return "it scales every step by the gradients, so that no rate is the limit for all steps"
    if stability.preconditioned and not run.learning_rate > 0:
        return "without a learning rate above 0 no step shows how it scales the gradients"
    bound = limit(stability, h)
    if not 0 < bound < math.inf:
        return "no learning rate is stable" if bound == 0 else "every learning rate is stable"
    return ""


def _why_no_step(explanation: Explanation) -> str:
    corrected = transient(explanation.trajectory.run)
    if explanation.rows <= corrected:
        return f"corrections lengthen its first {corrected} steps, which no limit applies to"
    return "the surface bends down at every step"


def _bends(explanation: Explanation) -> Array:
    """Return λ₁ as the method scales it, coupled decay included, (n,); NaN while corrections last.

    A preconditioned method's is λ_P, with the gains over η recorded at the same row.
    """
    run, load = explanation.trajectory.run, explanation.load
    if not stability_of(run)[0].preconditioned:
        return explanation.curvature.eigenvalues[:, 0] + coupled_decay(run)
    with np.errstate(all="ignore"):
        bends = load.values / explanation.trajectory.learning_rates[: explanation.rows]
    bends[: transient(run)] = np.nan
    return np.asarray(bends)


def _scales(explanation: Explanation) -> Array:
    """Return by what the schedule multiplies the setting at each row, (n,)."""
    trajectory, rows = explanation.trajectory, explanation.rows
    setting = trajectory.run.learning_rate
    if setting:
        return trajectory.learning_rates[:rows] / setting
    scales = rates_of(trajectory.run.schedule, 1.0, trajectory.steps)
    # The last row takes no step; it repeats the last rate.
    return np.resize(np.append(scales, scales[-1:]), rows) if len(scales) > 1 else np.ones(rows)


def _last_below_start(explanation: Explanation) -> int:
    """Return the last row whose loss is at most the start's."""
    with np.errstate(invalid="ignore"):
        below = np.flatnonzero(explanation.loss <= explanation.loss[0])
    return int(below[-1]) if len(below) else 0


def _lowest_step(run: RunSettings, bends: Array, scales: Array, last: int) -> int | None:
    """Return the row that allows the smallest setting; None if no row has a limit."""
    stability, h = stability_of(run)
    assert stability.filter is not None
    flip = at_flip(stability.filter(h))
    with np.errstate(all="ignore"):
        # Where −1 is the first root to cross, the limit is 2 over this.
        pull = flip * bends + sum(decays_beside(run))
        pull = np.where(bends > 0, pull * scales, np.nan)[: last + 1]
    pull[~np.isfinite(pull)] = 0.0
    step = int(pull.argmax())
    return step if pull[step] > 0 else None


def _setting(run: RunSettings, bends: Array, scales: Array, row: int) -> float | None:
    """Return the setting whose rate at a row is the largest stable one."""
    bend, scale = float(bends[row]), float(scales[row])
    if not (math.isfinite(bend) and bend > 0 and scale > 0):
        return None
    if sum(decays_beside(run)) == 0:
        rate: float | None = limit(*stability_of(run)) / bend
    else:
        rate = scaled_rate(run, bend)
    return rate / scale if rate and math.isfinite(rate / scale) else None


def _reached(explanation: Explanation) -> int | None:
    """Return the row of the lowest loss if that is at a minimum, as slope and curvature tell."""
    loss, slopes = explanation.loss, explanation.gradients
    if not np.isfinite(loss).any():
        return None
    row = int(np.nanargmin(np.where(np.isfinite(loss), loss, np.nan)))
    high, low = explanation.curvature.eigenvalues[row]
    slope, first = (float(np.hypot(*slopes[t])) for t in (row, 0))
    return row if slope <= NEAR * first and high > 0 and low >= -FLAT * high else None
