"""Curvature along a run that is still being trained: what is known of earlier weights stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.networks.explanation.linear import coupled_decay, limit_of, linear_of, why_silent
from engine.networks.explanation.load import Sharpness
from engine.networks.explanation.objective import objective_of
from engine.networks.explanation.replay import run_at
from engine.networks.explanation.sharpness import preconditioned, top
from engine.networks.explanation.verdict import ENOUGH, LOOKS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.explanation.replay import Replay
    from engine.networks.history import History
    from engine.networks.network import Network

    Array = NDArray[np.float64]


class WatchedCurvature:
    """Looks at the kept weights of one run, first here and there, then in between.

    Parameters
    ----------
    network : what the runs share.
    history : the run.
    """

    def __init__(self, network: Network, history: History) -> None:
        self._objective = objective_of(network, maximize=history.run.maximize).thinned()
        #: λ₁ and load by step.
        self._known: dict[int, tuple[float, float]] = {}
        self._vectors: Array | None = None
        self._scaled: Array | None = None

    def forget_after(self, step: int) -> None:
        """Know no more of weights whose step had not been taken yet."""
        self._known = {at: known for at, known in self._known.items() if at < step}

    def missing(self, history: History) -> list[int]:
        """Return the rows of the kept weights to be looked at, the most telling first."""
        if history.last_step == 0 or why_silent(run_at(history, history.last_step)):
            return []
        return [
            row for row in _rows(len(history.kept)) if int(history.kept[row]) not in self._known
        ]

    def look(self, history: History, row: int, replay: Replay) -> None:
        """Look at one row of the kept weights."""
        step, weights = int(history.kept[row]), history.weights[row].astype(np.float64)
        run, rate = run_at(history, step), float(history.learning_rates[step])
        found, self._vectors = top(
            self._objective, weights, 1, self._vectors, tolerance=ENOUGH
        )  # fmt: skip
        load = rate * (found[0] + coupled_decay(run))
        if linear_of(run)[0].preconditioned:
            # The last weights, which no step leaves, repeat its gains.
            taken = replay.taken(min(step, history.last_step - 1))
            assert taken.gains is not None
            load, self._scaled = preconditioned(
                self._objective, taken.run, weights, taken.gains, self._scaled, ENOUGH
            )
        self._known[step] = float(found[0]), float(load)

    def sharpness(self, history: History) -> Sharpness:
        """Return what is known of the run's curvature."""
        steps = np.array(sorted(self._known), np.int64)
        known = np.array([self._known[int(step)] for step in steps]).reshape(-1, 2)
        rates = history.learning_rates[steps].tolist()
        limits = [limit_of(run_at(history, t), rate) for t, rate in zip(steps, rates, strict=True)]
        last = run_at(history, history.last_step)
        return Sharpness(
            steps, known[:, :1], known[:, 1], np.array(limits), linear_of(last)[0].preconditioned,
            why_silent(last), self._objective.note,
        )  # fmt: skip


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
