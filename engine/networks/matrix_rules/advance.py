"""One step of a rule of whole tensors, with weight decay of either kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.networks.matrix_rules.rule import Evaluate

if TYPE_CHECKING:
    from engine.networks.matrix_rules.rule import Array, MatrixOptimizer, Numbers, Tensors


def advance(
    optimizer: MatrixOptimizer, tensors: Tensors, gradients: Tensors, state: Any,
    t: int, rate: float, h: Numbers, evaluate: Evaluate,
    weight_decay: float = 0.0, decoupled: bool = False,
) -> None:  # fmt: skip
    """Take one step; overflow and NaN go on silently, as in a compiled loop.

    Coupled weight decay w adds wθ to the gradient and ½w‖θ‖² to the loss. Decoupled decay takes
    −ηwθ of the old θ besides, since a rule may ask for values and norms at θ. Where the rule has
    the decay of this kind inside, it is left to the rule.

    Parameters
    ----------
    tensors : the network's tensors in their own shapes, in the order of the flat vector; written.
    gradients : theirs, in the same order and precision.
    state : from the optimizer's ``start``; written.
    t : number of the step, 0 for the first.
    rate : learning rate of this step.
    h : hyperparameters in declared order.
    evaluate : the loss and its gradient for any flat vector, without weight decay.
    weight_decay, decoupled : its size w and its kind.
    """
    rate = float(rate)
    with np.errstate(all="ignore"):
        if optimizer.inside and decoupled == optimizer.decoupled:
            optimizer.step(tensors, gradients, state, t, rate, h, evaluate, weight_decay)
        elif weight_decay == 0.0:
            optimizer.step(tensors, gradients, state, t, rate, h, evaluate, 0.0)
        elif decoupled:
            before = [x.copy() for x in tensors]
            optimizer.step(tensors, gradients, state, t, rate, h, evaluate, 0.0)
            for x, old in zip(tensors, before, strict=True):
                x -= rate * weight_decay * old
        else:
            joined = [g + weight_decay * x for x, g in zip(tensors, gradients, strict=True)]
            closure = _with_decay(evaluate, weight_decay)
            optimizer.step(tensors, joined, state, t, rate, h, closure, 0.0)


def _with_decay(evaluate: Evaluate, weight_decay: float) -> Evaluate:
    def decayed(theta: Array) -> tuple[float, Array]:
        loss, gradient = evaluate(theta)
        return loss + 0.5 * weight_decay * float(theta @ theta), gradient + weight_decay * theta

    def products(theta: Array, directions: Array) -> Array:
        return evaluate.products(theta, directions) + weight_decay * directions

    return Evaluate(decayed, products)
