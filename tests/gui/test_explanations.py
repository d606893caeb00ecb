"""Explanations follow the newest paths, one at a time, and leave time for drawing."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QObject
from why_results import experiment_of

from engine.answer import answer
from engine.experiment import new_run
from gui import explanations, turns
from gui.explanations import Explanations
from gui.state import Results, State


class Runner(QObject):
    """Works when it is told to."""

    def __init__(self):
        super().__init__()
        self.requests = []

    def submit(self, topic, work, done, failed):
        self.requests.append((work, done, failed))

    def finish(self):
        work, done, _ = self.requests.pop()
        done(work())


@pytest.fixture
def desk(qtbot, monkeypatch):
    monkeypatch.setattr(turns, "REST", 0.0)
    state, runner = State(experiment_of()), Runner()
    subject = Explanations(state, runner)
    state.want_explanations(state, True)
    yield state, runner, subject
    runner.deleteLater()


def put_results(state, start):
    state.update(start=(start, 0.0))
    found = answer(state.experiment)
    state.set_results(
        Results(found.experiment, found.landscape, found.trajectories, found.statuses)
    )


def test_the_newest_paths_are_explained_one_answer_at_a_time(desk, qtbot):
    state, runner, _ = desk
    put_results(state, 1.0)
    qtbot.waitUntil(lambda: len(runner.requests) == 1)
    first = state.results
    for start in (1.1, 1.2, 1.3):
        put_results(state, start)
    qtbot.wait(0)
    assert len(runner.requests) == 1
    runner.finish()
    assert state.explained.results is first
    qtbot.waitUntil(lambda: len(runner.requests) == 1)
    runner.finish()
    assert state.explained.results is state.results
    qtbot.wait(0)
    assert not runner.requests


def test_explaining_rests_after_each_answer(desk, qtbot, monkeypatch):
    state, runner, subject = desk
    monkeypatch.setattr(turns, "REST", 1e6)
    put_results(state, 1.0)
    qtbot.waitUntil(lambda: len(runner.requests) == 1)
    runner.finish()
    put_results(state, 1.1)
    qtbot.wait(0)
    assert not runner.requests
    assert subject._turns.soon.isActive()
    # What comes during the rest neither ends nor prolongs it.
    before = subject._turns.soon.remainingTime()
    put_results(state, 1.2)
    assert subject._turns.soon.remainingTime() <= before
    subject._turns.soon.timeout.emit()
    runner.finish()
    assert state.explained.results is state.results


def test_a_failure_is_said_and_the_next_paths_are_explained(desk, qtbot):
    state, runner, _ = desk
    said = []
    state.message.connect(said.append)
    put_results(state, 1.0)
    qtbot.waitUntil(lambda: len(runner.requests) == 1)
    _, _, failed = runner.requests.pop()
    failed("There is not enough memory for this.")
    put_results(state, 1.1)
    qtbot.waitUntil(lambda: len(runner.requests) == 1)
    runner.finish()
    assert said == ["There is not enough memory for this."]
    assert state.explained.results is state.results


def test_nothing_is_explained_that_nobody_sees(desk, qtbot):
    state, runner, _ = desk
    state.want_explanations(state, False)
    put_results(state, 1.0)
    qtbot.wait(0)
    assert not runner.requests


@pytest.fixture
def slow(desk, monkeypatch):
    """Three runs, the second one selected; each turn has time for one run only."""
    monkeypatch.setattr(explanations, "FIRST_SECONDS", -1.0)
    monkeypatch.setattr(explanations, "NEXT_SECONDS", -1.0)
    state, runner, _ = desk
    state.update(runs=tuple(new_run("sgd", learning_rate=0.1 * (i + 1), slot=i) for i in range(3)))
    state.select(1)
    return state, runner


def explained_runs(state):
    return [why is not None for why in state.explained.explanations]


def test_the_selected_run_is_explained_and_shown_first(slow, qtbot):
    state, runner = slow
    put_results(state, 1.0)
    for known in ([False, True, False], [False, True, True], [True, True, True]):
        qtbot.waitUntil(lambda: len(runner.requests) == 1)
        runner.finish()
        assert explained_runs(state) == known
        assert [not reason for reason in state.explained.reasons] == [True] * 3
        # Whatever is selected meanwhile comes next.
        state.select(2)
    assert not state.explained.waiting
    qtbot.wait(0)
    assert not runner.requests


def test_runs_that_wait_keep_what_was_known_of_them_and_are_not_taken_for_explained(slow, qtbot):
    state, runner = slow
    put_results(state, 1.0)
    for _ in range(3):
        qtbot.waitUntil(lambda: len(runner.requests) == 1)
        runner.finish()
    before = state.explained
    put_results(state, 1.1)
    for _ in range(3):
        qtbot.waitUntil(lambda: len(runner.requests) == 1)
        runner.finish()
        for index, (old, new) in enumerate(
            zip(before.explanations, state.explained.explanations, strict=True)
        ):
            assert (new is old) == (index in state.explained.waiting)
    paths = [why.trajectory for why in state.explained.explanations]
    assert paths == list(state.results.trajectories)
    runs = (*state.experiment.runs[:2], replace(state.experiment.runs[2], optimizer="adam"))
    state.update(runs=runs)
    put_results(state, 1.1)
    qtbot.waitUntil(lambda: len(runner.requests) == 1)
    runner.finish()
    assert explained_runs(state) == [True, True, False], "another optimizer keeps nothing"


def test_a_failure_with_runs_left_is_not_asked_again_for_the_same_paths(slow, qtbot):
    state, runner = slow
    put_results(state, 1.0)
    qtbot.waitUntil(lambda: len(runner.requests) == 1)
    runner.finish()
    assert state.explained.waiting
    qtbot.waitUntil(lambda: len(runner.requests) == 1)
    put_results(state, 1.1)
    runner.requests.pop()[2]("no")
    qtbot.waitUntil(lambda: len(runner.requests) == 1)
    runner.requests.pop()[2]("no")
    qtbot.wait(10)
    assert not runner.requests
