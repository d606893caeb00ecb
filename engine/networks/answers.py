"""How a network answers the rows of its data: some of them, their truth, and what was mistaken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.network import Network

    Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows of a network's data, those of training first.

    Parameters
    ----------
    inputs : (n, d), in the units of the data.
    truth : (n,), the first target in its units, or the number of the class.
    held : (n,), which of them are for validation.
    total : how many rows the data have.
    """

    inputs: NDArray[np.float64]
    truth: NDArray[np.float64]
    held: NDArray[np.bool_]
    total: int


@dataclass(frozen=True, eq=False)
class Confusion:
    """How often class i (row) was taken for class j (column), (c, c); rows without an answer."""

    counts: NDArray[np.int64]
    undecided: int


def extent(values: Array) -> tuple[float, float]:
    """Return lowest and highest of some values (n,), a little apart where all are the same."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        room = max(1.0, 0.1 * abs(low))
        return low - room, high + room
    return low, high


def input_extent(network: Network, axis: int) -> tuple[float, float]:
    """Return the `extent` of an input over all rows."""
    return extent(network.prepared.data.inputs[:, axis])


def target_extent(network: Network) -> tuple[float, float]:
    """Return the `extent` of the readings that are right: of the first target, or 0 and 1."""
    data = network.prepared.data
    return extent(data.targets[:, 0]) if data.task == "regression" else (0.0, 1.0)


def some_rows(network: Network, most: int) -> Rows:
    """Return at most about `most` rows, evenly out of all, of training and validation alike."""
    prepared = network.prepared
    data, parts = prepared.data, (prepared.rows, prepared.validation_rows)
    every = -(-len(data.inputs) // most)
    chosen = [rows[::every] for rows in parts]
    both = np.concatenate(chosen)
    truth = np.asarray(data.targets, np.float64)[both]
    return Rows(
        inputs=data.inputs[both],
        truth=truth[:, 0] if truth.ndim > 1 else truth,
        held=np.repeat([False, True], [len(rows) for rows in chosen]),
        total=len(data.inputs),
    )


def decided(shares: Array) -> NDArray[np.int64]:
    """Return the class (n,) with the largest of the shares (classes, n); −1 where one is NaN."""
    fine = np.isfinite(shares).all(axis=0)
    return np.where(fine, np.where(fine, shares, 0.0).argmax(axis=0), -1)


def confuse(rows: Rows, shares: Array, held: bool) -> Confusion:
    """Return how training rows, or those held back, were classed by shares (classes, n)."""
    classes = len(shares)
    ours = rows.held == held
    true, found = rows.truth[ours].astype(np.int64), decided(shares[:, ours])
    cells = true[found >= 0] * classes + found[found >= 0]
    counts = np.bincount(cells, minlength=classes * classes).reshape(classes, classes)
    return Confusion(counts, int((found < 0).sum()))


def typical_error(rows: Rows, predicted: Array, held: bool) -> float:
    """Return the root of the mean squared error (n,) of training rows, or those held back."""
    ours = rows.held == held
    if not ours.any():
        return float("nan")
    with np.errstate(all="ignore"):
        error = np.abs(rows.truth[ours] - predicted[ours])
        largest = float(error.max())
        if not 0.0 < largest < np.inf:
            return largest
        # Of shares, because squares may overflow.
        return float(largest * np.sqrt(((error / largest) ** 2).mean()))
