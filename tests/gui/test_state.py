"""The one state object: one signal per change, no-ops dropped, drags undone as one."""

from __future__ import annotations

import pytest

from engine.experiment import Experiment, new_run
from gui.editing import Document
from gui.state import State


@pytest.fixture
def state():
    return State(Experiment(runs=(new_run("sgd"), new_run("adam"))))


def test_a_change_fires_once_with_old_and_new(state):
    seen = []
    state.changed.connect(lambda old, new: seen.append((old.steps, new.steps)))
    state.update(steps=70)
    state.update(steps=70)
    assert seen == [(500, 70)]


def test_a_refused_change_leaves_everything(state):
    before = state.experiment
    with pytest.raises(ValueError, match="steps is -1"):
        state.update(steps=-1)
    with pytest.raises(ValueError, match="learning_rate is inf"):
        state.update_run(0, learning_rate=float("inf"))
    assert state.experiment is before
    assert not state.can_undo


def test_undo_and_redo_bring_back_each_change(state):
    first = state.experiment
    state.update_run(1, learning_rate=0.5)
    second = state.experiment
    state.update_surface(name="bowl", parameters={})
    state.update(steps=3)
    state.undo()
    state.undo()
    assert state.experiment in (first, second)
    while state.can_undo:
        state.undo()
    assert state.experiment == first
    while state.can_redo:
        state.redo()
    assert state.experiment.steps == 3


def test_a_drag_is_one_step_of_undo(state):
    before = state.experiment
    for i in range(20):
        state.update(gesture="start", start=(float(i), 0.0))
    state.undo()
    assert state.experiment == before
    assert not state.can_undo


def test_two_drags_with_a_pause_are_two_steps(state, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("gui.editing.time.monotonic", lambda: now[0])
    state.update(gesture="start", start=(1.0, 0.0))
    now[0] += 5
    state.update(gesture="start", start=(2.0, 0.0))
    state.undo()
    assert state.experiment.start == (1.0, 0.0)


def test_a_new_change_ends_redo(state):
    state.update(steps=1)
    state.undo()
    state.update(steps=2)
    assert not state.can_redo


def test_the_head_stays_at_the_end_when_the_path_grows(state):
    assert state.head == 500
    state.update(steps=900)
    assert state.head == 900
    state.set_head(10)
    state.update(steps=50)
    assert state.head == 10
    state.update(steps=5)
    assert state.head == 5


def test_selection_is_clipped_to_what_is_there(state):
    state.select(99)
    assert state.selected == 1
    state.update(runs=state.experiment.runs[:1])
    assert state.selected == 0


def test_undo_knows_to_which_file_each_experiment_belongs(state):
    mine, yours = state.document, Document()
    state.update(steps=1)
    state.set_experiment(Experiment(steps=2), document=yours)
    state.update(steps=3)
    assert state.document is yours
    seen = []
    while state.can_undo:
        state.undo()
        seen.append((state.experiment.steps, state.document is yours))
    assert seen == [(2, True), (1, False), (500, False)]
    assert state.document is mine
    while state.can_redo:
        state.redo()
    assert state.document is yours
