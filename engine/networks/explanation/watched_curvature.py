"""Curvature along a run that is still being trained: what is known of earlier weights stays."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from engine.networks.explanation.linear import coupled_decay, limit_of, linear_of, why_silent
from engine.networks.explanation.load import Sharpness
from engine.networks.explanation.objective import MOST_ROWS
from engine.networks.explanation.replay import run_at
from engine.networks.explanation.tracking import (
    LEAST_ROWS,
    MOST_PRODUCTS,
    Tracker,
    note_on,
)
from engine.networks.explanation.verdict import LOOKS
from engine.networks.network import in_float64

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.explanation.replay import Replay
    from engine.networks.history import History
    from engine.networks.network import Network
    from engine.networks.settings import TrainingRun

    Array = NDArray[np.float64]

#: Rows times parameters of one look at most: a product then takes some 20 ms. And of all products
#: between two glances at the clock.
WORK, AT_ONCE = 40_000_000, 120_000_000
#: Error of an eigenvalue in parts of the largest. The last look may have been far from here: with
#: less of an effort it would at times take the second largest for the largest.
TOLERANCE = 1e-5
#: No fewer products than this at once: from fewer each start would lose what the last one gained.
LEAST_PRODUCTS = 4


class WatchedCurvature:
    """Looks at the kept weights of one run, first here and there, then in between.

    Each look begins where the one before left off, in the run's precision; where that overflows,
    in float64.

    Parameters
    ----------
    network : what the runs share.
    history : the run.
    """

    def __init__(self, network: Network, history: History) -> None:
        size = network.model.size
        self._network = network
        self._rows = min(max(WORK // size, LEAST_ROWS), MOST_ROWS)
        work = size * min(self._rows, network.training.count)
        self._at_once = min(max(AT_ONCE // work, LEAST_PRODUCTS), MOST_PRODUCTS)
        self._trackers: dict[str, Tracker] = {}
        #: λ₁ and load by step.
        self._known: dict[int, tuple[float, float]] = {}
        #: The step that is being looked at, its gains, and the products that it has taken.
        self._begun: tuple[int, Array | None, int] = (-1, None, 0)

    def forget_after(self, step: int) -> None:
        """Know no more of weights whose step had not been taken yet."""
        self._known = {at: known for at, known in self._known.items() if at < step}
        self._begun = (-1, None, 0)

    def missing(self, history: History) -> list[int]:
        """Return the rows of the kept weights to be looked at, the most telling first."""
        if history.last_step == 0 or why_silent(run_at(history, history.last_step)):
            return []
        return [
            row for row in _rows(len(history.kept)) if int(history.kept[row]) not in self._known
        ]

    def look(self, history: History, row: int, replay: Replay, until: float) -> bool:
        """Look at one row of the kept weights; return whether it is known now.

        Once the clock (`time.monotonic`) is past `until` the rest is left for the next time.
        """
        step = int(history.kept[row])
        run, rate = run_at(history, step), float(history.learning_rates[step])
        preconditioned = linear_of(run)[0].preconditioned
        if self._begun[0] != step:
            gains = None
            if preconditioned:
                # The last weights, which no step leaves, repeat its gains.
                at = min(step, history.last_step - 1)
                if not replay.to(at, until=until):
                    return False
                gains = replay.taken(at).gains
            self._begun = step, gains, 0
        value = self._value(history.weights[row], run, until)
        if value is None:
            return False
        self._known[step] = (
            (np.nan, value) if preconditioned else (value, rate * (value + coupled_decay(run)))
        )
        return True

    def _value(self, weights: Array, run: TrainingRun, until: float) -> float | None:
        """Return the eigenvalue at weights, NaN where there is none, None if it takes longer."""
        gains = self._begun[1]
        if not np.isfinite(weights).all() or not (gains is None or _has_roots(gains)):
            return float("nan")
        value: float | None = None
        for precision in dict.fromkeys((self._network.precision, "float64")):
            value = self._largest(precision, weights, run, until)
            if value is None or np.isfinite(value):
                break
        return value

    def _largest(
        self, precision: str, weights: Array, run: TrainingRun, until: float
    ) -> float | None:
        step, gains, spent = self._begun
        if precision not in self._trackers:
            same = precision == self._network.precision
            network = self._network if same else in_float64(self._network)
            self._trackers[precision] = Tracker(network, rows=self._rows, tolerance=TOLERANCE)
        tracker = self._trackers[precision]
        while True:
            value, taken = tracker.value_at(weights, run, self._at_once, gains)
            spent += taken
            if taken < self._at_once or spent >= MOST_PRODUCTS or not np.isfinite(value):
                return value
            if monotonic() > until:
                self._begun = step, gains, spent
                return None

    def sharpness(self, history: History) -> Sharpness:
        """Return what is known of the run's curvature."""
        steps = np.array(sorted(self._known), np.int64)
        known = np.array([self._known[int(step)] for step in steps]).reshape(-1, 2)
        rates = history.learning_rates[steps].tolist()
        limits = [limit_of(run_at(history, t), rate) for t, rate in zip(steps, rates, strict=True)]
        last = run_at(history, history.last_step)
        return Sharpness(
            steps, known[:, :1], known[:, 1], np.array(limits), linear_of(last)[0].preconditioned,
            why_silent(last), note_on(self._network, self._rows),
        )  # fmt: skip


def _has_roots(gains: Array) -> bool:
    return bool(np.isfinite(gains).all() and (gains >= 0).all())


def _rows(count: int) -> list[int]:
    """Return about `LOOKS` of so many rows, the last one first, then coarse ones before fine ones.

    Of a longer run it is every second of them, so that little that was looked at goes by unused.
    """
    every = 1
    while count > LOOKS * every:
        every *= 2
    rows, stride = [count - 1, 0], every
    while stride < count:
        stride *= 2
    while stride >= every:
        rows += range(0, count, stride)
        stride //= 2
    return list(dict.fromkeys(rows))
