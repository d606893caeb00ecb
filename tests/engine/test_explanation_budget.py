"""First order, second order and remainder: sums, quadratics, and whatever can go wrong."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from quadratic import five_dimensional

from engine import optimizers, surfaces
from engine.answer import answer, landscape_of
from engine.descent import Cancelled
from engine.experiment import DataSettings, Experiment, SurfaceSettings, new_run, surface_of
from engine.explanation.budget import budget_of
from engine.explanation.explain import explain

EPS = np.finfo(float).eps


def experiment_on(surface, optimizer="sgd", *, steps=30, precision="float64", **changes):
    named = surface in {s.name for s in surfaces.CATALOGUE}
    settings = (
        SurfaceSettings(name=surface)
        if named
        else SurfaceSettings(name="formula", formula=surface)
    )  # fmt: skip
    start = changes.pop("at", surface_of(settings).start)
    data = changes.pop("data", None)
    run = new_run(optimizer, **changes)
    if data is not None:
        settings = replace(settings, data=data)
    return Experiment(
        surface=settings, start=start, steps=steps, precision=precision, runs=(run,)
    )  # fmt: skip


def explained(*arguments, **changes):
    experiment = experiment_on(*arguments, **changes)
    return explain(answer(experiment).trajectories[0], experiment)


def terms(budget):
    return np.array([budget.first, budget.second, budget.remainder, budget.measured])


def assert_adds_up(budget, loss):
    first, second, remainder, measured = terms(budget)
    with np.errstate(all="ignore"):
        sizes = abs(first) + abs(second) + abs(remainder) + abs(loss[1:]) + abs(loss[:-1])
        finite = np.isfinite(sizes)
        error = abs(first + second + remainder - measured)[finite]
        assert (error <= 8 * EPS * sizes[finite]).all()
        np.testing.assert_allclose(measured[finite], np.diff(loss)[finite], rtol=0, atol=0)


@pytest.mark.parametrize("optimizer", ["sgd", "heavy_ball", "adam", "bfgs"])
@pytest.mark.parametrize("surface", surfaces.CATALOGUE, ids=lambda surface: surface.name)
def test_terms_add_up_on_every_surface(surface, optimizer):
    found = explained(surface.name, optimizer, learning_rate=surface.learning_rate)
    assert found.rows == found.trajectory.last_step + 1
    assert_adds_up(found.budget, found.loss)


@pytest.mark.parametrize("rule", optimizers.CATALOGUE, ids=lambda rule: rule.name)
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_terms_add_up_for_every_optimizer(rule, precision):
    rate = min(rule.learning_rate, 1e-3)
    found = explained("rosenbrock", rule.name, precision=precision, learning_rate=rate)
    assert all(a.dtype == np.float64 for a in (*terms(found.budget), found.loss, found.points))
    assert found.rows == 31
    assert_adds_up(found.budget, found.loss)
    assert np.isfinite(found.curvature.eigenvalues).all()


@pytest.mark.parametrize("surface", ["bowl", "sphere", "booth", "matyas", "linear_regression"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_quadratic_leaves_no_remainder(surface, optimizer):
    found = explained(surface, optimizer, learning_rate=0.01)
    budget = found.budget
    sizes = abs(budget.first) + abs(budget.second) + found.loss[:-1]
    assert (abs(budget.remainder) <= 32 * EPS * sizes).all()
    assert (budget.second > 0).all()


def test_a_step_by_hand():
    """x² at 3 with η = 1.1: g = 6, Δ = −6.6, so −39.6 + 43.56 = 3.96; then x = −3.6."""
    budget = explained("x^2", learning_rate=1.1, at=(3.0, 0.0), steps=1).budget
    np.testing.assert_allclose(terms(budget)[:, 0], [-39.6, 43.56, 0, 3.96], atol=1e-13)


def test_a_remainder_by_hand():
    """x⁴ at 1 with η = ½: g = 4, Δ = −2, H = 12: −8 + 24, and x = −1 is as high: R = −16."""
    budget = explained("x^4", learning_rate=0.5, at=(1.0, 0.0), steps=1).budget
    np.testing.assert_allclose(terms(budget)[:, 0], [-8, 24, -16, 0], atol=1e-13)


def test_maximisation_lowers_the_negative_surface():
    found = explained("x^2", learning_rate=0.1, at=(3.0, 0.0), steps=4, maximize=True)
    np.testing.assert_allclose(found.loss, -(found.points[:, 0] ** 2))
    np.testing.assert_allclose(found.gradients[:, 0], -2 * found.points[:, 0])
    np.testing.assert_array_equal(found.curvature.eigenvalues, [[0, -2]] * 5)
    assert (found.budget.first < 0).all()
    assert (found.budget.second < 0).all()
    np.testing.assert_allclose(found.load.lowest, -0.2)


@pytest.mark.parametrize(
    "changes",
    [
        {"weight_decay": 0.3}, {"weight_decay": 0.3, "decoupled": True}, {"clip_norm": 0.5},
        {"clip_value": 0.2}, {"noise": 2.0},
    ],
    ids=str,
)  # fmt: skip
def test_the_step_is_the_one_that_was_taken(changes):
    found = explained("bowl", learning_rate=0.02, **changes)
    moves = np.diff(found.trajectory.points, axis=0)
    wanted = np.einsum("ti,ti->t", found.gradients[:-1], moves)
    np.testing.assert_allclose(found.budget.first, wanted, rtol=1e-13, atol=1e-15)
    plain = explained("bowl", learning_rate=0.02)
    assert not np.allclose(found.budget.first, plain.budget.first)
    assert_adds_up(found.budget, found.loss)


def test_a_float32_run_is_explained_where_it_went():
    found = explained("rosenbrock", "sgd", precision="float32", learning_rate=1e-3)
    landscape = landscape_of(experiment_on("rosenbrock"), "float64")
    points = found.trajectory.points.astype(np.float64)
    np.testing.assert_array_equal(found.points, points)
    np.testing.assert_array_equal(found.loss, landscape.value(points))


BATCHES = DataSettings(table="cars", standardise=True, batch_size=8, seed=3)


def test_mini_batches_have_a_budget_of_their_own():
    experiment = experiment_on("linear_regression", data=BATCHES, learning_rate=0.3, steps=40)
    found = explain(answer(experiment).trajectories[0], experiment)
    landscape = landscape_of(experiment)
    batch = found.batch_budget
    for t in range(40):
        before, after = (float(landscape.value(found.points[t + i], t)) for i in (0, 1))
        slope = landscape.gradient(found.points[t], t)
        step = found.points[t + 1] - found.points[t]
        assert batch.measured[t] == pytest.approx(after - before, rel=1e-12, abs=1e-12)
        # Plain descent: on its own batch every step goes downhill.
        assert batch.first[t] == pytest.approx(-0.3 * slope @ slope, rel=1e-9)
        assert found.budget.first[t] == pytest.approx(
            float(landscape.gradient(found.points[t]) @ step), rel=1e-9, abs=1e-12
        )
    assert_adds_up(found.budget, found.loss)
    np.testing.assert_allclose(found.loss, found.trajectory.loss, rtol=1e-12)
    np.testing.assert_array_equal(
        found.objective.of_batch(7).value(found.points[7]), landscape.value(found.points[7], 7)
    )


def test_without_mini_batches_there_is_one_budget():
    found = explained("bowl")
    assert found.batch_budget is None
    assert found.objective.of_batch(3) is found.objective


def test_no_step_and_one_step():
    none, one = explained("bowl", steps=0), explained("bowl", steps=1)
    assert none.rows == 1
    assert terms(none.budget).shape == (4, 0)
    assert (none.curvature.eigenvalues.shape, none.load.values.shape) == ((1, 2), (1,))
    assert terms(one.budget).shape == (4, 1)
    np.testing.assert_allclose(one.load.values, 0.01 * 20)


@pytest.mark.parametrize("optimizer", ["sgd", "heavy_ball", "adam", "polyak"])
@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("surface", ["x^2", "x^4 + y^4", "exp(x^2)", "(x*y - 1)^2", "1/x"])
def test_a_path_to_infinity_raises_nothing(surface, precision, optimizer):
    rate = 1e3 if optimizer == "sgd" else 1e300
    found = explained(
        surface, optimizer, learning_rate=rate, at=(2.0, 3.0), steps=300, precision=precision
    )
    assert found.rows == found.trajectory.last_step + 1
    assert np.isfinite(found.loss[0])
    assert terms(found.budget).shape == (4, found.rows - 1)
    assert_adds_up(found.budget, found.loss)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize(
    "formula", ["sqrt(x^2 + y^2)", "abs(x)^1.5", "abs(x)^0.5", "1/x", "log(x)"]
)
def test_a_hessian_that_is_not_finite(formula, optimizer):
    found = explained(formula, optimizer, learning_rate=0.5, at=(0.0, 0.0), steps=3)
    assert not np.isfinite(found.curvature.hessians[0]).all()
    assert np.isnan(found.curvature.eigenvalues[0]).all()
    assert np.isnan([found.curvature.angles[0], found.load.values[0], found.load.lowest[0]]).all()
    assert_adds_up(found.budget, found.loss)


def test_a_kink_has_no_curvature_and_all_remainder():
    found = explained("abs(x)", learning_rate=0.75, at=(0.5, 0.0), steps=1)
    np.testing.assert_allclose(terms(found.budget)[:, 0], [-0.75, 0, 0.5, -0.25])
    assert found.load.reason == "the surface has kinks, where curvature says nothing"
    assert np.isnan(found.load.limits).all()


def test_a_zero_gradient_changes_nothing():
    found = explained("bowl", at=(0.0, 0.0), steps=5)
    np.testing.assert_array_equal(terms(found.budget), np.zeros((4, 5)))


def test_very_long_runs_are_explained_from_their_start():
    experiment = experiment_on("rosenbrock", "adam", steps=50)
    trajectory = answer(experiment).trajectories[0]
    cut, whole = explain(trajectory, experiment, most=20), explain(trajectory, experiment)
    assert whole.note == ""
    assert cut.rows == 20
    assert cut.note.startswith("Only the first 20 of 51 rows are explained")
    np.testing.assert_array_equal(cut.loss, whole.loss[:20])
    # The last rows of a vector loop are rounded by themselves.
    np.testing.assert_allclose(cut.load.values[:19], whole.load.values[:19], rtol=1e-14)
    np.testing.assert_array_equal(terms(cut.budget), terms(whole.budget)[:, :19])


def test_the_work_can_be_stopped():
    experiment = experiment_on("bowl")
    trajectory = answer(experiment).trajectories[0]
    with pytest.raises(Cancelled):
        explain(trajectory, experiment, np.ones(1, np.uint8))


@pytest.mark.parametrize("surface", ["rosenbrock", "himmelblau", "bowl"])
def test_the_compiled_way_and_the_one_for_any_objective_agree(surface):
    found = explained(surface, "heavy_ball", learning_rate=1e-3)
    slow = terms(budget_of(found.objective, found.points))
    scale = abs(slow).max()
    np.testing.assert_allclose(terms(found.budget), slow, rtol=1e-12, atol=1e-13 * scale)


def test_five_coordinates():
    objective, vectors = five_dimensional()
    # From the bottom 2 along the first eigenvector, then back across it.
    points = np.array([objective.bottom + 2 * vectors[0], objective.bottom - 3 * vectors[0]])
    found = terms(budget_of(objective, points))[:, 0]
    np.testing.assert_allclose(found, [-5 * 18, 0.5 * 25 * 9, 0, 22.5], atol=1e-12)
