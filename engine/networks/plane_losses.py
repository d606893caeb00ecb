"""The loss over a plane of weights, coarse first and then finer, by an executor's threads."""

from __future__ import annotations

from concurrent.futures import as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.descent import Cancelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor, Future

    from numpy.typing import NDArray

    from engine.networks.explanation.objective import NetworkObjective
    from engine.networks.planes import Plane

    Array = NDArray[np.float64]

#: Places along an axis: those of the first grid, and a usual last one.
COARSE, FINE = 9, 65
#: Numbers of all places that one thread is given at once, 4 MB, and places at most.
MOST_NUMBERS, MOST_PLACES = 500_000, 32


@dataclass(frozen=True, eq=False)
class PlaneLosses:
    """Losses at the crossings of a grid.

    Parameters
    ----------
    places : coordinates along each axis, rising, (n,) each.
    losses : (n,) on a line; (n, n) in a plane, its rows along the second axis. inf and NaN stay.
    finest : whether no finer grid follows.
    note : which rows stand for all, in a sentence, or "".
    """

    places: tuple[Array, ...]
    losses: Array
    finest: bool
    note: str = ""


def losses_over(
    plane: Plane,
    objective: NetworkObjective,
    view: Sequence[tuple[float, float]],
    executor: Executor | None = None,
    *,
    size: int = FINE,
    stop: NDArray[np.uint8] | None = None,
) -> Iterator[PlaneLosses]:
    """Yield ever finer grids of losses over a view, the last one of about `size` places an axis.

    Parameters
    ----------
    view : (low, high) per axis.
    executor : its threads share the places; the kernels run beside each other. None: this thread.
    size : places along an axis, rounded up to `COARSE` or a doubling of its gaps.
    stop : one byte that another thread may set to 1 to end the work.

    Raises
    ------
    engine.descent.Cancelled : `stop` was set.
    """
    objective = objective.thinned()
    known: Array | None = None
    count = COARSE
    while True:
        places = tuple(np.linspace(low, high, count) for low, high in view)
        losses = np.full((count,) * len(view), np.nan)
        missing = np.ones(losses.shape, bool)
        if known is not None:
            every = (slice(None, None, 2),) * len(view)
            losses[every], missing[every] = known, False
        where = np.argwhere(missing)
        losses[missing] = _losses_at(plane, objective, _along(places, where), executor, stop)
        finest = count >= size
        yield PlaneLosses(places, losses, finest, objective.note)
        if finest:
            return
        known, count = losses, 2 * count - 1


def _along(places: tuple[Array, ...], where: NDArray[np.int64]) -> Array:
    """Return the coordinates (m, d) of grid places (m, d), whose first index is the last axis."""
    across = where[:, ::-1]
    return np.stack([axis[across[:, d]] for d, axis in enumerate(places)], axis=1)


def _losses_at(
    plane: Plane,
    objective: NetworkObjective,
    coordinates: Array,
    executor: Executor | None,
    stop: NDArray[np.uint8] | None,
) -> Array:
    part = min(MOST_PLACES, max(1, MOST_NUMBERS // len(plane.origin)))
    losses = np.empty(len(coordinates))

    def work(begin: int) -> tuple[int, Array]:
        if stop is not None and stop[0]:
            raise Cancelled
        with np.errstate(all="ignore"):
            return begin, objective.value(plane.weights(coordinates[begin : begin + part]))

    if executor is None:
        for begin in range(0, len(coordinates), part):
            losses[begin : begin + part] = work(begin)[1]
        return losses
    tasks = [executor.submit(work, begin) for begin in range(0, len(coordinates), part)]
    try:
        for task in as_completed(tasks):
            begin, found = task.result()
            losses[begin : begin + len(found)] = found
    finally:
        _cancel(tasks)
    return losses


def _cancel(tasks: Sequence[Future[tuple[int, Array]]]) -> None:
    for task in tasks:
        task.cancel()
