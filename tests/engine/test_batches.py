"""What a step's own batch asks for, against rows chosen by hand and real steps."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.answer import answer, landscape_of
from engine.experiment import DataSettings, Experiment, RunSettings, SurfaceSettings, surface_of
from engine.explanation.batches import batch_gradients, batch_rows, batch_step
from engine.surfaces.data_blocks import problem_of

NAMES = ["linear_regression", "logistic_regression", "absolute_regression"]


def experiment_of(name="linear_regression", run=None, steps=40, **data):
    data = {"table": "trees", "standardise": True, "batch_size": 9, "seed": 4, **data}
    return Experiment(
        surface=SurfaceSettings(name=name, data=DataSettings(**data)),
        start=(-3.0, 5.0), steps=steps, runs=(run or RunSettings(learning_rate=0.1),),
    )  # fmt: skip


def columns_of(experiment):
    surface = surface_of(experiment.surface)
    pair = problem_of(surface, experiment.surface.data).pair
    return pair.x, pair.y


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_gradients_are_those_of_the_rows_each_step_sees(reduction):
    experiment = experiment_of(reduction=reduction)
    landscape, point = landscape_of(experiment), np.array([1.5, -2.0])
    x, y = columns_of(experiment)
    found = batch_gradients(landscape, point, range(12))
    for step in range(12):
        rows = batch_rows(landscape, step)
        # 31 rows: three batches of nine, then the four that are left.
        assert len(rows) == (4 if step % 4 == 3 else 9)
        residual = point[0] * x[rows] + point[1] - y[rows]
        weight = 2.0 / (len(rows) if reduction == "mean" else 1)
        gradient = weight * np.array([residual @ x[rows], residual.sum()])
        np.testing.assert_allclose(found.gradients[step], gradient, rtol=1e-12)
        assert found.losses[step] == pytest.approx(0.5 * weight * (residual @ residual))
        full = found.full
        cosine = gradient @ full / np.linalg.norm(gradient) / np.linalg.norm(full)
        assert found.cosines[step] == pytest.approx(cosine)
    np.testing.assert_allclose(found.full, landscape.gradient(point))
    assert sorted(np.concatenate([batch_rows(landscape, t) for t in range(4)])) == list(range(31))


def test_another_seed_has_other_batches():
    one, other = (landscape_of(experiment_of(seed=seed)) for seed in (4, 5))
    assert (batch_rows(one, 0) != batch_rows(other, 0)).any()


def test_batches_disagree_at_the_minimum_but_not_far_from_it():
    experiment = experiment_of("linear_regression", batch_size=4)
    landscape = landscape_of(experiment)
    x, y, _ = landscape.minima[0]
    near = batch_gradients(landscape, (x + 0.01, y), range(30)).cosines
    far = batch_gradients(landscape, (x + 1e4, y), range(30)).cosines
    assert near.min() < 0
    assert far.min() > 0.2


def test_a_zero_gradient_has_no_angle():
    landscape = landscape_of(experiment_of(table="line", standardise=False, batch_size=2))
    found = batch_gradients(landscape, (2.0, 1.0), [0, 1])
    assert not found.gradients.any()
    assert np.isnan(found.cosines).all()


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("name", NAMES)
def test_a_step_of_gradient_descent_has_the_textbook_terms(name, precision):
    experiment = replace(experiment_of(name), precision=precision)
    trajectory = answer(experiment).trajectories[0]
    landscape = landscape_of(experiment, "float64")
    for step in range(0, 40, 7):
        found = batch_step(trajectory, landscape, step)
        eta, point = found.learning_rate, trajectory.points[step].astype(np.float64)
        own, full = found.batch_gradient, found.full_gradient
        # Of a step that is short beside θ, single precision keeps few digits.
        close = {"rel": 1e-9 if precision == "float64" else 1e-3, "abs": 1e-5}
        assert found.batch.first == pytest.approx(-eta * own @ own, **close)
        assert found.full.first == pytest.approx(-eta * own @ full, **close)
        hessians = [landscape.hessian(point, step), landscape.hessian(point)]
        for change, hessian in zip((found.batch, found.full), hessians, strict=True):
            assert change.second == pytest.approx(eta**2 / 2 * own @ hessian @ own, **close)
            assert change.first + change.second + change.remainder == pytest.approx(
                change.after - change.before, rel=1e-9, abs=1e-12
            )
        assert found.full.before == pytest.approx(float(trajectory.loss[step]), rel=1e-5)
        assert found.batch.before == pytest.approx(float(trajectory.seen_loss[step]), rel=1e-5)
        assert (found.rows == batch_rows(landscape, step)).all()


def test_a_squared_error_leaves_no_remainder():
    experiment = experiment_of(run=RunSettings(optimizer="heavy_ball", learning_rate=0.05))
    found = batch_step(answer(experiment).trajectories[0], landscape_of(experiment), 17)
    for change in (found.batch, found.full):
        assert abs(change.remainder) < 1e-10 * max(change.before, change.after)


def test_a_batch_that_asks_to_go_the_wrong_way_lowers_its_loss_and_raises_the_rest():
    experiment = experiment_of(batch_size=3, steps=200)
    trajectory, landscape = answer(experiment).trajectories[0], landscape_of(experiment)
    steps = [batch_step(trajectory, landscape, t) for t in range(100, 200)]
    wrong = [s for s in steps if s.cosine < -0.2]
    assert wrong
    for step in wrong:
        assert step.batch.first < 0 < step.full.first
        assert step.full.measured > 0
    assert sum(s.batch.measured < 0 for s in wrong) > len(wrong) / 2


def test_infinite_ends_warn_of_nothing():
    experiment = experiment_of(run=RunSettings(learning_rate=50.0), steps=500)
    trajectory, landscape = answer(experiment).trajectories[0], landscape_of(experiment)
    found = batch_step(trajectory, landscape, trajectory.last_step - 1)
    assert not np.isfinite(found.full.after)


@pytest.mark.parametrize("step", [-1, 40, 41])
def test_only_steps_that_were_taken_can_be_asked_about(step):
    experiment = experiment_of()
    with pytest.raises(ValueError, match="steps are 0 to 39"):
        batch_step(answer(experiment).trajectories[0], landscape_of(experiment), step)


def test_the_full_batch_has_no_batches():
    experiment = experiment_of(batch_size=0)
    landscape = landscape_of(experiment)
    with pytest.raises(ValueError, match="sees all the data"):
        batch_gradients(landscape, (0.0, 0.0), [0])
    assert (batch_rows(landscape, 3) == np.arange(31)).all()
