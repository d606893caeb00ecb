"""What looks at curvature found along training runs, as curves: ηλ against its limit, and λ₁."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.drawing.curve_loads import ABOVE, AT_LIMIT, BELOW
from engine.drawing.curve_series import Mark, Prepared, Series, spanning
from engine.explanation.limits import transient_of
from engine.networks.explanation.linear import linear_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.networks.history import History

    Array = NDArray[np.float64]

QUANTITIES = ("stability", "sharpness")


def prepare_training_loads(
    histories: Sequence[History], calm: Sequence[bool], quantity: str
) -> Prepared:
    """Collect one quantity of all runs, at the steps at which their curvature was looked at.

    Parameters
    ----------
    calm : False for the runs that diverged.
    quantity : "stability" (ηλ over the limit) or "sharpness" (λ₁).
    """
    found = [_series(h, c, quantity) for h, c in zip(histories, calm, strict=True)]
    series, reasons = tuple(s for s, _ in found), tuple(reason for _, reason in found)
    measured = quantity == "stability" and any(len(s.values) for s in series)
    always = (AT_LIMIT, BELOW, ABOVE) if measured else ()
    signed = min((s.lowest for s in series), default=np.inf) < 0
    return Prepared(quantity, series, 0.0, True, signed, always, reasons)


def _series(history: History, calm: bool, quantity: str) -> tuple[Series, str]:
    """Return a run's curve, and why it is empty."""
    found = history.curvature
    if found is None or not len(found.steps):
        return spanning(np.empty(0), calm), ""
    if quantity == "sharpness":
        shown = np.ascontiguousarray(found.eigenvalues[:, 0])
        if np.isnan(shown).all() and found.preconditioned:
            return spanning(np.empty(0), calm), "Its optimizer scales the curvature: see ηλ."
    else:
        if found.reason and np.isnan(found.limits).all():
            return spanning(np.empty(0), calm), f"No limit applies: {found.reason}."
        # Where the ground bends down nothing is to be compared with a limit.
        shown = np.where(found.values > 0, found.ratio, np.nan)
        # Bias corrections lengthen the first steps while the memory behind the limit is empty.
        shown[found.steps < transient_of(*linear_of(history.run))] = np.nan
    return spanning(shown, calm, _mark(history, shown), steps=found.steps), ""


def _mark(history: History, shown: Array) -> Mark | None:
    """Return where a run that broke off was seen last; gaps in what is shown are no end."""
    finite = np.flatnonzero(np.isfinite(shown))
    if history.fault is None or history.curvature is None or not len(finite):
        return None
    last = float(shown[finite[-1]])
    return Mark(int(history.curvature.steps[finite[-1]]), last, last)
