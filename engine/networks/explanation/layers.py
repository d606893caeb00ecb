"""What stands in a network's layers at some weights: sizes of signals, dead and saturated units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.networks import plan as p
from engine.networks.evaluation import place
from engine.networks.gradient import gradient_kernel
from engine.networks.network import BLOCK
from engine.networks.plan import plan_of
from engine.networks.tiles import lanes_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from engine.networks.explanation.objective import NetworkObjective

    Array = NDArray[np.float64]

#: Largest slope of activations that saturate.
STEEPEST = {"tanh": 1.0, "sigmoid": 0.25}
#: A unit is saturated where its slope is below this part of the steepest, on this part of rows.
FLAT, MOSTLY = 0.01, 0.95


@dataclass(frozen=True, eq=False)
class Layers:
    """Each layer at some weights, over all rows of an objective.

    Parameters
    ----------
    outputs : (L,), root mean square of what each layer hands on; of the last one its outputs.
    errors : (L,), root mean square of the loss's slope by each layer's sums.
    gradients : (L,), root mean square of the gradient of each layer's weights.
    units : (L − 1,) int64, units of the hidden layers.
    dead : (L − 1,) int64, those whose slope is 0 on every row: nothing of them learns.
    saturated : (L − 1,) int64, those of tanh and sigmoid that are flat on nearly every row.
    silent : the first hidden layer, counted from 1, that no gradient passes, because all its units
        are dead and nothing leads past them; 0 if there is none.
    """

    outputs: Array
    errors: Array
    gradients: Array
    units: NDArray[np.int64]
    dead: NDArray[np.int64]
    saturated: NDArray[np.int64]
    silent: int


def layers_at(objective: NetworkObjective, point: ArrayLike) -> Layers:
    """Return what stands in the layers at weights (P,), without dropout."""
    model, rows = objective.model, objective.rows
    theta = np.ascontiguousarray(point, np.float64)
    plan = plan_of(model, min(len(rows), BLOCK), "float64")
    work, part = np.empty(plan.work), np.zeros(model.size)
    fields = plan.numbers[p.HEAD :].reshape(model.layers, p.FIELDS)
    hidden = model.layers - 1
    squares, gradient = np.zeros((2, model.layers)), np.zeros(model.size)
    dead = [np.ones(units, bool) for units in model.sizes[1:-1]]
    flat = [np.zeros(units) for units in model.sizes[1:-1]]
    for begin in range(0, len(rows), plan.samples):
        here = rows[begin : begin + plan.samples]
        share = 1.0 if model.loss == "sum_squares" else len(here) / len(rows)
        place(plan, objective.samples, here, work, "float64")
        gradient_kernel("float64")(plan.numbers, theta, work, len(here), 0.0, -1, part)
        with np.errstate(all="ignore"):
            gradient += share * part
            for layer, numbers in enumerate(fields):
                after = numbers[p.AFTER] if layer < hidden else numbers[p.AFFINE]
                squares[0, layer] += (_block(work, numbers, after, len(here)) ** 2).sum()
                error = share * _block(work, numbers, numbers[p.ERROR], len(here))
                squares[1, layer] += (error**2).sum()
                if layer < hidden:
                    slopes = np.abs(_block(work, numbers, numbers[p.SLOPE], len(here)))
                    dead[layer] &= (slopes == 0).all(axis=1)
                    steepest = STEEPEST.get(model.activation, 0.0)
                    flat[layer] += (slopes < FLAT * steepest).sum(axis=1)
    silent = [n + 1 for n, off in enumerate(dead) if off.all() and not model.skips(n)]
    with np.errstate(all="ignore"):
        counts = len(rows) * np.array(model.sizes[1:])
        weights = [
            values
            for tensor, values in zip(model.tensors, model.views(gradient), strict=True)
            if tensor.kind == "weight"
        ]
        return Layers(
            outputs=np.sqrt(squares[0] / counts),
            errors=np.sqrt(squares[1] / counts),
            gradients=np.array([np.sqrt((values**2).mean()) for values in weights]),
            units=np.array(model.sizes[1:-1], np.int64),
            dead=np.array([units.sum() for units in dead], np.int64),
            saturated=np.array([(f > MOSTLY * len(rows)).sum() for f in flat], np.int64),
            silent=silent[0] if silent else 0,
        )


def _block(work: Array, numbers: NDArray[np.int64], start: int, count: int) -> Array:
    """Return a layer's block of the work, (units, count), without padding."""
    vector = lanes_of("float64")
    lanes = -(-count // vector) * vector
    return work[start : start + numbers[p.OUTPUTS] * lanes].reshape(-1, lanes)[:, :count]
