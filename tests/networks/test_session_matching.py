"""Other runs in place of a session's own: what is kept, what goes on, what begins anew."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.networks.matching import matched
from engine.networks.session import Session
from engine.networks.settings import ModelSettings, NetworkExperiment, TrainingRun

SGD = TrainingRun(learning_rate=0.1)
ADAM = TrainingRun(optimizer="adam", learning_rate=0.01, slot=1)
EXPERIMENT = NetworkExperiment(model=ModelSettings(hidden=(4,)), steps=60, runs=(SGD, ADAM))


@pytest.fixture
def session():
    session = Session(EXPERIMENT)
    while session.advance(until=40):
        pass
    return session


def run_to_the_end(session):
    while session.advance():
        pass
    return session.histories()


def alone(run, steps=60):
    return run_to_the_end(Session(replace(EXPERIMENT, runs=(run,), steps=steps)))[0]


def test_it_goes_no_further_than_it_is_told(session):
    assert [history.last_step for history in session.histories()] == [40, 40]
    assert session.reached(40)
    assert not session.reached()
    session.take(100, until=50)
    assert session.step == 50


@pytest.mark.parametrize("keep", [False, True])
def test_looks_and_places_change_nothing_that_was_recorded(session, keep):
    before = session.histories()
    session.match((replace(ADAM, slot=5, label="the other"), replace(SGD, visible=False)), keep)
    adam, sgd = session.histories()
    assert (adam.label, adam.run.slot) == ("the other", 5)
    assert not sgd.run.visible
    np.testing.assert_array_equal(adam.loss, before[1].loss)
    np.testing.assert_array_equal(sgd.loss, before[0].loss)
    assert session.step == 40


def test_a_changed_run_begins_anew_and_the_others_stay(session):
    faster = replace(SGD, learning_rate=0.3)
    session.match((faster, ADAM))
    assert [history.last_step for history in session.histories()] == [0, 40]
    found = run_to_the_end(session)
    np.testing.assert_array_equal(found[0].loss, alone(faster).loss)
    np.testing.assert_array_equal(found[1].loss, alone(ADAM).loss)


def test_a_changed_run_goes_on_with_its_weights_if_it_is_to_keep_them(session):
    before = session.histories()[0]
    session.match((replace(SGD, learning_rate=0.3), ADAM), keep=True)
    after, _ = run_to_the_end(session)
    np.testing.assert_array_equal(after.loss[:41], before.loss[:41])
    assert list(after.learning_rates[[39, 40]]) == [0.1, 0.3]
    assert not np.array_equal(after.loss[42:], alone(SGD).loss[42:])
    assert [step for step, _ in after.changes] == [40]


def test_runs_come_and_go(session):
    muon = TrainingRun(optimizer="muon", learning_rate=0.02, slot=2)
    session.match((muon, ADAM))
    assert [history.last_step for history in session.histories()] == [0, 40]
    session.match(())
    assert session.over
    assert session.histories() == ()
    session.match((SGD,))
    np.testing.assert_array_equal(run_to_the_end(session)[0].loss, alone(SGD).loss)


def test_a_refused_run_leaves_all_as_it_was():
    session = Session(replace(EXPERIMENT, model=ModelSettings(hidden=(64, 64))))
    session.take(3)
    with pytest.raises(ValueError, match="at most 2,000 parameters"):
        session.match((replace(SGD, learning_rate=0.3), TrainingRun(optimizer="bfgs", slot=1)))
    assert [history.last_step for history in session.histories()] == [3, 3]
    assert session.experiment.runs == EXPERIMENT.runs


def test_no_run_is_matched_twice():
    assert matched([SGD, SGD], [SGD, SGD, SGD], by_slot=False) == [0, 1, None]
    faster = replace(SGD, learning_rate=1.0)
    assert matched([SGD, ADAM], [faster, ADAM], by_slot=True) == [0, 1]
    assert matched([SGD, ADAM], [faster, ADAM], by_slot=False) == [None, 1]
    # What takes the same steps goes before what stands in the same place.
    assert matched([SGD, faster], [faster, SGD], by_slot=True) == [1, 0]
