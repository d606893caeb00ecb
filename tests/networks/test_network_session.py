"""Runs side by side: rounds, steps back, changes while training, rules that end a run."""

import math

import numpy as np
import pytest
from msgspec.structs import replace

from engine.descent import Cancelled
from engine.networks.answer import train_all
from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.fault import part
from engine.networks.moments import Moments
from engine.networks.network import bind
from engine.networks.session import Session
from engine.networks.settings import (
    ModelSettings,
    NetworkExperiment,
    ScheduleSettings,
    StopSettings,
    TrainingRun,
)
from engine.networks.training import Training

ADAM = TrainingRun(optimizer="adam", learning_rate=0.01)
NOISY = TrainingRun(learning_rate=0.1, noise=0.05, seed=3)
MUON = TrainingRun(optimizer="muon", learning_rate=0.02, schedule=ScheduleSettings(name="cosine"))
MOONS = NetworkExperiment(
    model=ModelSettings(hidden=(4,)), steps=90, precision="float64", runs=(ADAM, NOISY, MUON)
)
#: In float32 the loss overflows some steps before a weight does.
BLOW_UP = NetworkExperiment(
    data=NetworkDataSettings(source="cars", validation=0.0),
    model=ModelSettings(hidden=()),
    batches=BatchSettings(size=0),
    steps=1000,
    runs=(TrainingRun(learning_rate=1.0),),
)
RECORDS = ("loss", "gradient_norm", "step_norm", "learning_rates", "training_loss", "weights")


def assert_same(found, wanted):
    for one, other in zip(found, wanted, strict=True):
        for name in RECORDS:
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)
        assert (one.fault, one.last_step, one.run) == (other.fault, other.last_step, other.run)


def finished(session):
    while session.advance():
        pass
    return session.histories()


@pytest.fixture(scope="module")
def wanted():
    return train_all(MOONS)


def test_rounds_of_any_length_train_the_same(wanted):
    session = Session(MOONS)
    for steps in (1, 7, 30, 1, 200):
        session.take(steps)
        assert {h.last_step for h in session.histories()} == {session.step}
    assert_same(session.histories(), wanted)
    assert session.over


def test_each_history_knows_the_experiment_that_repeats_it(wanted):
    assert_same(train_all(wanted[1].experiment), wanted[1:2])


def test_a_session_goes_back_and_forth_and_arrives_at_the_same(wanted):
    session = Session(MOONS)
    session.take(50)
    session.go_back()
    assert session.step == 49
    session.go_back(40)
    assert session.step == 9
    half = session.histories()
    assert all(np.isnan(h.loss[10:]).all() and np.isfinite(h.loss[:10]).all() for h in half)
    assert all(h.scored[-1] <= 9 and h.kept[-1] <= 9 for h in half)
    session.go_back(100)
    assert session.step == 0
    assert_same(finished(session), wanted)
    session.go_back(3)
    assert_same(finished(session), wanted)


def test_paused_it_takes_steps_one_by_one_alone():
    session = Session(MOONS)
    session.paused = True
    assert not session.advance()
    assert session.step == 0
    session.take()
    assert session.step == 1
    session.paused = False
    assert session.advance()
    assert session.step > 1


def test_a_change_holds_from_its_step_on(wanted):
    session = Session(MOONS)
    session.take(40)
    session.change(0, replace(ADAM, learning_rate=0.0))
    changed = finished(session)[0]
    np.testing.assert_array_equal(changed.loss[:41], wanted[0].loss[:41])
    assert changed.learning_rates.tolist() == [0.01] * 40 + [0.0] * 51
    assert (changed.step_norm[40:90] == 0).all()
    assert changed.run == ADAM
    assert changed.changes == ((40, replace(ADAM, learning_rate=0.0)),)
    assert session.experiment.runs[0].learning_rate == 0.0


def test_a_change_to_the_same_settings_changes_nothing(wanted):
    session = Session(MOONS)
    session.take(40)
    for index, run in enumerate(MOONS.runs):
        session.change(index, run)
    assert_same(finished(session), wanted)


def test_a_step_back_across_a_change_takes_it_back_and_one_behind_it_does_not(wanted):
    session = Session(MOONS)
    session.take(40)
    session.change(0, replace(ADAM, learning_rate=0.0))
    session.take(30)
    session.go_back(20)
    assert session.experiment.runs[0].learning_rate == 0.0
    assert session.histories()[0].learning_rates[45] == 0.0
    session.go_back(20)
    assert session.experiment.runs[0] == ADAM
    assert_same(finished(session), wanted)


def test_another_optimizer_begins_where_the_first_one_stands():
    session = Session(replace(MOONS, runs=(NOISY,), batches=BatchSettings(size=0)))
    session.take(40)
    theta = session._courses[0].training.theta.copy()
    session.change(0, ADAM)
    session.take()
    moved = session._courses[0].training.theta - theta
    # Adam's first step is η long in each coordinate: moments and bias corrections begin anew.
    np.testing.assert_allclose(np.abs(moved), 0.01, rtol=1e-3)


def test_runs_can_be_added_restarted_and_removed(wanted):
    session = Session(replace(MOONS, runs=MOONS.runs[:1]))
    session.take(60)
    session.add(NOISY)
    session.add(ADAM)
    session.restart(2, MUON)
    # Those behind go first.
    session.take(5)
    assert [h.last_step for h in session.histories()] == [60, 5, 5]
    assert_same(finished(session), wanted)
    session.remove(0)
    assert_same(session.histories(), wanted[1:])


def test_one_run_too_many_is_refused():
    session = Session(replace(MOONS, runs=(NOISY,) * 16))
    with pytest.raises(ValueError, match="16 runs, and no more"):
        session.add(ADAM)


def test_progress_grows_to_all_of_it():
    session = Session(MOONS)
    assert (session.progress.share, session.progress.step) == (0.0, 0)
    assert math.isnan(session.progress.remaining)
    session.take(45)
    assert session.progress.share == pytest.approx(0.5)
    assert session.progress.remaining > 0
    finished(session)
    assert (session.progress.share, session.progress.remaining) == (1.0, 0.0)
    shares = []
    train_all(MOONS, progress=lambda progress: shares.append(progress.share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_stopped_training_keeps_what_there_is(wanted):
    stop = np.zeros(1, np.uint8)

    def enough(progress):
        stop[0] = progress.step >= 20

    found = train_all(MOONS, stop, enough)
    for history, whole in zip(found, wanted, strict=True):
        end = history.last_step
        assert 20 <= end < 90
        assert history.stopped == "it was stopped"
        assert history.scored[-1] == history.kept[-1] == end
        np.testing.assert_array_equal(history.step_norm[:end], whole.step_norm[:end])
        assert math.isfinite(history.loss[end])


@pytest.mark.parametrize("run", MOONS.runs, ids=lambda run: run.optimizer)
def test_a_chunk_that_is_cut_off_goes_on_as_if_it_had_not_been(run):
    whole, cut = (Training(bind(MOONS), run, 2000) for _ in range(2))
    whole.advance(25)
    taker, stop = cut._taker, np.zeros(1, np.uint8)
    take = taker.take

    def stopped(chunk, records, flag):
        flag[0] = 1
        return take(part(chunk, 0, len(chunk.counts) // 2), records, np.zeros(1, np.uint8))

    taker.take = stopped
    with pytest.raises(Cancelled):
        cut.advance(25, stop)
    assert 0 < cut.step < 25
    del taker.take
    cut.advance(25 - cut.step)
    assert_same([cut.history()], [whole.history()])


RULES = [
    (StopSettings(loss_below=0.5), "the validation loss fell below 0.5"),
    (StopSettings(patience=5), "the validation loss has not improved since step"),
    (StopSettings(seconds=1e-9), "its 1e-9 seconds were over"),
]


@pytest.mark.parametrize(("rules", "words"), RULES)
def test_rules_end_a_run(rules, words):
    run = TrainingRun(learning_rate=2.0 if rules.patience else 0.2)
    (found,) = train_all(replace(MOONS, steps=400, stop=rules, runs=(run,)))
    assert found.stopped.startswith(words)
    assert found.last_step < 400
    assert found.scored[-1] == found.last_step
    if rules.loss_below:
        assert found.validation_loss[-1] < 0.5 <= found.validation_loss[-2]
    if rules.patience:
        best = found.scored[found.validation_loss.argmin()]
        assert found.last_step - best >= 5
        assert found.stopped.endswith(f"step {best}")


def test_without_validation_rows_the_training_loss_is_judged():
    data = replace(MOONS.data, validation=0.0)
    rules = StopSettings(loss_below=0.5)
    (found,) = train_all(replace(MOONS, steps=400, data=data, stop=rules, runs=(ADAM,)))
    assert found.stopped == "the training loss fell below 0.5"


@pytest.mark.parametrize("chunk", [1, 3, 1000])
def test_a_run_that_breaks_ends_with_its_weights_or_by_rule_at_its_first_fault(chunk):
    ends = []
    for rule in (False, True):
        rules = StopSettings(non_finite=rule)
        training = Training(bind(BLOW_UP), BLOW_UP.runs[0], 1000, rules)
        while not training.over:
            training.advance(chunk)
        history = training.history()
        assert history.fault.value == "inf"
        assert history.fault.quantity == "loss"
        assert np.isfinite(history.loss[: history.fault.step]).all()
        assert np.isinf(history.loss[history.fault.step])
        ends.append(history.last_step - history.fault.step)
    later, at_once = ends
    assert at_once == 1
    assert later > 1


def test_memory_that_would_not_suffice_is_said_before_it_starts(monkeypatch):
    monkeypatch.setattr("engine.networks.memory.machine_memory", lambda: 2**30)
    with pytest.raises(ValueError, match=r"3 runs of 10,000,000 steps .* 17 weights need about"):
        Session(replace(MOONS, steps=10_000_000))
    session = Session(replace(MOONS, steps=9_000_000, runs=()))
    with pytest.raises(ValueError, match=r"needs .* half of the 1\.0 GiB of this machine; "):
        session.add(ADAM)


def test_a_session_can_be_cancelled_at_once():
    session = Session(MOONS)
    with pytest.raises(Cancelled):
        session.advance(np.ones(1, np.uint8))
    assert session.step == 0
    assert_same(finished(session), train_all(MOONS))


def test_moments_grow_apart_and_pinned_ones_stay():
    class At:
        def __init__(self, step):
            self.step = step

    moments = Moments(2**23)
    for step in range(1000):
        if moments.due(step) or step == 333:
            moments.keep(At(step), pinned=step == 333)
    assert len(moments._found) <= 5
    assert moments.before(999).step >= 500
    assert moments.before(340).step == 333
    moments.forget_after(300)
    assert moments.before(999).step <= 300
    assert moments.before(0).step == 0
