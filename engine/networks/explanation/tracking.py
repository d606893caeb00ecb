"""λ₁ while a run trains: at every n-th step, from where the last look left off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.compile import address_of
from engine.networks.explanation.lanczos_kernel import lanczos_kernel
from engine.networks.explanation.linear import (
    coupled_decay,
    gains_of,
    limits_of,
    linear_of,
    why_silent,
)
from engine.networks.explanation.objective import MOST_KEPT, MOST_ROWS, drawn
from engine.networks.explanation.sharpness import Sharpness
from engine.networks.gradient import gradient_kernel
from engine.networks.network import BLOCK
from engine.networks.plan import plan_of
from engine.networks.product import product_kernel
from engine.networks.steps import Chunk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.network import Network
    from engine.networks.settings import TrainingRun
    from engine.networks.steps import Steps

    Array = NDArray[Any]

#: A look takes about four gradients: on this part of the rows that the steps between two looks
#: see it costs less than those steps. Fewer rows than LEAST_ROWS would tell too little.
PART, LEAST_ROWS = 0.2, 64
#: Vectors of Lanczos' basis: at most so many, and so many numbers together.
MOST_PRODUCTS, MOST_BASIS = 60, 8_000_000
#: Error of an eigenvalue in parts of the largest, enough for a curve; chance's part in a start.
TOLERANCE, PUSH = 1e-4, 1e-3


class Tracker:
    """Follows the largest eigenvalue along one run, in the run's precision.

    For a preconditioned method that is the preconditioned sharpness, with the gains of the step.

    Parameters
    ----------
    network : what all runs share.
    run : the optimizer's settings.
    every : steps between two looks.
    rows : how many training rows are looked at; 0 for as many as cost about as much as the steps.
    tolerance : error of each eigenvalue, in parts of the largest.
    """

    def __init__(
        self, network: Network, run: TrainingRun, every: int = 10, rows: int = 0,
        tolerance: float = TOLERANCE,
    ) -> None:  # fmt: skip
        self.network, self.run, self.every = network, run, every
        self._tolerance = tolerance
        model, self._data = network.model, network.training
        most = rows or default_rows(network, every)
        all_rows = np.arange(self._data.count)
        self._rows = all_rows if most >= len(all_rows) else drawn(all_rows, most)
        real = network.start.dtype
        samples = min(len(self._rows), BLOCK)
        self._plan = plan_of(model, samples, network.precision, second=True)
        blocks = -(-len(self._rows) // samples)
        kept = blocks if blocks * self._plan.work <= MOST_KEPT else 1
        self._works = np.empty((kept, self._plan.work), real)
        products = min(model.size, MOST_PRODUCTS, max(10, MOST_BASIS // model.size))
        width = len(network.start)
        self._basis, self._found = np.zeros((products + 2, width), real), np.zeros((2, width), real)
        push = np.random.default_rng(0).standard_normal(model.size)
        self._push = network.vector(PUSH / np.linalg.norm(push) * push)
        self._ones = network.vector(np.ones(model.size))
        self._addresses = (
            address_of(gradient_kernel(network.precision)),
            address_of(product_kernel(network.precision)),
        )
        self._kernel = lanczos_kernel(network.precision)
        self.preconditioned = linear_of(run)[0].preconditioned
        self._looks: list[tuple[int, float]] = []

    def look(self, step: int, theta: Array, gains: Array | None = None) -> float:
        """Return and keep the largest eigenvalue at the weights before a step, theta (W,).

        For a preconditioned method that is √G (H + c) √G's with the step's gains (W,).
        """
        scale, decay = self._ones, 0.0
        if gains is not None:
            with np.errstate(all="ignore"):
                scale, decay = np.sqrt(gains).astype(theta.dtype), coupled_decay(self.run)
        value, _, _ = self._kernel(
            self._plan.numbers, self._addresses, self._data.inputs, self._data.targets,
            self._rows, self._plan.samples, self.network.model.loss != "sum_squares",
            theta, scale, decay, -1.0 if self.run.maximize else 1.0, self._works,
            self._basis, self._found, self._push, self._tolerance,
        )  # fmt: skip
        self._looks.append((step, value))
        return float(value)

    def result(self, rates: Array) -> Sharpness:
        """Return what was found so far; `rates` (steps + 1,) are those of the run's steps."""
        steps = np.array([step for step, _ in self._looks], np.int64)
        found = np.array([value for _, value in self._looks])
        here = rates[steps]
        values = found if self.preconditioned else here * (found + coupled_decay(self.run))
        eigenvalues = np.full((len(found), 1), np.nan) if self.preconditioned else found[:, None]
        return Sharpness(
            steps, eigenvalues, values, limits_of(self.run, here), self.preconditioned,
            why_silent(self.run), self.note,
        )  # fmt: skip

    @property
    def note(self) -> str:
        """A sentence if not all rows are looked at, else empty."""
        if len(self._rows) == self._data.count:
            return ""
        return (
            f"Curvature is that of {len(self._rows):,} of {self._data.count:,} training rows, "
            "drawn with seed 0."
        )


def default_rows(network: Network, every: int) -> int:
    """Return on how many rows a look costs about as much as the steps until the next."""
    size = network.order.size
    return min(max(round(PART * every * size), size, LEAST_ROWS), MOST_ROWS)


class TrackedSteps:
    """Steps with a tracker's looks between them; what it takes is the same as without them."""

    def __init__(self, steps: Steps, tracker: Tracker) -> None:
        self._steps, self.tracker = steps, tracker

    @property
    def theta(self) -> Array:
        """The weights now, (W,)."""
        return self._steps.theta

    def take(self, chunk: Chunk, records: Array, stop: Array) -> int:
        """See `engine.networks.steps.Steps.take`."""
        every, last = self.tracker.every, chunk.first + len(chunk.counts)
        ends = np.append(0, np.cumsum(chunk.counts))
        at = chunk.first
        while at < last:
            looks = at % every == 0
            goal = at + 1 if looks and self.tracker.preconditioned else (at // every + 1) * every
            begin, end = at - chunk.first, min(goal, last) - chunk.first
            part = _part(chunk, begin, end, ends)
            own = np.empty((3, end - begin))
            taken = self._looking(part, own, stop) if looks else self._steps.take(part, own, stop)
            records[:, begin : begin + taken] = own[:, :taken]
            at += taken
            if taken < end - begin or not np.isfinite(own[2, taken - 1 : taken]).all():
                break
        return at - chunk.first

    def _looking(self, part: Chunk, records: Array, stop: Array) -> int:
        """Take a part with a look at its first weights."""
        if not self.tracker.preconditioned:
            self.tracker.look(part.first, self._steps.theta)
            return self._steps.take(part, records, stop)
        before = self._steps.snapshot()
        taken = self._steps.take(part, records, stop)
        if taken:
            rate = float(part.rates[0])
            gains = gains_of(self.tracker.run, part.first, rate, before, self._steps.snapshot())
            self.tracker.look(part.first, before[0], gains)
        return taken

    def snapshot(self) -> Any:
        """See `engine.networks.steps.Steps.snapshot`."""
        return self._steps.snapshot()

    def restore(self, snapshot: Any) -> None:
        """See `engine.networks.steps.Steps.restore`."""
        self._steps.restore(snapshot)


def _part(chunk: Chunk, begin: int, end: int, ends: NDArray[np.int64]) -> Chunk:
    """Return some steps of a chunk; `ends` are the ends of their rows."""
    return Chunk(
        first=chunk.first + begin,
        rows=chunk.rows if chunk.same else chunk.rows[ends[begin] : ends[end]],
        counts=chunk.counts[begin:end],
        same=chunk.same,
        rates=chunk.rates[begin:end] if len(chunk.rates) > 1 else chunk.rates,
        noise=chunk.noise[begin:end],
    )
