"""A run explained while it is trained: the same as when it is explained in one go."""

import dataclasses

import numpy as np
import pytest
from msgspec.structs import replace

from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.explanation import watch, watched_curvature
from engine.networks.explanation.objective import objective_of
from engine.networks.explanation.replay import Replay
from engine.networks.explanation.sharpness import sharpness_along, top
from engine.networks.explanation.steps import budgets_along, line_of_step, step_of, step_under
from engine.networks.explanation.verdict import verdict_on
from engine.networks.explanation.watch import BATCHES, Watch
from engine.networks.explanation.watched_curvature import WatchedCurvature
from engine.networks.network import bind, in_float64
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


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("run", [SGD, ADAM], ids=["sgd", "adam"])
def test_curvature_is_what_cold_starts_find(run, precision):
    found = followed(replace(MOONS, precision=precision), run, ("verdict",))
    whole = sharpness_along(found.network, found.history, tolerance=1e-6)
    rows = np.searchsorted(whole.steps, found.sharpness.steps)
    np.testing.assert_allclose(found.sharpness.values, whole.values[rows], rtol=2e-3)
    np.testing.assert_array_equal(found.sharpness.limits, whole.limits[rows])
    assert found.sharpness.note == ""


@pytest.mark.parametrize("run", [SGD, ADAM], ids=["sgd", "adam"])
def test_a_look_can_be_left_off_and_gone_on_with(run, monkeypatch):
    monkeypatch.setattr(watched_curvature, "AT_ONCE", 0)
    network = bind(MOONS)
    training = Training(network, run, 200)
    training.advance(200)
    history = training.history()
    subject, replay = WatchedCurvature(network, history), Replay(network, history)
    whole, pieces = sharpness_along(network, history, tolerance=1e-6), []
    for row in (100, 0, 50):
        pieces.append(1)
        while not subject.look(history, row, replay, 0.0):
            pieces[-1] += 1
    assert max(pieces) > 1
    assert len(subject.missing(history)) == 51 - 3
    found = subject.sharpness(history)
    np.testing.assert_allclose(found.values, whole.values[[0, 50, 100]], rtol=5e-3)


def test_of_many_rows_some_are_looked_at_and_said(monkeypatch):
    monkeypatch.setattr(watched_curvature, "WORK", 0)
    found = followed(MOONS, SGD, ("verdict",), pieces=1)
    assert found.sharpness.note == (
        "Curvature is that of 64 of 160 training rows, drawn with seed 0."
    )


def test_where_float32_overflows_curvature_is_known_all_the_same():
    experiment = replace(
        MOONS, data=NetworkDataSettings(source="sine"), precision="float32", steps=8,
        model=ModelSettings(hidden=(8,), activation="identity"),
    )  # fmt: skip
    network = bind(experiment)
    training = Training(network, SGD, 8)
    training.advance(8)
    history = training.history()
    weights = 1e12 * history.weights
    weights[3] = np.nan
    history = dataclasses.replace(history, weights=weights.astype(np.float32))
    subject, replay = WatchedCurvature(network, history), Replay(network, history)
    for row in (8, 3):
        assert subject.look(history, row, replay, 0.0)
    known, objective = subject.sharpness(history).eigenvalues[:, 0], objective_of(network)
    assert np.isnan(known[0])
    assert known[1] == pytest.approx(top(objective, history.weights[8])[0][0], rel=1e-3)
    wide = in_float64(network)
    assert wide.start.dtype == wide.validation.inputs.dtype == np.float64
    np.testing.assert_array_equal(
        wide.start[: network.model.size], network.start[: network.model.size]
    )


def test_lines_come_piece_by_piece():
    network = bind(MOONS)
    training = Training(network, SGD, 200)
    training.advance(200)
    subject = Watch(network, training.history())
    found = subject.look(17, ("line",), 0.0)
    assert found.at.step == 17
    assert not found.complete
    pieces = 0
    while not found.complete:
        assert found.at.line is None
        found, pieces = subject.look(17, ("line",), 0.0), pieces + 1
    assert pieces > 10
    alone = line_of_step(Replay(network, training.history()), 17, on_batch=True)
    np.testing.assert_array_equal(found.at.batch_line.loss, alone.loss)
    assert found.at.batch_line.lowest == alone.lowest


def test_while_it_trains_lines_that_are_begun_come_to_their_end():
    network = bind(MOONS)
    training, last = Training(network, SGD, 200), 20
    training.advance(last)
    subject = Watch(network, training.history())
    while True:
        found = subject.look(last, ("line",), 0.0)
        if found.at is not None and found.at.has_lines:
            break
        last += 1
        training.advance(1)
        assert subject.go_on_with(training.history())
    assert 10 < last < 200
    assert found.at.step == 19
    assert not found.complete
    assert subject.look(last, ("line",), 60.0).at.step == last - 1


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
