"""Adding, removing, spreading and hiding runs."""

import pytest

from engine.experiment import MOST_RUNS, Experiment, new_run
from gui.panels.run_actions import RunActions
from gui.panels.run_changes import free_slots
from gui.state import State


@pytest.fixture
def state():
    runs = (new_run("sgd", learning_rate=0.3, slot=0), new_run("adam", slot=2))
    made = State(Experiment(runs=runs))
    made.sentences = []
    made.message.connect(made.sentences.append)
    return made


@pytest.fixture
def actions(state):
    return RunActions(state)


def slots(state):
    return [run.slot for run in state.experiment.runs]


def test_a_new_run_takes_the_lowest_free_slot_and_is_selected(state, actions):
    actions.add_run("lion")
    assert slots(state) == [0, 2, 1]
    assert state.selected == 2
    assert actions.selected.optimizer == "lion"


def test_a_duplicate_stands_behind_its_original_with_a_colour_of_its_own(state, actions):
    actions.duplicate_selected()
    assert [run.learning_rate for run in state.experiment.runs[:2]] == [0.3, 0.3]
    assert slots(state) == [0, 1, 2]
    assert state.selected == 1


def test_removing_keeps_the_others_colours(state, actions):
    actions.remove_selected()
    assert slots(state) == [2]
    assert state.selected == 0
    actions.remove_selected()
    assert actions.selected is None
    for action in (
        actions.remove_selected, actions.duplicate_selected, actions.decade_ladder,
        actions.toggle_visible, actions.toggle_own_start,
    ):  # fmt: skip
        action()
    assert state.experiment.runs == ()


def test_the_ladder_lays_five_rates_side_by_side_and_undo_brings_the_one_back(state, actions):
    before = state.experiment
    actions.decade_ladder()
    rates = [run.learning_rate for run in state.experiment.runs[:5]]
    assert rates == [0.003, 0.03, 0.3, 3.0, 30.0]
    assert state.selected == 2
    assert actions.selected.slot == 0
    assert sorted(slots(state)) == [0, 1, 2, 3, 4, 5]
    state.undo()
    assert state.experiment == before


@pytest.mark.parametrize("rate", [-0.1, 1e-308])
def test_a_ladder_of_any_rate_but_zero_is_allowed(state, actions, rate):
    state.update_run(0, learning_rate=rate)
    actions.decade_ladder()
    assert len(state.experiment.runs) == 6


def test_a_ladder_of_zero_is_refused_with_a_sentence(state, actions):
    state.update_run(0, learning_rate=0.0)
    actions.decade_ladder()
    assert len(state.experiment.runs) == 2
    assert "other than 0" in state.sentences[-1]


def test_a_ladder_beyond_the_largest_number_is_refused_with_a_sentence(state, actions):
    state.update_run(0, learning_rate=1e308)
    actions.decade_ladder()
    assert len(state.experiment.runs) == 2
    assert "learning_rate" in state.sentences[-1]


def test_the_33rd_run_is_refused_with_a_sentence(state, actions):
    while len(state.experiment.runs) < MOST_RUNS:
        actions.add_run("sgd")
    assert sorted(slots(state)) == list(range(MOST_RUNS))
    assert state.sentences == []
    actions.duplicate_selected()
    actions.add_run("adam")
    assert len(state.experiment.runs) == MOST_RUNS
    assert state.sentences == ["At most 32 runs are shown at once; remove one first."] * 2


@pytest.mark.parametrize(("count", "few"), [(29, "one"), (31, "3"), (32, "4")])
def test_a_ladder_without_room_says_how_many_must_go(state, actions, count, few):
    state.update(runs=tuple(new_run("sgd", slot=i) for i in range(count)))
    actions.decade_ladder()
    assert len(state.experiment.runs) == count
    assert f"remove {few} first" in state.sentences[-1]


def test_a_recording_can_be_walked_here_and_laddered(state, actions):
    state.update_run(0, recorded="old.csv", recorded_run=3, label="old", start=(1.0, 2.0))
    actions.decade_ladder()
    rungs = state.experiment.runs[:5]
    assert [run.recorded for run in rungs] == ["", "", "old.csv", "", ""]
    assert {run.start for run in rungs} == {(1.0, 2.0)}
    actions.walk_selected()
    walked = actions.selected
    assert (walked.recorded, walked.recorded_run, walked.label) == ("", 0, "")
    assert (walked.start, walked.learning_rate) == ((1.0, 2.0), 0.3)
    before = state.experiment
    actions.walk_selected()
    assert state.experiment is before


def test_hiding_and_showing(state, actions):
    actions.toggle_visible()
    actions.toggle_visible(1)
    assert [run.visible for run in state.experiment.runs] == [False, False]
    actions.toggle_visible()
    assert state.experiment.runs[0].visible


def test_an_own_start_appears_beside_the_shared_one(state, actions):
    actions.toggle_own_start()
    x, y = actions.selected.start
    assert x != state.experiment.start[0]
    assert y == state.experiment.start[1]
    actions.toggle_own_start()
    assert actions.selected.start is None


def test_another_optimizer_keeps_the_rate_and_what_fits(state, actions):
    state.select(1)
    state.update_run(1, learning_rate=0.7, hyperparameters={"beta1": 0.5}, noise=0.25, label="mine")
    actions.change_optimizer("adamw")
    run = actions.selected
    assert (run.optimizer, run.learning_rate, run.noise, run.label) == ("adamw", 0.7, 0.25, "mine")
    assert run.hyperparameters == {"beta1": 0.5}
    assert run.decoupled
    actions.change_optimizer("sgd")
    assert actions.selected.hyperparameters == {}
    assert not actions.selected.decoupled
    assert actions.selected.slot == 2


def test_free_slots_are_counted_from_the_lowest():
    assert free_slots([new_run("sgd", slot=1)])[:2] == [0, 2]
