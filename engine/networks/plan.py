"""Where everything lies that a network's kernels read and write, as one array of numbers.

A kernel gets no objects: the plan tells it sizes, codes and offsets into two flat arrays, the
parameters and the work. Work holds (units, lanes) blocks, one row a unit, and a row's samples
behind each other; lanes are the batch rounded up to whole vectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.networks.activations import code_of
from engine.networks.losses import CATALOGUE, loss_named
from engine.networks.tiles import lanes_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.model import Kind, Model

#: Head of a plan.
LAYERS, LOSS, ACTIVATION, INPUT, TARGET, ONES, ROWS, SIZE = range(8)
HEAD = 8
#: One layer's fields: units; parameters' offsets (−1 for none); blocks in the work.
(
    INPUTS, OUTPUTS, WEIGHT, BIAS, GAIN, SHIFT,
    BEFORE, AFFINE, AFTER, SLOPE, NORMAL, SCALE, ERROR, DOWN, SKIPS,
    TANGENT_BEFORE, TANGENT_AFFINE, TANGENT_AFTER, BEND, TANGENT_NORMAL, TANGENT_ERROR,
    TANGENT_DOWN, PULLED,
) = range(23)  # fmt: skip
FIELDS = 23


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan with the size of its work.

    Parameters
    ----------
    numbers : int64 (HEAD + layers · FIELDS,).
    work : how many numbers of its precision the work has.
    samples : the largest batch it has room for.
    """

    numbers: NDArray[np.int64]
    work: int
    samples: int


class _Room:
    """Hands out blocks of the work, each beginning at a whole vector."""

    def __init__(self, vector: int) -> None:
        self.vector, self.taken = vector, 0

    def take(self, count: int) -> int:
        at = self.taken
        self.taken += -(-count // self.vector) * self.vector
        return at


def plan_of(model: Model, samples: int, precision: str, *, second: bool = False) -> Plan:
    """Return the plan of a network for batches of up to `samples`.

    With `second`, there is room for the tangents of Hessian-vector products as well.
    """
    vector = lanes_of(precision)
    lanes = -(-samples // vector) * vector
    room = _Room(vector)
    numbers = np.full(HEAD + model.layers * FIELDS, -1, np.int64)
    inputs, *_, outputs = model.sizes
    numbers[LAYERS] = model.layers
    numbers[LOSS] = loss_code(model)
    numbers[ACTIVATION] = code_of(model.activation)
    numbers[INPUT] = before = room.take(inputs * lanes)
    numbers[TARGET] = room.take(outputs * lanes)
    numbers[ONES] = room.take(lanes)
    numbers[ROWS] = room.take(4 * lanes)
    numbers[SIZE] = model.size
    tangent = -1
    for layer in range(model.layers):
        fields = numbers[HEAD + layer * FIELDS :][:FIELDS]
        before, tangent = _fill(fields, model, layer, lanes, room, (before, tangent), second)
    return Plan(numbers, room.taken, samples)


def _fill(
    fields: NDArray[np.int64], model: Model, layer: int, lanes: int, room: _Room,
    before: tuple[int, int], second: bool,
) -> tuple[int, int]:  # fmt: skip
    """Fill in one layer and return where its outputs and their tangents are."""
    inputs, outputs = model.sizes[layer : layer + 2]
    block = outputs * lanes
    fields[INPUTS], fields[OUTPUTS] = inputs, outputs
    kinds: tuple[Kind, ...] = ("weight", "bias", "gain", "shift")
    for field, kind in zip((WEIGHT, BIAS, GAIN, SHIFT), kinds, strict=True):
        tensor = model.tensor(layer, kind)
        fields[field] = tensor.offset if tensor else -1
    fields[BEFORE], fields[TANGENT_BEFORE] = before
    fields[AFFINE], fields[ERROR] = room.take(block), room.take(block)
    fields[SKIPS] = model.skips(layer)
    if second:
        fields[TANGENT_AFFINE], fields[TANGENT_ERROR] = room.take(block), room.take(block)
    if layer == model.layers - 1:
        return -1, -1
    fields[AFTER], fields[SLOPE], fields[DOWN] = (room.take(block) for _ in range(3))
    if second:
        wanted = (TANGENT_AFTER, BEND, TANGENT_DOWN)
        fields[list(wanted)] = [room.take(block) for _ in wanted]
    if model.layer_norm:
        fields[NORMAL], fields[SCALE] = room.take(block), room.take(lanes)
        if second:
            # One row more, for the change of the scale.
            fields[TANGENT_NORMAL] = room.take(block + lanes)
            fields[PULLED] = room.take(block)
    return int(fields[AFTER]), int(fields[TANGENT_AFTER])


def loss_code(model: Model) -> int:
    """Return the number by which kernels know a model's loss."""
    index = CATALOGUE.index(loss_named(model.loss))
    # Of one output the probability is a sigmoid, of several a softmax.
    several = model.loss.startswith("cross_entropy") and model.task == "classes"
    return index + 2 * several
