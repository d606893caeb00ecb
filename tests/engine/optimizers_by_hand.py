"""The slow, obvious walk that the compiled one is measured against, and surfaces for it."""

import math

import numpy as np

from engine.optimizers.optimizer import Optimizer
from engine.parameter import complete


def rosenbrock(x, y):
    a, b = 1 - x, y - x * x
    return (
        a * a + 100 * b * b,
        -2 * a - 400 * x * b, 200 * b,
        2 - 400 * y + 1200 * x * x, -400 * x, 200.0,
    )  # fmt: skip


def himmelblau(x, y):
    a, b = x * x + y - 11, x + y * y - 7
    return (
        a * a + b * b,
        4 * x * a + 2 * b, 2 * a + 4 * y * b,
        12 * x * x + 4 * y - 42, 4 * (x + y), 12 * y * y + 4 * x - 26,
    )  # fmt: skip


def bowl(x, y):
    """A turned quadratic with curvatures 1 and 10 and its minimum at (1, −2)."""
    u, v = x - 1, y + 2
    return (
        0.5 * (3.25 * u * u + 7.75 * v * v) + math.sqrt(15.1875) * u * v,
        3.25 * u + math.sqrt(15.1875) * v, math.sqrt(15.1875) * u + 7.75 * v,
        3.25, math.sqrt(15.1875), 7.75,
    )  # fmt: skip


def ripples(x, y):
    """Smooth, bounded curvature, many minima and saddles."""
    return (
        0.1 * (x * x + y * y) + math.sin(x) * math.cos(y),
        0.2 * x + math.cos(x) * math.cos(y), 0.2 * y - math.sin(x) * math.sin(y),
        0.2 - math.sin(x) * math.cos(y), -math.cos(x) * math.sin(y),
        0.2 - math.sin(x) * math.cos(y),
    )  # fmt: skip


def walk(
    optimizer: Optimizer, surface, start, steps, lr=None, *,
    decay=0.0, decoupled=None, maximize=False, real=np.float64, rates=None, **given,
):  # fmt: skip
    """Return the points, shape (steps + 1, 2), and the last state; plain Python."""
    values = complete(optimizer.parameters, given)
    h = (*values.values(), *(0.0,) * (12 - len(values)))
    decoupled = optimizer.decoupled if decoupled is None else decoupled
    lr = optimizer.learning_rate if lr is None else lr
    point = tuple(real(c) for c in start)
    state = tuple(real(s) for s in optimizer.state)
    state = state if optimizer.step else (state, state)
    carry, points = optimizer.carry, [point]
    sense, coupled = real(-1 if maximize else 1), real(0 if decoupled else decay)
    for t in range(steps):
        rate = lr if rates is None else float(rates[min(t, len(rates) - 1)])
        carry, k = optimizer.per_step(t, rate, h, carry)
        k = tuple(real(number) for number in k)
        value, *gradient = surface(*point)[:3]
        gradient = [sense * real(g) + coupled * c for g, c in zip(gradient, point, strict=True)]
        shrink = real(1.0 - rate * decay) if decoupled else real(1)
        if optimizer.step:
            moved, state = optimizer.step(
                point, real(value), tuple(gradient),
                lambda x, y, data, t: surface(x, y)[:3], lambda x, y, data, t: surface(x, y),
                0, t, k, state, sense, coupled,
            )  # fmt: skip
            point = tuple(m + (shrink - real(1)) * c for m, c in zip(moved, point, strict=True))
        else:
            moved = [
                optimizer.update(shrink * c, g, s, k)
                for c, g, s in zip(point, gradient, state, strict=True)
            ]
            point, state = tuple(m[0] for m in moved), tuple(m[1] for m in moved)
        points.append(point)
    return np.array(points, dtype=real), state


def difference(points, others):
    """Return the largest distance of two walks, relative to the second's distance from 0."""
    size = np.abs(others).max(axis=1)
    return float((np.abs(points - others).max(axis=1) / size).max())
