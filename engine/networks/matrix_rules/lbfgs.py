"""L-BFGS: Newton's direction from the last changes of the gradient (Liu & Nocedal 1989).

As torch.optim.LBFGS 2.13, iteration by iteration. A step is what torch calls one: several
iterations, each with its own gradients; set iterations to 1 to see every one of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.networks.matrix_rules.flat import flat, spread
from engine.networks.matrix_rules.rule import MatrixOptimizer
from engine.networks.matrix_rules.strong_wolfe import Trial, strong_wolfe
from engine.parameter import Parameter

if TYPE_CHECKING:
    from engine.networks.matrix_rules.rule import Array, Evaluate, Numbers, Tensors

#: A pair of less curvature than this is not remembered.
LEAST_CURVATURE = 1e-10


@dataclass(slots=True)
class Memory:
    """What is kept between iterations; all vectors are (P,), replaced and never written."""

    gradient: Array
    direction: Array
    length: float = 0.0
    #: Pairs (s, y, 1/(y·s)) of steps and changes of the gradient, oldest first.
    pairs: list[tuple[Array, Array, Any]] = field(default_factory=list)
    scale: Any = 1.0
    iterations: int = 0

    def __deepcopy__(self, memo: dict[int, Any]) -> Memory:
        # A hundred pairs need not be copied to remember where a walk has been.
        return replace(self)

    def turn(self, gradient: Array, longest: int, rate: float) -> float:
        """Set the next direction and its first length; return the loss's slope along it.

        Nocedal & Wright 2006, algorithm 7.4. The very first step is shortened, since its direction
        is the bare gradient.
        """
        self.iterations += 1
        if self.iterations > 1:
            self._remember(gradient, longest)
        r = -gradient
        shares = []
        for s, y, inverse in reversed(self.pairs):
            shares.append((s @ r) * inverse)
            r -= shares[-1] * y
        r *= self.scale
        for (s, y, inverse), share in zip(self.pairs, reversed(shares), strict=True):
            r += (share - (y @ r) * inverse) * s
        self.direction = r
        self.gradient = gradient.copy()
        first = self.iterations == 1
        self.length = rate * (min(1.0, 1.0 / float(np.sum(np.abs(gradient)))) if first else 1.0)
        return float(gradient @ r)

    def _remember(self, gradient: Array, longest: int) -> None:
        y, s = gradient - self.gradient, self.length * self.direction
        curvature = y @ s
        if curvature > LEAST_CURVATURE:
            self.pairs = [*self.pairs, (s, y, 1.0 / curvature)][-longest:]
            self.scale = curvature / (y @ y)


def start(tensors: Tensors, h: Numbers) -> Memory:
    """Return an empty memory."""
    theta = flat(tensors)
    return Memory(np.zeros_like(theta), np.zeros_like(theta))


def step(
    tensors: Tensors, gradients: Tensors, state: Memory,
    t: int, rate: float, h: Numbers, evaluate: Evaluate, decay: float,
) -> None:  # fmt: skip
    """Iterate until one of torch's tests says that it is enough.

    All losses and gradients are those of `evaluate`; `gradients` would lack the loss.
    """
    longest, iterations, evaluations, least_gradient, least_change, searches = h
    theta = flat(tensors)
    loss, gradient = evaluate(theta)
    if np.max(np.abs(gradient)) <= least_gradient:
        return
    used = 1
    for iteration in range(1, int(iterations) + 1):
        slope, before = state.turn(gradient, int(longest), rate), loss
        if slope > -least_change:
            break
        if searches:
            here = Trial(np.float64(0.0), np.float64(loss), np.float64(slope), gradient.copy())
            found, count = _search(evaluate, theta, state, here, int(evaluations) - used)
            state.length, loss, gradient = float(found.length), float(found.loss), found.gradient
        theta = theta + state.length * state.direction
        if not searches:
            if iteration == iterations:
                break
            (loss, gradient), count = evaluate(theta), 1
        used += count
        if used >= evaluations or _rests(state, gradient, h) or abs(loss - before) < least_change:
            break
    spread(theta, tensors)


def _rests(state: Memory, gradient: Array, h: Numbers) -> bool:
    least_gradient, least_change = h[3:5]
    moved = np.max(np.abs(state.length * state.direction))
    return bool(np.max(np.abs(gradient)) <= least_gradient or moved <= least_change)


def _search(
    evaluate: Evaluate, theta: Array, state: Memory, here: Trial, most: int
) -> tuple[Trial, int]:
    def trial_at(length: np.float64) -> Trial:
        loss, gradient = evaluate(theta + float(length) * state.direction)
        slope = np.float64(gradient @ state.direction)
        return Trial(length, np.float64(loss), slope, gradient.copy())

    scale = float(np.max(np.abs(state.direction)))
    return strong_wolfe(trial_at, here, state.length, scale, most)


LBFGS = MatrixOptimizer(
    name="lbfgs",
    title="L-BFGS",
    help="Learns the curvature from how the gradient changes along the path; for the full batch, "
    "since gradients of different rows cannot be compared.",
    latex=(
        r"d_t = -H_t g_t, \quad H_t \;\mathrm{from}\; (s_i, y_i),\; i = t-m \ldots t-1",
        r"s_t = \theta_{t+1} - \theta_t, \quad y_t = g_{t+1} - g_t",
        r"\theta_{t+1} = \theta_t + \alpha_t d_t",
    ),
    source="Liu & Nocedal 1989; torch.optim.LBFGS",
    learning_rate=1.0,
    start=start,
    step=step,
    parameters=(
        Parameter(
            "history", "m", 100.0, 1.0, 200.0, "Changes of the gradient that are remembered.",
            kind="integer", minimum=1.0, maximum=10_000.0,
        ),
        Parameter(
            "iterations", "k", 20.0, 1.0, 100.0, "Iterations in one step, at most.",
            kind="integer", minimum=1.0, maximum=10_000.0,
        ),
        Parameter(
            "evaluations", "k′", 25.0, 1.0, 125.0, "Gradients in one step, at most.",
            kind="integer", minimum=1.0, maximum=100_000.0,
        ),
        Parameter(
            "tolerance_gradient", "ε_g", 1e-7, 1e-12, 1e-3,
            "A step ends where no coordinate of the gradient is larger.", log=True, minimum=0.0,
        ),
        Parameter(
            "tolerance_change", "ε_θ", 1e-9, 1e-15, 1e-3,
            "A step ends where neither loss nor weights change by more.", log=True, minimum=0.0,
        ),
        Parameter(
            "strong_wolfe", "search", 0.0, 0.0, 1.0,
            "Searches along each direction until the strong Wolfe conditions hold.", kind="switch",
        ),
    ),
    full_batch=True,
    own_gradients=True,
    search_switch="strong_wolfe",
    on_batches="so that gradients of different steps tell little of the curvature and its steps "
    "can go astray",
)  # fmt: skip
