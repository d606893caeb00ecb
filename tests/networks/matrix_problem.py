"""A network of two layers, with its gradient by hand, for optimizers of whole tensors."""

import numpy as np

from engine.networks.matrix_rules import matrix_optimizer_named
from engine.networks.matrix_rules.advance import advance
from engine.networks.matrix_rules.rule import Evaluate
from engine.networks.matrix_rules.sam import raised
from engine.parameter import complete

_RANDOM = np.random.default_rng(3)
INPUTS, TARGETS = _RANDOM.normal(size=(20, 3)), _RANDOM.normal(size=(20, 2))
SHAPES = ((6, 3), (6,), (2, 6), (2,))
START = [_RANDOM.normal(scale=0.6, size=shape) for shape in SHAPES]


def split(theta):
    ends = np.cumsum([np.prod(shape) for shape in SHAPES])
    parts = np.split(theta, ends[:-1])
    return [part.reshape(shape) for part, shape in zip(parts, SHAPES, strict=True)]


def joined(tensors):
    return np.concatenate([x.ravel() for x in tensors])


def loss_and_gradients(tensors):
    """Return the mean squared error and the gradients, in the tensors' precision; also complex."""
    w1, b1, w2, b2 = tensors
    x, y = INPUTS.astype(w1.dtype), TARGETS.astype(w1.dtype)
    hidden = np.tanh(x @ w1.T + b1)
    wrong = hidden @ w2.T + b2 - y
    error = 2 * wrong / wrong.size
    below = (error @ w2) * (1 - hidden * hidden)
    return np.mean(wrong**2).item(), [
        below.T @ x, below.sum(axis=0), error.T @ hidden, error.sum(axis=0)
    ]  # fmt: skip


def _loss_and_gradient(theta):
    with np.errstate(all="ignore"):
        loss, gradients = loss_and_gradients(split(theta))
    return loss, joined(gradients)


def _products(theta, directions):
    """Return the Hessian times directions (k, P), by complex steps: exact to a rounding."""
    found = [
        _loss_and_gradient(theta + 1e-30j * direction)[1].imag / 1e-30
        for direction in directions.astype(np.float64)
    ]
    return np.array(found, theta.dtype)


evaluate = Evaluate(_loss_and_gradient, _products)


def hyperparameters(optimizer, **given):
    return tuple(complete(optimizer.parameters, given).values())


def walk(name, steps, *, start=START, rate=None, decay=0.0, decoupled=False, rho=0.0, **given):
    """Return the flat parameters after each step, (steps + 1, P)."""
    optimizer = matrix_optimizer_named(name)
    h = hyperparameters(optimizer, **given)
    rate = optimizer.learning_rate if rate is None else rate
    tensors = [x.copy() for x in start]
    state = optimizer.start(tensors, h)
    points = [joined(tensors)]
    for t in range(steps):
        theta = joined(tensors)
        gradient = evaluate(theta)[1]
        if rho:
            gradient = raised(theta, gradient, rho, evaluate)
        advance(
            optimizer, tensors, split(gradient), state, t, rate, h, evaluate, decay, decoupled
        )  # fmt: skip
        points.append(joined(tensors))
    return np.array(points)


def strays(ours, theirs):
    """Return the largest difference relative to the largest parameter of each step."""
    scale = np.abs(theirs).max(axis=1, keepdims=True)
    return np.abs((ours - theirs) / scale).max()
