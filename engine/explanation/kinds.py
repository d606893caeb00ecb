"""Which kind of run this is. First what the path ended in, then how it went there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.kinds_by_chance import kind_by_chance, must_swing
from engine.explanation.limits import bounded_amplitude
from engine.explanation.slowness import STEEP, along, in_ravine, is_plateau

if TYPE_CHECKING:
    from engine.explanation.case import Case
    from engine.explanation.diagnosis import Kind

#: The loss must rise to this multiple of its start to be called a rise.
ROSE = 1.5
#: Crossings of the limit that are more than a passage.
HOVERS = 4
#: Part of the limit at which a run that hovered there ends.
NEAR = 0.75
#: How many times its limit the load may be while it hovers there, and how often it must be so.
FARTHEST, MOSTLY = 3.0, 0.7

TITLES: dict[Kind, str] = {
    "contraction": "Contracts",
    "overshoot": "Overshoots, then settles",
    "edge": "Edge of stability",
    "catapult": "Catapult: rises, then recovers",
    "oscillation": "Oscillates without end",
    "divergence": "Diverges",
    "plateau": "Stuck on a plateau",
    "dead": "Dead neuron",
    "ravine": "Crawls along a ravine",
    "noise": "Hovers at the noise floor",
    "batches": "Batches disagree",
    "nan": "Not a number",
    "resting": "Rests where it is no minimum",
    "moving": "Still on its way",
    "still": "Nothing moves",
}


def kind_of(case: Case) -> Kind:
    """Return what happened in a run."""
    status = case.status
    if status.kind == "nan":
        return "nan"
    if status.kind == "diverged":
        return "divergence"
    if case.experiment.steps == 0 or not _moved(case):
        return "still" if _could_not(case) else _where_it_lies(case, "still")
    if case.random and status.kind in ("oscillating", "moving"):
        return kind_by_chance(case)
    if status.kind == "oscillating":
        return "oscillation"
    if status.kind == "moving":
        return _on_its_way(case)
    return _where_it_lies(case, _how_it_settled(case))


def _moved(case: Case) -> bool:
    points = case.explanation.trajectory.points[: case.row + 1]
    return bool((points != points[0]).any())


def _could_not(case: Case) -> bool:
    trajectory = case.explanation.trajectory
    return case.experiment.steps == 0 or not trajectory.learning_rates[: case.row + 1].any()


def _where_it_lies(case: Case, otherwise: Kind) -> Kind:
    """Return the kind of a path that lies still, by the surface around its end."""
    high, low = case.bends(case.row)
    gradient = case.explanation.gradients[case.row]
    if high == low == 0 and not gradient.any():
        return "dead" if _is_neuron(case) and _all_around(case) else "plateau"
    if case.status.kind == "still" and is_plateau(case):
        return "plateau"
    # Where decay or a shrinking rate holds the path, the surface's gradient does not vanish.
    at_rest = case.landscape.surface.smooth and case.status.kind == "converged"
    return "resting" if at_rest and not case.flat_or_convex(case.row) else otherwise


def _all_around(case: Case) -> bool:
    """Return whether the gradient is exactly 0 beside the end, too."""
    left, right, bottom, top = case.landscape.view
    across, up = 1e-4 * (right - left), 1e-4 * (top - bottom)
    sides = np.array([(i * across, j * up) for i in (-1, 0, 1) for j in (-1, 0, 1)])
    return not case.landscape.gradient(case.explanation.points[case.row] + sides).any()


def _is_neuron(case: Case) -> bool:
    """Return whether the surface has units that can be switched off altogether."""
    formula = case.landscape.surface.formula
    return "relu" in formula or "max(" in formula


def _how_it_settled(case: Case) -> Kind:
    if case.random:
        return "overshoot" if swings(case) >= 2 and must_swing(case) else "contraction"
    if _catapulted(case):
        return "catapult"
    if _hovers(case):
        return "edge"
    return "overshoot" if swings(case) >= 2 else "contraction"


def swings(case: Case) -> int:
    """Return how often the path swung across, which gradient descent does only from ηλ = 1 on."""
    bent = case.method == "gradient descent" and case.landscape.surface.smooth
    loads = case.explanation.load.values[: case.row + 1]
    return 0 if bent and not (loads > 1).any() else max(case.signs.flips)


def _catapulted(case: Case) -> bool:
    """Return whether the loss rose from above the limit and came back below it."""
    signs = case.signs
    # A preconditioner that has just begun makes long first steps, whatever the curvature is.
    if not (signs.rise > ROSE and signs.recovered) or case.linear[0].gains_vary:
        return False
    above = signs.ratio[: signs.peak + 1] > 1
    thrown = bool(above[0]) or (bool(above.any()) and signs.crossings < HOVERS)
    return thrown and bool(signs.ratio[-1] < 1)


def _hovers(case: Case) -> bool:
    """Return whether the load went to and fro across its limit while the loss came down."""
    signs = case.signs
    recent = signs.ratio[-max(2, len(signs.ratio) // 10) :]
    near = signs.ratio[-1] > NEAR or bool((recent > 1).any())
    # Chaos takes the load across its limit, too, but anywhere.
    since = np.abs(signs.ratio[np.argmax(signs.ratio > 1) :])
    near &= bool(np.mean((since > 1 / FARTHEST) & (since < FARTHEST)) > MOSTLY)
    rises = np.count_nonzero(np.diff(case.explanation.loss[: case.row + 1]) > 0)
    return bool(signs.crossings >= HOVERS and rises >= 2 and near) and _came_down(case)


def _came_down(case: Case) -> bool:
    """Return whether the loss, up and down, went down from quarter to quarter."""
    loss = case.explanation.loss[: case.row + 1]
    quarter = len(loss) // 4
    if quarter < 2:
        return case.signs.recovered
    second, last = loss[quarter : 2 * quarter].mean(), loss[-quarter:].mean()
    lowest = min(float(loss.min()), case.known_lowest)
    return bool(loss[-1] < loss[0] and last - lowest < 0.7 * (second - lowest))


def _on_its_way(case: Case) -> Kind:
    signs = case.signs
    if case.grows or (_beside_limit(case) and bool(signs.ratio[-1] > 1)):
        return "divergence"
    if _is_rising(case):
        return "catapult" if signs.ratio[-1] < 0.95 * signs.ratio[0] else "divergence"
    lying = _where_it_lies(case, "moving")
    if lying != "moving":
        return lying
    if _catapulted(case):
        return "catapult"
    if _hovers(case):
        return "edge"
    if is_plateau(case):
        return "plateau"
    if case.nearly_there:
        return _how_it_settled(case)
    across = swings(case)
    if signs.turning > 0.7 and across >= 2:
        return "ravine" if _flat_is_slower(case) else _swinging(case)
    if in_ravine(case):
        return "ravine"
    return _swinging(case) if across >= 4 else "moving"


def _is_rising(case: Case) -> bool:
    """Return whether a run that is not over yet is above its limit and has lost ground so far."""
    signs = case.signs
    unfinished = case.status.kind == "moving" and not signs.recovered
    return unfinished and signs.rise > ROSE and bool(signs.ratio[-1] > 1)


def _beside_limit(case: Case) -> bool:
    """Return whether swings that change slowly are those of a bowl, near the limit."""
    near = abs(case.signs.ratio[-1] - 1) < 0.01
    bends = case.explanation.curvature.eigenvalues[: case.row + 1]
    bowl = bool(np.ptp(bends, axis=0).max() <= 1e-9 * abs(bends[0, 0]))
    free = not (case.random or case.scheduled or case.run.clip_norm or case.run.clip_value)
    return bool(near and bowl and free and case.signs.turning > 0.7) and not case.why_silent(0)


def _swinging(case: Case) -> Kind:
    """Return whether swings that are not over yet will end."""
    bound = bounded_amplitude(case.run)
    points = case.explanation.points[max(0, case.row - 63) : case.row + 1]
    half = len(points) // 2
    width = float(np.ptp(points, axis=0).max())
    drift = float(np.abs(points[half:].mean(axis=0) - points[:half].mean(axis=0)).max())
    if bound and width < 10 * bound and drift < 0.3 * width:
        return "oscillation"
    slow = _beside_limit(case) and bool(case.signs.ratio[-1] < 1)
    settles = case.signs.shrinking or slow or drift > 0.3 * width
    return "overshoot" if settles and case.signs.recovered else "oscillation"


def _flat_is_slower(case: Case) -> bool:
    """Return whether a path that bounces across a valley is held up by the way along it."""
    if case.condition < STEEP or not along(case)[1]:
        return False
    if case.why_silent(case.row):
        return True
    steep, flat = case.load(case.row), case.flat_load(case.row)
    return abs(case.multiplier(flat, case.row)) > abs(case.multiplier(steep, case.row))
