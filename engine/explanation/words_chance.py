"""What is said of a run that chance keeps moving: gradient noise, or batches that disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.batch_limit import mean_square_limit
from engine.explanation.diagnosis import Claim
from engine.explanation.limits import noise_floor
from engine.explanation.words import number

if TYPE_CHECKING:
    from engine.explanation.case import Case


#: Share of batches against the gradient of all data below which their spread tells more.
FEW = 0.02


def excess(case: Case) -> float:
    """Return how far the loss of the last quarter lies above the lowest known or met."""
    loss = case.explanation.loss[: case.row + 1]
    base = case.known_lowest if np.isfinite(case.known_lowest) else float(loss.min())
    return float(loss[-max(1, len(loss) // 4) :].mean()) - base


def noise(case: Case) -> list[Claim]:
    """Say how high the floor is, and what theory makes of it."""
    text = (
        f"Gradient noise of {number(case.run.noise)} keeps it from settling: over the last "
        f"quarter the loss stays {number(excess(case))} above the lowest"
    )
    predicted = _floor(case)
    if predicted is not None and 0.6 < predicted / excess(case) < 1.7:
        text += f"; for noise of this size theory gives {number(predicted)}"
    return [Claim(f"{text}.", "measured", "the loss of this run's last quarter")]


def _floor(case: Case) -> float | None:
    """Return the loss that the noise keeps above the lowest on a quadratic, ½ Σ λ var."""
    stability, h = case.linear
    silent = case.why_silent(case.row) or stability.gains_vary or case.run.clip_norm
    if silent or case.run.clip_value or case.run.weight_decay:
        return None
    rate, sigma = case.rate(case.row), case.run.noise
    bends = [bend for bend in case.bends(case.row) if bend > 0]
    floor = sum(0.5 * b * noise_floor(stability, h, rate, b, sigma) for b in bends)
    return floor if np.isfinite(floor) else None


def batches(case: Case) -> list[Claim]:
    """Say how often a batch asked to go against the gradient of all data."""
    half = slice(case.row // 2, case.row + 1)
    seen = case.explanation.trajectory.gradients[half].astype(np.float64)
    whole = case.explanation.gradients[half]
    against = float(np.mean((seen * whole).sum(axis=1) < 0))
    data = case.experiment.surface.data
    size = data.batch_size if data else 0
    how = f"{number(100 * against)} % of them ask to go against the gradient of all data"
    if against < FEW:
        off = np.hypot(*(seen - whole).T) / np.hypot(*whole.T)
        apart = number(100 * float(np.median(off)))
        how = f"their gradients differ from that of all data by {apart} % of its size as a rule"
    text = (
        f"Batches of {size} disagree: over the second half of the run {how}, so the path wanders "
        f"where their minima lie apart, with the loss {number(excess(case))} above the lowest."
    )
    return [Claim(text, "measured", "the gradients of this run's batches")]


def in_mean_square(case: Case) -> list[Claim]:
    """Say which rate the batches bear, of a run whose rate is above it."""
    if not case.batched or case.run not in case.experiment.runs:
        return []
    found = mean_square_limit(case.experiment, case.experiment.runs.index(case.run))
    if found.reason or not case.run.learning_rate > found.value:
        return []
    text = (
        f"On batches of {found.batch_size} of {found.rows} rows gradient descent is stable in mean "
        f"square only below η = {number(found.value)}; their average curvature would bear "
        f"{number(found.full)}."
    )
    return [Claim(text, "", "the spread of the rows' curvatures")]
