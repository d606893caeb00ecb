"""What is said of a run that lies still, or that met something that is no number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.diagnosis import Claim
from engine.explanation.words import a_step, number
from engine.verdict import place

if TYPE_CHECKING:
    from engine.explanation.case import Case


def dead(case: Case) -> list[Claim]:
    """Say when the last unit was switched off, and by which step."""
    points = case.explanation.points
    step = _died_at(case)
    if step == 0:
        text = "The start lies where every unit is switched off"
    else:
        long = float(np.hypot(*(points[step] - points[step - 1])))
        text = f"Step {step}, {number(long)} long, ended where every unit is switched off"
    text += ": the gradient is exactly 0 all around, so nothing moves again at any learning rate."
    return [Claim(text, "measured", "gradient and Hessian at the end")]


def _died_at(case: Case) -> int:
    """Return the first step from which the gradient is exactly 0."""
    alive = case.explanation.gradients[: case.row + 1].any(axis=1)
    return int(np.flatnonzero(alive)[-1]) + 1 if alive.any() else 0


def downhill(case: Case) -> tuple[float, float]:
    """Return the direction in which the surface bends down most at the end, a unit vector."""
    angle = float(case.explanation.curvature.angles[case.row]) + math.pi / 2
    x, y = math.cos(angle), math.sin(angle)
    return (x, y) if y >= 0 else (-x, -y)


def resting(case: Case) -> list[Claim]:
    """Say along which direction the surface bends down, and why the path does not notice."""
    high, low = case.bends(case.row)
    what = "a maximum" if high <= 0 else "a saddle"
    if case.run.maximize:
        what = "a minimum, though it climbs," if high <= 0 else "a saddle"
    point = tuple(float(c) for c in case.explanation.points[case.row])
    direction = place(downhill(case), 1e-6)
    bends, bend = "up" if case.run.maximize else "down", number(case.sense * low)
    text = (
        f"It rests at {what} at {place((point[0], point[1]), 1e-6)}: the surface bends {bends} "
        f"along {direction}, with λ₂ = {bend}, but the path came without any component "
        "along it."
    )
    claims = [Claim(text, "measured", "gradient and Hessian at the end")]
    if case.linear[0].filter is not None and not case.linear[0].gains_vary:
        grows = abs(case.multiplier(case.flat_load(case.row), case.row))
        if grows > 1:
            claims.append(Claim(f"The smallest push along it grows {a_step(grows)}."))
    return claims


def still(case: Case) -> list[Claim]:
    """Say why nothing moves."""
    return [Claim(case.status.sentence, "measured")]


def not_a_number(case: Case) -> list[Claim]:
    """Say what became non-finite first, and where."""
    status, trajectory = case.status, case.explanation.trajectory
    first = Claim(case.status.sentence, "measured")
    at = min(status.step, trajectory.last_step)
    x, y = (float(c) for c in trajectory.points[at])
    if status.cause == "optimizer state":
        seen = np.abs(trajectory.gradients[:at].astype(np.float64))
        most = float(seen.max()) if seen.size and np.isfinite(seen).all() else math.inf
        if most * most > float(np.finfo(case.experiment.precision).max):
            text = f"The gradient reaches {number(most)}, and its square does not fit into "
            return [first, Claim(f"{text}{case.experiment.precision}.", "measured")]
        return [first]
    if not (math.isfinite(x) and math.isfinite(y)):
        return [first]
    text = f"The surface has no value at {place((x, y))}"
    if status.cause == "gradient" and math.isfinite(float(trajectory.loss[at])):
        text = f"The surface has a value at {place((x, y))}, but no finite slope"
    if at > 0:
        before = trajectory.points[at - 1].astype(np.float64)
        long = float(np.hypot(x - before[0], y - before[1]))
        text += f", where a step {number(long)} long ended"
    return [first, Claim(f"{text}.", "measured", "the surface at that point")]
