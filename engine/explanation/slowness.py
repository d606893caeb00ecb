"""What makes a run slow: a ravine, whose steep side caps the rate, or a plateau."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.explanation.case import Case

#: Condition numbers from which a valley is called a ravine.
STEEP = 20.0
#: Part of its limit that the load must reach for the steep direction to be what holds the rate.
HELD = 0.02
#: A plateau's gradient and curvature, as parts of what is usual in the surface's view.
FAINT_GRADIENT, FAINT_CURVATURE = 0.02, 0.1


def along(case: Case) -> tuple[float, float]:
    """Return the size of the last gradient along the steep and the flat direction."""
    angle = float(case.explanation.curvature.angles[case.row])
    x, y = case.explanation.gradients[case.row]
    cos, sin = np.cos(angle), np.sin(angle)
    return abs(float(x * cos + y * sin)), abs(float(y * cos - x * sin))


def in_ravine(case: Case) -> bool:
    """Return whether what is left to go lies along the flat one of two very unlike directions.

    And whether the steep one holds the rate: far below its limit, the rate is merely too small.
    """
    high, low = case.bends(case.row)
    if not (high > 0 and case.condition >= STEEP):
        return False
    known = not case.why_silent(case.row) and not case.linear[0].gains_vary
    if known and not _held(case):
        return False
    across, onward = along(case)
    if onward <= 1e-9 * float(np.abs(case.explanation.gradients[: case.row + 1]).max()):
        return False
    flat = onward / abs(low) if low else np.inf
    return bool(across / high <= 0.1 * flat)


def _held(case: Case) -> bool:
    """Return whether the curvature at the end is what holds the rate."""
    return not case.linear[0].gains_vary and bool(case.signs.ratio[-1] > HELD)


def _steps_on(case: Case) -> bool:
    """Return whether the method's steps are as long as its rate, however faint the slope is."""
    last = np.diff(case.explanation.points[max(0, case.row - 8) : case.row + 1], axis=0)
    longest = float(np.abs(last).max(initial=0.0))
    return case.linear[0].amplitude is not None and longest > 0.1 * abs(case.rate(case.row))


def is_plateau(case: Case) -> bool:
    """Return whether slope and curvature are faint against the view's, high above the lowest."""
    high, low = case.bends(case.row)
    usual = case.usual
    if _held(case) or _steps_on(case):
        return False
    slope = float(np.hypot(*case.explanation.gradients[case.row]))
    loss = float(case.explanation.loss[case.row])
    lowest = min(usual.lowest, case.known_lowest)
    before = float(case.explanation.loss[case.row // 2])
    return (
        slope <= FAINT_GRADIENT * usual.gradient
        and max(abs(high), abs(low)) <= FAINT_CURVATURE * usual.curvature
        and loss - lowest > 0.05 * (usual.loss - lowest)
        and before - loss < 0.1 * (loss - lowest)
    )
