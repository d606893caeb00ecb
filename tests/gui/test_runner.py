"""Threads: newest request wins, results arrive in order on the UI thread, errors are sentences."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from gui.runner import Runner


@pytest.fixture
def runner(qtbot):
    runner = Runner()
    runner.open()
    yield runner
    runner.close()


def test_result_arrives_on_the_ui_thread(runner, qtbot):
    seen = []
    runner.submit(
        "a",
        lambda: threading.current_thread(),
        lambda worker: seen.append((worker, threading.current_thread())),
    )
    qtbot.waitUntil(lambda: bool(seen))
    worker, ui = seen[0]
    assert worker is not ui
    assert ui is threading.main_thread()


def test_of_many_waiting_requests_only_the_newest_is_worked(runner, qtbot):
    gate, worked, seen = threading.Event(), [], []

    def work(i):
        gate.wait(10)
        worked.append(i)
        return i

    for i in range(50):
        runner.submit("a", lambda i=i: work(i), seen.append)
    gate.set()
    qtbot.waitUntil(lambda: seen[-1:] == [49])
    assert worked == [0, 49]
    assert seen == [0, 49]


def test_what_is_held_waits_while_all_else_goes_on(runner, qtbot):
    seen = []
    runner.hold("curves")
    for topic in ("curves 1", "curves 2", "curves 1", "curvesome"):
        runner.submit(topic, lambda: None, lambda _, topic=topic: seen.append(topic))
    qtbot.waitUntil(lambda: seen == ["curvesome"] and not runner.busy)
    runner.release("curves")
    qtbot.waitUntil(lambda: len(seen) == 3)
    assert sorted(seen[1:]) == ["curves 1", "curves 2"]


def test_a_long_request_is_ended_by_a_newer_one(runner, qtbot, monkeypatch):
    monkeypatch.setattr("gui.runner.PATIENCE_SECONDS", 0.0)
    started, seen = threading.Event(), []

    def endless(stop):
        started.set()
        while not stop[0]:
            pass
        return "old"

    runner.submit_stoppable("a", endless, seen.append)
    started.wait(10)
    runner.submit_stoppable("a", lambda stop: "new", seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == ["new"]


def test_a_failure_is_one_sentence_and_the_topic_goes_on(runner, qtbot):
    def fail():
        raise ValueError("steps is -1; give 0 or more.")

    with qtbot.waitSignal(runner.failed) as failed:
        runner.submit("a", fail, lambda _: None)
    assert failed.args == ["steps is -1; give 0 or more."]
    seen = []
    runner.submit("a", lambda: 1, seen.append)
    qtbot.waitUntil(lambda: seen == [1])


def test_an_unexpected_failure_says_where_to_look(runner, qtbot):
    with qtbot.waitSignal(runner.failed) as failed:
        runner.submit("a", lambda: 1 / 0, lambda _: None)
    assert "log file" in failed.args[0]


def test_closing_ends_what_is_at_work(qtbot):
    runner, started, seen = Runner(), threading.Event(), []
    runner.open()

    def endless(stop):
        started.set()
        while not stop[0]:
            pass

    runner.submit_stoppable("a", endless, seen.append)
    started.wait(10)
    runner.close()
    runner.submit("a", lambda: 1, seen.append)
    assert seen == []


def test_closing_leaves_behind_what_cannot_be_stopped(qtbot, monkeypatch):
    monkeypatch.setattr("gui.runner.CLOSE_SECONDS", 0.01)
    runner, started, gate = Runner(), threading.Event(), threading.Event()
    runner.open()

    def work():
        started.set()
        gate.wait(100)

    runner.submit("a", work, lambda _: None)
    started.wait(10)
    runner.close()
    assert not gate.is_set()
    gate.set()


def test_the_program_ends_while_something_unstoppable_is_at_work():
    program = """
import threading, time
from PySide6.QtCore import QCoreApplication
from gui import runner as module
application, started = QCoreApplication([]), threading.Event()
module.CLOSE_SECONDS = 0.01
runner = module.Runner()
runner.open()
def work():
    started.set()
    while True:
        sum(range(1000))
runner.submit("a", work, print)
started.wait(10)
runner.close()
"""
    found = subprocess.run([sys.executable, "-c", program], timeout=100, capture_output=True)
    assert (found.returncode, found.stdout, found.stderr) == (0, b"", b"")


def test_nothing_is_worked_before_the_first_paint(qtbot):
    runner, seen = Runner(), []
    runner.submit("a", lambda: 1, seen.append)
    runner.submit("a", lambda: 2, seen.append)
    assert not runner.busy
    runner.open()
    qtbot.waitUntil(lambda: seen == [2])
    runner.close()


def test_it_is_quiet_when_nothing_was_asked_for_a_while(runner, monkeypatch):
    monkeypatch.setattr("gui.runner.QUIET_SECONDS", 1e9)
    assert not runner.is_quiet()
    monkeypatch.setattr("gui.runner.QUIET_SECONDS", -1.0)
    assert runner.is_quiet()
