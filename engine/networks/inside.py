"""What is inside the layers of a run at the weights it kept: sizes, spreads, dead units.

Weights, gradients and updates are told apart by tensor, in the order of `Model.tensors`;
activations by layer, behind the residual connection, those of the last layer raw. Gradients and
activations are of some training rows, all if they are few, without dropout, in the run's precision.
An update is the difference to the kept weights before, divided by the steps between.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from engine.networks import plan as p
from engine.networks.evaluation import place
from engine.networks.explanation.layers import FLAT, MOSTLY, STEEPEST
from engine.networks.gradient import gradient_kernel
from engine.networks.history import Fault
from engine.networks.layer_records import Course, Sizes, Spreads
from engine.networks.plan import plan_of
from engine.networks.spread import spread_of
from engine.networks.tiles import lanes_of
from engine.norms import norm

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.networks.history import History
    from engine.networks.network import Network
    from engine.networks.settings import TrainingRun

    Array = NDArray[Any]

#: Training rows that are looked at, spread evenly over all of them.
MOST_ROWS = 512

_ARRAYS = (
    "weights", "gradients", "updates", "ratios", "activations", "dead", "saturated",
)  # fmt: skip


class _Pass(NamedTuple):
    """What one pass through the network left: (units, rows) per layer, gradient (P,)."""

    sums: list[Array]
    activations: list[Array]
    slopes: list[Array]
    loss: float
    gradient: Array


class Inside:
    """Measures runs of one network; knows what it has measured. Not for several threads at once.

    Parameters
    ----------
    network : what the runs share.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        total = network.training.count
        count = min(total, MOST_ROWS)
        self.rows = np.arange(count) * total // count
        self._plan = plan_of(network.model, count, network.precision)
        self._work = np.zeros(self._plan.work, network.start.dtype)
        self._known: dict[tuple[int, int], Sizes] = {}
        self._run: TrainingRun | None = None
        self._changes: tuple[tuple[int, TrainingRun], ...] = ()

    def course(
        self,
        history: History,
        seconds: float = np.inf,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Course:
        """Return the sizes over the kept steps; what is known already is not measured again.

        After so many `seconds`, or once `stopped` says so, the rest is left for the next time; at
        least one step more is known than before.
        """
        self._forget(history)
        found: list[Sizes] = []
        until = monotonic() + seconds
        late = False
        for row in range(len(history.kept)):
            if self._key(history, row) not in self._known:
                if late:
                    break
                self._measure(history, row)
                late = monotonic() >= until or stopped()
            found.append(self._known[self._key(history, row)])
        arrays = {name: np.array([getattr(s, name) for s in found]).T for name in _ARRAYS}
        broken = next((s.broken for s in found if s.broken), None)
        steps = np.array([s.step for s in found], np.int64)
        return Course(steps, **arrays, broken=broken, complete=len(found) == len(history.kept))

    def spreads(self, history: History, row: int) -> Spreads:
        """Return everything at one row of a history's kept weights."""
        self._forget(history)
        with np.errstate(all="ignore"):
            weights, moved = history.weights[row], _update(history, row)
            passed = self._passed(weights)
            key = self._key(history, row)
            if key not in self._known:
                self._known[key] = self._sizes(history, row, passed)
            views = self._network.model.views
            return Spreads(
                self._known[key],
                tuple(map(spread_of, views(weights))),
                tuple(map(spread_of, views(passed.gradient))),
                () if moved is None else tuple(map(spread_of, views(moved))),
                tuple(map(spread_of, passed.activations)),
            )

    @staticmethod
    def _key(history: History, row: int) -> tuple[int, int]:
        return (int(history.kept[row - 1]) if row else -1, int(history.kept[row]))

    def _forget(self, history: History) -> None:
        """Know nothing of steps that were taken with other settings than the history's."""
        old, new = self._changes, history.changes
        if history.run != self._run:
            self._known.clear()
        elif old != new:
            same = _in_common(old, new)
            last = min(step for step, _ in (*old[same : same + 1], *new[same : same + 1]))
            self._known = {key: sizes for key, sizes in self._known.items() if key[1] <= last}
        self._run, self._changes = history.run, new

    def _measure(self, history: History, row: int) -> None:
        with np.errstate(all="ignore"):
            passed = self._passed(history.weights[row])
            self._known[self._key(history, row)] = self._sizes(history, row, passed)

    def _passed(self, weights: Array) -> _Pass:
        """Go through the network and back once."""
        network, plan, count = self._network, self._plan, len(self.rows)
        place(plan, network.training, self.rows, self._work, network.precision)
        theta = network.vector(weights)
        gradient = np.zeros_like(theta)
        loss = gradient_kernel(network.precision)(
            plan.numbers, theta, self._work, count, 0.0, -1, gradient
        )
        layers = [
            plan.numbers[p.HEAD + n * p.FIELDS :][: p.FIELDS] for n in range(network.model.layers)
        ]
        sums = [self._block(fields, p.AFFINE) for fields in layers]
        return _Pass(
            sums,
            [*(self._block(fields, p.AFTER) for fields in layers[:-1]), sums[-1]],
            [self._block(fields, p.SLOPE) for fields in layers[:-1]],
            float(loss),
            gradient[: network.model.size],
        )

    def _block(self, fields: Array, field: int) -> Array:
        """Return a layer's block of the work, (units, rows), which the next pass writes over."""
        vector, count = lanes_of(self._network.precision), len(self.rows)
        lanes, start = -(-count // vector) * vector, fields[field]
        return self._work[start : start + fields[p.OUTPUTS] * lanes].reshape(-1, lanes)[:, :count]

    def _sizes(self, history: History, row: int, passed: _Pass) -> Sizes:
        model, weights = self._network.model, history.weights[row]
        moved = _update(history, row)

        def norms(vector: Array) -> NDArray[np.float64]:
            return np.array([norm(values) for values in model.views(vector)])

        updates = np.full(len(model.tensors), np.nan) if moved is None else norms(moved)
        before = norms(history.weights[max(0, row - 1)])
        flat = FLAT * STEEPEST.get(model.activation, 0.0)
        step = int(history.kept[row])
        return Sizes(
            step,
            norms(weights),
            norms(passed.gradient),
            updates,
            updates / before,
            np.array([norm(a) / np.sqrt(a.size) for a in passed.activations]),
            np.array([(slope == 0).all(axis=1).mean() for slope in passed.slopes]),
            np.array(
                [((np.abs(slope) < flat).mean(axis=1) > MOSTLY).mean() for slope in passed.slopes]
            ),
            self._broken(step, weights, passed),
        )

    def _broken(self, step: int, weights: Array, passed: _Pass) -> Fault | None:
        """Return what is not finite first: weights, the way forward, the loss, the way back."""
        tensors, views = self._network.model.tensors, self._network.model.views
        parts = [
            *((t.kind, t.layer + 1, v) for t, v in zip(tensors, views(weights), strict=True)),
            *(
                (what, n + 1, values[n])
                for n in range(len(passed.sums))
                for what, values in (
                    ("pre-activation", passed.sums), ("activation", passed.activations),
                )
            ),
            ("loss", 0, np.array([passed.loss])),
            *(
                (f"gradient of the {t.kind}", t.layer + 1, v)
                for t, v in reversed(list(zip(tensors, views(passed.gradient), strict=True)))
            ),
        ]  # fmt: skip
        for quantity, layer, values in parts:
            if not np.isfinite(values).all():
                worst = "inf" if np.isinf(values).any() else "NaN"
                return Fault(step, quantity, layer, worst)
        return None


def _update(history: History, row: int) -> NDArray[np.float64] | None:
    """Return the mean step (P,) since the kept weights before, None at the first."""
    if row == 0:
        return None
    now, before = (history.weights[r].astype(np.float64) for r in (row, row - 1))
    found: NDArray[np.float64] = (now - before) / int(history.kept[row] - history.kept[row - 1])
    return found


def _in_common(old: tuple[Any, ...], new: tuple[Any, ...]) -> int:
    """Return how many of their first elements are the same."""
    pairs = zip(old, new, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(old), len(new)))
