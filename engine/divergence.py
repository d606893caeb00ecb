"""The verdicts on paths that blow up: to infinity, to NaN, or on their way there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.growth import find_growth, peaks_of_quarters
from engine.numbers import short as number
from engine.verdict import Status, fit, steps_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.growth import Growth
    from engine.status_evidence import Array
    from engine.trajectory import Trajectory

#: Finite paths count as diverged when their steps and their loss have grown this much.
STEPS_GROWN, LOSS_GROWN = 1e3, 1e2
#: Paths without an even growth count as diverged when the loss has grown this much.
DECADES_GROWN = 1e10


def non_finite(trajectory: Trajectory) -> Status:
    """Return the verdict on a run in which something became infinite or NaN."""
    finite = np.isfinite(trajectory.loss[: trajectory.last_step + 1])
    if not trajectory.cause and finite[np.argmin(finite) :].any():
        return _now_and_then(trajectory, finite)
    cause = trajectory.cause or "loss"
    step = trajectory.cause_step if trajectory.cause else _start_of_tail(finite)
    value = _value_at(trajectory, cause, step)
    growth = find_growth(trajectory.points, _last_finite_row(trajectory, step))
    if growth is not None and not _led_there(trajectory, growth, value, step):
        growth = None
    leapt = value == "inf" and cause in ("loss", "weight")
    return Status(
        kind="diverged" if step > 0 and (growth is not None or leapt) else "nan",
        sentence=_sentence(trajectory, cause, step, value, growth, leapt),
        short=fit(_short(cause, step, value, growth, leapt)),
        step=step,
        factor=growth.factor if growth is not None else None,
        cause=cause,
    )


def _now_and_then(trajectory: Trajectory, finite: NDArray[np.bool_]) -> Status:
    """Return the verdict on a loss that is not finite at first, then finite, then not again."""
    first, again = int(np.argmin(finite)), _start_of_tail(finite)
    values = [_value_at(trajectory, "loss", row) for row in (first, again)]
    at = "at the start" if first == 0 else f"at step {first}"
    known = number(float(trajectory.loss[again - 1]))
    return Status(
        kind="nan",
        sentence=f"The loss is {values[0]} {at}, finite in between, and {values[1]} from "
        f"step {again} on (last finite loss {known}).",
        short=fit(f"{values[0]} {at}, {values[1]} at step {again}"),
        step=first,
        cause="loss",
    )


def _led_there(trajectory: Trajectory, growth: Growth, value: str, step: int) -> bool:
    """Return whether it was growth that ended in what is not finite."""
    if abs(growth.factor) <= 1 or growth.span <= 10:
        return False
    if value.endswith("inf"):
        return True
    # log(−1) is NaN, too, and no step needs to be large for it.
    finite = trajectory.loss[:step][np.isfinite(trajectory.loss[:step])]
    return len(finite) > 0 and abs(float(finite[-1])) > STEPS_GROWN * (1 + abs(float(finite[0])))


def _sentence(
    trajectory: Trajectory, cause: str, step: int, value: str, growth: Growth | None, leapt: bool
) -> str:
    what = f"the {cause} is {value} at step {step}"
    if cause == "optimizer state":
        what = f"the optimizer's state overflows at step {step}"
    if step == 0:
        return f"Stopped before the first step: {what.replace(' at step 0', ' at the start')}."
    finite = trajectory.loss[:step][np.isfinite(trajectory.loss[:step])]
    known = f" (last finite loss {number(float(finite[-1]))})" if len(finite) else ""
    after = ""
    if cause == "optimizer state" and step < trajectory.last_step:
        after = ", and its steps from there on say nothing about the loss"
    if growth is not None:
        fell = len(finite) > 0 and bool(finite[-1] < finite[0])
        return f"Diverged: {_growth_words(growth, fell)}; {what}{known}{after}."
    return f"{'Diverged in one leap' if leapt else 'Stopped'}: {what}{known}{after}."


def _short(cause: str, step: int, value: str, growth: Growth | None, leapt: bool) -> str:
    what = {"loss": value, "optimizer state": "state overflow"}.get(cause, f"{cause} {value}")
    if step == 0:
        return f"{what} at the start"
    if growth is not None:
        return f"diverged: {_rate(growth)}{what} at step {step}"
    return f"{'diverged: ' if leapt else 'stopped: '}{what} at step {step}"


def _start_of_tail(finite: NDArray[np.bool_]) -> int:
    """Return the first row of the non-finite stretch at the end."""
    good = np.flatnonzero(finite)
    return int(good[-1]) + 1 if len(good) else 0


def _last_finite_row(trajectory: Trajectory, step: int) -> int:
    row = min(step, trajectory.last_step)
    while row > 0 and not np.isfinite(trajectory.points[row]).all():
        row -= 1
    return row


def _value_at(trajectory: Trajectory, cause: str, step: int) -> str:
    if cause == "optimizer state":
        return "not finite"
    columns = {"gradient": trajectory.gradients, "weight": trajectory.points}
    value = np.atleast_1d(columns.get(cause, trajectory.loss)[step])
    if np.isnan(value).any():
        return "NaN"
    return "−inf" if (value == -math.inf).any() and cause == "loss" else "inf"


def _rate(growth: Growth) -> str:
    return "" if growth.accelerating else f"×{number(growth.factor)} per step, "


def _growth_words(growth: Growth, fell: bool) -> str:
    # Downhill without end there is nothing that could be called the error.
    grows = "distance" if fell else "error"
    if growth.accelerating:
        return f"the {grows} grows faster than geometrically"
    return f"each step multiplies the {grows} by {number(growth.factor)}"


def has_diverged(trajectory: Trajectory, growth: Growth, base: float | None) -> bool:
    """Return whether a path that is still finite has grown beyond what could come back.

    `base` is the lowest known minimum's value, None if none is known.
    """
    if growth.span < STEPS_GROWN or abs(growth.factor) <= 1:
        return False
    first, end = float(trajectory.loss[0]), float(trajectory.loss[trajectory.last_step])
    if base is None:
        if end < first - STEPS_GROWN * (1 + abs(first)):
            return True
        base = float(np.fmin.reduce(trajectory.loss))
    return end - base > LOSS_GROWN * (first - base)


def has_blown_up(trajectory: Trajectory) -> bool:
    """Return whether the loss of a path that grows by fits and starts has grown by ten decades.

    Its highest values must rise from quarter to quarter: what chance or a schedule throws and
    lets come back does not count.
    """
    last = trajectory.last_step
    first, end = (abs(float(trajectory.loss[row])) for row in (0, last))
    if last + 1 < 8 or not DECADES_GROWN * first < end < math.inf:
        return False
    peaks = peaks_of_quarters(np.abs(trajectory.loss[: last + 1]))
    return bool((peaks[1:] > peaks[:-1]).all() and end > DECADES_GROWN * peaks[0])


def blow_up(trajectory: Trajectory) -> Status:
    """Return the verdict on a path whose loss has grown by decades, but not step by step."""
    last = trajectory.last_step
    loss = np.abs(trajectory.loss[: last + 1]).astype(np.float64)
    onset = _onset(loss)
    # From a loss of 0 nothing grows tenfold.
    base = onset - 1 if loss[onset - 1] > 0 else onset
    decade = number((last - base) / math.log10(loss[last] / loss[base]), 2)
    end = number(float(trajectory.loss[last]))
    return Status(
        kind="diverged",
        sentence=f"Diverged at step {onset}: the loss grows unevenly, tenfold in {decade} steps on "
        f"average; it is {end} after {steps_words(last)}.",
        short=fit(f"diverged at step {onset}: loss {end}"),
        step=last,
        onset=onset,
    )


def finite_divergence(trajectory: Trajectory, growth: Growth) -> Status:
    """Return the verdict on a path that has diverged but not overflowed yet."""
    last = trajectory.last_step
    end = float(trajectory.loss[last])
    fell = end < float(trajectory.loss[0])
    onset = max(1, last - growth.count + 1) if fell else _onset(trajectory.loss[: last + 1])
    what = f"loss {number(end)}" if growth.accelerating else f"×{number(growth.factor)} per step"
    return Status(
        kind="diverged",
        sentence=f"Diverged at step {onset}: {_growth_words(growth, fell)}; the loss "
        f"{'falls to' if fell else 'is'} {number(end)} after {steps_words(last)}.",
        short=fit(f"diverged at step {onset}: {what}"),
        step=last,
        onset=onset,
        factor=growth.factor,
    )


def _onset(loss: Array) -> int:
    """Return the row from which on the loss stays above the start's."""
    return int(np.flatnonzero(loss <= loss[0])[-1]) + 1
