"""Which kind of run this is where chance moves it: gradient noise, or mini-batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.slowness import in_ravine, is_plateau

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.explanation.case import Case
    from engine.explanation.diagnosis import Kind

#: The loss of a noisy run must rise to this multiple of its start to be called growing.
BLOWN = 1000.0


def kind_by_chance(case: Case) -> Kind:
    """Return the kind of a noisy run that neither settled nor diverged.

    Swings, crossings of the limit and rises of the loss tell nothing here: chance makes them.
    """
    loss = case.explanation.loss[: case.row + 1]
    if _grows_by_chance(loss) or case.grows:
        return "divergence"
    if case.status.kind == "oscillating" or not _drifts(case, loss):
        return "noise" if case.run.noise > 0 else "batches"
    if is_plateau(case):
        return "plateau"
    return "ravine" if in_ravine(case) else "moving"


def _drifts(case: Case, loss: NDArray[np.float64]) -> bool:
    """Return whether a noisy run still gets somewhere, farther than chance takes it to and fro."""
    quarter = len(loss) // 4
    if quarter < 5:
        return True
    third, fourth = loss[-2 * quarter : -quarter].mean(), loss[-quarter:].mean()
    base = min(float(loss.min()), case.known_lowest)
    if fourth - base < 0.6 * (third - base):
        return True
    points = case.explanation.points[: case.row + 1]
    before, now = points[-2 * quarter : -quarter], points[-quarter:]
    way = np.abs(now.mean(axis=0) - before.mean(axis=0))
    return bool((way > np.ptp(now, axis=0) / 2).any())


def _grows_by_chance(loss: NDArray[np.float64]) -> bool:
    """Return whether the loss rose from quarter to quarter, to more than chance lifts it to."""
    quarter = len(loss) // 4
    if quarter < 5:
        return False
    means = loss[-4 * quarter :].reshape(4, quarter).mean(axis=1)
    return bool((np.diff(means) > 0).all() and means[-1] > BLOWN * abs(loss[0]))


def must_swing(case: Case) -> bool:
    """Return whether theory has the path swing: chance alone makes a slope change its sign, too."""
    if case.why_silent(case.row) or case.linear[0].gains_vary:
        return False
    multiplier = case.multiplier(case.load(case.row), case.row)
    return abs(multiplier.imag) > 1e-9 or multiplier.real < 0
