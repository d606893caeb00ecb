"""The verdicts on paths that stop: at a minimum, at another place, or before they have moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.numbers import short as number
from engine.status_evidence import arrival, rests_at, rounding
from engine.verdict import Point, Status, fit, place

if TYPE_CHECKING:
    from engine.landscape import Landscape
    from engine.trajectory import Trajectory

STATIONARY_POINTS = ("a saddle", "a maximum", "an unlisted minimum", "an unlisted point")
#: A coordinate below this is shown as 0: what is left of a factor to the power of the steps.
SHOWN_ZERO = 1e-12
#: A gradient, as part of the largest one met, or a Newton step below which a point is stationary.
STATIONARY = 1e-6
#: Part of itself by which decay alone would have moved a point over the last quarter of its path.
DECAYED = 1e-4
#: Part of the longest step below which the last one has shrunk to nothing.
SHRUNK = 1e-6


def _end(trajectory: Trajectory) -> Point:
    x, y = trajectory.points[trajectory.last_step]
    return float(x), float(y)


def still(trajectory: Trajectory, landscape: Landscape | None) -> Status:
    """Return the verdict on a path all of whose rows are the start."""
    if trajectory.steps == 0:
        return Status(
            kind="still",
            sentence="Nothing moves: the number of steps is 0.",
            short="nothing moves: 0 steps",
            step=0,
        )
    found = at_minimum(trajectory, rounding(trajectory.points, trajectory.last_step))
    if found is not None:
        return found
    if not trajectory.learning_rates[: trajectory.last_step].any():
        return Status(
            kind="still",
            sentence="Nothing moves: the learning rate is 0.",
            short="nothing moves: η = 0",
            step=trajectory.last_step,
        )
    return at_rest(trajectory, landscape, 0.0)


def at_minimum(trajectory: Trajectory, radius: float) -> Status | None:
    """Return the verdict if the path rests at a known minimum, else None."""
    minima, end = trajectory.minima, _end(trajectory)
    if not len(minima):
        return None
    gaps = np.maximum(np.abs(minima[:, 0] - end[0]), np.abs(minima[:, 1] - end[1]))
    index = int(gaps.argmin())
    minimum = float(minima[index, 0]), float(minima[index, 1])
    points, last = trajectory.points, trajectory.last_step
    if not rests_at(points, last, minimum, radius):
        return None
    step = arrival(points, last, minimum, radius)
    above = float(minima[index, 2] - minima[:, 2].min())
    is_local = above > 1e-9 * max(1.0, float(np.abs(minima[:, 2]).max()))
    kind = "local minimum" if is_local else "minimum"
    rest = f", {number(above)} above the lowest" if is_local else ""
    return _converged(step, f"the {kind}", minimum, rest, index, "local" if is_local else "")


def _converged(
    step: int, what: str, point: Point, rest: str = "", index: int | None = None, noun: str = ""
) -> Status:
    when = f"Converged at step {step} to" if step else "Starts at and stays on"
    shown = place(point, SHOWN_ZERO)
    return Status(
        kind="converged",
        sentence=f"{when} {what} {shown}{rest}.",
        short=fit(f"converged at step {step} to {noun}{' ' * bool(noun)}{shown}"),
        step=step,
        minimum=point,
        minimum_index=index,
    )


def at_rest(trajectory: Trajectory, landscape: Landscape | None, radius: float) -> Status:
    """Return the verdict on a path that rests where no minimum is known."""
    end = _end(trajectory)
    step = arrival(trajectory.points, trajectory.last_step, end, radius)
    what = _nature(trajectory, landscape, radius)
    if what in STATIONARY_POINTS:
        noun = "" if what.startswith("an unlisted") else what.split()[1]
        if not len(trajectory.minima):
            what = what.replace("an unlisted minimum", "a minimum")
        return _converged(step, what, end, noun=noun)
    why, short = _what_holds(trajectory)
    slope = number(float(trajectory.gradient_norm[trajectory.last_step]))
    where = f"{slope}: {why}"
    if what:
        where, short = f"0: {what}", "gradient 0"
    since, shown = f"since step {step} " if step else "", place(end, SHOWN_ZERO)
    return Status(
        kind="still",
        sentence=f"Rests {since}at {shown}, where the gradient is {where}.",
        short=fit(f"rests at {shown}: {short}"),
        step=step,
        minimum=end,
    )


def _what_holds(trajectory: Trajectory) -> tuple[str, str]:
    rates = np.abs(trajectory.learning_rates[: max(1, trajectory.last_step)])
    late = rates[-max(1, len(rates) // 4) :]
    if abs(trajectory.run.weight_decay) * float(late.sum()) > DECAYED:
        return "weight decay balances it", "weight decay"
    if rates[-1] < 0.1 * rates.max():
        return "the learning rate has shrunk", "η has shrunk"
    sizes = np.abs(np.diff(trajectory.points[: trajectory.last_step + 1], axis=0)).max(axis=1)
    # With a rate that no coordinate notices the method is not to blame.
    noticed = (rates.max() > np.spacing(np.abs(trajectory.points[0]).max())).item()
    if sizes[-1] < SHRUNK * sizes.max(initial=0.0) or (noticed and not sizes.any()):
        return "the method lets its steps shrink to nothing", "no steps"
    return "the steps are too small to get anywhere", "tiny steps"


def _nature(trajectory: Trajectory, landscape: Landscape | None, radius: float) -> str:
    """Return what kind of stationary point the end is; empty if the gradient does not vanish."""
    last = trajectory.last_step
    if landscape is None:
        norms = trajectory.gradient_norm
        # Unknown gradients, of somebody else's CSV, do not speak against the point.
        largest = float(np.fmax.reduce(norms[: last + 1]))
        return "" if norms[last] > STATIONARY * largest else "an unlisted point"
    x, y = _end(trajectory)
    gradient, hessian = landscape.gradient([x, y]), landscape.hessian([x, y])
    if not np.isfinite(hessian).all():
        return "a kink" if not gradient.any() else ""
    values, vectors = np.linalg.eigh(hessian)
    size = float(np.abs(values).max())
    if size == 0:
        return "" if gradient.any() else "the surface is flat there"
    # Along a flat direction a slope that is rounding only must not ask for a long step.
    newton = np.abs(vectors.T @ gradient) / np.maximum(np.abs(values), 1e-9 * size)
    reach = max(radius, 1e3 * float(np.finfo(trajectory.points.dtype).eps) * max(abs(x), abs(y)))
    if newton.max() > 100 * reach and gradient.any():
        return ""
    low, high = (float(v) if abs(v) > 1e-9 * size else 0.0 for v in values)
    if low < 0 < high:
        return "a saddle"
    if high <= 0:
        return "a maximum"
    return "an unlisted minimum"
