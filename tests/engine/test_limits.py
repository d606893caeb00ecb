"""Limits against closed forms: THEORY's table, crossings that are not at −1, decay, overflow."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import dimpulse

from engine.answer import landscape_of, perform_run
from engine.experiment import Experiment, SurfaceSettings, new_run
from engine.explanation.limits import (
    best_heavy_ball,
    best_rate,
    dominant,
    growth,
    largest_rate,
    limit,
    noise_floor,
    ringing,
    roots,
    stability_of,
    steps_to_overflow,
)
from engine.optimizers.stability import Stability

BETAS = [0.0, 0.1, 0.5, 0.9, 0.99, 0.999]


def limit_of(name, decay=0.0, **given):
    return limit(*stability_of(new_run(name, hyperparameters=given)), decay)


#: (optimizer, the hyperparameter that is β, others, the limit as the field writes it).
TABLE = {
    "gradient descent": ("sgd", "", {}, lambda b: 2),
    "heavy ball": ("heavy_ball", "momentum", {}, lambda b: 2 * (1 + b)),
    "heavy ball as SGD": ("sgd", "momentum", {}, lambda b: 2 * (1 + b)),
    "Nesterov": ("nesterov", "momentum", {}, lambda b: 2 * (1 + b) / (1 + 2 * b)),
    "Nesterov as SGD": (
        "sgd", "momentum", {"nesterov": 1.0}, lambda b: 2 * (1 + b) / (1 + 2 * b)
    ),
    "dampened by a third": ("sgd", "momentum", {"dampening": 1 / 3}, lambda b: (
        2 * (1 + b) / (2 / 3) if b else 2
    )),
    "quasi-hyperbolic": ("quasi_hyperbolic", "beta", {"nu": 0.7}, lambda b: (
        2 * (1 + b) / (0.3 * (1 + b) + 0.7 * (1 - b))
    )),
    "RMSprop": ("rmsprop", "", {}, lambda b: 2),
    "RMSprop with momentum": ("rmsprop", "momentum", {}, lambda b: 2 * (1 + b)),
    "Adagrad": ("adagrad", "", {}, lambda b: 2),
    "Adadelta": ("adadelta", "", {}, lambda b: 2),
    "Adafactor": ("adafactor", "", {}, lambda b: 2),
    "Polyak": ("polyak", "", {}, lambda b: 2),
    **{
        name: (name, "beta1", {}, lambda b: 2 * (1 + b) / (1 - b))
        for name in ("adam", "adamw", "amsgrad", "adamax", "radam", "adabelief", "yogi")
    },
    "NAdam": ("nadam", "beta1", {}, lambda b: 2 * (1 + b) / ((1 - b) * (1 + 2 * b))),
    "Adan": ("adan", "beta1", {"beta2": 0.92}, lambda b: (
        2 / ((1 - b) / (1 + b) + 2 * 0.92 * 0.08 / 1.92)
    )),
}  # fmt: skip


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("row", TABLE)
def test_theorys_table(row, beta):
    name, symbol, others, closed = TABLE[row]
    given = {symbol: beta} | others if symbol else others
    assert limit_of(name, **given) == pytest.approx(closed(beta if symbol else 0), rel=1e-11)


@pytest.mark.parametrize("beta", BETAS[1:])
def test_momentum_as_an_average(beta):
    expected = 2 * (1 + beta) / (1 - beta)
    assert limit_of("sgd", momentum=beta, dampening=beta) == pytest.approx(expected, rel=1e-11)


def test_famous_numbers():
    assert limit_of("adam") == pytest.approx(38, rel=1e-13)
    assert limit_of("sgd") == 2


@pytest.mark.parametrize("decay", [0.0, 1e-3, 0.3, 1.0, 1.9])
@pytest.mark.parametrize("row", TABLE)
def test_decoupled_decay_lowers_it_in_proportion(row, decay):
    """(2 − ηw)/Q(−1) is (1 − ηw/2) times the limit without decay."""
    name, symbol, others, closed = TABLE[row]
    given = {symbol: 0.5} | others if symbol else others
    expected = (1 - decay / 2) * closed(0.5 if symbol else 0)
    assert limit_of(name, decay, **given) == pytest.approx(expected, rel=1e-11)


def custom(numerator, denominator):
    return Stability(filter=lambda h: (numerator, denominator), limit="?", source="test")


def test_a_crossing_that_is_not_at_minus_one():
    """A gradient one step late: z² − z + s has |z|² = s, and s = 1 at z = e^(±iπ/3)."""
    late = custom((1.0,), (1.0, 0.0))
    assert limit(late, ()) == pytest.approx(1, rel=1e-12)
    assert dominant(late, (), 1.0) == pytest.approx(np.exp(1j * np.pi / 3), rel=1e-12)


def test_a_gradient_two_steps_late():
    """z³ − z² + s crosses where sin θ = … : s = 2 sin(π/10), the golden section less one."""
    assert limit(custom((1.0,), (1.0, 0.0, 0.0)), ()) == pytest.approx((5**0.5 - 1) / 2, rel=1e-12)


@pytest.mark.parametrize("late", [3, 5, 8])
def test_later_gradients_by_the_known_formula(late):
    """z^(k+1) − z^k + s is stable for s < 2 sin(π / (4k + 2)) (Levin & May 1976)."""
    found = limit(custom((1.0,), (1.0, *(0.0,) * late)), ())
    assert found == pytest.approx(2 * math.sin(math.pi / (4 * late + 2)), rel=1e-10)


def test_a_root_that_touches_the_circle_does_not_end_the_interval():
    """(z − 1) + s has its root at 1 − s; a filter with a zero on the circle only touches it."""
    # Q = (z² + 1)/z²: at z = ±i the gradient has no say, and s grows without bound there.
    stability = custom((1.0, 0.0, 1.0), (1.0, 0.0, 0.0))
    found = limit(stability, ())
    assert growth(stability, (), 0.999 * found) < 1 < growth(stability, (), 1.001 * found)


def test_cases_at_the_edge():
    assert limit_of("sgd", momentum=0.9, dampening=1.0) == math.inf
    assert limit_of("heavy_ball", momentum=1.0) == 0
    assert limit_of("heavy_ball", momentum=1.2) == 0
    assert limit_of("sgd", decay=2.5) == 0
    assert math.isnan(limit_of("sgd", decay=math.nan))
    # Growing weights are held only by curvature: stable between 0.1 and 2.1.
    assert limit_of("sgd", decay=-0.1) == pytest.approx(2.1)
    assert np.isnan(roots(*stability_of(new_run("sgd")), math.inf)).all()
    assert math.isnan(growth(*stability_of(new_run("adam")), math.nan))
    with pytest.raises(ValueError, match="every step is η long"):
        limit_of("signsgd")


@given(
    momentum=st.floats(0, 0.999),
    dampening=st.floats(0, 0.99),
    nesterov=st.sampled_from([0.0, 1.0]),
    decay=st.floats(0, 1.9),
)
def test_growth_passes_one_at_the_limit_and_nowhere_below(momentum, dampening, nesterov, decay):
    linear = stability_of(
        new_run("sgd", hyperparameters={
            "momentum": momentum, "dampening": dampening, "nesterov": nesterov,
        })
    )  # fmt: skip
    found = limit(*linear, decay)
    assert growth(*linear, 1.0001 * found, decay) > 1
    for part in np.linspace(0.01, 0.9999, 23):
        assert growth(*linear, part * found, decay) < 1


def test_roots_of_gradient_descent_and_heavy_ball():
    linear = stability_of(new_run("sgd"))
    assert roots(*linear, 2.84) == pytest.approx([-1.84])
    assert dominant(*linear, 0.3, 0.2) == pytest.approx(0.5)
    ball = stability_of(new_run("heavy_ball", hyperparameters={"momentum": 0.81}))
    # z² − (1 + β − s) z + β = 0 (Goh 2017).
    np.testing.assert_allclose(
        np.sort(roots(*ball, 4.0)), np.sort(np.roots([1, -(1.81 - 4.0), 0.81])), rtol=1e-12
    )
    # ρ = ½(s + √(s² − 4β)), s = |1 + β − ηλ| above the limit.
    s = abs(1.81 - 5.0)
    assert growth(*ball, 5.0) == pytest.approx((s + math.sqrt(s * s - 4 * 0.81)) / 2, rel=1e-12)


@pytest.mark.parametrize("beta", [0.25, 0.81])
def test_heavy_ball_rings_between_these_loads(beta):
    low, high = ringing(beta)
    assert (low, high) == ((1 - beta**0.5) ** 2, (1 + beta**0.5) ** 2)
    ball = stability_of(new_run("heavy_ball", hyperparameters={"momentum": beta}))
    for load in np.linspace(low, high, 7)[1:-1]:
        found = dominant(*ball, load)
        assert found.imag > 0.05
        assert abs(found) == pytest.approx(beta**0.5, rel=1e-12)
    for load in (0.9 * low, 1.01 * high):
        assert dominant(*ball, load).imag == 0


def test_best_constants_on_a_quadratic():
    low, high, kappa = 0.5, 18.0, 36.0
    rate = best_rate(low, high)
    plain = stability_of(new_run("sgd"))
    for bend in (low, high):
        assert growth(*plain, rate * bend) == pytest.approx((kappa - 1) / (kappa + 1), rel=1e-12)
    rate, beta = best_heavy_ball(low, high)
    ball = stability_of(new_run("heavy_ball", hyperparameters={"momentum": beta}))
    best = max(growth(*ball, rate * bend) for bend in (low, high))
    # Both ends have double roots there, which are found to half the digits.
    assert best == pytest.approx((6 - 1) / (6 + 1), rel=1e-7)
    for other_rate, other_beta in [(1.05, 1), (0.95, 1), (1, 1.05), (1, 0.95)]:
        other = stability_of(new_run("heavy_ball", hyperparameters={"momentum": other_beta * beta}))
        assert max(growth(*other, other_rate * rate * b) for b in (low, high)) > best


@pytest.mark.parametrize(
    ("settings", "curvature", "expected"),
    [
        ({}, 4.0, 0.5),
        ({"weight_decay": 1.0}, 4.0, 2 / 5),
        ({"weight_decay": 1.0, "decoupled": True}, 4.0, 2 / 5),
        ({"optimizer": "heavy_ball"}, 4.0, 3.8 / 4),
        ({"optimizer": "heavy_ball", "weight_decay": 1.0}, 4.0, 3.8 / 5),
        # 2 − ηw = ηλ/(1 + β)
        (
            {"optimizer": "heavy_ball", "weight_decay": 1.0, "decoupled": True},
            4.0,
            2 / (1 + 4 / 1.9),
        ),
        ({"optimizer": "asgd", "hyperparameters": {"lambd": 0.5}}, 4.0, 2 / 4.5),
        ({"optimizer": "adam"}, 4.0, None),
        ({"optimizer": "polyak"}, 4.0, None),
        ({"optimizer": "lion"}, 4.0, None),
        ({}, 0.0, None),
        ({}, -3.0, None),
        ({}, math.nan, None),
        ({"weight_decay": 4.0}, -3.0, 2.0),
        ({"optimizer": "heavy_ball", "hyperparameters": {"momentum": 1.5}}, 1.0, 0.0),
    ],
)
def test_largest_rate(settings, curvature, expected):
    settings = {"optimizer": "sgd", "weight_decay": 0.0, "decoupled": False} | settings
    found = largest_rate(new_run(**settings), curvature)
    assert found == (expected if expected is None else pytest.approx(expected, rel=1e-12))


@pytest.mark.parametrize(("load", "weight", "loss"), [(2.1, 925, 470), (20.0, 31, 16)])
def test_steps_to_overflow_in_float32(load, weight, loss):
    """THEORY §1, and the run itself: ½x² from 1."""
    factor = load - 1
    assert steps_to_overflow(factor, 1.0, "float32") == weight
    assert steps_to_overflow(factor, 0.5, "float32", squared=True) == loss
    experiment = Experiment(
        surface=SurfaceSettings(name="formula", formula="(x/2)*x"), start=(1.0, 0.0), steps=2000,
        precision="float32",
    )  # fmt: skip
    found = perform_run(experiment, new_run("sgd", learning_rate=load), landscape_of(experiment))
    assert (found.last_step, found.cause, found.cause_step) == (weight, "loss", loss)


def test_what_does_not_grow_does_not_overflow():
    assert steps_to_overflow(1.0, 1.0, "float64") is None
    assert steps_to_overflow(2.0, 0.0, "float64") is None
    assert steps_to_overflow(math.nan, 1.0, "float64") is None
    assert steps_to_overflow(2.0, 1.0, "float64", squared=True) == 512


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("rate", [0.01, 0.3, 0.9])
def test_noise_floor_of_momentum(rate, beta):
    curvature, sigma = 2.0, 0.3
    linear = stability_of(new_run("sgd", hyperparameters={"momentum": beta}))
    closed = (
        rate * sigma**2 * (1 + beta)
        / (curvature * (1 - beta) * (2 * (1 + beta) - rate * curvature))
    )  # fmt: skip
    assert noise_floor(*linear, rate, curvature, sigma) == pytest.approx(closed, rel=1e-10)
    assert noise_floor(*linear, 2.0, curvature * (1 + beta), sigma) == math.inf


def test_noise_floor_of_another_filter_is_the_energy_of_its_impulse_response():
    linear = stability_of(new_run("adan"))
    rate, curvature, decay = 1.5, 4.0, 0.1
    numerator, denominator = (np.array(p) for p in linear[0].filter(linear[1]))
    whole = np.polyadd(np.polymul([1, decay - 1], denominator), rate * curvature * numerator)
    _, (answer,) = dimpulse((rate * numerator, whole, 1), n=3000)
    expected = 0.04 * float((answer**2).sum())
    assert noise_floor(*linear, rate, curvature, 0.2, decay) == pytest.approx(expected, rel=1e-9)


def test_noise_floor_is_where_a_noisy_run_stays():
    curvature, sigma, rate = 2.0, 0.3, 0.2
    settings = SurfaceSettings(name="formula", formula="a*x^2/2", parameters={"a": curvature})
    experiment = Experiment(surface=settings, start=(0.0, 0.0), steps=1_000_000)
    run = new_run("heavy_ball", learning_rate=rate, noise=sigma, hyperparameters={"momentum": 0.6})
    points = perform_run(experiment, run, landscape_of(experiment)).points[1000:, 0]
    expected = noise_floor(*stability_of(run), rate, curvature, sigma)
    assert np.var(points) == pytest.approx(expected, rel=0.02)
