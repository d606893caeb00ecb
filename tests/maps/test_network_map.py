"""Maps of a network's settings: a pixel is what engine.train makes of the same settings."""

import pickle

import numpy as np
import pytest
from msgspec.structs import replace

import engine
from engine.descent import Cancelled
from engine.maps.axes import Axis
from engine.maps.network_api import task_of, trainability
from engine.maps.network_axes import names, with_setting
from engine.maps.network_task import NetworkMap
from engine.maps.outcomes import VERDICTS
from engine.maps.trainability import Trainability, single
from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.settings import (
    ModelSettings,
    NetworkExperiment,
    StopSettings,
    TrainingRun,
    new_training_run,
    rules,
)
from engine.networks.verdict import judge

GO_ON = np.zeros(1, np.uint8)
WAVE = NetworkExperiment(
    data=NetworkDataSettings(source="sine", parameters={"size": 40.0}),
    model=ModelSettings(hidden=(6,)),
    batches=BatchSettings(size=8),
    steps=60,
    runs=(TrainingRun(optimizer="adam", learning_rate=0.01),),
)


def values_of(axis, count, seed=0):
    return axis.at(np.random.default_rng(seed).integers(0, 1000, count), 1000)


def alike(found, n, experiment):
    """Whether pixel n is what training the experiment gives."""
    history = engine.train(experiment)
    np.testing.assert_array_equal(found.loss[n], history.training_loss[-1])
    kind, verdict = judge(history).kind, VERDICTS[found.verdict[n]]
    expected = {"diverged": {"diverged"}, "non-finite": {"nan"}}
    assert verdict in expected.get(kind, {"converged", "moving", "still"})
    return verdict


@pytest.mark.parametrize("name", [found.name for found in names(WAVE)])
def test_every_axis_gives_what_training_gives(name):
    axis = next(found.axis for found in names(WAVE) if found.name == name)
    other = "weight_decay" if name == "learning_rate" else "learning_rate"
    task = NetworkMap(experiment=WAVE, x=name, y=other)
    xs, ys = values_of(axis, 4), np.array([1e-3, 0.01, 0.1, 0.5])
    found = task.run(xs, ys, GO_ON)
    for n, (x, y) in enumerate(zip(xs, ys, strict=True)):
        alike(found, n, task.at(x, y))
    losses = set(found.loss)
    assert len(losses) > 1


@pytest.mark.parametrize("rule", [rule.name for rule in rules()])
def test_every_optimizer_is_mapped(rule):
    experiment = replace(
        WAVE, steps=12, runs=(new_training_run(rule),), batches=BatchSettings(size=0)
    )
    task = NetworkMap(experiment=experiment, x="learning_rate", y="gain")
    axes = {found.name: found.axis for found in names(experiment)}
    xs, ys = values_of(axes["learning_rate"], 3), np.array([0.5, 1.0, 2.0])
    found = task.run(xs, ys, GO_ON)
    for n, (x, y) in enumerate(zip(xs, ys, strict=True)):
        alike(found, n, task.at(x, y))


def test_verdicts_over_many_rates_and_what_the_measure_is_made_of():
    blow_up = replace(
        WAVE, precision="float32", runs=(TrainingRun(),),
        model=ModelSettings(hidden=(6,), activation="relu"),
    )  # fmt: skip
    task = NetworkMap(experiment=blow_up, x="learning_rate", y="gain")
    xs = np.geomspace(1e-3, 1e4, 20)
    found = task.run(xs, np.full(20, 2.0), GO_ON)
    seen = set()
    for n, x in enumerate(xs):
        experiment = task.at(x, 2.0)
        seen.add(alike(found, n, experiment))
        history = engine.train(experiment)
        assert (found.measure[n] > 0) == (VERDICTS[found.verdict[n]] == "converged")
        if found.measure[n] > 0:
            ratios = history.loss[1:] / history.training_loss[0]
            np.testing.assert_allclose(found.measure[n], ratios.sum(), rtol=1e-12)
        assert found.steps[n] <= history.last_step
    assert {"converged", "diverged"} <= seen
    still = task.run(np.zeros(1), np.ones(1), GO_ON)
    assert VERDICTS[still.verdict[0]] == "still"


def test_rules_that_stop_a_run_are_kept():
    task = NetworkMap(
        experiment=replace(WAVE, stop=StopSettings(loss_below=0.6, seconds=1e-9)),
        x="learning_rate", y="seed",
    )  # fmt: skip
    xs, ys = np.array([0.01, 0.05]), np.array([0.0, 3.0])
    found = task.run(xs, ys, GO_ON)
    for n in range(2):
        history = engine.train(task.at(xs[n], ys[n]))
        assert found.steps[n] == history.last_step
        assert found.loss[n] == history.training_loss[-1]
    assert (found.steps < 60).any()


def test_neither_neighbours_nor_order_change_a_pixel():
    task = pickle.loads(pickle.dumps(NetworkMap(experiment=WAVE, x="gain", y="learning_rate")))
    xs, ys = np.geomspace(0.1, 10, 12), np.geomspace(1e-3, 1, 12)
    whole = task.run(xs, ys, GO_ON)
    order = np.random.default_rng(0).permutation(12)
    for some in np.array_split(order, [1, 5]):
        for array, part in zip(whole, task.run(xs[some], ys[some], GO_ON), strict=True):
            np.testing.assert_array_equal(array[some], part)


def test_a_map_can_be_stopped():
    task = NetworkMap(experiment=WAVE, x="gain", y="learning_rate")
    with pytest.raises(Cancelled):
        task.run(np.ones(1), np.ones(1), np.ones(1, np.uint8))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"x": "rate"}, "x is 'rate'; give one of learning_rate"),
        ({"x": "gain", "y": "gain"}, "x and y are both gain"),
        ({"experiment": replace(WAVE, runs=())}, "has 0 runs"),
    ],
)
def test_what_is_no_map_is_said(changes, words):
    with pytest.raises(ValueError, match=words):
        NetworkMap(**{"experiment": WAVE, "x": "gain", "y": "learning_rate"} | changes)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("hyperparameters.beta1", 1.5, "beta1 is 1.5"),
        ("dropout", 1.0, "dropout is 1"),
        ("width", 0.2, "width is 0.2; give 1"),
        ("learning_rate", np.inf, "learning_rate is inf"),
        ("gain", -1.0, "gain is -1"),
    ],
)
def test_a_value_that_is_not_allowed_is_said(name, value, words):
    with pytest.raises(ValueError, match=words):
        with_setting(WAVE, name, value)


def test_from_a_notebook():
    axis = Axis(name="input_rate", low=0.1, high=1e5, scale="log")
    found = trainability("tanh", x=axis, size=(7, 5), points=16, steps=50)
    assert found.loss.shape == (5, 7)
    task, x, y = task_of("tanh", axis, changes={"points": 16, "steps": 50})
    assert task == Trainability(points=16, steps=50)
    run = single(task, x.at(np.array([6]), 7)[0], y.at(np.array([0]), 5)[0])
    assert found.loss[0, 6] == run.losses[-1]
    rate = Axis(name="learning_rate", low=1e-3, high=1.0, scale="log")
    gain = Axis(name="gain", low=0.5, high=2.0)
    of_experiment = trainability(WAVE, rate, gain, size=3)
    task = NetworkMap(experiment=WAVE, x="learning_rate", y="gain")
    history = engine.train(task.at(rate.at(np.array([2]), 3)[0], gain.at(np.array([1]), 3)[0]))
    assert of_experiment.loss[1, 2] == history.training_loss[-1]


@pytest.mark.parametrize(
    ("networks", "given", "words"),
    [
        ("tan", {}, "There is no map 'tan'"),
        ("tanh", {"depth": 3}, "There is no setting 'depth'"),
        ("tanh", {"size": 0}, "size is 0 × 0"),
        (WAVE, {}, "x is not given"),
    ],
)
def test_what_a_notebook_asks_wrongly_is_said(networks, given, words):
    with pytest.raises(ValueError, match=words):
        trainability(networks, **given)
