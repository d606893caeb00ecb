"""Explanations follow the newest paths, one at a time, and leave time for drawing."""

import pytest
from PySide6.QtCore import QObject
from why_results import experiment_of

from engine.answer import answer
from gui import explanations
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
    monkeypatch.setattr(explanations, "REST", 0.0)
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
    monkeypatch.setattr(explanations, "REST", 1e6)
    put_results(state, 1.0)
    qtbot.waitUntil(lambda: len(runner.requests) == 1)
    runner.finish()
    put_results(state, 1.1)
    qtbot.wait(0)
    assert not runner.requests
    assert subject._soon.isActive()
    # What comes during the rest neither ends nor prolongs it.
    before = subject._soon.remainingTime()
    put_results(state, 1.2)
    assert subject._soon.remainingTime() <= before
    subject._soon.timeout.emit()
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
