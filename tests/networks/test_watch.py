"""A run explained while it is trained: the same as when it is explained in one go."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.networks.batches import BatchSettings
from engine.networks.explanation import watch
from engine.networks.explanation.replay import Replay
from engine.networks.explanation.steps import budgets_along, step_of, step_under
from engine.networks.explanation.verdict import verdict_on
from engine.networks.explanation.watch import BATCHES, Watch
from engine.networks.network import bind
from engine.networks.settings import ModelSettings, NetworkExperiment, TrainingRun
from engine.networks.training import Training

MOONS = NetworkExperiment(
    model=ModelSettings(hidden=(8,)), batches=BatchSettings(size=32), steps=200,
    precision="float64",
)  # fmt: skip
SGD, ADAM = TrainingRun(learning_rate=0.1), TrainingRun(optimizer="adam", learning_rate=0.01)
ALL = ("verdict", "steps", "step", "line", "batches")


@pytest.fixture(autouse=True)
def without_rests(monkeypatch):
    monkeypatch.setattr(watch, "REST", 0.0)


def followed(experiment, run, needs=ALL, pieces=4, head=None):
    """Train in pieces; look a little after each, and to the end after the last."""
    network = bind(experiment)
    training = Training(network, run, experiment.steps)
    subject = Watch(network, training.history())
    for _ in range(pieces):
        training.advance(experiment.steps // pieces)
        assert subject.go_on_with(training.history())
        found = subject.look(training.step, needs, 0.0)
    history = training.history()
    assert subject.go_on_with(history)
    while not found.complete or found.history is not history:
        found = subject.look(history.last_step if head is None else head, needs, 0.0)
    return found


@pytest.mark.parametrize("run", [SGD, ADAM], ids=["sgd", "adam"])
def test_little_by_little_and_in_one_go_are_the_same(run):
    found = followed(MOONS, run)
    network, history = found.network, found.history
    whole = budgets_along(Replay(network, history))
    np.testing.assert_array_equal(found.budgets.steps, whole.steps)
    np.testing.assert_array_equal(found.budgets.full.measured, whole.full.measured)
    np.testing.assert_array_equal(found.budgets.batch.second, whole.batch.second)
    assert found.findings[0].kind == verdict_on(network, history)[0].kind
    assert found.findings == verdict_on(network, history, found.sharpness)
    assert not found.drafted
    assert 50 <= len(found.sharpness.steps) <= 61
    assert found.sharpness.steps[[0, -1]].tolist() == [0, 200]
    assert np.isfinite(found.sharpness.ratio).all()


def test_the_step_under_the_head_from_near_by():
    found = followed(MOONS, SGD, ("step", "line", "batches"), head=17)
    seen, alone = found.at, step_of(Replay(found.network, found.history), 17)
    assert seen.step == 17
    assert seen.change.full == alone.full
    assert seen.line.landed == pytest.approx(alone.full.after)
    assert seen.batch_line.landed == pytest.approx(alone.batch.after)
    assert seen.line.learning_rate == 0.1
    assert seen.batches.gradients.shape == (BATCHES, found.network.model.size)
    np.testing.assert_allclose(seen.batches.gradients[0], alone.batch_gradient)
    assert seen.batches.cosines[0] == pytest.approx(alone.cosine)
    assert found.findings == ()
    assert found.budgets is None


def test_whole_data_have_no_other_batches():
    found = followed(replace(MOONS, batches=BatchSettings(size=0)), SGD, ("line", "batches"))
    assert found.at.batches is None
    assert found.at.line is found.at.batch_line


def test_nothing_is_said_of_a_run_before_its_first_step():
    network = bind(MOONS)
    subject = Watch(network, Training(network, SGD, 10).history())
    found = subject.look(0, ALL, 1.0)
    assert found.complete
    assert (found.findings, found.budgets, found.at) == ((), None, None)


def test_a_run_that_went_back_or_has_other_settings_is_another():
    network = bind(MOONS)
    training = Training(network, SGD, 100)
    start = training.moment()
    training.advance(50)
    subject = Watch(network, training.history())
    training.advance(10)
    assert subject.go_on_with(training.history())
    training.change(replace(SGD, learning_rate=0.2))
    training.advance(10)
    assert subject.go_on_with(training.history())
    assert subject.look(69, ("step",), 1.0).at.change.learning_rate == 0.2
    training.go_back_to(start)
    training.advance(20)
    assert not subject.go_on_with(training.history())
    assert not subject.go_on_with(Training(network, ADAM, 100).history())


@pytest.mark.parametrize(("head", "expected"), [(0, 0), (3, 3), (5, 3), (90, 3)])
def test_past_the_end_the_last_finite_step_is_told(head, expected):
    network = bind(MOONS)
    training = Training(network, SGD, 10)
    training.advance(6)
    history = training.history()
    history.loss[5:] = np.nan
    assert step_under(history, head) == expected if head < 5 else 3


def test_a_run_that_breaks_at_its_first_step_is_explained():
    found = followed(replace(MOONS, precision="float32"), TrainingRun(learning_rate=1e38))
    assert found.findings[0].kind == "divergence"
    assert found.history.fault.words in found.findings[0].text
    assert 0 <= found.at.step < found.history.last_step
