"""The learning-rate settings at the limit, against runs on both sides of them."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from engine import optimizers
from engine.answer import answer
from engine.experiment import (
    DataSettings,
    Experiment,
    ScheduleSettings,
    SurfaceSettings,
    new_run,
)
from engine.explanation.explain import explain
from engine.explanation.limits import limit
from engine.explanation.rates import rate_limits

LINE = SurfaceSettings(name="linear_regression", data=DataSettings(table="line"))
BOWL = SurfaceSettings(name="bowl")
#: Moves below this are rounding.
ROUNDING = 1e-12
#: Rules for which one rate is the limit.
PLAIN = ("sgd", "heavy_ball", "nesterov", "quasi_hyperbolic")


def experiment_on(surface, optimizer="sgd", start=(-3.0, 1.0), steps=200, **run):
    run.setdefault("learning_rate", 0.01)
    return Experiment(
        surface=surface, start=start, steps=steps, precision="float64",
        runs=(new_run(optimizer, **run),),
    )  # fmt: skip


def limits_of(experiment):
    return rate_limits(explain(answer(experiment).trajectories[0], experiment))


def settles(experiment, rate, steps=4000):
    """Return whether the last moves of a long run at a rate are smaller than earlier ones."""
    run = replace(experiment.runs[0], learning_rate=rate)
    points = answer(replace(experiment, runs=(run,), steps=steps)).trajectories[0].points
    moves = np.abs(np.diff(points, axis=0)).max(axis=1)
    return np.isfinite(moves).all() and moves[-100:].max() < max(moves[200:300].max(), ROUNDING)


def bracket(experiment, guess):
    """Return two rates 0.1 % apart of which the first settles and the second does not."""
    low, high = 0.5 * guess, 1.5 * guess
    assert settles(experiment, low)
    assert not settles(experiment, high)
    while high / low > 1.001:
        middle = (low * high) ** 0.5
        low, high = (middle, high) if settles(experiment, middle) else (low, middle)
    return low, high


def test_the_line_through_five_points_allows_0_0845():
    found = limits_of(experiment_on(LINE, start=(0.0, 0.0), learning_rate=0.08, steps=400))
    assert found.start == pytest.approx(2 / 23.66, rel=1e-3)
    assert round(found.start, 4) == 0.0845
    assert found.lowest == found.minimum == pytest.approx(found.start, rel=1e-12)
    assert found.reason == ""


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize(
    "decay",
    [{}, {"weight_decay": 5.0}, {"weight_decay": 5.0, "decoupled": True}],
    ids=["plain", "coupled", "decoupled"],
)
@pytest.mark.parametrize("surface", [BOWL, LINE], ids=["bowl", "line"])
def test_runs_settle_below_the_limit_and_not_above_it(name, decay, surface):
    experiment = experiment_on(surface, name, **decay)
    found = limits_of(experiment)
    if name == "sgd":
        low, high = bracket(experiment, found.lowest)
    else:
        low, high = 0.999 * found.lowest, 1.001 * found.lowest
        assert settles(experiment, low)
        assert not settles(experiment, high)
    assert 0.999 * low < found.lowest < 1.001 * high


def test_the_limit_does_not_depend_on_the_rate_that_was_walked():
    wanted = limits_of(experiment_on(BOWL)).start
    assert wanted == pytest.approx(0.1)
    for rate in (1e-3, 0.0999, 0.11, 5.0, 0.0, -0.01):
        assert limits_of(experiment_on(BOWL, learning_rate=rate)).start == pytest.approx(wanted)


@pytest.mark.parametrize("rate", [0.05, 0.0])
def test_a_schedule_scales_the_setting(rate):
    schedule = ScheduleSettings(name="cosine", warm_up_steps=10)
    experiment = experiment_on(BOWL, learning_rate=rate, schedule=schedule)
    found = limits_of(experiment)
    trajectory = answer(experiment_on(BOWL, learning_rate=1.0, schedule=schedule)).trajectories[0]
    assert found.lowest == pytest.approx(0.1 / trajectory.learning_rates.max())
    assert found.start == pytest.approx(0.1 / trajectory.learning_rates[0])
    assert found.lowest_step == (trajectory.learning_rates.argmax())


@pytest.mark.parametrize("decay", [{}, {"weight_decay": 3.0, "decoupled": True}])
@pytest.mark.parametrize("schedule", ["constant", "exponential"])
def test_the_lowest_along_the_path_is_where_the_load_is_nearest_its_limit(decay, schedule):
    surface = SurfaceSettings(name="rosenbrock")
    run = {"learning_rate": 5e-4, "schedule": ScheduleSettings(name=schedule), **decay}
    experiment = experiment_on(surface, "heavy_ball", (-1.5, 2.0), 400, **run)
    explanation = explain(answer(experiment).trajectories[0], experiment)
    found = rate_limits(explanation)
    assert explanation.loss[-1] < explanation.loss[0]
    assert found.lowest_step == np.nanargmax(explanation.load.ratio)
    assert found.lowest <= found.start
    # At this setting the load at that step is the limit, decay and all.
    row, run = found.lowest_step, explanation.trajectory.run
    rate = found.lowest * explanation.trajectory.learning_rates[row] / run.learning_rate
    decoupled = rate * run.weight_decay if run.decoupled else 0.0
    stability = optimizers.optimizer_named("heavy_ball").stability
    wanted = limit(stability, tuple({"momentum": 0.9, **run.hyperparameters}.values()), decoupled)
    assert rate * explanation.curvature.eigenvalues[row, 0] == pytest.approx(wanted, rel=1e-6)


def test_the_minimum_that_was_reached_has_its_own_limit():
    # At (1, 1) λ₁ is 1001.6, at the start 2092.
    surface = SurfaceSettings(name="rosenbrock")
    found = limits_of(experiment_on(surface, "heavy_ball", (-1.5, 2.0), 20_000, learning_rate=4e-4))
    assert found.minimum == pytest.approx(3.8 / 1001.6, rel=1e-3)
    assert found.lowest < found.minimum
    short = limits_of(experiment_on(surface, "heavy_ball", (-1.5, 2.0), 3, learning_rate=4e-4))
    assert short.minimum is None
    assert short.start == found.start


def test_a_path_that_blows_up_does_not_set_the_limit_where_it_flew_to():
    surface = SurfaceSettings(name="rosenbrock")
    experiment = experiment_on(surface, "sgd", (-1.5, 2.0), 200, learning_rate=0.01)
    explanation = explain(answer(experiment).trajectories[0], experiment)
    found = rate_limits(explanation)
    assert np.nanmax(explanation.curvature.eigenvalues[:, 0]) > 1e30
    assert 1e-4 < found.lowest <= found.start
    assert found.minimum is None


@pytest.mark.parametrize("rule", optimizers.CATALOGUE, ids=lambda rule: rule.name)
def test_every_method_has_a_limit_or_says_why_not(rule):
    found = limits_of(experiment_on(BOWL, rule.name, learning_rate=0.02))
    marked = found.start is not None or found.lowest is not None
    assert marked == (found.reason == "")
    assert marked == (rule.name in (*PLAIN, "asgd") or found.scaled)
    assert found.scaled == (rule.stability.preconditioned and rule.stability.proportional)
    assert found.reason == found.reason.rstrip(".")
    if rule.stability.amplitude is not None:
        assert found.amplitude > 0


def scaled_rules():
    return [r for r in optimizers.CATALOGUE if r.stability.gain is not None and r.name != "asgd"]


@pytest.mark.parametrize("schedule", ["constant", "exponential"])
@pytest.mark.parametrize("decay", [{}, {"weight_decay": 2.0}])
@pytest.mark.parametrize("rule", scaled_rules(), ids=lambda rule: rule.name)
def test_with_the_scaling_of_the_path_the_limit_is_where_the_load_meets_it(rule, decay, schedule):
    shape = {"learning_rate": 0.02, "schedule": ScheduleSettings(name=schedule)}
    experiment = experiment_on(BOWL, rule.name, **shape, **decay, decoupled=False)
    explanation = explain(answer(experiment).trajectories[0], experiment)
    found, load = rate_limits(explanation), explanation.load
    row = found.lowest_step
    assert found.scaled
    assert found.corrected <= row
    assert (found.start is None) == (found.corrected > 0)
    # Each gain is proportional to η, and so is the load.
    assert found.lowest == pytest.approx(0.02 * load.limits[row] / load.values[row], rel=1e-9)
    # No other step below the start's loss comes nearer to its limit.
    below = explanation.loss <= explanation.loss[0]
    ratio = np.where(below, load.ratio, np.nan)[found.corrected :]
    assert np.nanmax(ratio) == pytest.approx(load.ratio[row], rel=1e-12)


def test_decoupled_decay_lowers_the_limit_of_a_scaled_method():
    plain, decayed = (
        limits_of(experiment_on(BOWL, "adamw", learning_rate=0.02, weight_decay=w, decoupled=True))
        for w in (0.0, 5.0)
    )
    assert decayed.lowest < plain.lowest


def test_a_start_within_the_corrections_and_a_rate_of_0_have_no_limit_and_say_why():
    short = limits_of(experiment_on(BOWL, "adam", steps=5))
    assert short.reason == "corrections lengthen its first 10 steps, which no limit applies to"
    still = limits_of(experiment_on(BOWL, "adam", learning_rate=0.0))
    assert "no step shows how it scales" in still.reason


def test_sign_steps_swing_by_half_the_rate():
    found = limits_of(experiment_on(BOWL, "signsgd", learning_rate=0.1))
    assert found.amplitude == pytest.approx(0.05)
    assert found.reason == "every step is η long, whatever the gradient is"


@pytest.mark.parametrize(
    ("surface", "start", "maximize", "words"),
    [
        (SurfaceSettings(name="bowl"), (1.0, 1.0), True, "the surface bends down at every step"),
        (SurfaceSettings(name="formula", formula="abs(x)+abs(y)"), (1.0, 1.0), False, "kinks"),
        (SurfaceSettings(name="formula", formula="x + y"), (1.0, 1.0), False, "bends down"),
    ],
)
def test_where_nothing_can_be_said_the_reason_is(surface, start, maximize, words):
    found = limits_of(experiment_on(surface, start=start, maximize=maximize, steps=20))
    assert found.start is found.lowest is found.minimum is None
    assert words in found.reason


@pytest.mark.parametrize("steps", [0, 1])
def test_a_run_of_no_step_has_the_limit_of_its_start(steps):
    found = limits_of(experiment_on(BOWL, steps=steps))
    assert found.start == found.lowest == pytest.approx(0.1)
    assert found.lowest_step == 0
