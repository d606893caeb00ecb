"""Loss, gradient and Hessian of a network on the rows of one step, for rules that ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from engine.networks.evaluation import place
from engine.networks.gradient import gradient_kernel
from engine.networks.matrix_rules.rule import Evaluate
from engine.networks.plan import plan_of
from engine.networks.product import product_kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.network import Network
    from engine.networks.plan import Plan

    Array = NDArray[Any]


class _Room(NamedTuple):
    """A plan with its work."""

    plan: Plan
    work: Array


class BatchLoss:
    """What a step lowers: the loss of its rows, or where the run climbs, the negative loss.

    The last answer is kept, because a rule asks again where the step before it ended.

    Parameters
    ----------
    network : the model with its data.
    maximize : whether the run climbs.

    Attributes
    ----------
    evaluations : gradients it has computed, a product with the Hessian for two of them.
    """

    def __init__(self, network: Network, maximize: bool) -> None:
        self.evaluations = 0
        self._network = network
        self._sense = network.start.dtype.type(-1.0 if maximize else 1.0)
        self._rows: Array = np.empty(0, np.int64)
        self._key = -1
        self._first = self._room(second=False)
        self._second: _Room | None = None
        self._last: tuple[Array, float, Array] | None = None
        self.evaluate = Evaluate(self._loss_and_gradient, self._products)

    def see(self, rows: Array, key: int) -> None:
        """Turn to the rows (n,) int64 of a step, of whose dropout `key`, its number, decides."""
        same_rows = np.array_equal(rows, self._rows)
        if not same_rows:
            self._rows = rows
            self._place(self._first)
        if not same_rows or (key != self._key and self._network.model.dropout > 0.0):
            self._last = None
        self._key = key

    def _room(self, *, second: bool) -> _Room:
        network = self._network
        plan = plan_of(network.model, network.order.size, network.precision, second=second)
        return _Room(plan, np.zeros(plan.work, network.start.dtype))

    def _place(self, room: _Room) -> None:
        network = self._network
        place(room.plan, network.training, self._rows, room.work, network.precision)

    def _loss_and_gradient(self, theta: Array) -> tuple[float, Array]:
        if self._last is None or not np.array_equal(self._last[0], theta):
            loss, gradient = self._gradient(self._first, theta)
            self._last = theta.copy(), float(self._sense) * loss, self._sense * gradient
        return self._last[1:]

    def _gradient(self, room: _Room, theta: Array) -> tuple[float, Array]:
        gradient = np.empty_like(theta)
        self.evaluations += 1
        loss = gradient_kernel(self._network.precision)(
            room.plan.numbers, theta, room.work, len(self._rows), self._network.model.dropout,
            self._key, gradient,
        )  # fmt: skip
        return float(loss), gradient

    def _products(self, theta: Array, directions: Array) -> Array:
        if self._second is None:
            self._second = self._room(second=True)
        room = self._second
        self._place(room)
        # A product reads what a gradient at the same place has left.
        self._gradient(room, theta)
        kernel = product_kernel(self._network.precision)
        found = np.empty_like(directions)
        self.evaluations += 2 * len(directions)
        for direction, product in zip(directions, found, strict=True):
            kernel(room.plan.numbers, theta, direction, room.work, len(self._rows), product)
        found *= self._sense
        return found
