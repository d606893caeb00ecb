"""Walks a surface: one call, one whole path.

The surface comes as a function pointer, the optimizer is compiled into the loop by its name
(so that the cache key is stable and switching either costs nothing).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import boolean, float64, int64, intp, types, uint8
from numba.np.unsafe.ndarray import to_fixed_tuple

from engine.compile import (
    NUMBA_REALS,
    REALS,
    address_of,
    jit,
    second_order_at,
    value_gradient_at,
)
from engine.compiled_rules import (
    HYPERPARAMETERS,
    advance,
    all_finite,
    per_step,
    to_precision,
    without_denormals,
)
from engine.optimizers import optimizer_named

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.landscape import Landscape
    from engine.optimizers.optimizer import Optimizer

#: The stop flag is read every 4096 steps: about 0.1 ms.
STOP_MASK = 4095
#: What became non-finite first.
NOTHING, LOSS, GRADIENT, STATE, WEIGHT = range(5)
CAUSES = ("", "loss", "gradient", "optimizer state", "weight")


class Shared(NamedTuple):
    """What every optimizer's loop can do to the gradient; float64, switched off by zero."""

    weight_decay: float = 0.0
    decoupled: float = 0.0
    clip_value: float = 0.0
    clip_norm: float = 0.0
    maximize: float = 0.0
    noise: float = 0.0


@cache
def path_kernel(name: str, precision: str) -> Any:
    """Return the compiled loop of one optimizer in one precision, from cache when possible."""
    optimizer = optimizer_named(name)
    real = NUMBA_REALS[precision]
    start_state = tuple(REALS[precision](s) for s in optimizer.state)
    start_carry = optimizer.carry
    elementwise = optimizer.step is None
    signature = types.UniTuple(int64, 2)(
        intp, intp, intp,
        float64[::1], float64[::1], float64[::1], types.UniTuple(float64, 6),
        float64[:, ::1], boolean, uint8[::1], real[:, ::1], real[::1], real[:, ::1],
    )  # fmt: skip

    @jit(signature, name=f"{name}.{precision}")
    def path(
        first_address: int, second_address: int, data: int, start: Any, rates: Any,
        hyperparameters: Any, shared: Any, noise: Any, watch: bool, stop: Any,
        points: Any, losses: Any, gradients: Any,
    ) -> Any:  # fmt: skip
        x, y = real(start[0]), real(start[1])
        value_gradient = value_gradient_at(first_address, x)
        second_order = second_order_at(second_address, x)
        steps = losses.shape[0] - 1
        h = to_fixed_tuple(hyperparameters, HYPERPARAMETERS)
        carry, state = start_carry, (start_state, start_state)
        weight_decay, decoupled, clip_value, clip_norm, maximize, sigma = shared
        sense = real(-1.0 if maximize != 0.0 else 1.0)
        coupled_decay = real(weight_decay * (1.0 - decoupled))
        # One test instead of many keeps the common case on the shortest chain of operations.
        adjusts = (
            sigma != 0.0 or clip_value > 0.0 or clip_norm > 0.0 or maximize != 0.0
            or coupled_decay != 0.0
        )  # fmt: skip
        shrinks = decoupled != 0.0 and weight_decay != 0.0
        last_rate = rates.shape[0] - 1
        cause = NOTHING
        # A literal 0 would have every rule compiled twice.
        t = int64(0)
        while True:
            f, gx, gy = value_gradient(x, y, data, t)
            points[t, 0], points[t, 1], losses[t] = x, y, f
            gradients[t, 0], gradients[t, 1] = gx, gy
            if not (np.isfinite(x) and np.isfinite(y)):
                cause = WEIGHT
                break
            if t == steps or (t & STOP_MASK == 0 and stop[0] != 0):
                break
            if adjusts:
                if sigma != 0.0:
                    gx += real(sigma * noise[t, 0])
                    gy += real(sigma * noise[t, 1])
                if clip_value > 0.0:
                    bound = real(clip_value)
                    # Comparisons let NaN through, as torch.clamp does.
                    gx = bound if gx > bound else (-bound if gx < -bound else gx)
                    gy = bound if gy > bound else (-bound if gy < -bound else gy)
                if clip_norm > 0.0:
                    norm = np.sqrt(gx * gx + gy * gy)
                    # torch.nn.utils.clip_grad_norm_ adds 1e-6 to the norm.
                    scale = real(clip_norm) / (norm + real(1e-6))
                    if scale < 1.0 or scale != scale:
                        gx *= scale
                        gy *= scale
                gx = sense * gx + coupled_decay * x
                gy = sense * gy + coupled_decay * y
            rate = rates[min(t, last_rate)]
            x_before, y_before = x, y
            shrink = real(1.0)
            if shrinks:
                shrink = real(1.0 - rate * weight_decay)
                if elementwise:
                    x *= shrink
                    y *= shrink
            carry, k64 = per_step(name, t, rate, h, carry)
            carry = without_denormals(carry)
            k = to_precision(k64, x)
            x, y, state = advance(
                name, x, y, f, gx, gy, value_gradient, second_order, data, t, k, state,
                sense, coupled_decay,
            )  # fmt: skip
            if shrinks and not elementwise:
                # A coupled rule looks at θ and at the loss there, so θ shrinks beside its step.
                x += (shrink - real(1.0)) * x_before
                y += (shrink - real(1.0)) * y_before
            t += 1
            if watch and not (all_finite(state[0]) and all_finite(state[1])):
                cause = STATE
                break
        if cause == NOTHING and not (all_finite(state[0]) and all_finite(state[1])):
            cause = STATE
        return t, cause

    return path


def hyperparameter_array(optimizer: Optimizer, values: dict[str, float]) -> NDArray[np.float64]:
    """Return the hyperparameters in declared order, padded with zeros to 12."""
    h = np.zeros(HYPERPARAMETERS)
    h[: len(optimizer.parameters)] = [values[p.name] for p in optimizer.parameters]
    return h


class Cancelled(Exception):
    """The walk was stopped from outside before its end."""


class Walk(NamedTuple):
    """A raw path: arrays of the run's precision with NaN behind the last step."""

    points: Any
    losses: Any
    gradients: Any
    last_step: int
    cause: int
    cause_step: int


def walk(
    landscape: Landscape,
    optimizer: Optimizer,
    start: NDArray[np.float64],
    steps: int,
    rates: NDArray[np.float64],
    hyperparameters: NDArray[np.float64],
    shared: Shared,
    noise: NDArray[np.float64],
    stop: NDArray[np.uint8] | None = None,
) -> Walk:
    """Run `steps` steps from `start` (2,) and record every one.

    `rates` has shape (steps,) or (1,); `noise` (steps, 2) standard normals or (0, 2). Another
    thread may set `stop` (1,) to 1: then the walk ends early and Cancelled is raised.
    """
    flag = np.zeros(1, np.uint8) if stop is None else stop
    real = REALS[landscape.precision]
    points = np.empty((steps + 1, 2), real)
    losses = np.empty(steps + 1, real)
    gradients = np.empty((steps + 1, 2), real)
    kernel = path_kernel(optimizer.name, landscape.precision)

    def run(count: int, watch: bool) -> tuple[int, int]:
        found: tuple[int, int] = kernel(
            address_of(landscape.value_gradient), address_of(landscape.second_order),
            landscape.address, start, rates,
            hyperparameters, tuple(shared), noise, watch, flag,
            points[: count + 1], losses[: count + 1], gradients[: count + 1],
        )  # fmt: skip
        return found

    last, cause = run(steps, False)
    if flag[0]:
        raise Cancelled
    cause_step = last
    if cause != NOTHING:
        cause, cause_step = _first_cause(points, losses, gradients, last, lambda: run(last, True))
        last = run(steps, False)[0] if cause == STATE else last
    for array in (points, losses, gradients):
        array[last + 1 :] = np.nan
    return Walk(points, losses, gradients, last, cause, cause_step)


def _first_cause(points: Any, losses: Any, gradients: Any, last: int, watch: Any) -> Any:
    """Return (cause, step) of the first non-finite quantity in the order of one step."""
    seen = slice(0, last + 1)
    candidates = []
    for order, (cause, finite) in enumerate(
        (
            (WEIGHT, np.isfinite(points[seen]).all(axis=1)),
            (LOSS, np.isfinite(losses[seen])),
            (GRADIENT, np.isfinite(gradients[seen]).all(axis=1)),
        )
    ):
        if not finite.all():
            candidates.append((int(np.argmin(finite)), order, cause))
    step, cause = watch()
    if cause == STATE:
        # The state of step t is made from the gradient of step t − 1 and makes the weight of t.
        candidates.append((step, -1, STATE))
    first = min(candidates)
    return first[2], first[0]
