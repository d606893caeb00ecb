"""Finds the first quantity of a training run that was not finite, by taking the steps again.

In the order of one step: weights, the layers' activations from the input on, the loss, the
gradients from the output back, the optimizer's state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.networks import plan as p
from engine.networks.evaluation import place
from engine.networks.gradient import gradient_kernel
from engine.networks.history import Fault
from engine.networks.plan import plan_of
from engine.networks.steps import Chunk, steps_of
from engine.networks.tiles import lanes_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.network import Network
    from engine.networks.settings import TrainingRun

    Array = NDArray[Any]


def first_fault(
    network: Network, run: TrainingRun, chunk: Chunk, records: Array, before: Any
) -> Fault | None:
    """Return what was not finite first in a chunk of steps, or None if all was.

    Parameters
    ----------
    chunk : the steps; `records` (3, taken) what they recorded.
    before : the snapshot from which they were taken.
    """
    broken = ~np.isfinite(records).all(axis=0)
    if not broken.any():
        return None
    s = int(broken.argmax())
    taker = steps_of(network, run)
    taker.restore(before)
    taker.take(part(chunk, 0, s), np.empty((3, s)), np.zeros(1, np.uint8))
    found = _in_pass(network, taker.theta, chunk, s)
    if found is not None:
        return found
    # Finite up to the gradient: the step itself broke it.
    taker.take(part(chunk, s, s + 1), np.empty((3, 1)), np.zeros(1, np.uint8))
    for tensor, values in zip(
        network.model.tensors, network.model.views(taker.theta[: network.model.size]), strict=True
    ):
        if not np.isfinite(values).all():
            return Fault(chunk.first + s + 1, tensor.kind, tensor.layer + 1, _worst(values))
    return Fault(chunk.first + s, "step", 0, _worst(records[2, s : s + 1]))


def _in_pass(network: Network, theta: Array, chunk: Chunk, s: int) -> Fault | None:
    """Return what is not finite in one batch's pass forwards and backwards."""
    model, t = network.model, chunk.first + s
    rows = _rows(chunk, s)
    plan = plan_of(model, len(rows), network.precision)
    work = np.zeros(plan.work, theta.dtype)
    place(plan, network.training, rows, work, network.precision)
    gradient = np.zeros_like(theta)
    loss = gradient_kernel(network.precision)(
        plan.numbers, theta, work, len(rows), model.dropout, t, gradient
    )
    lanes = -(-len(rows) // lanes_of(network.precision)) * lanes_of(network.precision)
    for layer in range(model.layers):
        fields = plan.numbers[p.HEAD + layer * p.FIELDS :][: p.FIELDS]
        for field, what in ((p.AFFINE, "pre-activation"), (p.AFTER, "activation")):
            start = fields[field]
            block = work[start : start + fields[p.OUTPUTS] * lanes].reshape(-1, lanes)
            values = block[:, : len(rows)]
            if start >= 0 and not np.isfinite(values).all():
                return Fault(t, what, layer + 1, _worst(values))
    if not np.isfinite(loss):
        return Fault(t, "loss", 0, _worst(np.array([loss])))
    parts = zip(model.tensors, model.views(gradient[: model.size]), strict=True)
    for tensor, values in reversed(list(parts)):
        if not np.isfinite(values).all():
            return Fault(t, f"gradient of the {tensor.kind}", tensor.layer + 1, _worst(values))
    return None


def _worst(values: Array) -> str:
    """Return how values that are not all finite broke: where one overflowed, NaN came of it."""
    return "inf" if np.isinf(values).any() else "NaN"


def _rows(chunk: Chunk, s: int) -> Array:
    if chunk.same:
        return chunk.rows
    begin = int(chunk.counts[:s].sum())
    return chunk.rows[begin : begin + int(chunk.counts[s])]


def part(chunk: Chunk, first: int, end: int) -> Chunk:
    """Return steps `first` to `end` of a chunk."""
    begin, stop = (int(chunk.counts[:n].sum()) for n in (first, end))
    return Chunk(
        first=chunk.first + first,
        rows=chunk.rows if chunk.same else chunk.rows[begin:stop],
        counts=chunk.counts[first:end],
        same=chunk.same,
        rates=chunk.rates[first:end] if len(chunk.rates) > 1 else chunk.rates,
        noise=chunk.noise[first:end],
    )
