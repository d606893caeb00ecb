"""What each coordinate's filtered gradient was multiplied by, step for step along a path.

A path's loop does not keep this: few ask for it, and every path would pay. A rule's state depends
on the gradients alone, so it is followed again along those that were recorded.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import float64, int64, types, void

from engine.compile import NUMBA_REALS, REALS, jit
from engine.compiled_rules import (
    HYPERPARAMETERS,
    gains_of_step,
    per_step,
    to_precision,
    without_denormals,
)
from engine.optimizers import optimizer_named

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.descent import Shared
    from engine.optimizers.optimizer import Optimizer

#: A step of fewer units in the last place is too coarse for a gain to be read off.
COARSE = 64


def gains_along(
    optimizer: Optimizer,
    points: Any,
    gradients: Any,
    rates: NDArray[np.float64],
    hyperparameters: NDArray[np.float64],
    shared: Shared,
    noise: NDArray[np.float64],
) -> Any:
    """Return the gains of the steps between the rows of a path.

    Parameters
    ----------
    points, gradients : (n, 2) in the run's precision, as `engine.descent.walk` recorded them.
    rates, hyperparameters, shared, noise : what `walk` was given.

    Returns
    -------
    gains : (n, 2) in the same precision; the last row repeats the one before, and one row alone
        is NaN. They are η where the method has no gain of its own.
    """
    steps = len(points) - 1
    gains = np.full(points.shape, np.nan, points.dtype)
    if steps == 0:
        return gains
    if optimizer.stability.gain is not None:
        slopes = _slopes(points[:steps], gradients[:steps], shared, noise)
        replay = replay_kernel(optimizer.name, str(points.dtype))
        replay(slopes, rates, tuple(hyperparameters), gains[:steps])
    elif optimizer.stability.measured:
        slopes = _slopes(points[:steps], gradients[:steps], shared, noise)
        gains[:steps] = _measured(points, slopes, rates, shared)
    else:
        gains[:steps] = rates[:steps, np.newaxis]
    gains[steps] = gains[steps - 1]
    return gains


@cache
def replay_kernel(name: str, precision: str) -> Any:
    """Return the compiled loop that follows one optimizer's state and writes its gains."""
    optimizer = optimizer_named(name)
    real = NUMBA_REALS[precision]
    start_state = tuple(REALS[precision](s) for s in optimizer.state)
    start_carry = optimizer.carry
    signature = void(
        real[:, ::1], float64[::1], types.UniTuple(float64, HYPERPARAMETERS), real[:, ::1]
    )

    @jit(signature, name=f"{name}.{precision}")
    def replay(slopes: Any, rates: Any, h: Any, gains: Any) -> None:
        carry, first, second = start_carry, start_state, start_state
        last_rate = rates.shape[0] - 1
        t = int64(0)
        while t < slopes.shape[0]:
            carry, k64 = per_step(name, t, rates[min(t, last_rate)], h, carry)
            carry = without_denormals(carry)
            k = to_precision(k64, slopes[t, 0])
            gains[t, 0], first = gains_of_step(name, slopes[t, 0], first, k)
            gains[t, 1], second = gains_of_step(name, slopes[t, 1], second, k)
            t += 1

    return replay


def _slopes(points: Any, gradients: Any, shared: Shared, noise: NDArray[np.float64]) -> Any:
    """Return the gradients as the loop hands them to the rule, (n, 2); see `engine.descent`."""
    real = points.dtype.type
    slopes = gradients.copy()
    with np.errstate(all="ignore"):
        if shared.noise != 0.0:
            slopes += (shared.noise * noise[: len(slopes)]).astype(real)
        if shared.clip_value > 0.0:
            slopes = np.clip(slopes, -real(shared.clip_value), real(shared.clip_value))
        if shared.clip_norm > 0.0:
            norms = np.sqrt((slopes * slopes).sum(axis=1, keepdims=True))
            # A norm that is NaN stays one, as in the loop.
            slopes *= np.minimum(real(shared.clip_norm) / (norms + real(1e-6)), real(1.0))
        sense = real(-1.0 if shared.maximize != 0.0 else 1.0)
        coupled = real(shared.weight_decay * (1.0 - shared.decoupled))
        return np.ascontiguousarray(sense * slopes + coupled * points)


def _measured(points: Any, slopes: Any, rates: NDArray[np.float64], shared: Shared) -> Any:
    """Return −Δ / g, (n, 2); where a coordinate hardly moves the one before, at the start 0."""
    before = points[:-1]
    with np.errstate(all="ignore"):
        shrunk = rates[: len(before), np.newaxis] * shared.weight_decay * shared.decoupled * before
        moves = points[1:] - before + shrunk.astype(points.dtype)
        readable = (slopes != 0) & (np.abs(moves) > COARSE * np.spacing(np.abs(before)))
        read = np.where(readable, -moves / slopes, 0)
    rows = np.where(readable, np.arange(len(before))[:, np.newaxis], 0)
    latest = np.maximum.accumulate(rows, axis=0)
    return np.take_along_axis(read, latest, axis=0)
