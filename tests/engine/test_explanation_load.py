"""ηλ along a path against the method's own limit."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from test_explanation_budget import BATCHES, experiment_on, explained

from engine import optimizers
from engine.answer import answer
from engine.experiment import ScheduleSettings
from engine.explanation.case import Case
from engine.explanation.explain import explain
from engine.explanation.limits import limit, stability_of, transient
from engine.explanation.load import decays_of
from engine.explanation.modes import modes_at
from engine.trajectory_csv import write_csv


def test_plain_methods_are_loaded_with_rate_times_curvature():
    found = explained("rosenbrock", "heavy_ball", learning_rate=5e-4, steps=40)
    load = found.load
    np.testing.assert_allclose(load.values, 5e-4 * found.curvature.eigenvalues[:, 0], rtol=1e-15)
    np.testing.assert_allclose(load.lowest, 5e-4 * found.curvature.eigenvalues[:, 1], rtol=1e-15)
    np.testing.assert_array_equal(load.gains, np.full((41, 2), 5e-4))
    np.testing.assert_allclose(load.limits, 2 * (1 + 0.9), rtol=1e-12)
    np.testing.assert_allclose(load.ratio, load.values / 3.8, rtol=1e-12)
    assert load.reason == ""


def test_a_schedule_is_followed():
    schedule = ScheduleSettings(name="cosine", warm_up_steps=5)
    found = explained("bowl", learning_rate=0.05, schedule=schedule, steps=30)
    rates = found.trajectory.learning_rates
    np.testing.assert_allclose(found.load.values, 20 * rates)
    assert found.load.values[-1] == found.load.values[-2]


@pytest.mark.parametrize("steps", [30, 4])
def test_the_limit_follows_the_decay_of_a_schedule(steps):
    schedule = ScheduleSettings(name="cosine")
    found = explained(
        "bowl", learning_rate=0.05, schedule=schedule, weight_decay=4.0, decoupled=True,
        steps=steps,
    )  # fmt: skip
    np.testing.assert_allclose(found.load.limits, 2 - 4 * found.trajectory.learning_rates)


@pytest.mark.parametrize(
    "rule", [r for r in optimizers.CATALOGUE if r.stability.gains_vary], ids=lambda r: r.name
)
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_varying_gains_weigh_the_curvature(rule, precision):
    found = explained("bowl", rule.name, learning_rate=0.05, precision=precision, steps=20)
    load = found.load
    assert load.gains.dtype == np.float64
    assert load.reason == ""
    for t in (0, 7, 20):
        xx, xy, yy = found.curvature.hessians[t]
        matrix = np.diag(load.gains[t]) @ [[xx, xy], [xy, yy]]
        wanted = np.sort(np.linalg.eigvals(matrix).real)
        np.testing.assert_allclose([load.lowest[t], load.values[t]], wanted, rtol=1e-10)
    stability, h = stability_of(found.trajectory.run)
    if stability.decay is None and not found.trajectory.run.weight_decay:
        assert load.limits == pytest.approx(limit(stability, h))
    np.testing.assert_array_equal(load.gains[-1], load.gains[-2])


def test_adam_at_its_edge_has_a_ratio_of_one():
    """Cohen et al. 2022: Adam hovers where λ_P reaches 38/η at β₁ = 0.9."""
    found = explained("bowl", "adam", learning_rate=0.1, steps=4000, hyperparameters={"beta2": 0.9})
    assert np.median(found.load.ratio[-1000:]) == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize("optimizer", ["signsgd", "lion", "bfgs", "rprop", "damped_newton"])
def test_methods_without_a_limit_say_why(optimizer):
    found = explained("bowl", optimizer, steps=5)
    load = found.load
    assert load.reason == stability_of(found.trajectory.run)[0].reason != ""
    assert np.isnan(load.limits).all()
    assert np.isfinite(load.values).all()


def test_a_path_from_a_file(tmp_path):
    experiment = experiment_on("bowl", "adam", learning_rate=0.1, steps=20)
    made = answer(experiment)
    path = tmp_path / "run.csv"
    write_csv(path, made.trajectories, made.statuses)
    run = replace(experiment.runs[0], recorded=str(path))
    recorded = replace(experiment, runs=(run,))
    found = explain(answer(recorded).trajectories[0], recorded)
    whole = explain(made.trajectories[0], experiment)
    np.testing.assert_array_equal(found.budget.remainder, whole.budget.remainder)
    np.testing.assert_allclose(found.load.ratio, whole.load.ratio, rtol=1e-9)
    assert found.load.reason == ""
    unlike = replace(recorded, runs=(replace(run, hyperparameters={"beta1": 0.5}),))
    unknown = explain(answer(unlike).trajectories[0], unlike).load
    assert unknown.reason.startswith("the path was read from a file")
    assert np.isnan(unknown.limits).all()
    elsewhere = replace(recorded, surface=replace(recorded.surface, name="booth"))
    note = explain(answer(elsewhere).trajectories[0], elsewhere).note
    assert note == "The path was recorded on another surface and is explained on this one."


def test_gains_are_read_from_the_path_whatever_the_experiment_says_by_now():
    experiment = experiment_on("bowl", "adam", learning_rate=0.1, steps=20)
    trajectory = answer(experiment).trajectories[0]
    own = explain(trajectory, experiment).load
    load = explain(trajectory, replace(experiment, start=(0.3, 0.4))).load
    np.testing.assert_array_equal(load.gains, own.gains)


def test_two_decays_shrink_one_after_the_other():
    found = explained(
        "bowl", "asgd", learning_rate=0.01, hyperparameters={"lambd": 0.5}, weight_decay=4.0,
        decoupled=True, steps=5,
    )  # fmt: skip
    run, gains = found.trajectory.run, found.load.gains
    decays = decays_of(run, found.trajectory.learning_rates, gains)
    np.testing.assert_allclose(decays, 1 - (1 - 0.04) * (1 - 0.5 * gains[:, 0]), rtol=1e-12)
    points, slopes = found.points, found.gradients
    left = (points[1:] + gains[:-1] * slopes[:-1]) / points[:-1]
    np.testing.assert_allclose(left, (1 - decays[:-1, np.newaxis]) * [1, 1], rtol=1e-9)


@pytest.mark.parametrize("rule", ["adam", "adamw", "nadam", "amsgrad", "radam", "adabelief"])
def test_a_bias_correction_is_not_read_as_instability(rule):
    found = explained("bowl", rule, learning_rate=3.0, steps=200)
    experiment = experiment_on("bowl", rule, learning_rate=3.0, steps=200)
    case = Case(found, experiment)
    assert transient(found.trajectory.run) == 10
    assert np.isnan(case.signs.ratio[:10]).all()
    assert np.isfinite(case.signs.ratio[10:]).all()
    assert "bias" in case.why_silent(9)
    assert "bias" not in case.why_silent(10)


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize(
    "changes",
    [
        {"noise": 0.3, "seed": 4}, {"clip_norm": 0.5}, {"maximize": True}, {"weight_decay": 0.1},
        {"weight_decay": 0.1, "decoupled": True}, {"learning_rate": 1e30},
        {"schedule": ScheduleSettings(name="cosine")}, {"start": (0.5, 0.5)}, {"data": BATCHES},
    ],
    ids=str,
)  # fmt: skip
def test_gains_are_those_of_the_run_itself(changes, precision):
    surface = "linear_regression" if "data" in changes else "bowl"
    changes = {"learning_rate": 0.05, **changes}
    found = explained(surface, "adam", precision=precision, steps=20, **changes)
    assert found.load.reason == ""
    assert np.isfinite(found.load.values[0])


@pytest.mark.parametrize("steps", [0, 1])
@pytest.mark.parametrize("rule", optimizers.CATALOGUE, ids=lambda rule: rule.name)
def test_the_shortest_runs(rule, steps):
    found = explained("bowl", rule.name, steps=steps)
    assert found.load.values.shape == found.load.limits.shape == (steps + 1,)
    assert found.load.gains.shape == (steps + 1, 2)
    assert [mode.eigenvalue for mode in modes_at(found, 0)] == pytest.approx([20, 2], rel=0.9)
    # A rule whose gain is not η has none before its first step.
    known = steps == 1 or not rule.stability.gains_vary
    assert np.isfinite(found.load.values).all() == known
