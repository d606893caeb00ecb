"""Which kind of training run this is. First what it ended in, then how it went there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.explanation.kinds import FARTHEST, HOVERS, MOSTLY, NEAR, ROSE
from engine.networks.ending import ending_of

if TYPE_CHECKING:
    from engine.networks.explanation.run_case import RunCase

Kind = Literal[
    "nan", "divergence", "still", "dead", "climbing", "catapult", "edge", "noise", "batches",
    "plateau", "overshoot", "contraction", "moving",
]  # fmt: skip

#: The loss of a run that chance moves must fall to this part from quarter to quarter; and chance
#: must hold its last quarter above the lowest by this part.
DRIFTS, STIRRED = 0.97, 0.03
#: Part of the limit that a run which hovers there still reaches in the end.
LASTS = 0.95
#: A plateau's gradient against that of the start, and the part of the loss that is still there.
FAINT, LEFT = 0.01, 0.5
#: Part of the steps in which the loss may rise by rounding alone.
RARELY = 0.002
#: Least rises of the loss that are called overshoot.
RISES = 3


def kind_of(case: RunCase) -> Kind:
    """Return what happened in a run."""
    history, ending = case.history, ending_of(case.history)
    if ending != "going":
        return "divergence" if ending == "diverged" else "nan"
    if not np.nan_to_num(history.step_norm).any():
        return "dead" if case.last_layers.silent else "still"
    if case.run.maximize:
        return "climbing"
    if case.last_layers.silent:
        return "dead"
    if _hovers(case):
        return "edge"
    if _catapulted(case):
        return "catapult"
    return _on_its_way(case)


def _hovers(case: RunCase) -> bool:
    """Return whether the load stayed about its limit while the loss came down."""
    _, _, _, ratio = case.curvature
    losses = case.losses
    if len(ratio) < 8 or not (ratio > 1).any() or not losses[-1] < losses[0]:
        return False
    since = ratio[int(np.argmax(ratio > 1)) :]
    crossings = int(np.count_nonzero(np.diff((ratio > 1).astype(np.int8))))
    about = np.mean((since > 1 / FARTHEST) & (since < FARTHEST)) > MOSTLY
    beside = np.mean((since > NEAR) & (since < 1 / NEAR)) > MOSTLY and len(since) >= 8
    enough = crossings >= HOVERS or beside
    return bool(about and enough and ratio[-len(ratio) // 8 :].max() > LASTS and case.rises >= 2)


def _catapulted(case: RunCase) -> bool:
    """Return whether the loss rose from above the limit and came back below it."""
    losses = case.losses
    _, _, _, ratio = case.curvature
    if len(losses) < 3 or len(ratio) < 3:
        return False
    rise, back = losses.max() > ROSE * losses[0], losses[-1] < losses[0]
    early = ratio[: max(2, len(ratio) // 4)]
    return bool(rise and back and (early > 1).any() and ratio[-1] < 1)


def _on_its_way(case: RunCase) -> Kind:
    losses = case.losses
    if case.random:
        if _lies_on_a_plateau(case):
            return "plateau"
        if _drifts(case) or not hovering(case) > STIRRED:
            return "moving"
        return "noise" if case.run.noise > 0 else "batches" if _batched(case) else "moving"
    if _lies_on_a_plateau(case):
        return "plateau"
    down = bool(losses[-1] < losses[0])
    if down and case.rises >= RISES and case.rises > RARELY * len(losses):
        return "overshoot"
    if down and (_swings(case) or not case.rises):
        return "overshoot" if _swings(case) else "contraction"
    return "moving"


def hovering(case: RunCase) -> float:
    """Return how far the last quarter's loss lies above the lowest met, in parts of itself."""
    _, losses = case.looks
    mean = losses[-max(1, len(losses) // 4) :].mean()
    return float((mean - losses.min()) / mean) if mean > 0 else 0.0


def _batched(case: RunCase) -> bool:
    return not case.network.order.full


def _swings(case: RunCase) -> bool:
    """Return whether each step lands on the other side along the steepest direction, stably."""
    _, _, _, ratio = case.curvature
    plain = case.method == "gradient descent"
    return plain and len(ratio) > 0 and bool(0.55 < ratio[-1] < 1)


def _drifts(case: RunCase) -> bool:
    """Return whether the loss of a run that chance moves still comes down."""
    _, losses = case.looks
    quarter = len(losses) // 4
    if quarter < 2:
        return True
    third, fourth = losses[-2 * quarter : -quarter].mean(), losses[-quarter:].mean()
    return bool(fourth < DRIFTS * third)


def _lies_on_a_plateau(case: RunCase) -> bool:
    """Return whether slope and progress are faint though most of the loss is left."""
    norms = case.history.gradient_norm[: case.history.last_step + 1]
    norms, losses = norms[np.isfinite(norms)], case.looks[1]
    tenth = max(1, len(norms) // 10)
    faint = np.median(norms[-tenth:]) < FAINT * max(norms[:tenth].max(), 1e-300)
    half = losses[len(losses) // 2]
    slow = abs(losses[-1] - half) < 0.01 * abs(half)
    return bool(faint and slow and losses[-1] > LEFT * losses[0])
