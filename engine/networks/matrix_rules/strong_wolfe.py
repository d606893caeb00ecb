"""A line search that ends where the strong Wolfe conditions hold (Nocedal & Wright 2006, §3.5).

Trial by trial as torch.optim.LBFGS searches, so that both walk the same path. Lengths, losses and
slopes are numpy.float64 scalars, whose division by zero is inf as in torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.networks.matrix_rules.rule import Array

#: Share of the promised decrease that is demanded, and of the slope that may remain.
DECREASE, SLOPE = 1e-4, 0.9
LEAST_CHANGE = 1e-9


class Trial(NamedTuple):
    """A point along the line: how far, its loss, the loss's slope along the line, its gradient."""

    length: np.float64
    loss: np.float64
    slope: np.float64
    gradient: Array


def strong_wolfe(
    trial_at: Callable[[np.float64], Trial], here: Trial, length: float, scale: float, most: int
) -> tuple[Trial, int]:
    """Return the best trial and how many were made.

    Parameters
    ----------
    trial_at : evaluates a length.
    here : the start, at length 0.
    length : the first one tried.
    scale : the direction's largest coordinate.
    most : trials after the first.
    """
    bracket, done, count = _bracket(trial_at, here, np.float64(length), most)
    low, high = _ordered(bracket)
    stuck = False
    while not done and count < most:
        if abs(bracket[1].length - bracket[0].length) * scale < LEAST_CHANGE:
            break
        length, stuck = _inside(bracket, stuck)
        now = trial_at(length)
        count += 1
        if _too_high(now, here) or now.loss >= bracket[low].loss:
            bracket[high] = now
            low, high = _ordered(bracket)
            continue
        if _flat(now, here):
            done = True
        elif now.slope * (bracket[high].length - bracket[low].length) >= 0:
            bracket[high] = bracket[low]
        bracket[low] = now
    return bracket[low], count + 1


def _bracket(
    trial_at: Callable[[np.float64], Trial], here: Trial, length: np.float64, most: int
) -> tuple[list[Trial], bool, int]:
    """Return two trials with an acceptable length between them, or the one that is acceptable."""
    before, now = here, trial_at(length)
    for count in range(most):
        if _too_high(now, here) or (count > 1 and now.loss >= before.loss):
            return [before, now], False, count
        if _flat(now, here):
            return [now], True, count
        if now.slope >= 0:
            return [before, now], False, count
        bounds = (now.length + 0.01 * (now.length - before.length), now.length * 10)
        before, now = now, trial_at(_lowest(before, now, bounds))
    return [here, now], False, most


def _too_high(now: Trial, here: Trial) -> bool:
    return bool(now.loss > here.loss + DECREASE * now.length * here.slope)


def _flat(now: Trial, here: Trial) -> bool:
    return bool(abs(now.slope) <= -SLOPE * here.slope)


def _ordered(bracket: list[Trial]) -> tuple[int, int]:
    return (0, 1) if bracket[0].loss <= bracket[-1].loss else (1, 0)


def _inside(bracket: list[Trial], stuck: bool) -> tuple[np.float64, bool]:
    """Return the next length, kept off the bracket's ends, and whether it came near one."""
    one, other = bracket
    near, far = min(one.length, other.length), max(one.length, other.length)
    length = _lowest(one, other, (near, far))
    margin = 0.1 * (far - near)
    if not min(far - length, length - near) < margin:
        return length, False
    if not (stuck or length >= far or length <= near):
        return length, True
    return (far - margin if abs(length - far) < abs(length - near) else near + margin), False


def _lowest(one: Trial, other: Trial, bounds: tuple[np.float64, np.float64]) -> np.float64:
    """Return where the cubic through two trials is lowest (Nocedal & Wright 2006, eq. 3.59)."""
    if one.length > other.length:
        one, other = other, one
    width = other.length - one.length
    d1 = one.slope + other.slope + 3 * (one.loss - other.loss) / width
    square = d1**2 - one.slope * other.slope
    if not square >= 0:
        return (bounds[0] + bounds[1]) / 2
    d2 = np.sqrt(square)
    rise = (other.slope + d2 - d1) / (other.slope - one.slope + 2 * d2)
    length: np.float64 = min(max(other.length - width * rise, bounds[0]), bounds[1])
    return length
