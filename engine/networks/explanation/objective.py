"""A network's loss on some rows, as explanations ask for it: value, gradient, product."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.compile import address_of
from engine.networks.explanation.sums import gradients_kernel, products_kernel, values_kernel
from engine.networks.gradient import gradient_kernel
from engine.networks.network import BLOCK, Samples
from engine.networks.plan import Plan, plan_of
from engine.networks.product import product_kernel

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from engine.networks.batches import BatchOrder
    from engine.networks.model import Model
    from engine.networks.network import Network

    Array = NDArray[np.float64]

#: Curvature is taken on no more rows than this: λ₁ hardly depends on the others.
MOST_ROWS = 2000
#: Numbers that all blocks' works may hold together, 64 MB; beyond it they share one.
MOST_KEPT = 8_000_000


@dataclass(frozen=True, eq=False)
class NetworkObjective:
    """What a run lowers, as a function of all P parameters, in float64; without dropout.

    Parameters
    ----------
    model : the network's shape and loss.
    samples : rows in float64.
    rows : which of them count, int64 (n,).
    order : which rows each step sees.
    sense : −1 for a run that climbs, whose negative loss is lowered.
    key : the step whose units are left out by dropout, −1 for none.
    """

    model: Model
    samples: Samples
    rows: NDArray[np.int64]
    order: BatchOrder
    sense: float = 1.0
    key: int = -1

    @property
    def size(self) -> int:
        """Number of coordinates, P."""
        return self.model.size

    def value(self, points: ArrayLike) -> Array:
        """Return the loss at points of shape (..., P), shape (...)."""
        where = np.ascontiguousarray(points, np.float64)
        losses = np.empty(where.shape[:-1])
        plan = self._plan(second=False)
        values_kernel("float64")(
            plan.numbers, address_of(gradient_kernel("float64")), *self._rows(plan),
            where.reshape(-1, self.size), np.empty((1, plan.work)), losses.reshape(-1),
        )  # fmt: skip
        return self.sense * losses

    def gradient(self, point: ArrayLike) -> Array:
        """Return the gradient at one point, (P,)."""
        return self.near(point, second=False).gradient

    def product(self, point: ArrayLike, vector: ArrayLike) -> Array:
        """Return the Hessian at one point times a vector, (P,)."""
        return self.near(point).product(vector)

    def near(self, point: ArrayLike, *, second: bool = True) -> Near:
        """Return loss and gradient at a point, and with `second` the Hessian as an operator."""
        return Near(self, point, second)

    def of_rows(self, rows: ArrayLike) -> NetworkObjective:
        """Return the loss on other rows."""
        return replace(self, rows=np.ascontiguousarray(rows, np.int64), key=-1)

    def of_batch(self, step: int) -> NetworkObjective:
        """Return the loss that a step saw: its rows, and its dropout."""
        key = step if self.model.dropout > 0 else -1
        return replace(self, rows=self.order.rows_of(step), key=key)

    def thinned(self, most: int = MOST_ROWS) -> NetworkObjective:
        """Return the loss on at most so many rows, drawn with seed 0."""
        return self.of_rows(drawn(self.rows, most)) if len(self.rows) > most else self

    @property
    def note(self) -> str:
        """A sentence if only some of the rows count, else empty."""
        if self.key >= 0 or len(self.rows) == self.samples.count:
            return ""
        return f"On {len(self.rows):,} of {self.samples.count:,} training rows, drawn with seed 0."

    def _plan(self, *, second: bool) -> Plan:
        # A unit's dropout goes by its sample's place in the batch, which must not be cut up.
        samples = len(self.rows) if self.key >= 0 else min(len(self.rows), BLOCK)
        return plan_of(self.model, samples, "float64", second=second)

    def _rows(self, plan: Plan) -> tuple[Any, ...]:
        mean = self.model.loss != "sum_squares"
        return (
            self.samples.inputs, self.samples.targets, self.rows, plan.samples, mean,
            self.model.dropout, self.key,
        )  # fmt: skip


class Near:
    """A network's loss near one point; not for several threads at once.

    Attributes
    ----------
    value : the loss there.
    gradient : (P,).
    """

    value: float
    gradient: Array

    def __init__(self, objective: NetworkObjective, point: ArrayLike, second: bool) -> None:
        self._objective = objective
        self._point = np.ascontiguousarray(point, np.float64)
        self._plan = objective._plan(second=second)
        blocks = -(-len(objective.rows) // self._plan.samples)
        kept = blocks if second and blocks * self._plan.work <= MOST_KEPT else 1
        self._works = np.empty((kept, self._plan.work))
        self._part = np.empty(objective.size)
        self._rows = objective._rows(self._plan)
        found = np.empty(objective.size)
        loss = gradients_kernel("float64")(
            self._plan.numbers, address_of(gradient_kernel("float64")), *self._rows, self._point,
            self._works, self._part, found,
        )  # fmt: skip
        self.value, self.gradient = objective.sense * loss, objective.sense * found

    def product(self, vector: ArrayLike) -> Array:
        """Return the Hessian times a vector, (P,)."""
        found = np.empty_like(self._point)
        addresses = (
            address_of(gradient_kernel("float64")), address_of(product_kernel("float64"))
        )  # fmt: skip
        products_kernel("float64")(
            self._plan.numbers, addresses, *self._rows, self._point,
            np.ascontiguousarray(vector, np.float64), self._works, self._part, found,
        )  # fmt: skip
        return self._objective.sense * found


def objective_of(network: Network, *, maximize: bool = False) -> NetworkObjective:
    """Return the loss on all training rows, as the run's precision holds them."""
    data = network.training
    samples = Samples(*(a.astype(np.float64, copy=False) for a in (data.inputs, data.targets)))
    rows = np.arange(data.count)
    return NetworkObjective(network.model, samples, rows, network.order, -1.0 if maximize else 1.0)


def drawn(rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Return `most` of some rows, in their order, drawn with seed 0."""
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False))
