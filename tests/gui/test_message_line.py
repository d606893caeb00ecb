"""The line of sentences and progress."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gui.message_line import MessageLine


@pytest.fixture
def line(qtbot):
    line = MessageLine()
    qtbot.addWidget(line)
    return line


def test_it_is_there_only_while_it_says_something(line):
    assert line.isHidden()
    line.say("steps is -1; give 0 or more.")
    assert not line.isHidden()
    line.say("")
    assert line.isHidden()


def test_quick_work_shows_no_bar(line):
    line.show_progress(lambda: 0.5)
    line.finish_progress()
    assert line.bar.isHidden()


def test_the_bar_follows_and_cancel_calls(line, qtbot):
    fraction, cancelled = [0.0], []
    line.show_progress(lambda: fraction[0], lambda: cancelled.append(True))
    qtbot.waitUntil(lambda: not line.bar.isHidden())
    fraction[0] = 0.25
    qtbot.waitUntil(lambda: line.bar.value() == 250)
    qtbot.mouseClick(line.cancel, Qt.MouseButton.LeftButton)
    assert cancelled == [True]
    fraction[0] = -1
    qtbot.waitUntil(lambda: line.bar.maximum() == 0)
    line.finish_progress()
    assert line.isHidden()


def test_work_of_unknown_length_gives_way_to_a_bar_that_knows(line, qtbot):
    line.show_working(True)
    assert line.bar.maximum() == 0
    line.show_progress(lambda: 0.5)
    line.show_working(False)
    qtbot.waitUntil(lambda: line.bar.value() == 500)
    line.finish_progress()
    line.show_working(False)
    assert line.isHidden()


def test_a_sentence_is_not_kept_back_by_what_is_at_work(line):
    line.show_progress(lambda: 0.5, work="Preparing the engine.")
    assert line.label.text() == "Preparing the engine."
    line.say("There is no file a.csv.")
    assert line.label.text() == "There is no file a.csv."
    line.grow_old()
    line.forget_old()
    assert line.label.text() == "Preparing the engine."


def test_the_hint_is_there_whenever_there_is_nothing_else(line):
    line.set_hint("Drag the ring.")
    assert line.label.text() == "Drag the ring."
    line.show_progress(lambda: 0.5, work="Preparing the engine.")
    assert line.label.text() == "Preparing the engine."
    line.finish_progress()
    assert line.label.text() == "Drag the ring."
    line.say("Saved.")
    assert line.label.text() == "Saved."
    line.say("")
    assert line.label.text() == "Drag the ring."
    assert not line.isHidden()


def test_a_sentence_goes_when_a_later_change_has_been_answered(line):
    line.say("steps is -1; give 0 or more.")
    line.forget_old()
    assert not line.isHidden()
    line.grow_old()
    assert not line.isHidden()
    line.forget_old()
    assert line.isHidden()
    line.grow_old()
    line.say("Saved.")
    line.forget_old()
    assert line.label.text() == "Saved."


def test_a_hint_that_was_followed_goes_for_good(line):
    line.set_hint("Drag the ring.")
    line.grow_old()
    line.forget_old()
    assert not line.isHidden()
    line.grow_old(hint_too=True)
    line.grow_old()
    line.forget_old()
    assert line.isHidden()


def test_nothing_moves_under_a_drag(line, qtbot, monkeypatch):
    held = [Qt.MouseButton.LeftButton]
    monkeypatch.setattr(QApplication, "mouseButtons", lambda: held[0])
    line.set_hint("Drag the ring.")
    line.grow_old(hint_too=True)
    line.forget_old()
    assert not line.isHidden()
    held[0] = Qt.MouseButton.NoButton
    qtbot.waitUntil(line.isHidden)
