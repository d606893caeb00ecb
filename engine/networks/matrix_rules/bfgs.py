"""BFGS with a weak Wolfe line search, over all parameters at once; see the rule on surfaces."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.networks.matrix_rules.flat import flat, spread
from engine.networks.matrix_rules.rule import as_on_surfaces
from engine.optimizers.bfgs import BFGS as ON_SURFACES

if TYPE_CHECKING:
    from engine.networks.matrix_rules.rule import Array, Evaluate, Numbers, Tensors

#: As on surfaces.
TRIALS = 60


@dataclass(slots=True)
class Memory:
    """The inverse Hessian as far as it is learnt, (P, P), replaced and never written."""

    inverse: Array

    def __deepcopy__(self, memo: dict[int, Any]) -> Memory:
        # Millions of numbers need not be copied to remember where a walk has been.
        return replace(self)


def start(tensors: Tensors, h: Numbers) -> Memory:
    """Return the identity."""
    theta = flat(tensors)
    return Memory(np.eye(len(theta), dtype=theta.dtype))


def step(
    tensors: Tensors, gradients: Tensors, state: Memory,
    t: int, rate: float, h: Numbers, evaluate: Evaluate, decay: float,
) -> None:  # fmt: skip
    """Move every tensor: Lewis & Overton 2013, Algorithm 2.6, with Nocedal & Wright's updates."""
    theta = flat(tensors)
    steepest: Array = -flat(gradients)
    identity = np.eye(len(theta), dtype=theta.dtype)
    direction: Array = state.inverse @ steepest
    if not -(steepest @ direction) < 0.0:
        state.inverse, direction = identity, steepest
    slope = -(steepest @ direction)
    loss, gradient = evaluate(theta)
    before = gradient.copy()
    found = _search(evaluate, theta, loss, direction, slope, rate, h)
    if found is None:
        # Nothing lowered the loss: steepest descent is tried next.
        state.inverse = identity
        return
    state.inverse = _learnt(state.inverse, found[0] - theta, found[1] - before, t == 0)
    if not np.isfinite(np.trace(state.inverse)):
        state.inverse = identity
    spread(found[0], tensors)


def _search(
    evaluate: Evaluate, theta: Array, loss: float, direction: Array, slope: Any, rate: float,
    h: Numbers,
) -> tuple[Array, Array] | None:  # fmt: skip
    """Return the last trial (P,) that lowers the loss enough and its gradient; or None.

    The rate doubles while the slope is still steep and is halved where the fall is too small.
    """
    real = theta.dtype.type
    now, low, high, best = real(loss), 0.0, 0.0, None
    for _ in range(TRIALS):
        trial = theta + rate * direction
        there, gradient = evaluate(trial)
        if real(there) <= now + h[0] * rate * slope:
            low, best = rate, (trial, gradient.copy())
            if gradient @ direction >= h[1] * slope:
                break
        else:
            high = rate
        rate = 0.5 * (low + high) if high != 0.0 else low + low
    return best


def _learnt(inverse: Array, s: Array, q: Array, first: bool) -> Array:
    """Return the inverse Hessian after a step s changed the gradient by q."""
    bend = s @ q
    if not bend > 0.0:
        return inverse
    if first:
        # Nocedal & Wright, eq. 6.20: the first guess of the inverse Hessian's size.
        inverse = np.diag(np.full_like(s, bend / (q @ q)))
    # H + (s·q + qᵀHq) r rᵀ − (Hq rᵀ + r qᵀH) with r = s / s·q, eq. 6.17 multiplied out.
    r, turned = s / bend, inverse @ q
    both = np.outer(turned, r)
    learnt: Array = inverse + (bend + q @ turned) * np.outer(r, r) - (both + both.T)
    return learnt


BFGS = replace(
    as_on_surfaces(ON_SURFACES, start, step),
    searches=True,
    most_parameters=2000,
    on_batches="so that what it learnt of the curvature misleads it, and a step which lowers "
    "their loss may raise that of all rows",
)
