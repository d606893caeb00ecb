"""LARS, LAMB, Shampoo and SAM against optax and against their papers' algorithm boxes."""

import matrix_problem as problem
import numpy as np
import pytest

from engine.networks.matrix_rules.sam import raised, sharpness_aware
from engine.networks.matrix_rules.shampoo import LONGEST, SHAMPOO, inverse_root

STEPS = 30


def gradients_at(tensors):
    return problem.loss_and_gradients(tensors)[1]


def follow(rule, steps=STEPS):
    """Return the points of a rule that yields lists of tensors."""
    points = [problem.joined(problem.START)]
    for _, tensors in zip(range(steps), rule, strict=False):
        points.append(problem.joined(tensors))
    return np.array(points)


def lars(eta=1.0, mu=0.9, c=0.001, w=0.0):
    """You et al. 2017, Algorithm 1."""
    tensors, momenta = [x.copy() for x in problem.START], [0.0] * 4
    while True:
        for i, g in enumerate(gradients_at(tensors)):
            x = tensors[i]
            rate = c * np.linalg.norm(x) / (np.linalg.norm(g) + w * np.linalg.norm(x))
            momenta[i] = mu * momenta[i] + eta * rate * (g + w * x)
            tensors[i] = x - momenta[i]
        yield tensors


def lamb(eta=0.01, beta1=0.9, beta2=0.999, epsilon=1e-6, w=0.0):
    """You et al. 2020, Algorithm 2, φ the identity."""
    tensors, m, v, t = [x.copy() for x in problem.START], [0.0] * 4, [0.0] * 4, 0
    while True:
        t += 1
        for i, g in enumerate(gradients_at(tensors)):
            x = tensors[i]
            m[i] = beta1 * m[i] + (1 - beta1) * g
            v[i] = beta2 * v[i] + (1 - beta2) * g**2
            r = (m[i] / (1 - beta1**t)) / (np.sqrt(v[i] / (1 - beta2**t)) + epsilon)
            step = r + w * x
            tensors[i] = x - eta * np.linalg.norm(x) / np.linalg.norm(step) * step
        yield tensors


def shampoo(eta=0.1, epsilon=1e-4, every=1, w=0.0):
    """Gupta et al. 2018, Algorithm 1 for matrices and Algorithm 2 with k = 1 for vectors."""
    from scipy.linalg import inv, sqrtm

    tensors, t = [x.copy() for x in problem.START], 0
    sums = [[epsilon * np.eye(n) for n in x.shape] for x in tensors]
    roots = [[None] * x.ndim for x in tensors]
    while True:
        for i, g in enumerate(gradients_at(tensors)):
            g = g + w * tensors[i]
            products = [np.outer(g, g)] if g.ndim == 1 else [g @ g.T, g.T @ g]
            sums[i] = [a + b for a, b in zip(sums[i], products, strict=True)]
            if t % every == 0:
                roots[i] = [inv(sqrtm(a if g.ndim == 1 else sqrtm(a))) for a in sums[i]]
            step = roots[i][0] @ g
            tensors[i] = tensors[i] - eta * (step if g.ndim == 1 else step @ roots[i][1])
        t += 1
        yield tensors


#: Rule, its twin by hand, settings here, settings there.
BY_HAND = [
    ("lars", lars, {}, {}),
    ("lars", lars, {"rate": 3.0, "momentum": 0.5}, {"eta": 3.0, "mu": 0.5}),
    ("lars", lars, {"trust": 0.01, "decay": 0.3}, {"c": 0.01, "w": 0.3}),
    ("lamb", lamb, {}, {}),
    ("lamb", lamb, {"decay": 0.3, "decoupled": True}, {"w": 0.3}),
    ("lamb", lamb, {"beta1": 0.5, "beta2": 0.7}, {"beta1": 0.5, "beta2": 0.7}),
    ("shampoo", shampoo, {}, {}),
    ("shampoo", shampoo, {"epsilon": 0.1, "rate": 0.5}, {"epsilon": 0.1, "eta": 0.5}),
    # From a small ε, stale roots let the first steps explode, and roundings with them.
    ("shampoo", shampoo, {"every": 4.0, "epsilon": 1.0}, {"every": 4, "epsilon": 1.0}),
    ("shampoo", shampoo, {"decay": 0.2}, {"w": 0.2}),
]


@pytest.mark.parametrize(("name", "twin", "given", "options"), BY_HAND)
def test_walks_as_its_algorithm_says(name, twin, given, options):
    ours, expected = problem.walk(name, STEPS, **given), follow(twin(**options))
    assert np.abs(expected[-1] - expected[0]).max() > 1e-3
    assert problem.strays(ours, expected) < 1e-10


def optaxs(make, steps=STEPS, start=problem.START, **more):
    """Return optax's points from the same gradients; skip where it is not installed."""
    jax, optax = pytest.importorskip("jax"), pytest.importorskip("optax")
    with jax.enable_x64(True):
        rule = make(optax)
        x = [jax.numpy.array(part) for part in start]
        state, points = rule.init(x), [problem.joined(start)]
        for _ in range(steps):
            here = [np.asarray(part) for part in x]
            slopes = [jax.numpy.array(g) for g in gradients_at(here)]
            moves, state = rule.update(slopes, state, x, **more)
            x = optax.apply_updates(x, moves)
            points.append(problem.joined([np.asarray(part) for part in x]))
    return np.array(points)


@pytest.mark.parametrize(
    ("name", "given", "make"),
    [
        ("lars", {}, lambda optax: optax.lars(1.0)),
        (
            "lars",
            {"rate": 2.0, "trust": 0.02, "momentum": 0.6},
            lambda optax: optax.lars(2.0, trust_coefficient=0.02, momentum=0.6),
        ),
        ("lamb", {}, lambda optax: optax.lamb(0.01)),
        (
            "lamb",
            {"decay": 0.2, "decoupled": True, "epsilon": 1e-3},
            lambda optax: optax.lamb(0.01, eps=1e-3, weight_decay=0.2),
        ),
    ],
)
def test_walks_as_optax_does(name, given, make):
    assert problem.strays(problem.walk(name, STEPS, **given), optaxs(make)) < 1e-10


@pytest.mark.parametrize("name", ["lars", "lamb"])
def test_a_bias_of_zeros_moves_as_optax_lets_it(name):
    start = [x if x.ndim == 2 else np.zeros_like(x) for x in problem.START]
    ours = problem.walk(name, 5, start=start, rate=0.1)
    theirs = optaxs(lambda optax: getattr(optax, name)(0.1), steps=5, start=start)
    assert (ours[1] != 0).all()
    assert problem.strays(ours, theirs) < 1e-10


def test_sam_around_lamb_walks_as_optax_does():
    jax = pytest.importorskip("jax")
    pytest.importorskip("optax")

    def gradient(x, _):
        return [jax.numpy.array(g) for g in gradients_at([np.asarray(part) for part in x])]

    theirs = optaxs(
        lambda optax: optax.contrib.sam(
            optax.lamb(0.01),
            optax.chain(optax.contrib.normalize(), optax.sgd(0.3)),
            opaque_mode=True,
        ),
        grad_fn=gradient,
    )
    assert problem.strays(problem.walk("lamb", STEPS, rho=0.3), theirs) < 1e-10


def test_sam_climbs_to_where_foret_says():
    theta = problem.joined(problem.START)
    gradient = problem.evaluate(theta)[1]
    above = theta + 0.2 * gradient / np.linalg.norm(gradient)
    expected = problem.evaluate(above)[1]
    np.testing.assert_allclose(raised(theta, gradient, 0.2, problem.evaluate), expected, rtol=1e-14)
    loss, found = sharpness_aware(problem.evaluate, 0.2)(theta)
    assert loss == problem.evaluate(theta)[0]
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_sam_stays_where_there_is_no_gradient():
    still = np.zeros(4)
    assert (raised(np.ones(4), still, 0.1, lambda x: (0.0, x)) == 0).all()


def test_sam_keeps_float32_and_lets_nan_through():
    theta = problem.joined(problem.START).astype(np.float32)
    gradient = problem.evaluate(theta)[1]
    found = raised(theta, gradient, np.float64(0.2), problem.evaluate)
    assert gradient.dtype == found.dtype == np.float32
    spoiled = raised(theta, np.full_like(gradient, np.nan), 0.2, problem.evaluate)
    assert np.isnan(spoiled).all()


def test_a_side_that_is_too_long_keeps_the_diagonal():
    random = np.random.default_rng(1)
    shape = (3, LONGEST + 1)
    x, g = random.normal(size=shape), random.normal(size=shape)
    left, right = 1e-4 * np.eye(3) + g @ g.T, 1e-4 + (g**2).sum(axis=0)
    expected = x - 0.1 * inverse_root(left, -0.25, 1e-4) @ g * right**-0.25
    tensors, h = [x.copy()], problem.hyperparameters(SHAMPOO)
    state = SHAMPOO.start(tensors, h)
    SHAMPOO.step(tensors, [g], state, 0, 0.1, h, problem.evaluate, 0.0)
    np.testing.assert_allclose(tensors[0], expected, rtol=1e-12)
    tall = [x.T.copy()]
    SHAMPOO.step(tall, [g.T], SHAMPOO.start(tall, h), 0, 0.1, h, problem.evaluate, 0.0)
    np.testing.assert_allclose(tall[0], expected.T, rtol=1e-12)
    long = [x[0].copy()]
    SHAMPOO.step(long, [g[0]], SHAMPOO.start(long, h), 0, 0.1, h, problem.evaluate, 0.0)
    np.testing.assert_allclose(long[0], x[0] - 0.1 * g[0] / np.sqrt(1e-4 + g[0] ** 2), rtol=1e-12)


def test_inverse_root_undoes_its_power():
    a = np.random.default_rng(2).normal(size=(6, 6))
    a = a @ a.T
    root = inverse_root(a, -0.25, 1e-12)
    np.testing.assert_allclose(root @ root @ root @ root @ a, np.eye(6), atol=1e-8)
