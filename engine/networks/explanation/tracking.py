"""λ₁ while a run trains: at every n-th step, from where the last look left off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from engine.compile import address_of
from engine.networks.explanation.lanczos_kernel import lanczos_kernel
from engine.networks.explanation.linear import (
    coupled_decay,
    gains_rule,
    limit_of,
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

#: A look takes about seven gradients: on this part of the rows that the steps between two looks
#: see it costs less than those steps. Fewer rows than LEAST_ROWS would tell too little.
PART, LEAST_ROWS = 0.1, 64
#: Vectors of Lanczos' basis: at most so many, and so many numbers together.
MOST_PRODUCTS, MOST_BASIS = 60, 8_000_000
#: Error of an eigenvalue in parts of the largest, enough for a curve, and products that a look
#: after the first takes at most: where eigenvalues lie close, the next look goes on from there.
TOLERANCE, WARM = 1e-5, 8
#: Chance's part in a start.
PUSH = 1e-3


class Seen(NamedTuple):
    """A look at curvature: the largest eigenvalue, scaled by gains if there were any."""

    step: int
    value: float
    run: TrainingRun
    rate: float
    preconditioned: bool


class Tracker:
    """Follows the largest eigenvalue along one run, in the run's precision.

    For a preconditioned method that is the preconditioned sharpness, with the gains of the step.

    Parameters
    ----------
    network : what all runs share.
    every : steps between two looks.
    rows : how many training rows are looked at; 0 for as many as cost about as much as the steps.
    tolerance, products : a look after the first ends at this error of the eigenvalue, in parts of
        the largest, or after so many products.

    Attributes
    ----------
    seen : the looks so far, in the order of their steps.
    """

    def __init__(
        self, network: Network, every: int = 10, rows: int = 0, tolerance: float = TOLERANCE,
        products: int = WARM,
    ) -> None:  # fmt: skip
        self.every, self.seen = every, list[Seen]()
        self._network, self._tolerance, self._products = network, tolerance, products
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
        most = min(model.size, MOST_PRODUCTS, max(10, MOST_BASIS // model.size))
        width = len(network.start)
        self._basis, self._found = np.zeros((most + 2, width), real), np.zeros((2, width), real)
        push = np.random.default_rng(0).standard_normal(model.size)
        self._push = network.vector(PUSH / np.linalg.norm(push) * push)
        self._warm = False
        self._ones = network.vector(np.ones(model.size))
        self._addresses = (
            address_of(gradient_kernel(network.precision)),
            address_of(product_kernel(network.precision)),
        )
        self._kernel = lanczos_kernel(network.precision)

    def look(
        self, step: int, theta: Array, run: TrainingRun, rate: float, gains: Array | None = None
    ) -> None:
        """Look at the weights before a step, theta (W,), with the step's gains (W,), if any."""
        scale, decay = self._ones, 0.0
        if gains is not None:
            with np.errstate(all="ignore"):
                scale, decay = np.sqrt(gains).astype(theta.dtype), coupled_decay(run)
        most = len(self._basis) - 2
        value = self._kernel(
            self._plan.numbers, self._addresses, self._data.inputs, self._data.targets,
            self._rows, self._plan.samples, self._network.model.loss != "sum_squares",
            theta, scale, decay, -1.0 if run.maximize else 1.0, self._works, self._basis,
            self._found, self._push, self._tolerance,
            most if not self._warm else min(most, self._products),
        )  # fmt: skip
        self._warm = bool(np.isfinite(value))
        self.seen.append(Seen(step, float(value), run, rate, gains is not None))

    def forget_after(self, step: int) -> None:
        """Know nothing of what came after a step."""
        self.seen = [seen for seen in self.seen if seen.step <= step]

    def result(self) -> Sharpness:
        """Return what was found so far."""
        bare = [np.nan if s.preconditioned else s.value for s in self.seen]
        loads = [
            s.value if s.preconditioned else s.rate * (s.value + coupled_decay(s.run))
            for s in self.seen
        ]
        last = self.seen[-1:]
        return Sharpness(
            np.array([s.step for s in self.seen], np.int64), np.array(bare)[:, None],
            np.array(loads), np.array([limit_of(s.run, s.rate) for s in self.seen]),
            any(s.preconditioned for s in last), "".join(why_silent(s.run) for s in last),
            self.note,
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
    """Steps with a tracker's looks between them; what it takes is the same as without them.

    Parameters
    ----------
    steps : takes the run's steps.
    tracker : looks before every n-th of them.
    run : the settings that hold.
    began : the run's step that was the optimizer's first.
    """

    def __init__(self, steps: Steps, tracker: Tracker, run: TrainingRun, began: int = 0) -> None:
        self._steps, self._tracker, self._run, self._began = steps, tracker, run, began
        self._gains = gains_rule(run) if linear_of(run)[0].preconditioned else None

    @property
    def theta(self) -> Array:
        """The weights now, (W,)."""
        return self._steps.theta

    @property
    def evaluations(self) -> int:
        """See `engine.networks.steps.Steps.evaluations`."""
        return self._steps.evaluations

    def take(self, chunk: Chunk, records: Array, stop: Array) -> int:
        """See `engine.networks.steps.Steps.take`."""
        every, count = self._tracker.every, len(chunk.counts)
        ends = np.append(0, np.cumsum(chunk.counts))
        begin = 0
        while begin < count:
            at = self._began + chunk.first + begin
            looks = at % every == 0
            goal = 1 if looks and self._gains is not None else every - at % every
            end = min(begin + goal, count)
            part, own = _part(chunk, begin, end, ends), np.empty((3, end - begin))
            taken = (self._looking if looks else self._steps.take)(part, own, stop)
            records[:, begin : begin + taken] = own[:, :taken]
            begin += taken
            if begin < end or not np.isfinite(own[2, taken - 1]):
                break
        return begin

    def _looking(self, part: Chunk, records: Array, stop: Array) -> int:
        """Take a part with a look at its first weights."""
        step, rate = self._began + part.first, float(part.rates[0])
        if self._gains is None:
            self._tracker.look(step, self._steps.theta, self._run, rate)
            return self._steps.take(part, records, stop)
        before = self._steps.snapshot()
        taken = self._steps.take(part, records, stop)
        if taken:
            gains = self._gains(part.first, rate, before, self._steps.snapshot())
            self._tracker.look(step, before[0], self._run, rate, gains)
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
