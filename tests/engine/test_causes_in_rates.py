"""The switch that goes below the limit: which limit it takes, and that runs converge there."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.experiment import (
    DataSettings,
    Experiment,
    ScheduleSettings,
    SurfaceSettings,
    new_run,
)
from engine.explanation.batch_limit import mean_square_limit
from engine.explanation.causes import causes, combined
from engine.explanation.comparison import compare
from engine.schedules import rates_of

LINE = 0.0845240525773498


def on_line(run=None, start=(0.0, 0.0), name="linear_regression", **data):
    surface = SurfaceSettings(name=name, data=DataSettings(**data))
    run = run or new_run("sgd", learning_rate=0.12)
    return Experiment(surface=surface, start=start, steps=2000, runs=(run,))


def on(name, start, optimizer="sgd", rate=0.5, **run):
    run = new_run(optimizer, learning_rate=rate, **run)
    return Experiment(surface=SurfaceSettings(name=name), start=start, runs=(run,))


def on_formula(formula, start):
    surface = SurfaceSettings(name="formula", formula=formula)
    return Experiment(surface=surface, start=start, runs=(new_run("sgd", learning_rate=0.5),))


def cause_of(experiment):
    return next(cause for cause in causes(experiment, 0) if cause.key == "limit")


def rate_of(experiment):
    return cause_of(experiment).apply(experiment, 0).runs[0].learning_rate


@pytest.mark.parametrize(
    ("optimizer", "settings", "limit"),
    [
        ("sgd", {}, LINE),
        ("sgd", {"weight_decay": 1.0}, 2 / (2 / LINE + 1)),
        ("heavy_ball", {}, 1.9 * LINE),
        ("nesterov", {}, 1.9 / 2.8 * LINE),
    ],
)
def test_it_is_the_methods_own_limit(optimizer, settings, limit):
    run = new_run(optimizer, learning_rate=1.0, **settings)
    experiment = on_line(run)
    assert rate_of(experiment) == pytest.approx(0.9 * limit, rel=1e-6)
    found = compare(experiment, 0, ["limit"])
    assert found.before.status.kind == "diverged"
    assert found.effect == "saved"
    assert found.after.status.kind != "diverged"


@pytest.mark.parametrize("size", [1, 2, 4])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_batches_bear_less(size, reduction):
    experiment = on_line(table="line", batch_size=size, reduction=reduction)
    limit = mean_square_limit(experiment, 0).value
    average = LINE / (size if reduction == "sum" else 1)
    assert rate_of(experiment) == pytest.approx(0.9 * min(limit, average), rel=1e-6)
    assert compare(experiment, 0, ["limit"]).after.status.kind == "converged"


def test_a_schedule_stays_below_it_at_its_largest():
    schedule = ScheduleSettings(name="one_cycle")
    experiment = on_line(new_run("sgd", learning_rate=1.0, schedule=schedule))
    rates = rates_of(schedule, rate_of(experiment), experiment.steps)
    assert np.abs(rates).max() == pytest.approx(0.9 * LINE, rel=1e-6)


def test_the_larger_curvature_counts():
    # ½(xy − 1)²: λ₁ is 9 + 17 at the start and 2 at (1, 1).
    experiment = on_formula("(x*y-1)^2/2", (3.0, 3.0))
    assert rate_of(experiment) == pytest.approx(0.9 * 2 / 26)
    assert compare(experiment, 0, ["limit"]).after.status.kind == "converged"
    # At (0, 0) Rosenbrock's λ₁ is 200.
    assert rate_of(on("rosenbrock", (0.0, 0.0))) == pytest.approx(0.9 * 2 / 1001.6, rel=1e-3)


def test_it_is_computed_after_all_else_has_changed():
    changed, done, left_out = combined(on_line(), 0, ["limit", "standardise"])
    assert done == ("standardise",)
    assert changed.runs[0].learning_rate == 0.12
    assert "below 0.9 of its limit, 1, already" in left_out[0]
    changed, done, _ = combined(replace(on_line(), runs=(new_run("sgd", learning_rate=5.0),)), 0,
                                ["limit", "standardise"])  # fmt: skip
    assert done == ("standardise", "limit")
    assert changed.runs[0].learning_rate == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("experiment", "reason"),
    [
        (on_line(new_run("sgd", learning_rate=0.01)), "below 0.9 of its limit, 0.0845, already"),
        (on_line(name="absolute_regression"), "kinks"),
        (on("sphere", (1.0, 1.0), maximize=True), "climbs on purpose"),
        (on_formula("-x^2-y^2", (1.0, 1.0)), "does not curve upwards"),
        (on("sphere", (1.0, 1.0), "adam"), "moves with its gradients"),
        (on("sphere", (1.0, 1.0), "polyak"), "chooses its own rate"),
        (on("sphere", (1.0, 1.0), hyperparameters={"momentum": 1.5}), "no rate is"),
    ],
)
def test_where_there_is_no_limit_to_go_below(experiment, reason):
    cause = cause_of(experiment)
    assert reason in cause.reason
    assert not cause.choices


@pytest.mark.parametrize("optimizer", ["signsgd", "lion", "bfgs", "backtracking", "rprop"])
def test_methods_without_a_limit_give_their_reason(optimizer):
    cause = cause_of(on("sphere", (1.0, 1.0), optimizer))
    assert cause.reason
    assert not cause.choices


def test_a_share_of_ones_own():
    changed = combined(on_line(), 0, {"limit": 0.5})[0]
    assert changed.runs[0].learning_rate == pytest.approx(0.5 * LINE, rel=1e-6)
