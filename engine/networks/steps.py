"""What takes a run's steps: the compiled loop, or for rules of whole tensors a loop in NumPy."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from engine.compile import address_of
from engine.descent import Shared, hyperparameter_array
from engine.networks.batch_loss import BatchLoss
from engine.networks.gradient import gradient_kernel
from engine.networks.loop import loop_kernel
from engine.networks.matrix_rules.advance import advance
from engine.networks.matrix_rules.rule import MatrixOptimizer
from engine.networks.matrix_rules.sam import sharpness_aware
from engine.networks.misfits import refuse_misfits
from engine.networks.plan import plan_of
from engine.networks.settings import rule_named
from engine.networks.stepper import fresh_state, stepper_kernel
from engine.norms import norm
from engine.parameter import complete

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.matrix_rules.rule import Evaluate
    from engine.networks.network import Network
    from engine.networks.settings import TrainingRun
    from engine.optimizers.optimizer import Optimizer

    Array = NDArray[Any]


class Chunk(NamedTuple):
    """Some steps in a row, as the batches' order gives them.

    Parameters
    ----------
    first : number of the first step.
    rows : int64, the rows of all steps behind each other; with `same` those of one step.
    counts : (steps,) int64, how many rows each step sees.
    same : whether every step sees the same rows.
    rates : (steps,) or (1,) learning rates.
    noise : (steps, P) standard normals, or (0, 0).
    """

    first: int
    rows: Array
    counts: Array
    same: bool
    rates: Array
    noise: Array


class Steps(Protocol):
    """Takes steps and keeps what one step needs of those before it."""

    theta: Array

    @property
    def evaluations(self) -> int:
        """Gradients, or what costs as much, that its steps have taken so far."""

    def take(self, chunk: Chunk, records: Array, stop: Array) -> int:
        """Take a chunk's steps and return how many were taken.

        Fewer than asked for if `stop` was set or a step left weights that are not finite; that
        step counts. `records` (3, steps) gets batch loss, gradient norm and length of each step.
        """

    def snapshot(self) -> Any:
        """Return a copy of weights and state."""

    def restore(self, snapshot: Any) -> None:
        """Go back to a snapshot."""


def steps_of(network: Network, run: TrainingRun) -> Steps:
    """Return what takes the steps of a run, at the network's first weights.

    Raises
    ------
    ValueError : the optimizer cannot do what the run asks of it (a plain sentence).
    """
    rule = rule_named(run.optimizer)
    if isinstance(rule, MatrixOptimizer):
        refuse_misfits(rule, run, network.model.size)
        return TensorSteps(network, run, rule)
    return CompiledSteps(network, run, rule)


class CompiledSteps:
    """Steps of an elementwise rule, taken in `engine.networks.loop`."""

    def __init__(self, network: Network, run: TrainingRun, rule: Optimizer) -> None:
        self._network, self._run = network, run
        self._plan = plan_of(network.model, network.order.size, network.precision)
        self.theta, self.evaluations = network.start.copy(), 0
        self._gradient, self._before = np.zeros_like(self.theta), np.zeros_like(self.theta)
        self._state = fresh_state(rule, len(self.theta), self.theta.dtype)
        self._carry = np.array(rule.carry, np.float64)
        self._work = np.zeros(self._plan.work, self.theta.dtype)
        self._h = hyperparameter_array(rule, complete(rule.parameters, run.hyperparameters))
        self._shared = tuple(map(float, _shared(run)))
        precision = network.precision
        self._evaluate = address_of(gradient_kernel(precision))
        self._step = address_of(stepper_kernel(rule.name, precision))
        self._loop = loop_kernel(precision)

    def take(self, chunk: Chunk, records: Array, stop: Array) -> int:
        """See `Steps.take`."""
        taken: int = self._loop(*self.arguments(chunk, records, stop))
        self.count(taken)
        return taken

    def count(self, taken: int) -> None:
        """Note that so many steps were taken: SAM asks for two gradients in each."""
        self.evaluations += taken * (2 if self._run.sharpness > 0 else 1)

    def arguments(self, chunk: Chunk, records: Array, stop: Array) -> tuple[Any, ...]:
        """Return what `engine.networks.loop` takes a chunk's steps with."""
        data = self._network.training
        return (
            self._plan.numbers, self._evaluate, self._step, data.inputs, data.targets,
            chunk.rows, chunk.counts, chunk.same, self.theta, self._gradient, self._before,
            self._state, self._work, chunk.rates, chunk.first, self._shared, self._h, self._carry,
            chunk.noise, self._network.model.dropout, self._run.sharpness, stop, records,
        )  # fmt: skip

    def snapshot(self) -> Any:
        """See `Steps.snapshot`."""
        return self.theta.copy(), self._state.copy(), self._carry.copy()

    def restore(self, snapshot: Any) -> None:
        """See `Steps.restore`."""
        self.theta[:], self._state[:], self._carry[:] = snapshot


class TensorSteps:
    """Steps of a rule of whole tensors."""

    def __init__(self, network: Network, run: TrainingRun, rule: MatrixOptimizer) -> None:
        self._network, self._run, self._rule = network, run, rule
        self._loss = BatchLoss(network, run.maximize)
        self.theta = network.start.copy()
        values = complete(rule.parameters, run.hyperparameters)
        self._h = tuple(values[p.name] for p in rule.parameters)
        self._tensors = network.model.views(self.theta)
        self._state = rule.start(self._tensors, self._h)

    @property
    def evaluations(self) -> int:
        """See `Steps.evaluations`."""
        return self._loss.evaluations

    def take(self, chunk: Chunk, records: Array, stop: Array) -> int:
        """See `Steps.take`."""
        begin = 0
        for s, count in enumerate(chunk.counts.tolist()):
            if stop[0]:
                return s
            rows = chunk.rows[:count] if chunk.same else chunk.rows[begin : begin + count]
            begin += count
            self._loss.see(rows, chunk.first + s)
            records[:, s] = self._take_one(chunk, s)
            if not np.isfinite(records[2, s]):
                return s + 1
        return len(chunk.counts)

    def _take_one(self, chunk: Chunk, s: int) -> tuple[float, float, float]:
        run, rule, bare = self._run, self._rule, self._loss.evaluate
        theta = self.theta[: self._network.model.size]
        before = theta.copy()
        loss, gradient = bare(before)
        length = norm(gradient)
        seen = treated(bare, run, chunk.noise[s] if len(chunk.noise) else None)
        given = gradient if rule.own_gradients else seen(before)[1]
        rate = float(chunk.rates[min(s, len(chunk.rates) - 1)])
        advance(
            rule, self._tensors, self._network.model.views(given), self._state, chunk.first + s,
            rate, self._h, seen if rule.own_gradients else bare, run.weight_decay, run.decoupled,
        )  # fmt: skip
        with np.errstate(all="ignore"):
            return (-loss if run.maximize else loss), length, norm(theta - before)

    def snapshot(self) -> Any:
        """See `Steps.snapshot`."""
        return self.theta.copy(), deepcopy(self._state)

    def restore(self, snapshot: Any) -> None:
        """See `Steps.restore`."""
        self.theta[:] = snapshot[0]
        self._state = deepcopy(snapshot[1])


def treated(evaluate: Evaluate, run: TrainingRun, noise: Array | None) -> Evaluate:
    """Return `evaluate` with the gradients that a run's optimizer sees: SAM's, noisy, clipped.

    The noise (P,) is one draw for the whole step, however often a rule asks.
    """
    bare = sharpness_aware(evaluate, run.sharpness) if run.sharpness > 0 else evaluate

    def changed(theta: Array) -> tuple[float, Array]:
        loss, gradient = bare(theta)
        return loss, adjusted(gradient, run, noise)

    return replace(bare, loss_and_gradient=changed)


def adjusted(gradient: Array, run: TrainingRun, noise: Array | None) -> Array:
    """Add noise to a gradient (P,) of what is lowered and clip it, as `engine.networks.loop`."""
    real = gradient.dtype.type
    with np.errstate(all="ignore"):
        if noise is not None:
            # Of the loss itself, which the run may climb.
            sigma = -run.noise if run.maximize else run.noise
            gradient = gradient + (sigma * noise).astype(real)
        if run.clip_value > 0:
            gradient = np.clip(gradient, -real(run.clip_value), real(run.clip_value))
        if run.clip_norm > 0:
            scale = run.clip_norm / (norm(gradient) + 1e-6)
            gradient = gradient * real(scale) if not scale >= 1 else gradient
    return gradient


def _shared(run: TrainingRun) -> Shared:
    return Shared(
        run.weight_decay, float(run.decoupled), run.clip_value, run.clip_norm,
        float(run.maximize), run.noise,
    )  # fmt: skip
