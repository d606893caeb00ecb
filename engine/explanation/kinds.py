"""Which kind of run this is. First what the path ended in, then how it went there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.explanation.case import Case
    from engine.explanation.diagnosis import Kind

#: The loss must rise to this multiple of its start to be called a rise.
ROSE = 1.5
#: Crossings of the limit that are more than a passage.
HOVERS = 4
#: Condition numbers from which a valley is called a ravine.
STEEP = 20.0
#: A plateau's gradient and curvature, as parts of what is usual in the surface's view.
FAINT_GRADIENT, FAINT_CURVATURE = 0.02, 0.1

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
        return _by_chance(case)
    if status.kind == "oscillating":
        return "edge" if _hovers(case) else "oscillation"
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
        return "dead" if is_neuron(case) else "plateau"
    if case.status.kind == "still" and is_plateau(case):
        return "plateau"
    # Where decay or a shrinking rate holds the path, the surface's gradient does not vanish.
    at_rest = case.landscape.surface.smooth and case.status.kind == "converged"
    return "resting" if at_rest and not case.flat_or_convex(case.row) else otherwise


def is_neuron(case: Case) -> bool:
    """Return whether the surface has units that can be switched off altogether."""
    formula = case.landscape.surface.formula
    return "relu" in formula or "max(" in formula


def _how_it_settled(case: Case) -> Kind:
    signs = case.signs
    if _catapulted(case):
        return "catapult"
    if _hovers(case):
        return "edge"
    return "overshoot" if max(signs.flips) >= 2 else "contraction"


def _catapulted(case: Case) -> bool:
    """Return whether the loss rose from above the limit and came back below it."""
    signs = case.signs
    if not (signs.rise > ROSE and signs.recovered):
        return False
    above = signs.ratio[: signs.peak + 1] > 1
    thrown = bool(above[0]) or (bool(above.any()) and signs.crossings < HOVERS)
    return thrown and bool(signs.ratio[-1] < 1)


def _hovers(case: Case) -> bool:
    """Return whether the load went to and fro across its limit while the loss came down."""
    signs = case.signs
    return signs.crossings >= HOVERS and signs.recovered and bool(np.nanmax(signs.ratio) > 1)


def _by_chance(case: Case) -> Kind:
    """Return the kind of a noisy run that neither settled nor diverged."""
    loss = case.explanation.loss[: case.row + 1]
    quarter = len(loss) // 4
    if quarter >= 5:
        third, fourth = loss[-2 * quarter : -quarter].mean(), loss[-quarter:].mean()
        base = min(float(loss.min()), case.known_lowest)
        falls = fourth - base < 0.6 * (third - base)
        first = loss[: max(1, quarter // 4)].mean()
        if falls or fourth - base > 0.9 * (first - base):
            return _on_its_way(case)
    return "noise" if case.run.noise > 0 else "batches"


def _on_its_way(case: Case) -> Kind:
    signs = case.signs
    if _grows(case):
        return "divergence"
    lying = _where_it_lies(case, "moving")
    if lying != "moving":
        return lying
    if _catapulted(case):
        return "catapult"
    if _hovers(case):
        return "edge"
    if is_plateau(case):
        return "plateau"
    if signs.turning > 0.7 and max(signs.flips) >= 2:
        return "ravine" if _flat_is_slower(case) else "overshoot"
    if in_ravine(case):
        return "ravine"
    return "overshoot" if max(signs.flips) >= 4 else "moving"


def _grows(case: Case) -> bool:
    """Return whether the loss is rising above the limit, with nothing that calls it back."""
    factor, signs = case.status.factor, case.signs
    if factor is not None and abs(factor) > 1 and not signs.recovered:
        return True
    tail = signs.ratio[-8:]
    loss = case.explanation.loss[: case.row + 1][-8:]
    rising = len(loss) > 2 and bool((np.diff(loss) > 0).all()) and not signs.recovered
    return rising and bool((tail > 1).all()) and bool(tail[-1] >= 0.99 * tail[0])


def _flat_is_slower(case: Case) -> bool:
    """Return whether a path that bounces across a valley is held up by the way along it."""
    if case.condition < STEEP:
        return False
    if case.why_silent(case.row):
        return True
    steep, flat = case.load(case.row), case.flat_load(case.row)
    return abs(case.multiplier(flat, case.row)) > abs(case.multiplier(steep, case.row))


def in_ravine(case: Case) -> bool:
    """Return whether what is left to go lies along the flat one of two very unlike directions."""
    high, low = case.bends(case.row)
    if not (high > 0 and case.condition >= STEEP):
        return False
    angle = float(case.explanation.curvature.angles[case.row])
    x, y = case.explanation.gradients[case.row]
    steep = abs(x * np.cos(angle) + y * np.sin(angle)) / high
    along = abs(y * np.cos(angle) - x * np.sin(angle))
    flat = along / abs(low) if low else np.inf if along else 0.0
    return bool(steep <= 0.1 * flat)


def is_plateau(case: Case) -> bool:
    """Return whether slope and curvature are faint against the view's, high above the lowest."""
    high, low = case.bends(case.row)
    usual = case.usual
    slope = float(np.hypot(*case.explanation.gradients[case.row]))
    loss = float(case.explanation.loss[case.row])
    lowest = min(usual.lowest, case.known_lowest)
    return (
        slope <= FAINT_GRADIENT * usual.gradient
        and max(abs(high), abs(low)) <= FAINT_CURVATURE * usual.curvature
        and loss - lowest > 0.05 * (usual.loss - lowest)
    )
