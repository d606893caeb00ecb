"""What became of runs whose fate is known."""

import math

import numpy as np
import pytest

from engine.api import descend, surface
from engine.experiment import RunSettings
from engine.landscape import bind
from engine.status import judge
from engine.status_evidence import find_bounce
from engine.surfaces import surface_named
from engine.trajectory import Trajectory

SQUARE = {"surface": "square", "start": (-3.0, 0.0)}
BOWL = {"surface": "bowl", "start": (-3.0, 1.0)}
ABSOLUTE = {"surface": "absolute", "start": (-3.1, 0.0)}
ROSENBROCK = {"surface": "rosenbrock", "start": (-1.5, 2.0)}
PRODUCT = {"surface": "(x*y-1)^2/2", "start": (3.0, 3.0)}

CONVERGED, MOVING, OSCILLATING, DIVERGED, NAN, STILL = (
    "converged", "moving", "oscillating", "diverged", "nan", "still",
)  # fmt: skip

#: What to run, what became of it, and some of what must be said.
RUNS = [
    # x² has λ = 2: limit at η = 1.
    (SQUARE, {"learning_rate": 0.5}, CONVERGED, "at step 1 to the minimum (0, 0)"),
    (SQUARE, {"learning_rate": 0.1}, CONVERGED, "to the minimum (0, 0)"),
    (SQUARE, {"learning_rate": 0.98}, CONVERGED, "to the minimum (0, 0)"),
    (SQUARE, {"learning_rate": 0.999}, MOVING, "Still moving after 500 steps"),
    (SQUARE, {"learning_rate": 1.0}, OSCILLATING, "between (3, 0) and (−3, 0), amplitude 3"),
    (SQUARE, {"learning_rate": 1.05}, DIVERGED, "multiplies the error by −1.1;"),
    (SQUARE, {"learning_rate": 1e-4}, MOVING, "Still moving after 500 steps"),
    (SQUARE, {"learning_rate": -0.05}, DIVERGED, "multiplies the error by 1.1;"),
    (SQUARE, {"learning_rate": 0.0}, STILL, "the learning rate is 0"),
    (SQUARE, {"steps": 0, "learning_rate": 0.1}, STILL, "the number of steps is 0"),
    (SQUARE, {"learning_rate": 1e308}, DIVERGED, "at step 1"),
    (SQUARE, {"learning_rate": 10.0}, DIVERGED, "multiplies the error by −19; the loss is inf"),
    (SQUARE, {"learning_rate": 1.05, "steps": 9}, MOVING, "each step is 1.1 times as long"),
    (SQUARE, {"start": (0.0, 0.0), "learning_rate": 0.1}, CONVERGED, "Starts at and stays on"),
    # λ₁ = 20: limit at η = 0.1, and at 0.19 with momentum 0.9.
    (BOWL, {"learning_rate": 0.0999, "steps": 20_000}, CONVERGED, "to the minimum (0, 0)"),
    (BOWL, {"learning_rate": 0.1, "steps": 2000}, OSCILLATING, "amplitude"),
    (BOWL, {"learning_rate": 0.12}, DIVERGED, "by −1.4;"),
    (BOWL, {"learning_rate": 0.18, "momentum": 0.9}, CONVERGED, "to the minimum (0, 0)"),
    (BOWL, {"learning_rate": 0.195, "momentum": 0.9, "steps": 2000}, DIVERGED, "the error by −1."),
    (BOWL, {"learning_rate": 0.05, "noise": 0.5}, OSCILLATING, "gradient noise keeps it"),
    (BOWL, {"optimizer": "adam", "learning_rate": 0.1}, CONVERGED, "to the minimum (0, 0)"),
    (BOWL, {"optimizer": "signsgd", "learning_rate": 0.07}, OSCILLATING, "amplitude 0.035"),
    (BOWL, {"learning_rate": 0.2, "clip_norm": 1.0}, OSCILLATING, "amplitude 0.0866"),
    (BOWL, {"learning_rate": 0.05, "weight_decay": 5.0}, CONVERGED, "to the minimum (0, 0)"),
    (BOWL, {"learning_rate": 0.001, "schedule": "cosine"}, MOVING, "Still moving"),
    (BOWL, {"learning_rate": 0.05, "schedule": "exponential"}, CONVERGED, "(0, 0)"),
    (ABSOLUTE, {"learning_rate": 0.5}, OSCILLATING, "between (0.4, 0) and (−0.1, 0)"),
    (ABSOLUTE, {"learning_rate": 0.01, "steps": 200}, MOVING, "the nearest minimum 1.1 away"),
    (ROSENBROCK, {"learning_rate": 1e-3}, MOVING, "Still moving after 500 steps"),
    (ROSENBROCK, {"learning_rate": 1e-2}, DIVERGED, "faster than geometrically"),
    (ROSENBROCK, {"optimizer": "bfgs"}, CONVERGED, "to the minimum (1, 1)"),
    (ROSENBROCK, {"optimizer": "damped_newton"}, CONVERGED, "to the minimum (1, 1)"),
    (PRODUCT, {"learning_rate": 0.5}, DIVERGED, "faster than geometrically; the loss is inf"),
    (PRODUCT, {"learning_rate": 0.02}, CONVERGED, "to a minimum (1, 1)"),
    ({"surface": "saddle", "start": (1.0, 0.0)}, {"learning_rate": 0.1}, CONVERGED, "(0, 0)"),
    ({"surface": "saddle", "start": (1.0, 1e-3)}, {"learning_rate": 0.1}, DIVERGED, "falls to −"),
    ({"surface": "mccormick"}, {"learning_rate": 0.4}, CONVERGED, "3.14 above the lowest"),
    ({"surface": "relu_neuron"}, {"learning_rate": 3.0}, STILL, "Rests since step 1"),
    ({"surface": "double_well"}, {"learning_rate": 1.05}, OSCILLATING, "Oscillates between"),
    ({"surface": "log(x)+y^2", "start": (2.0, 1.0)}, {"learning_rate": 1.5, "steps": 6}, NAN,
     "Stopped: the loss is NaN at step"),
    ({"surface": "1/x", "start": (0.0, 1.0)}, {"learning_rate": 0.1}, NAN, "before the first step"),
    ({"surface": "sqrt(x)+y^2", "start": (0.0, 1.0)}, {"learning_rate": 0.1}, NAN, "gradient is"),
    ({"surface": "sphere", "start": (1e300, 0.0)}, {"learning_rate": 0.1}, NAN, "at the start"),
    ({"surface": "mccormick", "start": (-0.547197551196597, -1.54719755119659)},
     {"learning_rate": 0.1, "steps": 20}, CONVERGED, "Starts at and stays on the minimum (−0.547,"),
    (SQUARE, {"learning_rate": 0.01, "steps": 1}, MOVING, "after 1 step: the loss"),
    ({"surface": "-x^2"}, {"learning_rate": 0.1, "steps": 3000}, DIVERGED,
     "multiplies the distance by 1.2; the loss is −inf"),
    ({"surface": "3 + 0*x", "start": (1.0, 1.0)}, {"learning_rate": 0.1}, STILL, "Rests at (1, 1)"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "settings", "kind", "words"), RUNS)
def test_known_fates(where, settings, kind, words):
    run = descend(**{"steps": 500, **where, **settings})
    status = judge(run, surface(where["surface"]))
    assert status.kind == kind, status.sentence
    assert words in status.sentence
    assert status.sentence.endswith(".")
    assert 0 < len(status.short) <= 45


@pytest.mark.parametrize("rate", [1.01, 1.05, 1.3, 2.0, 5.0, 10.0])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_the_factor_is_that_of_theory(rate, precision):
    run = descend("square", start=(-3.0, 0.0), steps=1500, learning_rate=rate, precision=precision)
    status = judge(run)
    assert status.kind == "diverged"
    assert status.factor == pytest.approx(1 - 2 * rate, rel=1e-4)


@pytest.mark.parametrize(
    ("where", "rate", "start"),
    [("square", 1.2, (-3.0, 0.0)), ("bowl", 0.11, (-3.0, 1.0)), ("x^2 + 10*y^2", 0.104, (4, 1e-3))],
)
def test_a_finite_divergence_names_the_step_from_which_the_loss_stays_above_its_start(
    where, rate, start
):
    run = descend(where, start=start, steps=150, learning_rate=rate)
    status = judge(run)
    assert status.kind == "diverged"
    assert status.cause == ""
    assert status.onset is not None
    assert (run.loss[status.onset :] > run.loss[0]).all()
    assert run.loss[status.onset - 1] <= run.loss[0]
    assert status.step == 150
    assert status.short.startswith(f"diverged at step {status.onset}: ×−1.")
    assert status.short.endswith("per step")
    assert status.sentence.startswith(f"Diverged at step {status.onset}: each step multiplies")


def test_a_fall_without_end_diverges_where_its_steps_begin_to_grow():
    run = descend("x^2 - y^2", start=(1.0, 1e-3), steps=60, learning_rate=0.3)
    status = judge(run)
    sizes = np.linalg.norm(np.diff(run.points, axis=0), axis=1)
    assert status.onset is not None
    assert (np.diff(sizes[status.onset - 1 :]) > 0).all()
    assert sizes[status.onset - 1] <= sizes[status.onset - 2]


def test_a_loss_that_is_nan_now_and_then_names_the_first_and_the_last_time():
    run = descend("log(x)", start=(-3.0, 0.0), steps=60, learning_rate=0.1)
    status = judge(run)
    assert (status.kind, status.step, status.cause) == ("nan", 0, "loss")
    assert status.short == "NaN at the start, NaN at step 49"
    assert "finite in between" in status.sentence


def test_the_overflow_comes_where_theory_has_it():
    run = descend("square", start=(1.0, 0.0), steps=2000, learning_rate=1.05, precision="float32")
    # THEORY: ρ = 1.1 takes 470 steps from 1 to overflow the loss ½·2x² in float32, give or take.
    status = judge(run)
    assert status.cause == "loss"
    assert status.step == math.ceil(math.log(float(np.finfo(np.float32).max)) / 2 / math.log(1.1))
    assert f"the loss is inf at step {status.step}" in status.sentence
    assert f"last finite loss {run.loss[status.step - 1]:.3g}"[:20] in status.sentence
    assert status.short == f"diverged: ×−1.1 per step, inf at step {status.step}"


@pytest.mark.parametrize("rate", [0.1, 0.01])
def test_adam_with_a_short_memory_never_settles(rate):
    run = descend("square", "adam", start=(0.05, 0.0), steps=5000, learning_rate=rate, beta2=0.9)
    status = judge(run)
    assert (status.kind, status.period) == ("oscillating", 13)
    assert status.amplitude == pytest.approx(np.abs(run.points[-1000:, 0]).max(), rel=1e-3)


def test_clipped_descent_has_the_amplitude_of_theory():
    run = descend("square", start=(3.0, 0.0), steps=300, learning_rate=1.5, clip_norm=1.0)
    status = judge(run)
    assert (status.kind, status.period) == ("oscillating", 2)
    assert status.amplitude == pytest.approx(1.5 / 2, rel=1e-5)


def test_a_frozen_optimizer_state_is_named():
    run = descend(
        "1e20*x^2", "adam", start=(3.0, 0.0), steps=50, learning_rate=0.1, precision="float32"
    )
    status = judge(run)
    assert (status.kind, status.cause) == ("nan", "optimizer state")
    assert "the optimizer's state overflows at step 1" in status.sentence
    assert status.short == "stopped: state overflow at step 1"


def test_the_step_of_arrival_is_the_first_one_that_stays():
    run = descend("square", start=(-3.0, 0.0), steps=200, learning_rate=0.25)
    status = judge(run)
    outside = np.flatnonzero(np.abs(run.points[:, 0]) > 1e-4)
    assert status.step == outside[-1] + 1
    assert (status.minimum, status.minimum_index) == ((0.0, 0.0), 0)


@pytest.mark.parametrize(
    ("name", "start", "words"),
    [
        ("saddle", (1.0, 0.0), "to a saddle (0, 0)"),
        ("x^2*y^2 + (x-1)^2", (0.5, 0.5), "to a minimum"),
        ("(x*y-1)^2/2", (3.0, 0.4), "to a minimum"),
    ],
)
def test_the_hessian_tells_points_apart(name, start, words):
    run = descend(name, start=start, steps=3000, learning_rate=0.1)
    assert words in judge(run, surface(name)).sentence
    assert "to an unlisted point" in judge(run).sentence


def test_uphill_ends_on_a_maximum():
    text = "exp(-x^2-2*y^2)"
    run = descend(text, start=(0.5, 0.3), steps=500, learning_rate=0.2, maximize=True)
    assert "to a maximum (0, 0)" in judge(run, surface(text)).sentence


def test_weight_decay_is_named_where_it_holds_the_path():
    run = descend("(x-3)^2 + y^2", start=(0.0, 1.0), steps=800, learning_rate=0.1, weight_decay=1.0)
    status = judge(run, bind(surface_named("sphere")))
    assert (status.kind, status.step > 0) == ("still", True)
    assert "at (2, 0), where the gradient is 2: weight decay" in status.sentence


def test_a_rate_that_has_shrunk_is_named():
    run = descend("exponential", start=(2.0, 0.0), steps=20_000, learning_rate=1e-4,
                  schedule="exponential")  # fmt: skip
    status = judge(run)
    assert status.kind == "still"
    assert "the learning rate has shrunk" in status.sentence


def test_mini_batches_hover():
    from engine.experiment import DataSettings

    run = descend(
        "linear_regression", start=(2.0, 1.0), steps=2000, learning_rate=0.02,
        data=DataSettings(table="cars", standardise=True, batch_size=5),
    )  # fmt: skip
    status = judge(run)
    assert status.kind in ("oscillating", "moving")
    if status.kind == "oscillating":
        assert "mini-batches keep it from settling" in status.sentence


def made(points: list[float], **changes: object) -> Trajectory:
    """Return a path along x on x², with whatever numbers."""
    x = np.array(points)
    xy = np.stack([x, np.zeros_like(x)], axis=1)
    with np.errstate(all="ignore"):
        loss = x * x
        gradients = 2 * xy
    given = {
        "run": RunSettings(), "label": "", "surface": "", "points": xy, "loss": loss,
        "seen_loss": loss, "gradients": gradients, "learning_rates": np.full(len(x), 0.1),
        "minima": np.zeros((1, 3)), "last_step": len(x) - 1, **changes,
    }  # fmt: skip
    return Trajectory(**given)


@pytest.mark.parametrize(
    ("points", "kind"),
    [
        ([1.0, 1.0], STILL),
        ([1.0, 0.5], MOVING),
        ([1.0, -1.0], MOVING),
        ([1.0, -30.0, 900.0, -27_000.0, 810_000.0], DIVERGED),
        ([1e-300, -1e-300] * 20, OSCILLATING),
        ([0.3 * math.sin(i * i) for i in range(2000)], OSCILLATING),
        ([1 + math.sin(i / 3) * 0.999**i for i in range(2000)], MOVING),
        ([5.0, 4.0, 3.0, 2.0, 1.0] + [0.0] * 10, CONVERGED),
        ([1 / (i + 1) for i in range(2000)], MOVING),
        ([i * 0.01 for i in range(1000)], MOVING),
        ([1.1**i * math.cos(i) for i in range(300)], DIVERGED),
    ],
)
def test_made_up_paths(points, kind):
    minima = np.zeros((0, 3)) if points[0] == 1.0 and len(points) == 2000 else np.zeros((1, 3))
    assert judge(made(points, minima=minima)).kind == kind


def test_unknown_gradients_of_a_foreign_table_break_nothing():
    unknown = np.full((40, 2), np.nan)
    status = judge(made([1.0] + [0.5] * 39, gradients=unknown, minima=np.zeros((0, 3))))
    assert status.kind == "converged"


def test_anything_can_be_judged():
    random = np.random.default_rng(5)
    values = [0.0, 1.0, -1.0, 1e-300, 1e300, -1e308, math.inf, -math.inf, math.nan]
    for _ in range(400):
        x = random.choice(values, size=random.integers(1, 12))
        last = int(np.argmin(np.isfinite(x))) if not np.isfinite(x).all() else len(x) - 1
        x[last + 1 :] = math.nan
        cause = "" if np.isfinite(x[last]) else "weight"
        status = judge(made(list(x), last_step=last, cause=cause, cause_step=last))
        assert len(status.short) <= 45


@pytest.mark.parametrize(("period", "told"), [(2, 2), (7, 7), (300, 0)])
def test_only_a_period_that_can_be_seen_is_told(period, told):
    angles = 2 * np.pi * (np.arange(4000) + 0.25) / period
    bounce = find_bounce(np.stack([np.cos(angles), 0 * angles], axis=1), 3999, 1e-6, False)
    assert bounce is not None
    assert bounce.period == told


def test_slow_growth_is_said_in_the_short_form_too():
    run = descend("linear_regression", "sgd", start=(0.0, 0.0), learning_rate=0.0855, steps=60)
    assert judge(run).short == "growing ×1.02 per step: loss 882"
