"""What really becomes of a run: decided by float64 runs of a hundred times as many steps.

Nothing here looks at the classifier. Each kind has a question of its own, put to the run, to its
hundredfold continuation, and to runs from starts beside it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from diagnosis_labels import experiment_of

from engine.answer import answer, landscape_of

if TYPE_CHECKING:
    from engine.trajectory import Trajectory

LONGER = 100


class LongRun:
    """A run of N steps and its continuation to 100 N, both in float64."""

    def __init__(self, where: dict[str, Any], how: dict[str, Any]) -> None:
        self.settings = {**where, **how, "precision": "float64"}
        self.experiment = experiment_of(**self.settings)
        self.run, self.steps = self.experiment.runs[0], self.experiment.steps
        self.landscape = landscape_of(self.experiment)
        self.short = self.walk(self.steps)
        self.long = self.walk(LONGER * self.steps)
        self.sense = -1.0 if self.run.maximize else 1.0
        self.decay = self.run.weight_decay

    def walk(self, steps: int, **changes: Any) -> Trajectory:
        experiment = experiment_of(**{**self.settings, **changes, "steps": steps})
        return answer(experiment).trajectories[0]

    def hessian(self, point) -> np.ndarray:
        return self.sense * self.landscape.hessian(point) + self.decay * np.eye(2)

    def gradient(self, point) -> np.ndarray:
        return self.sense * self.landscape.gradient(point) + self.decay * np.asarray(point)

    def loads(self) -> np.ndarray:
        """ηλ₁ at every point of the short run; only asked of plain gradient descent."""
        bends = np.linalg.eigvalsh(self.landscape.hessian(self.short.points))[:, -1]
        return self.run.learning_rate * bends

    @property
    def end(self) -> np.ndarray:
        return self.long.points[self.long.last_step]


def finite(run) -> bool:
    return run.last_step == run.steps and bool(np.isfinite(run.loss).all())


def converges(label: LongRun) -> bool:
    """The hundredfold run has come to rest at a point that is a minimum of what it lowers."""
    if not finite(label.long):
        return False
    points = label.long.points
    way = np.abs(points - points[-1]).max()
    rests = np.abs(points[-len(points) // 10 :] - points[-1]).max() <= 1e-5 * max(way, 1e-300)
    steepest = max(np.linalg.norm(label.gradient(p)) for p in points[:: label.steps])
    stationary = np.linalg.norm(label.gradient(points[-1])) <= 1e-4 * max(steepest, 1e-300)
    low, high = np.linalg.eigvalsh(label.hessian(points[-1]))
    return bool(rests and (stationary or way == 0) and low >= -1e-6 * abs(high))


def changes_of_side(label: LongRun) -> int:
    """How often the short run's error changed sign along an eigenvector at the end, at most."""
    _, vectors = np.linalg.eigh(label.hessian(label.end))
    counts = []
    for errors in ((label.short.points - label.end) @ vectors).T:
        seen = errors[np.abs(errors) > 1e-4 * np.abs(errors).max()]
        counts.append(int(np.count_nonzero(np.diff(np.sign(seen)))) if len(seen) > 1 else 0)
    return max(counts)


def contraction(label: LongRun) -> bool:
    return converges(label) and changes_of_side(label) <= 1


def overshoot(label: LongRun) -> bool:
    return converges(label) and changes_of_side(label) >= 2


def edge(label: LongRun) -> bool:
    """Self-stabilised: it began below the limit, was above it often, and ends just below it."""
    loads, loss = label.loads(), label.short.loss
    ends = label.run.learning_rate * np.linalg.eigvalsh(label.hessian(label.end))[-1]
    rises = np.count_nonzero(np.diff(loss) > 0)
    ups = np.count_nonzero(np.diff((loads > 2).astype(int)) > 0)
    bounded = finite(label.long) and label.long.loss.max() < 10 * loss[0]
    hovers = loads[0] < 2 < loads.max() and ups >= 2 and 1.6 < ends <= 2.0
    return bool(bounded and hovers and rises >= 5 and label.long.loss[-1] < 1e-3 * loss[0])


def catapult(label: LongRun) -> bool:
    """Above the limit at first; the loss rises by half or more; then it converges below it."""
    loads, loss = label.loads(), label.short.loss
    ends = label.run.learning_rate * np.linalg.eigvalsh(label.hessian(label.end))[-1]
    rose = np.nanmax(loss) > 1.5 * loss[0] or loss[-1] > 1.5 * loss[0]
    return bool(converges(label) and loads[0] > 2 and rose and ends < 2)


def oscillation(label: LongRun) -> bool:
    """Ten times on and a hundred times on it swings as widely, and no narrower."""
    if not finite(label.long):
        return False

    def swing(end: int) -> float:
        rows = label.long.points[end - min(1000, end // 2) : end]
        return float(np.ptp(rows, axis=0).max())

    late, last = swing(LONGER * label.steps // 10), swing(LONGER * label.steps)
    return last > 1e-6 and 0.9 < last / late < 1.1


def divergence(label: LongRun) -> bool:
    """The hundredfold run leaves all bounds."""
    far = np.abs(label.long.points[: label.long.last_step + 1]).max()
    return not finite(label.long) or not far < 1e6 * (1 + np.abs(label.long.points[0]).max())


def usual(label: LongRun) -> float:
    left, right, bottom, top = label.landscape.view
    x, y = np.meshgrid(np.linspace(left, right, 40), np.linspace(bottom, top, 40))
    slopes = np.linalg.norm(label.landscape.gradient(np.stack([x, y], axis=-1)), axis=-1)
    return float(np.median(slopes[np.isfinite(slopes)]))


def plateau(label: LongRun) -> bool:
    """Hardly any slope, hardly any progress, though the loss is far above the lowest."""
    loss, last = label.short.loss, label.short.points[-1]
    left, right, bottom, top = label.landscape.view
    x, y = np.meshgrid(np.linspace(left, right, 40), np.linspace(bottom, top, 40))
    over_view = label.landscape.value(np.stack([x, y], axis=-1))
    lowest = min(label.landscape.minima[:, 2].min(initial=math.inf), over_view.min())
    middling = np.median(over_view)
    half = label.short.points[label.steps // 2]
    return bool(
        np.linalg.norm(label.gradient(last)) < 0.1 * usual(label)
        and loss[-1] - lowest > 0.05 * (middling - lowest)
        and np.linalg.norm(last - half) < 0.1 * (right - left)
        and loss[label.steps // 2] - loss[-1] < 0.1 * (loss[-1] - lowest)
    )


def dead(label: LongRun) -> bool:
    """Not one bit changes ever after, and the gradient is exactly 0 around, above the lowest."""
    point = label.short.points[-1]
    around = point + 1e-3 * np.array([[i, j] for i in (-1, 0, 1) for j in (-1, 0, 1)])
    frozen = bool((label.long.points[label.steps :] == point).all())
    higher = label.short.loss[-1] > label.landscape.minima[:, 2].min() + 1e-3
    return frozen and not label.landscape.gradient(around).any() and bool(higher)


def ravine(label: LongRun) -> bool:
    """Not there yet, and a hundred times on it has gone along the flat of two unlike directions."""
    point = label.short.points[-1]
    values, vectors = np.linalg.eigh(label.hessian(point))
    kappa = abs(values[1] / values[0]) if values[0] else math.inf
    onward = label.long.points[int(1.2 * label.steps)] - point
    along = abs(onward @ vectors[:, 0]) > abs(onward @ vectors[:, 1])
    left_to_go = np.linalg.norm(label.end - point) > 1e-3 * np.linalg.norm(
        label.end - label.short.points[0]
    )
    return bool(finite(label.long) and kappa >= 20 and along and left_to_go)


def floor(label: LongRun, calm) -> bool:
    """The loss stays as high for a hundred times as long; without chance it would come lower."""
    base = min(label.landscape.minima[:, 2].min(initial=math.inf), calm.loss.min())
    quarter = label.steps // 4
    mine = label.short.loss[-quarter:].mean() - base
    later = label.long.loss[10 * label.steps :].mean() - base
    steady = 0.4 < later / mine < 2.5
    lower = calm.loss[-1] - base < 0.1 * mine
    return bool(finite(label.long) and steady and lower)


def noise(label: LongRun) -> bool:
    return floor(label, label.walk(LONGER * label.steps, noise=0.0))


def batches(label: LongRun) -> bool:
    whole = msgspec.structs.replace(label.settings["data"], batch_size=0)
    return floor(label, label.walk(LONGER * label.steps, data=whole))


def not_a_number(label: LongRun) -> bool:
    """Something is no number although the points before stayed where they had been."""
    run = label.short
    sound = np.isfinite(run.loss) & np.isfinite(run.gradients).all(axis=1)
    if sound.all():
        return bool(run.cause)
    before = run.points[: int(np.argmin(sound))]
    calm = len(before) == 0 or np.abs(before).max() <= 100 * (1 + np.abs(before[0]).max())
    return bool(calm)


def resting(label: LongRun) -> bool:
    """No slope, yet the surface bends down; a push of a millionth leaves for good."""
    point = label.short.points[-1]
    values, vectors = np.linalg.eigh(label.hessian(point))
    flat = np.linalg.norm(label.gradient(point)) < 1e-6 * usual(label)
    pushed = label.walk(LONGER * label.steps, start=tuple(point + 1e-6 * vectors[:, 0]))
    far = np.abs(pushed.points[: pushed.last_step + 1] - point)
    return bool(flat and values[0] < 0 and np.nanmax(far) > 1e-2)


def moving(label: LongRun) -> bool:
    """Under way: the hundredfold run comes much farther; it neither flips nor is in a ravine."""
    point, start = label.short.points[-1], label.short.points[0]
    if not finite(label.long):
        return False
    further = np.linalg.norm(label.end - point) > 1e-3 * np.linalg.norm(label.end - start)
    lower = label.long.loss[-1] * label.sense < label.short.loss[-1] * label.sense
    return bool(further and lower) and not ravine(label) and changes_of_side(label) < 2


def still(label: LongRun) -> bool:
    points = label.short.points
    return bool((points == points[0]).all())


CONFIRMS = {
    "contraction": contraction, "overshoot": overshoot, "edge": edge, "catapult": catapult,
    "oscillation": oscillation, "divergence": divergence, "plateau": plateau, "dead": dead,
    "ravine": ravine, "noise": noise, "batches": batches, "nan": not_a_number,
    "resting": resting, "moving": moving, "still": still,
}  # fmt: skip
