"""What a surface is like along a path: loss, slopes, curvature and budget, compiled.

All in float64 whatever the run's precision, at the points that the run recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import boolean, float64, int64, intp, void

from engine.compile import address_of, jit, second_order_at
from engine.descent import Cancelled
from engine.explanation.explanation import Budget
from engine.landscape import FULL_BATCH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from engine.explanation.objective import SurfaceObjective

    Array = NDArray[np.float64]

#: Rows between two looks at the stop flag: about 1 ms.
CHUNK = 16_384


@jit(
    void(
        intp, intp, float64, boolean, int64, int64, float64[:, ::1],
        float64[::1], float64[:, ::1], float64[:, ::1], float64[::1],
    )
)  # fmt: skip
def _along(
    second_address: int, data: int, sense: float, batched: bool, begin: int, end: int, points: Any,
    loss: Any, gradients: Any, hessians: Any, after: Any,
) -> None:  # fmt: skip
    """Write rows `begin` to `end` − 1; with batches each row is seen by its own step's batch.

    `after` is the loss of the next point on the same batch; it is written only with batches.
    """
    second_order = second_order_at(second_address, sense)
    last = points.shape[0] - 1
    for t in range(begin, end):
        step = t if batched else FULL_BATCH
        f, gx, gy, hxx, hxy, hyy = second_order(points[t, 0], points[t, 1], data, step)
        loss[t] = sense * f
        gradients[t, 0], gradients[t, 1] = sense * gx, sense * gy
        hessians[t, 0], hessians[t, 1], hessians[t, 2] = sense * hxx, sense * hxy, sense * hyy
        if batched and t < last:
            f, gx, gy, hxx, hxy, hyy = second_order(points[t + 1, 0], points[t + 1, 1], data, step)
            after[t] = sense * f


@jit(
    void(
        float64[:, ::1], float64[::1], float64[::1], float64[:, ::1], float64[:, ::1],
        float64[::1], float64[::1], float64[::1], float64[::1],
    )
)  # fmt: skip
def _budget(
    points: Any, loss: Any, after: Any, gradients: Any, hessians: Any,
    first: Any, second: Any, remainder: Any, measured: Any,
) -> None:  # fmt: skip
    for t in range(first.shape[0]):
        dx, dy = points[t + 1, 0] - points[t, 0], points[t + 1, 1] - points[t, 1]
        slope = gradients[t, 0] * dx + gradients[t, 1] * dy
        bent_x = hessians[t, 0] * dx + hessians[t, 1] * dy
        bent_y = hessians[t, 1] * dx + hessians[t, 2] * dy
        bend = 0.5 * (dx * bent_x + dy * bent_y)
        change = after[t] - loss[t]
        first[t], second[t], measured[t] = slope, bend, change
        remainder[t] = change - (slope + bend)


class Along(NamedTuple):
    """What is found at n points: loss (n,), gradients (n, 2), Hessians (n, 3), steps (n − 1,)."""

    loss: Array
    gradients: Array
    hessians: Array
    budget: Budget


def along(
    objective: SurfaceObjective,
    points: Array,
    *,
    batched: bool = False,
    stop: NDArray[np.uint8] | None = None,
) -> Along:
    """Return loss, slopes, curvature and budget along a path, points (n, 2), n ≥ 1.

    With `batched` each row is seen by its own step's mini-batch, and so is the point after it.
    Raises `engine.descent.Cancelled` once another thread has set `stop` (1,) to 1.
    """
    landscape, rows = objective.landscape, len(points)
    points = np.ascontiguousarray(points, dtype=np.float64)
    # One block: freed and asked for again as a whole it stays with the process, while the system
    # takes small ones back and fetching their pages anew costs more than filling them.
    block = np.empty(10 * rows)
    loss, gradients = block[:rows], block[rows : 3 * rows].reshape(rows, 2)
    hessians = block[3 * rows : 6 * rows].reshape(rows, 3)
    budget = Budget(*(block[i * rows : (i + 1) * rows - 1] for i in range(6, 10)))
    after = np.empty(rows if batched else 0)
    for begin, end in _chunks(rows, stop):
        _along(
            address_of(landscape.second_order), landscape.address, objective.sense, batched,
            begin, end, points, loss, gradients, hessians, after,
        )  # fmt: skip
    _budget(
        points, loss, after if batched else loss[1:], gradients, hessians,
        budget.first, budget.second, budget.remainder, budget.measured,
    )  # fmt: skip
    return Along(loss, gradients, hessians, budget)


def _chunks(rows: int, stop: NDArray[np.uint8] | None) -> Iterator[tuple[int, int]]:
    for begin in range(0, rows, CHUNK):
        if stop is not None and stop[0]:
            raise Cancelled
        yield begin, min(rows, begin + CHUNK)
