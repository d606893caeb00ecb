"""What is trained follows the settings: at once, in the newest order, and back again."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.networks.answer import train_all
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.initialisation import as_text
from engine.networks.settings import ModelSettings, NetworkExperiment, StopSettings, TrainingRun
from gui.editing import Document
from gui.networks.playback import Playback
from gui.networks.state import NetworkState
from gui.networks.trainer import Trainer
from gui.runner import Runner

SGD = TrainingRun(learning_rate=0.1)
ADAM = TrainingRun(optimizer="adam", learning_rate=0.01, slot=1)
EXPERIMENT = NetworkExperiment(model=ModelSettings(hidden=(4,)), steps=300, runs=(SGD, ADAM))
LONG = replace(EXPERIMENT, model=ModelSettings(hidden=(128, 128)), steps=300_000)


class Desk:
    """State, trainer and player without a window around them."""

    def __init__(self, qtbot, experiment):
        self.qtbot = qtbot
        self.state = NetworkState(experiment)
        self.runner = Runner()
        self.runner.open()
        self.trainer = Trainer(self.state, self.runner)
        self.play = Playback(self.state, self.trainer)
        self.said = []
        self.state.message.connect(self.said.append)

    def settled(self, change):
        """Make a change and return what has been trained when all is answered."""
        with self.qtbot.waitSignal(self.trainer.answered, timeout=300_000):
            change()
        assert self.state.trained.experiment == self.state.experiment
        assert not self.state.running
        return self.state.trained

    def close(self):
        self.play.pause()
        self.trainer.close()
        self.runner.close()


@pytest.fixture
def desk_with(qtbot):
    desks = []

    def made(experiment):
        desks.append(Desk(qtbot, experiment))
        return desks[-1]

    yield made
    for desk in desks:
        desk.close()


@pytest.fixture
def desk(desk_with):
    desk = desk_with(EXPERIMENT)
    desk.settled(desk.trainer.start)
    return desk


def assert_equal(histories, expected):
    for found, wanted in zip(histories, expected, strict=True):
        np.testing.assert_array_equal(found.loss, wanted.loss)
        np.testing.assert_array_equal(found.training_loss, wanted.training_loss)


def test_all_runs_are_trained_to_their_ends(desk):
    trained = desk.state.trained
    assert trained.over
    assert trained.step == desk.state.head == 300
    assert_equal(trained.histories, train_all(EXPERIMENT))


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.update_run(1, learning_rate=0.3),
        lambda state: state.update_run(0, optimizer="lion", sharpness=0.05),
        lambda state: state.update(runs=(ADAM,)),
        lambda state: state.update(runs=(*state.experiment.runs, TrainingRun(slot=2))),
        lambda state: state.update(runs=()),
        lambda state: state.update(steps=120),
        lambda state: state.update(steps=0),
        lambda state: state.update(precision="float64"),
        lambda state: state.update(stop=StopSettings(loss_below=0.5)),
        lambda state: state.update_data(source="circles", seed=3),
        lambda state: state.update_data(source="sine"),
        lambda state: state.update_model(hidden=(), activation="relu"),
        lambda state: state.update_initial(seed=4),
        lambda state: state.update_batches(size=0),
    ],
)
def test_whatever_is_changed_is_as_if_trained_from_the_first(desk, change):
    trained = desk.settled(lambda: change(desk.state))
    assert_equal(trained.histories, train_all(desk.state.experiment))
    again = desk.settled(desk.state.undo)
    assert_equal(again.histories, train_all(EXPERIMENT))


def test_an_unchanged_run_is_not_trained_again(desk):
    before = desk.state.trained
    after = desk.settled(lambda: desk.state.update_run(0, learning_rate=0.2))
    assert after.network is before.network
    assert after.histories[1].seconds == before.histories[1].seconds
    assert after.histories[0].seconds != before.histories[0].seconds


def test_looks_are_shown_and_nothing_is_trained(desk):
    before = desk.state.trained.histories[0]
    after = desk.settled(lambda: desk.state.update_run(0, label="mine", visible=False)).histories[0]
    assert (after.label, after.run.visible) == ("mine", False)
    assert after.seconds == before.seconds


def test_many_changes_end_at_the_newest(desk):
    def drag():
        for rate in np.geomspace(1e-3, 0.4, 50):
            desk.state.update_run(0, "rate", learning_rate=float(rate))

    trained = desk.settled(drag)
    assert_equal(trained.histories, train_all(desk.state.experiment))
    assert len(desk.state.experiment.runs) == 2
    desk.settled(desk.state.undo)
    assert desk.state.experiment == EXPERIMENT


def test_refused_settings_are_explained_and_the_last_training_stays(desk):
    before = desk.state.trained
    missing = replace(EXPERIMENT, data=NetworkDataSettings(source="/nowhere/table.csv"))
    with desk.qtbot.waitSignal(desk.state.message):
        desk.state.set_experiment(missing)
    assert "/nowhere/table.csv" in desk.said[-1]
    assert desk.state.trained is before
    assert_equal(desk.settled(desk.state.undo).histories, before.histories)
    assert desk.said[-1] == ""


def test_one_run_that_does_not_fit_is_refused(desk):
    big = ModelSettings(hidden=(64, 64))
    desk.settled(lambda: desk.state.update(model=big))
    with desk.qtbot.waitSignal(desk.state.message):
        desk.state.update_run(0, optimizer="bfgs")
    assert "at most 2,000 parameters" in desk.said[-1]
    trained = desk.settled(lambda: desk.state.update_run(0, optimizer="adam"))
    assert [history.run.optimizer for history in trained.histories] == ["adam", "adam"]


def test_a_long_training_is_shown_while_it_goes_on(desk_with):
    desk = desk_with(LONG)
    seen = []
    desk.state.trained_changed.connect(lambda trained: seen.append(trained.step))
    with desk.qtbot.waitSignal(desk.state.running_changed, timeout=300_000):
        desk.trainer.start()
    desk.qtbot.waitUntil(lambda: len(seen) > 4, timeout=60_000)
    assert desk.state.running
    assert seen == sorted(seen)
    assert desk.state.head == seen[-1] < LONG.steps
    assert desk.state.trained.remaining > 0
    assert np.isnan(desk.state.trained.histories[0].loss[desk.state.trained.step + 1 :]).all()


def test_pause_and_steps_forth_and_back(desk_with):
    desk = desk_with(LONG)
    with desk.qtbot.waitSignal(desk.state.running_changed, timeout=300_000):
        desk.trainer.start()
    paused = desk.settled(desk.play.toggle)
    assert not paused.over
    assert desk.trainer.paused
    last = paused.step
    assert {history.last_step for history in paused.histories} == {last}
    assert desk.settled(lambda: desk.play.step(3)).step == desk.state.head == last + 3
    desk.play.step(-10)
    assert desk.state.head == last - 7
    assert desk.state.trained.step == last + 3
    back = desk.settled(desk.play.go_back)
    assert back.step == desk.state.head == last - 7
    assert desk.settled(lambda: desk.play.step(1)).step == last - 6
    np.testing.assert_array_equal(
        back.histories[0].loss[: last - 7], paused.histories[0].loss[: last - 7]
    )


def test_changes_during_a_pause_are_trained_as_far_as_the_others_are(desk_with):
    desk = desk_with(EXPERIMENT)
    desk.settled(lambda: desk.trainer.train_to(50))
    trained = desk.settled(lambda: desk.state.update_run(0, learning_rate=0.3))
    assert [history.last_step for history in trained.histories] == [50, 50]
    trained = desk.settled(lambda: desk.state.update_data(seed=5))
    assert [history.last_step for history in trained.histories] == [50, 50]
    trained = desk.settled(desk.play.toggle)
    assert trained.over
    assert_equal(trained.histories, train_all(desk.state.experiment))


def test_back_to_the_first_weights_and_on_again(desk):
    began = desk.settled(desk.play.begin_anew)
    assert began.step == desk.state.head == 0
    assert_equal(desk.settled(desk.play.toggle).histories, train_all(EXPERIMENT))


def test_another_file_is_trained_even_if_the_one_before_had_paused(desk):
    desk.settled(desk.play.begin_anew)
    other = replace(EXPERIMENT, title="Another")
    trained = desk.settled(lambda: desk.state.set_experiment(other, document=Document()))
    assert trained.over


def test_weights_are_kept_from_the_step_that_is_shown(desk):
    before = desk.state.trained.histories[0]
    desk.trainer.set_keeps(True)
    desk.state.set_head(100)
    trained = desk.settled(lambda: desk.state.update_run(0, learning_rate=0.5))
    after, other = trained.histories
    np.testing.assert_array_equal(after.loss[:100], before.loss[:100])
    assert [step for step, _ in after.changes] == [100]
    assert list(after.learning_rates[[99, 100]]) == [0.1, 0.5]
    assert trained.over
    assert_equal([other], train_all(replace(EXPERIMENT, runs=(ADAM,))))
    assert desk.state.head == 100


def test_where_no_step_is_left_to_keep_weights_for_it_is_said(desk):
    desk.trainer.set_keeps(True)
    desk.settled(lambda: desk.state.update_run(0, learning_rate=0.5))
    assert desk.said[-1].startswith("All steps are taken")


def test_what_is_trained_can_be_played(desk):
    desk.play.toggle()
    assert desk.play.playing
    desk.qtbot.waitUntil(lambda: 0 < desk.state.head < 300)
    desk.play.toggle()
    assert not desk.play.playing
    desk.state.update_run(0, visible=False)
    desk.play.toggle()
    desk.state.update_run(0, visible=True)
    assert not desk.play.playing


def test_closing_in_the_middle(desk_with):
    desk = desk_with(LONG)
    with desk.qtbot.waitSignal(desk.state.running_changed, timeout=300_000):
        desk.trainer.start()
    desk.close()
    step = desk.state.trained.step
    desk.qtbot.wait(100)
    assert desk.state.trained.step == step


def test_other_first_weights_leave_the_data_as_they_were_prepared(desk_with):
    desk = desk_with(EXPERIMENT)
    first = desk.settled(desk.trainer.start)
    again = desk.settled(lambda: desk.state.update_initial(seed=5))
    assert again.network.prepared is first.network.prepared
    assert not np.array_equal(again.network.start, first.network.start)
    given = as_text(first.network.start[: first.network.model.size])
    third = desk.settled(lambda: desk.state.update_initial(weights=given))
    np.testing.assert_array_equal(third.network.start, first.network.start)
    np.testing.assert_array_equal(third.histories[0].loss, first.histories[0].loss)
    desk.settled(lambda: desk.state.update_model(hidden=(5,)))
    assert desk.state.experiment.initial.weights == ""
