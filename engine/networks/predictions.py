"""What a network computes: at points, along a line and over a plane of its inputs, in each unit.

Inputs are asked for in the units of the data. A reading is what people understand of an output:
for regression the target in its units, (k, n); for classes one share per class, (classes, n), which
is a probability where the loss is a cross-entropy, else the output that aims at 0 or 1. NaN where
an output is not finite.
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from engine.networks.evaluation import Evaluator, place
from engine.networks.gradient import gradient_kernel
from engine.networks.network import BLOCK, Samples
from engine.networks.plan import AFFINE, AFTER, FIELDS, HEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from engine.networks.network import Network

    Array = NDArray[Any]
    View = tuple[float, float, float, float]

#: Places of a plane that are evaluated at once: their inputs stay small, and it can be stopped.
PLACES_AT_ONCE = 8192


class Over(NamedTuple):
    """Readings over a plane, (k, rows, columns), the first row highest; seconds per place."""

    readings: Array
    cost: float


def are_probabilities(network: Network) -> bool:
    """Return whether the readings of classes are probabilities."""
    return network.model.task != "regression" and network.model.loss.startswith("cross")


def predict(network: Network, theta: Array, inputs: Array) -> Array:
    """Return the readings (k, n) at inputs (n, d)."""
    return _predict(network, Evaluator(network), theta, inputs)


def _predict(network: Network, evaluator: Evaluator, theta: Array, inputs: Array) -> Array:
    with np.errstate(all="ignore"):
        scaled = network.prepared.input_scaling.scaled(inputs)
        outputs = evaluator.outputs(theta, scaled.T)
    return readings(network, outputs)


def readings(network: Network, outputs: Array) -> Array:
    """Return what outputs (k, n) of the last layer mean; see the module."""
    z = outputs.astype(np.float64)
    z[~np.isfinite(z)] = np.nan
    with np.errstate(all="ignore"):
        if network.model.task == "regression":
            units: Array = network.prepared.target_scaling.to_units(z.T).T
            return units
        if are_probabilities(network):
            # Of one output the second class has a logit, and the first one 0.
            z = np.vstack([np.zeros_like(z), z]) if len(z) == 1 else z
            powers = np.exp(z - z.max(axis=0))
            shares: Array = powers / powers.sum(axis=0)
            return shares
    return np.vstack([1.0 - z, z]) if len(z) == 1 else z


@lru_cache(maxsize=4)
def middle(network: Network) -> NDArray[np.float64]:
    """Return the mean (d,) of the training rows, in their units."""
    prepared = network.prepared
    # Shares first: sums of huge numbers overflow.
    shares = np.zeros(len(prepared.data.inputs))
    shares[prepared.rows] = 1.0 / len(prepared.rows)
    found: NDArray[np.float64] = shares @ prepared.data.inputs
    return found


def along(
    network: Network, theta: Array, axis: int, ends: tuple[float, float], count: int
) -> tuple[Array, Array]:
    """Return places (n,) on an input's axis and the readings (k, n) there; others at their mean."""
    places = np.linspace(*ends, count)
    inputs = np.tile(middle(network), (count, 1))
    inputs[:, axis] = places
    return places, predict(network, theta, inputs)


def over(
    network: Network,
    theta: Array,
    axes: tuple[int, int],
    view: View,
    size: tuple[int, int],
    stopped: Callable[[], bool] = lambda: False,
) -> Over | None:
    """Return the readings on a grid over two inputs, all others at their mean.

    Parameters
    ----------
    axes : which input goes across, which up.
    view : x low, x high, y low, y high; the grid's outer places lie on it.
    size : columns and rows, both above 1.
    stopped : asked between pieces; once it says so, there is nothing (None).
    """
    evaluator, start = Evaluator(network), time.thread_time()
    columns, rows = size
    across = np.linspace(view[0], view[1], columns)
    up = np.linspace(view[3], view[2], rows)
    base, few = middle(network), max(1, PLACES_AT_ONCE // columns)
    found = []
    for first in range(0, rows, few):
        if stopped():
            return None
        some = up[first : first + few]
        inputs = np.tile(base, (len(some) * columns, 1))
        inputs[:, axes[0]] = np.tile(across, len(some))
        inputs[:, axes[1]] = np.repeat(some, columns)
        found.append(_predict(network, evaluator, theta, inputs))
    whole = np.concatenate(found, axis=1).reshape(-1, rows, columns)
    return Over(whole, (time.thread_time() - start) / (rows * columns))


def activations(network: Network, theta: Array, inputs: Array) -> list[NDArray[np.float64]]:
    """Return what every unit gives for inputs (n, d): (units, n) per layer, the last one's raw.

    Hidden units are taken behind activation and residual connection, where the next layer sees
    them.
    """
    plan, kernel = network.block_plan, gradient_kernel(network.precision)
    layers = [plan.numbers[HEAD + k * FIELDS :][:FIELDS] for k in range(network.model.layers)]
    starts = [*(fields[AFTER] for fields in layers[:-1]), layers[-1][AFFINE]]
    with np.errstate(all="ignore"):
        scaled = network.prepared.input_scaling.scaled(inputs).T
        samples = _samples(scaled, network)
    work = np.zeros(plan.work, theta.dtype)
    found = [np.empty((units, samples.count)) for units in network.model.sizes[1:]]
    for first in range(0, samples.count, BLOCK):
        rows = np.arange(first, min(first + BLOCK, samples.count))
        place(plan, samples, rows, work, network.precision)
        kernel(plan.numbers, theta, work, len(rows), 0.0, -1, theta[:0])
        _copy_units(work, starts, found, rows, network)
    return found


def _copy_units(
    work: Array, starts: Sequence[int], found: list[Array], rows: Array, network: Network
) -> None:
    from engine.networks.tiles import lanes_of

    lanes = -(-len(rows) // lanes_of(network.precision)) * lanes_of(network.precision)
    for start, values in zip(starts, found, strict=True):
        block = work[start : start + len(values) * lanes].reshape(len(values), lanes)
        values[:, rows] = block[:, : len(rows)]


def _samples(scaled: Array, network: Network) -> Samples:
    inputs = np.ascontiguousarray(scaled, network.start.dtype)
    nothing = np.zeros((network.model.sizes[-1], inputs.shape[1]), inputs.dtype)
    return Samples(inputs, nothing)
