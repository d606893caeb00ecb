"""A pixel of a map on a surface is the single run with its settings."""

import pickle

import msgspec
import numpy as np
import pytest

from engine.answer import landscape_of
from engine.descent import Cancelled
from engine.experiment import Experiment, ScheduleSettings, SurfaceSettings, new_run
from engine.maps import surface_task
from engine.maps.lane_rows import LANES
from engine.maps.outcomes import VERDICTS
from engine.maps.surface_api import basins
from engine.maps.surface_axes import names
from engine.maps.surface_task import Basins, SurfaceMap, outcome_of
from engine.optimizers import CATALOGUE, optimizer_named
from engine.surfaces import surface_named

GO = np.zeros(1, np.uint8)
ELEMENTWISE = [rule.name for rule in CATALOGUE if rule.step is None]


def experiment(surface, optimizer, steps, **changes):
    run = new_run(optimizer, **changes)
    return Experiment(
        surface=SurfaceSettings(name=surface), start=surface_named(surface).start, steps=steps,
        runs=(run,),
    )  # fmt: skip


def drawn(count, x, y, seed=0):
    """Return random values of two ranges; a range that begins above 0 is drawn by factors."""
    rng = np.random.default_rng(seed)
    return [
        np.exp(rng.uniform(*np.log(r), count)) if r[0] > 0 else rng.uniform(*r, count)
        for r in (x, y)
    ]


def starts(surface, count):
    left, right, bottom, top = surface_named(surface).view
    rng = np.random.default_rng(1)
    return rng.uniform(left, right, count), rng.uniform(bottom, top, count)


def singles(task, xs, ys):
    """Return what becomes of each run when it is walked and judged alone, as five arrays."""
    rows = []
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        alone = task.at(x, y)
        rows.append(outcome_of(alone, landscape_of(alone), GO))
    return [np.array(column) for column in zip(*rows, strict=True)]


def assert_same(task, xs, ys):
    found, wanted = task.run(xs, ys, GO), singles(task, xs, ys)
    np.testing.assert_array_equal(found.verdict, wanted[3])
    np.testing.assert_array_equal(found.loss, wanted[0])
    np.testing.assert_array_equal(found.steps, wanted[2])
    np.testing.assert_array_equal(found.basin, wanted[4])
    np.testing.assert_allclose(found.measure, wanted[1], rtol=1e-9)
    return found


@pytest.mark.parametrize("optimizer", ELEMENTWISE)
def test_starts_on_a_valley_are_single_runs_bit_for_bit(optimizer):
    rate = 10 * optimizer_named(optimizer).learning_rate
    task = Basins(experiment=experiment("rosenbrock", optimizer, 90, learning_rate=rate))
    assert_same(task, *starts("rosenbrock", 100))


@pytest.mark.parametrize(
    ("surface", "optimizer", "steps", "rate", "kinds"),
    [
        ("himmelblau", "sgd", 400, 0.01, {"converged"}),
        ("himmelblau", "adam", 1100, 0.1, {"converged", "moving"}),
        ("six_hump_camel", "rmsprop", 300, 0.05, {"converged", "moving", "oscillating"}),
        ("relu_neuron", "sgd", 300, 0.1, {"converged", "moving", "still"}),
        ("saddle", "sgd", 60, 0.1, {"diverged"}),
        ("monkey_saddle", "heavy_ball", 300, 0.01, {"diverged"}),
        ("sphere", "sgd", 30, 1.0, {"oscillating"}),
        ("factorisation", "sgd", 200, 0.2, {"converged", "diverged"}),
        ("linear_regression", "sgd", 700, 0.01, {"moving"}),
        ("booth", "signsgd", 3, 0.1, {"moving"}),
    ],
)
def test_every_verdict_is_that_of_the_single_run(surface, optimizer, steps, rate, kinds):
    task = Basins(experiment=experiment(surface, optimizer, steps, learning_rate=rate))
    found = assert_same(task, *starts(surface, 120))
    assert {VERDICTS[v] for v in found.verdict} == kinds


@pytest.mark.parametrize(
    ("surface", "optimizer", "x", "y", "ranges", "changes"),
    [
        (
            "bowl", "heavy_ball", "learning_rate", "hyperparameters.momentum",
            ((1e-3, 10), (0, 1)), {},
        ),
        ("himmelblau", "adamw", "learning_rate", "weight_decay", ((1e-3, 1), (1e-3, 1)), {}),
        ("booth", "sgd", "noise", "learning_rate", ((0.1, 100), (1e-3, 1)), {}),
        ("booth", "sgd", "clip_norm", "learning_rate", ((0.1, 100), (1e-3, 0.1)), {}),
        ("bowl", "sgd", "weight_decay", "x", ((1e-3, 1), (-2, 2)), {"maximize": True}),
        ("himmelblau", "rprop", "clip_value", "start_scale", ((0.1, 100), (0.1, 10)), {}),
        (
            "beale", "adam", "learning_rate", "x", ((1e-3, 0.1), (-2, 2)),
            {"schedule": ScheduleSettings(name="one_cycle")},
        ),
    ],
)  # fmt: skip
def test_two_settings_are_single_runs_bit_for_bit(surface, optimizer, x, y, ranges, changes):
    task = SurfaceMap(experiment=experiment(surface, optimizer, 80, **changes), x=x, y=y)
    assert_same(task, *drawn(100, *ranges))


@pytest.mark.parametrize("name", ["parameters.kappa", "steps"])
def test_settings_that_bind_anew_are_single_runs(name):
    xs, ys = drawn(60, (1, 100), (1e-3, 1))
    task = SurfaceMap(experiment=experiment("bowl", "sgd", 60), x=name, y="learning_rate")
    assert_same(task, np.repeat(xs[:6], 10), ys)


def test_data_are_bound_anew():
    task = SurfaceMap(
        experiment=experiment("linear_regression", "sgd", 40), x="batch_size", y="target_scale"
    )
    xs, ys = np.repeat([0.0, 2.0, 3.0], 2), np.tile([1.0, 10.0], 3)
    assert_same(task, xs, ys)


@pytest.mark.parametrize("optimizer", [r.name for r in CATALOGUE if r.step is not None])
def test_coupled_rules_are_walked_one_by_one(optimizer):
    assert_same(Basins(experiment=experiment("sphere", optimizer, 20)), *starts("sphere", 8))


def test_vector_functions_agree_to_rounding_and_give_the_same_verdicts():
    task = Basins(experiment=experiment("ackley", "sgd", 60, learning_rate=0.01))
    xs, ys = starts("ackley", 200)
    found, wanted = task.run(xs, ys, GO), singles(task, xs, ys)
    assert (found.verdict != wanted[3]).sum() <= 2
    close = np.isclose(found.loss, wanted[0], rtol=1e-9, atol=1e-12)
    assert (~close).sum() <= 2


def test_few_lanes_have_to_be_walked_alone(monkeypatch):
    asked = []
    single = surface_task.outcome_of
    monkeypatch.setattr(
        surface_task, "outcome_of", lambda *given: asked.append(given) or single(*given)
    )
    for optimizer, rate in (("sgd", 2e-3), ("adam", 0.1), ("heavy_ball", 1e-3)):
        task = Basins(experiment=experiment("rosenbrock", optimizer, 100, learning_rate=rate))
        task.run(*starts("rosenbrock", 2000), GO)
    assert len(asked) < 60


def test_neighbours_number_and_order_change_nothing():
    task = SurfaceMap(
        experiment=experiment("himmelblau", "heavy_ball", 70), x="learning_rate", y="x"
    )
    xs, ys = drawn(3 * LANES + 5, (1e-3, 1), (-5, 5))
    whole = task.run(xs, ys, GO)
    order = np.random.default_rng(3).permutation(len(xs))
    for places in (order, order[:70], order[:1]):
        for one, part in zip(whole, task.run(xs[places], ys[places], GO), strict=True):
            np.testing.assert_array_equal(one[places], part)


def test_tasks_are_pickled_whole():
    task = SurfaceMap(experiment=experiment("beale", "adam", 10), x="x", y="hyperparameters.beta1")
    assert pickle.loads(pickle.dumps(task)) == task
    assert pickle.loads(pickle.dumps(Basins(experiment=task.experiment))).x == "x"


def test_a_stop_is_heeded():
    task = Basins(experiment=experiment("sphere", "sgd", 1000))
    with pytest.raises(Cancelled):
        task.run(*starts("sphere", 1000), np.ones(1, np.uint8))


@pytest.mark.parametrize("surface", ["bowl", "linear_regression", "recurrent_cliff"])
def test_every_axis_can_be_set_over_its_range(surface):
    whole = experiment(surface, "adam", 3)
    for found in names(whole):
        task = SurfaceMap(experiment=whole, x=found.name, y="y" if found.name == "x" else "x")
        for place in (found.axis.low, found.axis.high):
            task.at(place, 0.5)


def test_what_is_no_map_is_refused_with_a_sentence():
    one = experiment("bowl", "sgd", 3)
    two = msgspec.structs.replace(one, runs=one.runs * 2)
    with pytest.raises(ValueError, match="has 2 runs"):
        Basins(experiment=two)
    with pytest.raises(ValueError, match="x is 'z'; give one of x, y,"):
        SurfaceMap(experiment=one, x="z", y="x")
    with pytest.raises(ValueError, match="both x"):
        SurfaceMap(experiment=one, x="x", y="x")
    with pytest.raises(ValueError, match="noise is -1"):
        SurfaceMap(experiment=one, x="noise", y="x").run(np.array([-1.0]), np.array([0.0]), GO)


def test_a_notebook_gets_a_picture():
    found = basins("himmelblau", "adam", (-5, 5, -4, 4), (24, 16), steps=300, learning_rate=0.1)
    assert found.loss.shape == (16, 24)
    assert set(found.basin[found.verdict == 0]) == {0, 1, 2, 3}
