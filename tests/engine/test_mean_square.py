"""The mean-square limit against enumeration, closed forms, simulation and real runs."""

import itertools

import numpy as np
import pytest

from engine.answer import answer, landscape_of
from engine.experiment import DataSettings, Experiment, RunSettings, SurfaceSettings, surface_of
from engine.explanation.batch_limit import mean_square_limit, row_hessians
from engine.explanation.batches import batch_rows
from engine.explanation.mean_square import (
    batch_limit,
    epoch_limit,
    growth_of,
    row_curvature,
)
from engine.surfaces.data_blocks import problem_of

LINE = np.arange(1.0, 6.0)
APART = np.array([1.0, 2.0, 3.0, 4.0, 10.0, 0.0])


def hessians_of(x):
    """Return the Hessians (n, 2, 2) of the rows' squared errors."""
    design = np.stack([x, np.ones_like(x)], axis=-1)
    return 2.0 * design[:, :, None] * design[:, None, :]


def batches_of(hessians, size, summed=False):
    """Return the Hessian of every batch there is, (k, 2, 2)."""
    chosen = [hessians[list(rows)] for rows in itertools.combinations(range(len(hessians)), size)]
    return np.array([one.sum(axis=0) if summed else one.mean(axis=0) for one in chosen])


def experiment_of(name="linear_regression", run=None, **data):
    surface = SurfaceSettings(name=name, data=DataSettings(**data))
    return Experiment(surface=surface, start=(0.5, 0.25), runs=(run or RunSettings(),))


@pytest.mark.parametrize("summed", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("x", [LINE, APART], ids=["line", "apart"])
def test_moments_are_those_of_all_batches(x, size, summed):
    batches = batches_of(hessians_of(x), size, summed)
    mean, second = row_curvature(hessians_of(x), summed).batch(size)
    np.testing.assert_allclose(mean, batches.mean(axis=0), rtol=1e-13)
    outer = np.mean([np.kron(one, one) for one in batches], axis=0)
    np.testing.assert_allclose(second, outer, rtol=1e-12)


@pytest.mark.parametrize("size", [1, 2, 4, 7, 20])
def test_one_dimension_has_a_closed_form(size):
    curvatures = np.random.default_rng(1).gamma(2.0, size=20)
    a, variance, n = curvatures.mean(), curvatures.var(), 20
    share = variance * (n - size) / (size * (n - 1))
    curvature = row_curvature(curvatures[:, None, None])
    found = batch_limit(curvature, size)
    assert found == pytest.approx(2 * a / (a**2 + share), rel=1e-12)
    # THEORY: (1 − ηa)² + η²s²(n − B)/(B(n − 1)) is the growth, and 1 at the limit.
    if n % size == 0:
        expected = (1 - 0.8 * found * a) ** 2 + (0.8 * found) ** 2 * share
        assert growth_of(curvature, 0.8 * found, size) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("x", [LINE, APART], ids=["line", "apart"])
def test_the_second_moment_dies_out_below_and_explodes_above(x, size):
    batches = batches_of(hessians_of(x), size)
    limit = batch_limit(row_curvature(hessians_of(x)), size)
    logs = {}
    for factor in (0.97, 1.05):
        steps = np.eye(2) - factor * limit * batches
        moment, logs[factor] = np.eye(2), 0.0
        for _ in range(4000):
            moment = np.mean(steps @ moment @ steps.transpose(0, 2, 1), axis=0)
            logs[factor] += np.log(np.trace(moment))
            moment /= np.trace(moment)
    assert logs[0.97] < -10
    assert logs[1.05] > 10


def test_a_simulation_of_many_runs_confirms_it():
    curvature, random = row_curvature(hessians_of(LINE)), np.random.default_rng(0)
    limit = batch_limit(curvature, 4)
    batches = batches_of(hessians_of(LINE), 4)
    _, steepest = np.linalg.eigh(curvature.mean)
    squares = {}
    for factor in (0.97, 1.05):
        errors = np.tile(steepest[:, 1], (20_000, 1))
        for _ in range(100):
            drawn = batches[random.integers(len(batches), size=len(errors))]
            errors = errors - factor * limit * np.einsum("kij,kj->ki", drawn, errors)
        squares[factor] = np.mean(errors**2) * 2
    assert squares[0.97] < 0.1
    assert squares[1.05] > 10


def test_the_full_batch_has_the_limit_of_gradient_descent():
    curvature = row_curvature(hessians_of(LINE))
    assert batch_limit(curvature, 5) == pytest.approx(0.0845240525773498, rel=1e-12)
    assert epoch_limit(curvature, 5) == batch_limit(curvature, 5)
    assert epoch_limit(curvature, 1) == batch_limit(curvature, 1)


@pytest.mark.parametrize("summed", [False, True])
@pytest.mark.parametrize("size", [2, 3, 4])
def test_a_smaller_last_batch_counts(size, summed):
    curvature = row_curvature(hessians_of(LINE), summed)
    limit = epoch_limit(curvature, size)
    assert limit != batch_limit(curvature, size)
    assert growth_of(curvature, 0.999 * limit, size) < 1 < growth_of(curvature, 1.001 * limit, size)


def test_where_one_size_makes_up_for_the_other():
    # Sums of 40 rows take too long steps beyond η = 0.0248, and the ten rows left undo that.
    x = np.linspace(-1.7, 1.7, 50)
    curvature = row_curvature(hessians_of(x / x.std()), summed=True)
    limit = epoch_limit(curvature, 40)
    assert limit > batch_limit(curvature, 40)
    assert growth_of(curvature, 0.999 * limit, 40) < 1 < growth_of(curvature, 1.001 * limit, 40)


def test_weight_decay_adds_to_every_batch():
    plain = row_curvature(hessians_of(LINE), decay=0.5)
    added = row_curvature(hessians_of(LINE) + 0.5 * np.eye(2))
    assert batch_limit(plain, 2) == pytest.approx(batch_limit(added, 2), rel=1e-12)


def test_flat_surfaces_are_refused():
    with pytest.raises(ValueError, match="not positive definite"):
        batch_limit(row_curvature(np.zeros((3, 2, 2))), 1)


@pytest.mark.parametrize("name", ["linear_regression", "logistic_regression"])
@pytest.mark.parametrize("standardise", [False, True])
def test_row_hessians_are_those_of_batches_of_one_row(name, standardise):
    experiment = experiment_of(name, table="challenger", standardise=standardise, batch_size=1)
    surface, data = surface_of(experiment.surface), experiment.surface.data
    landscape = landscape_of(experiment)
    seen = np.array([landscape.hessian((0.03, -1.5), step) for step in range(23)])
    found = row_hessians(surface, problem_of(surface, data), (0.03, -1.5))
    order = [batch_rows(landscape, step)[0] for step in range(23)]
    np.testing.assert_allclose(seen, found[order], rtol=1e-12, atol=1e-300)


def test_of_an_experiment_it_is_that_of_its_rows():
    found = mean_square_limit(experiment_of(table="line", batch_size=2), 0)
    assert (found.batch_size, found.rows, found.everywhere) == (2, 5, True)
    assert found.value == pytest.approx(epoch_limit(row_curvature(hessians_of(LINE)), 2))
    assert found.full == pytest.approx(0.08452405)
    assert "2 of 5 rows" in found.sentence
    assert "0.0651" in found.sentence
    other = mean_square_limit(experiment_of(table="line", batch_size=2), 0, batch_size=0)
    assert other.value == other.full
    assert "all 5 rows" in other.sentence


def test_where_curvature_varies_it_is_said_of_a_point():
    experiment = experiment_of("logistic_regression", table="challenger", batch_size=4)
    at_minimum = mean_square_limit(experiment, 0)
    far = mean_square_limit(experiment, 0, point=(0.0, 0.0))
    assert not at_minimum.everywhere
    assert at_minimum.value > far.value
    assert "near (0, 0)" in far.sentence


def test_without_a_minimum_the_start_is_taken():
    experiment = experiment_of("logistic_regression", table="iris", target="setosa", batch_size=5)
    assert mean_square_limit(experiment, 0).point == (0.5, 0.25)


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        (RunSettings(optimizer="adam"), "not for Adam"),
        (RunSettings(optimizer="heavy_ball"), "not for Heavy ball"),
        (RunSettings(hyperparameters={"momentum": 0.5}), "not for SGD"),
        (RunSettings(optimizer="asgd"), "not for ASGD"),
        (RunSettings(optimizer="polyak"), "not for Polyak"),
        (RunSettings(clip_norm=1.0), "clipping bounds"),
        (RunSettings(maximize=True), "climbs on purpose"),
        (RunSettings(weight_decay=0.1, decoupled=True), "without decoupled"),
        (RunSettings(recorded="path.csv"), "read from a file"),
    ],
)
def test_it_says_where_it_does_not_apply(run, reason):
    found = mean_square_limit(experiment_of(run=run, table="line", batch_size=2), 0)
    assert np.isnan(found.value)
    assert reason in found.reason
    assert reason in found.sentence


def test_an_absolute_error_has_none():
    found = mean_square_limit(experiment_of("absolute_regression", table="line", batch_size=2), 0)
    assert "no curvature" in found.reason


def test_surfaces_without_data_have_none():
    with pytest.raises(ValueError, match="not made from data"):
        mean_square_limit(Experiment(runs=(RunSettings(),)), 0)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_real_runs_below_it_converge(size):
    """The five points lie on one line, so there is no noise floor; epochs are kinder than draws."""
    experiment = experiment_of(table="line", batch_size=size)
    limit = mean_square_limit(experiment, 0).value
    runs = tuple(RunSettings(learning_rate=f * limit) for f in (0.97, 2.0))
    found = answer(Experiment(surface=experiment.surface, steps=3000, runs=runs))
    assert [status.kind for status in found.statuses] == ["converged", "diverged"]
