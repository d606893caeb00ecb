"""What became of a run, in one sentence: converged, moving, oscillating, diverged, NaN or still."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.divergence import finite_divergence, has_diverged, non_finite
from engine.numbers import short as number
from engine.status_evidence import arrival, find_bounce, find_growth, rests_at, settles
from engine.verdict import Point, Status, fit, place

if TYPE_CHECKING:
    from engine.landscape import Landscape
    from engine.status_evidence import Bounce, Growth
    from engine.trajectory import Trajectory

#: A path has arrived when it stays within this part of the way it came.
ARRIVED = 1e-4
#: A bounce smaller than this part of the way is rounding, not oscillation.
BOUNCE = 1e-6
STATIONARY_POINTS = ("a saddle", "a maximum", "an unlisted minimum", "an unlisted point")
#: A coordinate below this is shown as 0: what is left of a factor to the power of the steps.
SHOWN_ZERO = 1e-12
#: A gradient, as part of the largest one met, or a Newton step below which a point is stationary.
STATIONARY = 1e-6


def judge(trajectory: Trajectory, landscape: Landscape | None = None) -> Status:
    """Return what became of a run.

    With the landscape it ran on, a resting point that is no listed minimum is told apart by its
    gradient and Hessian on all data: a minimum, a saddle, a maximum or a flat place.
    """
    points, last = trajectory.points, trajectory.last_step
    if landscape is not None and landscape.surface.name != trajectory.surface:
        # A path read from a file may belong to another surface than the one on screen.
        landscape = None
    with np.errstate(all="ignore"):
        if trajectory.cause or not math.isfinite(trajectory.loss[last]):
            return non_finite(trajectory)
        if _motionless(points, last):
            return _still(trajectory, landscape)
        growth = find_growth(points, last)
        if growth is not None and has_diverged(trajectory, growth, _base(trajectory)):
            return finite_divergence(trajectory, growth)
        scale = _scale(points, last)
        bounce = find_bounce(points, last, _least_bounce(points, last, scale), _random(trajectory))
        if bounce is not None:
            return _oscillating(trajectory, bounce)
        found = _at_minimum(trajectory, ARRIVED * scale)
        if found is None and settles(points, last, ARRIVED * scale):
            found = _at_rest(trajectory, landscape, ARRIVED * scale)
        return found or _moving(trajectory, growth)


def _motionless(points: Any, last: int) -> bool:
    first = points[0]
    if last > 0 and (points[1] != first).any():
        return False
    return bool((points[: last + 1] == first).all())


def _base(trajectory: Trajectory) -> float | None:
    return float(trajectory.minima[:, 2].min()) if len(trajectory.minima) else None


def _scale(points: Any, last: int) -> float:
    """Return the length of the way from the start to the end, at most the size of the numbers."""
    start, end = points[0].astype(np.float64), points[last].astype(np.float64)
    size = max(1.0, float(np.abs(end).max()))
    way = float(np.abs(end - start).max())
    return min(way, size) if way > 0 else size


def _least_bounce(points: Any, last: int, scale: float) -> float:
    rounding = 64 * float(np.finfo(points.dtype).eps) * float(np.abs(points[last]).max())
    return max(BOUNCE * scale, rounding)


def _random(trajectory: Trajectory) -> bool:
    seen, loss = trajectory.seen_loss, trajectory.loss
    tail = slice(max(0, trajectory.last_step - 1000), trajectory.last_step + 1)
    batched = seen is not loss and not np.array_equal(seen[tail], loss[tail], equal_nan=True)
    return trajectory.run.noise > 0 or batched


def _end(trajectory: Trajectory) -> Point:
    x, y = trajectory.points[trajectory.last_step]
    return float(x), float(y)


def _still(trajectory: Trajectory, landscape: Landscape | None) -> Status:
    """Return the verdict on a path all of whose rows are the start."""
    if trajectory.steps == 0:
        return Status(
            kind="still",
            sentence="Nothing moves: the number of steps is 0.",
            short="nothing moves: 0 steps",
            step=0,
        )
    found = _at_minimum(trajectory, 0.0)
    if found is not None:
        return found
    if not trajectory.learning_rates[: trajectory.last_step].any():
        return Status(
            kind="still",
            sentence="Nothing moves: the learning rate is 0.",
            short="nothing moves: η = 0",
            step=trajectory.last_step,
        )
    return _at_rest(trajectory, landscape, 0.0)


def _at_minimum(trajectory: Trajectory, radius: float) -> Status | None:
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


def _at_rest(trajectory: Trajectory, landscape: Landscape | None, radius: float) -> Status:
    """Return the verdict on a path that rests where no minimum is known."""
    end = _end(trajectory)
    step = arrival(trajectory.points, trajectory.last_step, end, radius)
    what = _nature(trajectory, landscape, radius)
    if what in STATIONARY_POINTS:
        noun = "" if what.startswith("an unlisted") else what.split()[1]
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
    if trajectory.run.weight_decay != 0:
        return "weight decay balances it", "weight decay"
    if rates[-1] < 0.1 * rates.max():
        return "the learning rate has shrunk", "η has shrunk"
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


def _oscillating(trajectory: Trajectory, bounce: Bounce) -> Status:
    grain = 1e-3 * bounce.amplitude
    width, centre = number(bounce.amplitude), place(bounce.centre, grain)
    short = f"oscillating ±{width}" + (f", period {bounce.period}" if bounce.period else "")
    if bounce.period == 2:
        between = " and ".join(place(p, grain) for p in bounce.turns)
        sentence = f"Oscillates between {between}, amplitude {width}."
    elif bounce.period > 2:
        sentence = f"Oscillates around {centre}, amplitude {width}, every {bounce.period} steps."
    elif _random(trajectory):
        noise = "gradient noise keeps" if trajectory.run.noise > 0 else "mini-batches keep"
        sentence = f"Hovers within {width} of {centre}: {noise} it from settling."
        short = f"hovering ±{width}"
    else:
        sentence = f"Oscillates around {centre}, amplitude {width}, without repeating."
    return Status(
        kind="oscillating",
        sentence=sentence,
        short=fit(short),
        step=trajectory.last_step,
        amplitude=bounce.amplitude,
        period=bounce.period,
    )


def _moving(trajectory: Trajectory, growth: Growth | None) -> Status:
    last = trajectory.last_step
    loss = number(float(trajectory.loss[last]))
    sentence = f"Still moving after {last} steps: the loss is {loss}"
    # Shorter stretches of growth are what any irregular path has.
    if growth is not None and (growth.count < 8 or growth.span < 2 or abs(growth.factor) < 1.005):
        growth = None
    if growth is not None:
        sentence += f", and each step is {number(abs(growth.factor))} times as long as the last"
    elif len(trajectory.minima):
        gap = number(float(trajectory.distance[last]))
        sentence += f", the nearest minimum {gap} away"
    return Status(
        kind="moving",
        sentence=f"{sentence}.",
        short=fit(f"still moving: loss {loss}"),
        step=last,
        factor=growth.factor if growth is not None else None,
    )


__all__ = ["Status", "judge"]
