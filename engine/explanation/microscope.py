"""The loss along the line of one step: where the step landed and where it should have."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.limits import stability_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from numpy.typing import NDArray

    from engine.explanation.explanation import Explanation
    from engine.explanation.objective import Objective

    Array = NDArray[np.float64]

#: The line reaches this many steps at most, so that where the step landed can still be seen.
WIDEST = 40.0
#: What is shown beyond the outermost mark, as part of the whole.
MARGIN = 0.15
#: Places looked at anew in each round of the search for the lowest, and rounds.
PLACES, ROUNDS = 33, 6


@dataclass(frozen=True)
class StepLine:
    """The objective at x + sΔ: s = 0 is before the step, 1 after it, below 0 the other way.

    Parameters
    ----------
    positions : s, (m,), rising; 0, 1 and what fits of best and break-even are among them.
    loss : the true values, (m,); NaN where they are not finite.
    value, slope, bend : the loss at s = 0, g·Δ and ΔᵀHΔ, of the quadratic model.
    landed : the true loss at s = 1; NaN where it is not finite.
    best : s* = −g·Δ / ΔᵀHΔ, the model's lowest; None unless the line bends up. Below 0 the step
        went uphill.
    lowest : where the true loss is lowest on this line, and that loss; None if that is at an end.
    learning_rate : η of this step.
    reason : why no other rate can be named for another s, in one clause, or "".
    """

    positions: Array
    loss: Array
    value: float
    slope: float
    bend: float
    landed: float
    best: float | None
    lowest: tuple[float, float] | None
    learning_rate: float
    reason: str = ""

    @property
    def model(self) -> Array:
        """The quadratic model L + s g·Δ + ½ s² ΔᵀHΔ, (m,)."""
        return self._polynomial(self.bend)

    @property
    def tangent(self) -> Array:
        """The tangent L + s g·Δ, (m,)."""
        return self._polynomial(0.0)

    def _polynomial(self, bend: float) -> Array:
        s = self.positions
        with np.errstate(all="ignore"):
            return _finite(self.value + s * (self.slope + 0.5 * bend * s))

    @property
    def break_even(self) -> float | None:
        """2s*: from there on the model says that the step raises the loss."""
        return None if self.best is None else 2.0 * self.best

    def learning_rate_at(self, s: float) -> float | None:
        """Return the rate that would have landed at s, all before being equal; None with `reason`.

        Below s = 0 it is negative: the step would have gone uphill.
        """
        return None if self.reason else self.learning_rate * s


def microscope(
    explanation: Explanation, step: int, objective: Objective | None = None
) -> StepLine | None:
    """Return the line of the step that leaves a row; None if no finite step does.

    `objective` is another than the explained one, such as that of the step's own mini-batch,
    ``explanation.objective.of_batch(step)``.
    """
    if not 0 <= step < explanation.rows - 1:
        return None
    trajectory = explanation.trajectory
    point = explanation.points[step]
    with np.errstate(all="ignore"):
        move = explanation.points[step + 1] - point
    return line_of(
        objective or explanation.objective, point, move,
        float(trajectory.learning_rates[step]), _why_not(explanation),
    )  # fmt: skip


def _why_not(explanation: Explanation) -> str:
    run = explanation.trajectory.run
    if run.recorded:
        return "the path was read from a file"
    if not stability_of(run)[0].proportional:
        return "this method's steps are not proportional to the learning rate"
    return ""


def line_of(
    objective: Objective,
    point: Array,
    move: Array,
    learning_rate: float,
    reason: str = "",
    count: int = 241,
) -> StepLine | None:
    """Return the line from a point (d,) along a move (d,), for any number of coordinates.

    It takes one gradient, one Hessian-vector product and about 2 × `count` values; None if the
    move is not finite.
    """
    *_, line = line_by_pieces(objective, point, move, learning_rate, reason, count, 2 * count)
    return line


def line_by_pieces(
    objective: Objective,
    point: Array,
    move: Array,
    learning_rate: float,
    reason: str,
    count: int,
    piece: int,
) -> Iterator[StepLine | None]:
    """Yield None after every so many values, so that others may have a turn, and the line at last.

    See `line_of`.
    """
    if not (np.isfinite(point).all() and np.isfinite(move).all()):
        yield None
        return

    def along(positions: Array) -> Generator[None, None, Array]:
        parts = []
        for begin in range(0, len(positions), piece):
            with np.errstate(all="ignore"):
                here = point + positions[begin : begin + piece, None] * move
                parts.append(_finite(objective.value(here)))
            yield
        return np.concatenate(parts)

    with np.errstate(all="ignore"):
        slope = float(objective.gradient(point) @ move)
        bend = float(move @ objective.product(point, move))
        best = -slope / bend if bend > 0 and math.isfinite(slope / bend) else None
    positions = _positions(best, count)
    loss = yield from along(positions)
    value, landed = yield from along(np.array([0.0, 1.0]))
    lowest = yield from _lowest(along, positions, loss)
    yield StepLine(
        positions, loss, float(value), slope, bend, float(landed), best, lowest, learning_rate,
        reason,
    )  # fmt: skip


def _positions(best: float | None, count: int) -> Array:
    marks = np.array([0.0, 1.0])
    if best is not None:
        fits = [s for s in (best, 2.0 * best) if abs(s) <= WIDEST]
        marks = np.append(marks, fits)
    low, high = marks.min(), marks.max()
    margin = MARGIN * (high - low)
    positions: Array = np.union1d(np.linspace(low - margin, high + margin, count), marks)
    return positions


def _lowest(
    along: Callable[[Array], Generator[None, None, Array]], positions: Array, loss: Array
) -> Generator[None, None, tuple[float, float] | None]:
    """Return where a curve is lowest, found ever closer about the lowest of some places."""
    if np.isnan(loss).all():
        return None
    at = int(np.nanargmin(loss))
    if at in (0, len(loss) - 1):
        return None
    for _ in range(ROUNDS):
        # The best so far stays among the places: a round never ends higher than it began.
        about = positions[max(0, at - 1) : at + 2]
        positions = np.union1d(np.linspace(about[0], about[-1], PLACES), positions[at])
        loss = yield from along(positions)
        at = int(np.nanargmin(loss))
    return float(positions[at]), float(loss[at])


def _finite(values: Array) -> Array:
    return np.where(np.isfinite(values), values, np.nan)
