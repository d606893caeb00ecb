"""A network's loss, hits and outputs on many samples, a block at a time and without dropout."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import boolean, float64, int64, intp, void

from engine.compile import NUMBA_REALS, address_of, jit
from engine.networks import plan as p
from engine.networks.gradient import gradient_kernel
from engine.networks.loop import ROWS, gather, gradient_at
from engine.networks.network import BLOCK
from engine.networks.plan import plan_of
from engine.networks.tiles import lanes_of
from engine.norms import norm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.network import Network, Samples
    from engine.networks.plan import Plan

    Array = NDArray[Any]


class Score(NamedTuple):
    """Loss on all samples; the share of right classes, NaN for regression."""

    loss: float
    accuracy: float


@cache
def _kernel(precision: str) -> Any:
    """Return evaluate(plan, address, inputs, targets, theta, work, outputs, losses)."""
    real = NUMBA_REALS[precision]
    vector = lanes_of(precision)
    signature = void(
        int64[::1], intp, real[:, ::1], real[:, ::1], real[::1], real[::1], real[:, ::1],
        float64[::1], boolean,
    )  # fmt: skip

    @jit(signature, name=precision)
    def evaluate(
        plan: Any, address: int, inputs: Any, targets: Any, theta: Any, work: Any, outputs: Any,
        losses: Any, keep: bool,
    ) -> None:  # fmt: skip
        loss_of = gradient_at(address, theta[0])
        total, units = inputs.shape[1], targets.shape[0]
        rows = np.arange(total)
        last = p.HEAD + (plan[p.LAYERS] - 1) * p.FIELDS
        for n in range(len(losses)):
            here = rows[n * BLOCK : min(total, (n + 1) * BLOCK)]
            lanes = (len(here) + vector - 1) // vector * vector
            gather(plan, work, inputs, targets, here, lanes)
            losses[n] = loss_of(plan, theta, work, len(here), 0.0, -1, theta[:0])
            if keep:
                start = plan[last + p.AFFINE]
                for k in range(units):
                    for b in range(len(here)):
                        outputs[k, n * BLOCK + b] = work[start + k * lanes + b]

    return evaluate


@cache
def _placer(precision: str) -> Any:
    """Return put(plan, inputs, targets, rows, work)."""
    real = NUMBA_REALS[precision]
    vector = lanes_of(precision)

    @jit(void(int64[::1], real[:, ::1], real[:, ::1], ROWS, real[::1]), name=precision)
    def put(plan: Any, inputs: Any, targets: Any, rows: Any, work: Any) -> None:
        lanes = (len(rows) + vector - 1) // vector * vector
        gather(plan, work, inputs, targets, rows, lanes)

    return put


def place(plan: Plan, samples: Samples, rows: Array, work: Array, precision: str) -> None:
    """Put rows of the samples into the work, where a gradient expects its batch."""
    rows = np.ascontiguousarray(rows, np.int64)
    _placer(precision)(plan.numbers, samples.inputs, samples.targets, rows, work)


class Evaluator:
    """Evaluates one network's parameters; not for several threads at once."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._plan = network.block_plan
        self._work = np.zeros(self._plan.work, network.start.dtype)
        self._address = address_of(gradient_kernel(network.precision))
        self._kernel = _kernel(network.precision)

    def score(self, theta: Array, samples: Samples) -> Score:
        """Return loss and accuracy on all samples; NaN where there are none."""
        if not samples.count:
            return Score(np.nan, np.nan)
        classes = self._network.model.task != "regression"
        losses, outputs = self._run(theta, samples, classes)
        return Score(self._whole(losses, samples.count), self._hits(outputs, samples.targets))

    def loss_and_norm(self, theta: Array, samples: Samples, rows: Array) -> tuple[float, float]:
        """Return the loss of one batch, and the Euclidean norm of its gradient."""
        plan = plan_of(self._network.model, len(rows), self._network.precision)
        work = np.zeros(plan.work, theta.dtype)
        place(plan, samples, rows, work, self._network.precision)
        gradient = np.zeros_like(theta)
        loss = gradient_kernel(self._network.precision)(
            plan.numbers, theta, work, len(rows), 0.0, -1, gradient
        )
        return float(loss), norm(gradient)

    def outputs(self, theta: Array, inputs: Array) -> Array:
        """Return the network's outputs (k, n), logits for classes, for inputs (d, n)."""
        from engine.networks.network import Samples

        inputs = np.ascontiguousarray(inputs, theta.dtype)
        nothing = np.zeros((self._network.model.sizes[-1], inputs.shape[1]), theta.dtype)
        return self._run(theta, Samples(inputs, nothing), True)[1]

    def _run(self, theta: Array, samples: Samples, keep: bool) -> tuple[Array, Array]:
        losses = np.empty(-(-samples.count // BLOCK))
        outputs = np.empty((len(samples.targets), samples.count if keep else 0), theta.dtype)
        self._kernel(
            self._plan.numbers, self._address, samples.inputs, samples.targets, theta, self._work,
            outputs, losses, keep,
        )  # fmt: skip
        return losses, outputs

    def _whole(self, losses: Array, count: int) -> float:
        if self._network.model.loss == "sum_squares":
            return float(losses.sum())
        sizes = np.full(len(losses), BLOCK)
        sizes[-1] = count - BLOCK * (len(losses) - 1)
        with np.errstate(all="ignore"):
            return float((losses * (sizes / count)).sum())

    def _hits(self, outputs: Array, targets: Array) -> float:
        task = self._network.model.task
        if task == "regression":
            return float("nan")
        if task == "binary":
            # A probability of one half is a logit of 0; a loss of squares aims at 0 and 1.
            border = 0.0 if self._network.model.loss.startswith("cross") else 0.5
            found: Any = (outputs[0] > border) == (targets[0] > 0.5)
        else:
            found = outputs.argmax(axis=0) == targets.argmax(axis=0)
        return float(found.mean())
