"""What became of a run, in one sentence: converged, moving, oscillating, diverged, NaN or still."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.divergence import (
    blow_up,
    finite_divergence,
    has_blown_up,
    has_diverged,
    non_finite,
)
from engine.growth import find_growth
from engine.norms import distances
from engine.numbers import short as number
from engine.rest import at_minimum, at_rest, still
from engine.status_evidence import find_bounce, rounding, settles
from engine.verdict import Status, fit, place, steps_words

if TYPE_CHECKING:
    from engine.growth import Growth
    from engine.landscape import Landscape
    from engine.status_evidence import Bounce
    from engine.trajectory import Trajectory

#: A path has arrived when it stays within this part of the way it came.
ARRIVED = 1e-4
#: A bounce smaller than this part of the way is rounding, not oscillation.
BOUNCE = 1e-6


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
            return still(trajectory, landscape)
        growth = find_growth(points, last)
        if growth is not None and has_diverged(trajectory, growth, _base(trajectory)):
            return finite_divergence(trajectory, growth)
        if has_blown_up(trajectory):
            return blow_up(trajectory)
        scale, grain = _scale(points, last), rounding(points, last)
        bounce = find_bounce(points, last, max(BOUNCE * scale, grain), _random(trajectory))
        if bounce is not None:
            return _oscillating(trajectory, bounce)
        # A path that starts on a minimum may be as short as a rounding error.
        radius = max(ARRIVED * scale, grain)
        found = at_minimum(trajectory, radius)
        if found is None and settles(points, last, radius):
            found = at_rest(trajectory, landscape, radius)
        return found or _moving(trajectory, growth)


def _motionless(points: Any, last: int) -> bool:
    if last > 0 and points[1].tolist() != points[0].tolist():
        return False
    return bool((points[: last + 1] == points[0]).all())


def _base(trajectory: Trajectory) -> float | None:
    return float(trajectory.minima[:, 2].min()) if len(trajectory.minima) else None


def _scale(points: Any, last: int) -> float:
    """Return the length of the way from the start to the end, at most the size of the numbers."""
    (start_x, start_y), (end_x, end_y) = points[0].tolist(), points[last].tolist()
    size = max(1.0, abs(end_x), abs(end_y))
    way = max(abs(end_x - start_x), abs(end_y - start_y))
    return float(min(way, size)) if way > 0 else float(size)


def _random(trajectory: Trajectory) -> bool:
    seen, loss = trajectory.seen_loss, trajectory.loss
    tail = slice(max(0, trajectory.last_step - 1000), trajectory.last_step + 1)
    batched = seen is not loss and not np.array_equal(seen[tail], loss[tail], equal_nan=True)
    return trajectory.run.noise > 0 or batched


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
    sentence = f"Still moving after {steps_words(last)}: the loss is {loss}"
    short = f"still moving: loss {loss}"
    # Shorter stretches of growth are what any irregular path has.
    if growth is not None and (growth.count < 8 or growth.span < 2 or abs(growth.factor) < 1.005):
        growth = None
    if growth is not None:
        factor = number(abs(growth.factor))
        sentence += f", and each step is {factor} times as long as the last"
        short = f"growing ×{factor} per step: loss {loss}"
    elif len(trajectory.minima) and not trajectory.run.maximize:
        gap = number(float(distances(trajectory.points[last : last + 1], trajectory.minima)[0]))
        sentence += f", the nearest minimum {gap} away"
    return Status(
        kind="moving",
        sentence=f"{sentence}.",
        short=fit(short),
        step=last,
        factor=growth.factor if growth is not None else None,
    )


__all__ = ["Status", "judge"]
