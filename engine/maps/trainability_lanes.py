"""Puts the networks of a trainability map into lanes and has them trained."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.descent import Cancelled
from engine.maps.lane_layers import LANES
from engine.maps.trainability import ACTIVATIONS
from engine.maps.trainability_kernel import KEPT, trainability_kernel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.maps.trainability import Trainability

    Reals = NDArray[np.float64]

NOTHING = np.zeros(0)


class Draws(NamedTuple):
    """What chance decides: weights (n, m) and (n,), samples (points, m), targets (points,)."""

    input_weights: Reals
    output_weights: Reals
    inputs: Reals
    targets: Reals


class Trained(NamedTuple):
    """What the kernel has kept of each network, (networks, 7), and the first one's last weights."""

    kept: Reals
    input_weights: Reals
    output_weights: Reals


def draws_of(task: Trainability) -> Draws:
    """Return the standard normal numbers of a task, the same for all its pixels; read-only."""
    return _drawn(task.width, task.inputs, task.points, task.seed)


@lru_cache(maxsize=8)
def _drawn(width: int, inputs: int, points: int, seed: int) -> Draws:
    shapes = ((width, inputs), (width,), (points, inputs), (points,))
    found = [_generator(seed, n).standard_normal(shape) for n, shape in enumerate(shapes)]
    for array in found:
        array.flags.writeable = False
    return Draws(*found)


@lru_cache(maxsize=4)
def _rows(points: int, batch: int, steps: int, seed: int) -> NDArray[np.int64]:
    """Return which points each step sees, (steps · batch,): the first steps' for any count."""
    return _generator(seed, 4).integers(0, points, steps * batch, dtype=np.int64)


def _generator(seed: int, stream: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(stream,))))


def train(
    task: Trainability, settings: Mapping[str, Reals], steps: int, batch: int,
    stop: NDArray[np.uint8], record: Reals,
) -> Trained:  # fmt: skip
    """Train the networks with these settings (networks,); `record` gets the last one's losses.

    Raises
    ------
    engine.descent.Cancelled : `stop` was set.
    """
    draws, count = draws_of(task), len(settings["gain"])
    slots = -(-count // LANES) * LANES
    gain, offset = (_padded(settings[name], slots) for name in ("gain", "offset"))
    w0 = _in_lanes(draws.input_weights.ravel(), gain, offset)
    w1 = _in_lanes(draws.output_weights, gain, np.zeros(slots))
    rolls = bool(settings["momentum"].any())
    velocities = (np.zeros_like(w0), np.zeros_like(w1)) if rolls else (NOTHING, NOTHING)
    rates = (_padded(settings[name], slots) for name in ("input_rate", "output_rate", "momentum"))
    who = np.where(np.arange(slots) < count, np.arange(slots), -1)
    kept = np.zeros((count, KEPT))
    rows = _rows(task.points, batch, steps, task.seed) if batch else np.zeros(0, np.int64)
    factor = np.sqrt((1.0 if task.activation == "identity" else 2.0) / task.inputs)
    ended = trainability_kernel()(
        ACTIVATIONS.index(task.activation), task.width, task.inputs, steps,
        (draws.inputs * factor).ravel(), draws.targets.copy(), rows, batch,
        (w0, w1, *velocities, *rates), who, kept, record, stop,
    )  # fmt: skip
    if not ended:
        raise Cancelled
    first = w0.reshape(-1, task.width, task.inputs, LANES)[0, :, :, 0]
    return Trained(kept, first.copy(), w1.reshape(-1, task.width, LANES)[0, :, 0].copy())


def _padded(values: Reals, slots: int) -> Reals:
    found = np.zeros(slots)
    found[: len(values)] = values
    return found


def _in_lanes(weights: Reals, gain: Reals, offset: Reals) -> Reals:
    """Return gain · weight + offset of each weight in each slot, in groups of lanes, flat."""
    with np.errstate(all="ignore"):
        lanes = weights[:, None] * gain.reshape(-1, 1, LANES) + offset.reshape(-1, 1, LANES)
    return np.ascontiguousarray(lanes).ravel()
