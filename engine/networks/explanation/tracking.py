"""λ₁ while a run trains: at every n-th step, from where the last look left off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from engine.compile import address_of
from engine.networks.explanation.gains_kernel import gains_kernel
from engine.networks.explanation.lanczos_kernel import lanczos_kernel
from engine.networks.explanation.linear import coupled_decay, limit_of, linear_of, why_silent
from engine.networks.explanation.load import Sharpness
from engine.networks.explanation.objective import MOST_KEPT, MOST_ROWS, drawn
from engine.networks.explanation.tracked_loop import saved, tracked_kernel
from engine.networks.fault import part
from engine.networks.gradient import gradient_kernel
from engine.networks.loop import loop_kernel
from engine.networks.network import BLOCK
from engine.networks.plan import plan_of
from engine.networks.product import product_kernel
from engine.networks.steps import Chunk, CompiledSteps

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
#: after the first earns: where they are too few, the next look goes on from there.
TOLERANCE, WARM = 1e-4, 5
#: Chance's part in a start.
PUSH = 1e-3


class Seen(NamedTuple):
    """A look at curvature before a step: eigenvalue, NaN where gains scale it, load and limit."""

    step: int
    eigenvalue: float
    load: float
    limit: float


class Tracker:
    """Follows the largest eigenvalue along one run, in the run's precision.

    For a preconditioned method that is the preconditioned sharpness, with the gains of the step.

    Parameters
    ----------
    network : what all runs share.
    every : steps between two looks.
    rows : how many training rows are looked at; 0 for as many as cost about as much as the steps.
    tolerance, products : a look ends at this error of the eigenvalue, in parts of the largest;
        those after the first take so many products at most on average.

    Attributes
    ----------
    seen : the looks so far, in the order of their steps.
    room : (1,) int64, how many products the next look may take, as `tracked_loop` has it.
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
        self.room = np.full(1, -1)
        self._last: TrainingRun | None = None
        self._ones = network.vector(np.ones(model.size))
        self._scale = np.zeros_like(self._ones)
        self._addresses = (
            address_of(gradient_kernel(network.precision)),
            address_of(product_kernel(network.precision)),
        )

    def look(self, step: int, theta: Array, run: TrainingRun, rate: float) -> None:
        """Look at the weights before a step, theta (W,)."""
        *before, each = self.arguments(theta, run)
        room, most = int(self.room[0]), len(self._basis) - 2
        few = most if room < 0 else min(most, room)
        value, products = lanczos_kernel(self._network.precision)(*before, few)
        self.room[0] = saved(room, each, products, value)
        self.note_down(step, value, run, rate)

    def value_at(
        self, weights: Array, run: TrainingRun, products: int, gains: Array | None = None
    ) -> tuple[float, int]:
        """Return the largest eigenvalue at weights (P,), and how many products that took.

        It is the load itself where `gains` (P,) scale it. NaN if anything is not finite. If all
        `products` were taken, the next call at these weights goes on from there.
        """
        if gains is not None:
            self._scale[: len(gains)] = np.sqrt(gains)
        *arguments, _ = self.arguments(self._network.vector(weights), run)
        few = min(products, len(self._basis) - 2)
        value, taken = lanczos_kernel(self._network.precision)(*arguments, few)
        return float(value), int(taken)

    def note_down(self, step: int, value: float, run: TrainingRun, rate: float) -> None:
        """Keep a look's value: the largest eigenvalue, scaled by gains if the run has such."""
        self._last = run
        if linear_of(run)[0].preconditioned:
            eigenvalue, load = np.nan, value
        else:
            eigenvalue, load = value, rate * (value + coupled_decay(run))
        self.seen.append(Seen(step, eigenvalue, load, limit_of(run, rate)))

    def arguments(self, theta: Array, run: TrainingRun) -> tuple[Any, ...]:
        """Return what `engine.networks.explanation.lanczos_kernel` looks at weights (W,) with.

        Where the run's curvature is preconditioned, the scale is to be written.
        """
        preconditioned = linear_of(run)[0].preconditioned
        return (
            self._plan.numbers, self._addresses, self._data.inputs, self._data.targets,
            self._rows, self._plan.samples, self._network.model.loss != "sum_squares",
            theta, self._scale if preconditioned else self._ones,
            coupled_decay(run) if preconditioned else 0.0, -1.0 if run.maximize else 1.0,
            self._works, self._basis, self._found, self._push, self._tolerance, self._products,
        )  # fmt: skip

    def snapshot(self) -> Any:
        """Return a copy of what the next look goes on from, and how many there were."""
        return len(self.seen), self.room.copy(), self._found.copy()

    def restore(self, snapshot: Any) -> None:
        """Go back to a snapshot: looks since then have not happened."""
        count, self.room[:], self._found[:] = snapshot
        del self.seen[count:]

    def result(self) -> Sharpness:
        """Return what was found so far."""
        columns = np.array(self.seen, np.float64).reshape(-1, len(Seen._fields))
        last = self._last
        return Sharpness(
            columns[:, 0].astype(np.int64), columns[:, 1:2], columns[:, 2], columns[:, 3],
            last is not None and linear_of(last)[0].preconditioned,
            "" if last is None else why_silent(last), self.note,
        )  # fmt: skip

    @property
    def note(self) -> str:
        """A sentence if not all rows are looked at, else empty."""
        return note_on(self._network, len(self._rows))


def note_on(network: Network, rows: int) -> str:
    """Return a sentence if curvature is that of so many rows only, else ""."""
    count = network.training.count
    if rows >= count:
        return ""
    return f"Curvature is that of {rows:,} of {count:,} training rows, drawn with seed 0."


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
        self.theta: Array = steps.theta

    @property
    def evaluations(self) -> int:
        """See `engine.networks.steps.Steps.evaluations`."""
        return self._steps.evaluations

    def take(self, chunk: Chunk, records: Array, stop: Array) -> int:
        """See `engine.networks.steps.Steps.take`."""
        if isinstance(self._steps, CompiledSteps):
            return self._take_compiled(self._steps, chunk, records, stop)
        every, count = self._tracker.every, len(chunk.counts)
        begin = 0
        while begin < count and not stop[0]:
            at = self._began + chunk.first + begin
            end = min(begin + every - at % every, count)
            here, own = part(chunk, begin, end), np.empty((3, end - begin))
            if at % every == 0:
                self._tracker.look(at, self.theta, self._run, float(here.rates[0]))
            taken = self._steps.take(here, own, stop)
            records[:, begin : begin + taken] = own[:, :taken]
            begin += taken
            if begin < end or not np.isfinite(own[2, taken - 1]):
                break
        return begin

    def _take_compiled(
        self, steps: CompiledSteps, chunk: Chunk, records: Array, stop: Array
    ) -> int:
        tracker, run, precision = self._tracker, self._run, steps.theta.dtype.name
        scaled = linear_of(run)[0].preconditioned
        first = self._began + chunk.first
        due = np.arange(first + -first % tracker.every, first + len(chunk.counts), tracker.every)
        seen = np.empty(len(due))
        addresses = (
            address_of(loop_kernel(precision)), address_of(lanczos_kernel(precision)),
            address_of(gains_kernel(run.optimizer, precision)) if scaled else 0,
        )  # fmt: skip
        taken, looks = tracked_kernel(precision)(
            addresses, tracker.every, self._began, steps.arguments(chunk, records, stop),
            tracker.arguments(np.empty_like(steps.theta) if scaled else steps.theta, run),
            tracker.room, seen,
        )  # fmt: skip
        for step, value in zip(due[:looks].tolist(), seen[:looks].tolist(), strict=True):
            rate = float(chunk.rates[min(step - first, len(chunk.rates) - 1)])
            tracker.note_down(step, value, run, rate)
        steps.count(int(taken))
        return int(taken)

    def snapshot(self) -> Any:
        """See `engine.networks.steps.Steps.snapshot`."""
        return *self._steps.snapshot(), self._tracker.snapshot()

    def restore(self, snapshot: Any) -> None:
        """See `engine.networks.steps.Steps.restore`."""
        *steps, tracker = snapshot
        self._steps.restore(steps)
        self._tracker.restore(tracker)
