"""Optimizers that torch lacks, against their papers' algorithm boxes and against optax."""

import numpy as np
import pytest
from optimizers_by_hand import bowl, difference, himmelblau, ripples, walk

from engine.optimizers import optimizer_named

START = np.array([1.7, -0.6])
SURFACES = {f.__name__: f for f in (bowl, himmelblau, ripples)}


def gradient(surface, x):
    return np.array(surface(*x)[1:3])


def signum(surface, x, steps, eta=0.01, beta=0.0):
    """Bernstein et al. 2018, Algorithm 2."""
    m = np.zeros(2)
    for _ in range(steps):
        m = beta * m + (1 - beta) * gradient(surface, x)
        x = x - eta * np.sign(m)
        yield x


def lion(surface, x, steps, eta=0.01, beta1=0.9, beta2=0.99, decay=0.0):
    """Chen et al. 2023, Algorithm 2."""
    m = np.zeros(2)
    for _ in range(steps):
        g = gradient(surface, x)
        c = beta1 * m + (1 - beta1) * g
        x = x - eta * (np.sign(c) + decay * x)
        m = beta2 * m + (1 - beta2) * g
        yield x


def quasi_hyperbolic(surface, x, steps, eta=0.1, beta=0.999, nu=0.7):
    """Ma & Yarats 2019, eq. 3 and 4."""
    average = np.zeros(2)
    for _ in range(steps):
        g = gradient(surface, x)
        average = beta * average + (1 - beta) * g
        x = x - eta * ((1 - nu) * g + nu * average)
        yield x


def yogi(surface, x, steps, eta=0.01, beta1=0.9, beta2=0.999, epsilon=1e-3):
    """Zaheer et al. 2018, Algorithm 2, with optax's starting values and corrections."""
    m = v = np.full(2, 1e-6)
    for t in range(1, steps + 1):
        g = gradient(surface, x)
        m = beta1 * m + (1 - beta1) * g
        v = v - (1 - beta2) * np.sign(v - g**2) * g**2
        x = x - eta * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon)
        yield x


def adabelief(surface, x, steps, eta=0.001, beta1=0.9, beta2=0.999, epsilon=1e-16):
    """Zhuang et al. 2020, Algorithm 2."""
    m = s = np.zeros(2)
    for t in range(1, steps + 1):
        g = gradient(surface, x)
        m = beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * (g - m) ** 2 + epsilon
        x = x - eta * (m / (1 - beta1**t)) / (np.sqrt(s / (1 - beta2**t)) + epsilon)
        yield x


def adan(surface, x, steps, eta=0.001, beta1=0.98, beta2=0.92, beta3=0.99, epsilon=1e-8):
    """Xie et al. 2022, Algorithm 1 in the paper's own letters, with the code's corrections."""
    b1, b2, b3 = 1 - beta1, 1 - beta2, 1 - beta3
    m, v, n = np.zeros(2), np.zeros(2), np.zeros(2)
    before = gradient(surface, x)
    for k in range(1, steps + 1):
        g = gradient(surface, x)
        m = (1 - b1) * m + b1 * g
        v = (1 - b2) * v + b2 * (g - before)
        n = (1 - b3) * n + b3 * (g + (1 - b2) * (g - before)) ** 2
        before = g
        m_hat, v_hat, n_hat = m / (1 - beta1**k), v / (1 - beta2**k), n / (1 - beta3**k)
        x = x - eta / (np.sqrt(n_hat) + epsilon) * (m_hat + (1 - b2) * v_hat)
        yield x


CASES = [
    ("signsgd", signum, {}, {}),
    ("signsgd", signum, {"beta": 0.9}, {"beta": 0.9}),
    ("lion", lion, {}, {}),
    ("lion", lion, {"beta1": 0.5, "beta2": 0.8}, {"beta1": 0.5, "beta2": 0.8}),
    ("lion", lion, {"decay": 0.1}, {"decay": 0.1}),
    ("quasi_hyperbolic", quasi_hyperbolic, {"lr": 0.01}, {"eta": 0.01}),
    ("quasi_hyperbolic", quasi_hyperbolic, {"lr": 0.01, "beta": 0.9, "nu": 0.3},
     {"eta": 0.01, "beta": 0.9, "nu": 0.3}),
    ("yogi", yogi, {}, {}),
    ("yogi", yogi, {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-2},
     {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-2}),
    ("adabelief", adabelief, {}, {}),
    ("adabelief", adabelief, {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-6},
     {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-6}),
    ("adan", adan, {}, {}),
    ("adan", adan, {"beta1": 0.9, "beta2": 0.8, "beta3": 0.7, "epsilon": 1e-3},
     {"beta1": 0.9, "beta2": 0.8, "beta3": 0.7, "epsilon": 1e-3}),
]  # fmt: skip


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize(("name", "paper", "given", "expected"), CASES)
def test_walks_as_its_paper_says(name, paper, given, expected, surface):
    points, _ = walk(optimizer_named(name), SURFACES[surface], START, 300, **given)
    theirs = np.array([START, *paper(SURFACES[surface], START, 300, **expected)])
    assert difference(points, theirs) < 1e-10


#: Optimizer, settings here, the same in optax.
TWINS = [
    ("sgd", {"momentum": 0.9}, lambda o: o.sgd(0.01, momentum=0.9)),
    ("nesterov", {}, lambda o: o.sgd(0.01, momentum=0.9, nesterov=True)),
    ("adam", {}, lambda o: o.adam(1e-3)),
    ("adamw", {"decay": 0.05}, lambda o: o.adamw(1e-3, weight_decay=0.05)),
    ("adamax", {}, lambda o: o.adamax(2e-3)),
    ("nadam", {"momentum_decay": 1e6}, lambda o: o.nadam(2e-3)),
    ("adadelta", {}, lambda o: o.adadelta(1.0)),
    ("signsgd", {}, lambda o: o.sign_sgd(0.01)),
    ("signsgd", {"beta": 0.9}, lambda o: o.signum(0.01)),
    ("lion", {"decay": 0.1}, lambda o: o.lion(0.01, weight_decay=0.1)),
    ("yogi", {}, lambda o: o.yogi(0.01)),
    ("adabelief", {}, lambda o: o.adabelief(1e-3)),
    ("polyak", {"longest": 0.2}, lambda o: o.polyak_sgd(0.2, variant="sps+")),
]


@pytest.mark.parametrize(("name", "given", "twin"), TWINS)
def test_walks_as_optax_does(name, given, twin):
    jax, optax = pytest.importorskip("jax"), pytest.importorskip("optax")
    points, _ = walk(optimizer_named(name), bowl, START, 100, **given)
    with jax.enable_x64(True):
        rule = twin(optax)
        x = jax.numpy.array(START)
        state, theirs = rule.init(x), [START]
        update = jax.jit(rule.update)
        for _ in range(100):
            value, *slopes = bowl(*map(float, x))[:3]
            more = {"value": value} if name == "polyak" else {}
            moves, state = update(jax.numpy.array(slopes), state, x, **more)
            x = optax.apply_updates(x, moves)
            theirs.append(np.array(x))
    # optax's Polyak step rests where the squared slope is below the machine epsilon; ours goes on.
    compared = 25 if name == "polyak" else 101
    assert difference(points[:compared], np.array(theirs)[:compared]) < 1e-10
