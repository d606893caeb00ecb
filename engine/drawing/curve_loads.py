"""What explanations say of each step, as curves: ηλ against its limit, ηλ itself, λ₁."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.drawing.curve_series import Mark, Prepared, Series, spanning
from engine.explanation.limits import transient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.explanation.explanation import Explanation

    Array = NDArray[np.float64]

#: ηλ over the limit is measured against 1, and shown at least from here to there, so that what is
#: near the limit looks near.
AT_LIMIT, BELOW, ABOVE = 1.0, 0.7, 1.4


def prepare_loads(
    explanations: Sequence[Explanation | None],
    unexplained: Sequence[str],
    calm: Sequence[bool],
    quantity: str,
) -> Prepared:
    """Collect one quantity of all explained runs.

    Parameters
    ----------
    explanations : one per run; None leaves the run out.
    unexplained : why a run has no explanation, a sentence.
    calm : False for the runs that diverged.
    quantity : "stability" (ηλ over the limit), "load" (ηλ; behind the runs' own curves follow
        their limits, one for each) or "sharpness" (λ₁).
    """
    found = [
        _series(e, why, c, quantity)
        for e, why, c in zip(explanations, unexplained, calm, strict=True)
    ]
    series = [series for series, _ in found]
    reasons = tuple(reason for _, reason in found)
    if quantity == "load":
        series += [spanning(s.limits if s.limits is not None else _nothing(), True) for s in series]
    signed = min((s.lowest for s in series), default=math.inf) < 0
    measured = quantity == "stability" and any(len(s.values) for s in series)
    always = (AT_LIMIT, BELOW, ABOVE) if measured else ()
    return Prepared(quantity, tuple(series), 0.0, True, signed, always, reasons)


def _series(
    explanation: Explanation | None, unexplained: str, calm: bool, quantity: str
) -> tuple[Series, str]:
    """Return a run's curve, and why it is empty."""
    if explanation is None:
        return spanning(_nothing(), calm), unexplained
    load = explanation.load
    if quantity == "sharpness":
        values = np.ascontiguousarray(explanation.curvature.eigenvalues[:, 0])
        return spanning(values, calm, _mark(explanation, values, values)), ""
    if load.reason:
        return spanning(_nothing(), calm), f"No limit applies: {load.reason}."
    values = load.ratio if quantity == "stability" else load.values
    # Where the ground bends down, or the rate is 0, nothing is to be compared with a limit.
    shown = np.where(load.values > 0, values, np.nan)
    if quantity == "stability":
        # Bias corrections lengthen the first steps while the memory behind the limit is empty.
        shown[: transient(explanation.trajectory.run)] = np.nan
    bends = load.values < 0
    reason = "No limit applies: the surface bends down at every step." if bends.all() else ""
    mark = _mark(explanation, shown, values)
    return spanning(shown, calm, mark, load.limits, bends if bends.any() else None), reason


def _nothing() -> Array:
    return np.empty(0)


def _mark(explanation: Explanation, shown: Array, values: Array) -> Mark | None:
    """Return where a run that broke off stopped being finite; gaps in what is shown are no end."""
    trajectory = explanation.trajectory
    finite = np.flatnonzero(np.isfinite(shown))
    if not trajectory.cause or not len(finite) or trajectory.last_step >= len(shown):
        return None
    last = float(shown[finite[-1]])
    broken = finite[-1] + 1 + np.flatnonzero(~np.isfinite(values[finite[-1] + 1 :]))
    if len(broken):
        return Mark(int(broken[0]), float(values[broken[0]]), last)
    return Mark(trajectory.last_step, last, last)
