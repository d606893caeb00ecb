"""The window's network half, used as a person would, and the way there and back."""

import numpy as np
import pandas
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog
from shiboken6 import isValid

from engine.experiment import Experiment, new_run
from engine.networks import experiment_file
from engine.networks.answer import train_all
from engine.networks.settings import ModelSettings, NetworkExperiment, TrainingRun
from gui import session
from gui.command_palette import palette_entries
from gui.halves import PLACES
from gui.main_window import MainWindow

SURFACE = Experiment(steps=20, runs=(new_run("sgd"),))
LEFT = Qt.MouseButton.LeftButton
#: Two moons, one hidden layer: trained in a few milliseconds.
MOONS = NetworkExperiment(
    model=ModelSettings(hidden=(8,)),
    steps=400,
    runs=(TrainingRun(optimizer="adam", learning_rate=0.02),),
)


def shown(qtbot, experiment=SURFACE, files=()):
    window = MainWindow(experiment, files)
    window.resize(1280, 800)
    window.show()
    qtbot.waitUntil(lambda: window.state.results is not None, timeout=120_000)
    return window


@pytest.fixture
def window(qtbot):
    window = shown(qtbot)
    yield window
    if isValid(window):
        window.close()


@pytest.fixture
def network(qtbot, window):
    """Return a function that makes a change and waits until all is trained."""
    window.commands.actions["Network"].trigger()
    half = window.half

    def settled(change):
        with qtbot.waitSignal(half.trainer.answered, timeout=300_000):
            change()
        assert half.state.trained.experiment == half.state.experiment
        return half

    settled(lambda: half.state.set_experiment(MOONS))
    return settled


def test_the_switch_shows_one_half_or_the_other(window, qtbot):
    assert "network" not in window.halves.all
    assert window.half is window.surface
    with qtbot.waitSignal(window.halves.made):
        QTest.mouseClick(window.tool_bar.switch.findChildren(QAbstractButton)[1], LEFT)
    assert window.halves.name == window.tool_bar.switch.key() == "network"
    for place in PLACES:
        pages = window.places.pages[place].pages
        for name, page in pages.items():
            assert page.isVisibleTo(window) is (name == "network"), place
    assert window.why_dock.isHidden() is ("network" not in window.places.pages["why"].pages)
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.half is window.surface
    assert window.landscape.isVisible()
    assert window.why_dock.isVisible()
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.halves.name == "network"


def test_training_raising_the_rate_until_it_blows_up_and_undo(window, network):
    half = window.half
    first = half.state.trained.histories[0]
    assert first.training_loss[-1] < 0.2 * first.training_loss[0]
    network(lambda: half.run_actions.change_optimizer("sgd"))
    network(lambda: half.state.update_model(loss="mean_squares", activation="relu"))
    network(lambda: half.state.update_run(0, learning_rate=1e6))
    blown = half.state.trained.histories[0]
    assert blown.fault is not None
    assert blown.last_step < MOONS.steps
    window.grab()
    for _ in range(3):
        network(half.state.undo)
    assert half.state.experiment == MOONS
    np.testing.assert_array_equal(half.state.trained.histories[0].loss, first.loss)


def test_save_and_open_again(window, network, tmp_path, qtbot):
    half, path = window.half, tmp_path / "mine.toml"
    network(lambda: half.state.update_run(0, learning_rate=0.123456789))
    saved = half.state.experiment
    half.documents.save_path(path)
    assert window.windowTitle().startswith("mine.toml")
    assert not window.isWindowModified()
    network(lambda: half.state.update(steps=10))
    assert window.isWindowModified()
    network(lambda: window.open_path(path))
    assert half.state.experiment == saved
    assert not window.isWindowModified()
    assert session.recent() == [str(path)]


def test_a_file_is_opened_in_the_half_that_it_belongs_to(window, network, tmp_path, qtbot):
    net, surface = tmp_path / "net.toml", tmp_path / "surface.toml"
    other = replace(MOONS, steps=7)
    experiment_file.write(net, other)
    window.documents.save_path(surface)
    assert window.halves.name == "network"
    window.open_path(surface)
    assert window.half is window.surface
    assert window.windowTitle().startswith("surface.toml")
    drop(window, net)
    assert window.halves.name == "network"
    assert window.half.state.experiment == other
    assert window.windowTitle().startswith("net.toml")


def drop(window, path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier,
        QEvent.Type.Drop,
    )  # fmt: skip
    window.dropEvent(event)


def test_a_file_that_cannot_be_read_changes_nothing(window, network, tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text('[model]\nhidden = "many"\n')
    before = window.half.state.experiment
    window.open_path(broken)
    assert window.half.state.experiment == before
    assert "hidden" in window.line.label.text()


def test_the_next_session_begins_with_the_same_network(window, network, qtbot):
    network(lambda: window.half.state.update(steps=33))
    left = window.half.state.experiment
    window.close()
    again = shown(qtbot, None)
    try:
        assert again.halves.name == "network"
        assert again.tool_bar.switch.key() == "network"
        assert again.half.state.experiment == left
        qtbot.waitUntil(lambda: again.half.state.trained is not None, timeout=300_000)
    finally:
        again.close()


def test_docks_hidden_for_having_no_page_are_there_in_the_next_session(window, network, qtbot):
    window.close()
    again = shown(qtbot, None)
    try:
        again.halves.show("surface")
        assert again.why_dock.isVisible()
    finally:
        again.close()


def test_commands_act_on_the_half_that_is_shown(window, network):
    actions, half = window.commands.actions, window.half
    surface = window.state.experiment
    network(actions["Duplicate"].trigger)
    assert len(half.state.experiment.runs) == 2
    network(actions["Decade ladder"].trigger)
    assert len(half.state.experiment.runs) == 6
    network(actions["Undo"].trigger)
    network(actions["Undo"].trigger)
    assert half.state.experiment == MOONS
    actions["Select run 1"].trigger()
    assert window.state.experiment == surface
    window.halves.show("surface")
    assert not actions["Undo"].isEnabled()


def test_what_belongs_to_the_other_half_is_hidden(window, network):
    actions = window.commands.actions
    for title, half in (("Own start", "surface"), ("Keep weights", "network")):
        for name in ("surface", "network"):
            window.halves.show(name)
            assert actions[title].isVisible() is (name == half)
            assert actions[title].isEnabled() is (name == half)


def test_every_command_that_needs_no_dialog_can_be_done(window, network):
    for command in window.commands.commands:
        action = window.commands.actions[command.title]
        left_out = "…" in command.title or command.title in (
            "Quit", "About Overshoot", "Save", "Help", "Surface", "Maps", "Add an optimizer",
        )  # fmt: skip
        if not left_out and action.isVisible() and action.isEnabled():
            action.trigger()
    window.half.play.pause()


def test_keys_train_pause_and_step(window, network, qtbot):
    half = window.half
    window.activateWindow()
    window.setFocus()
    network(lambda: QTest.keyClick(window, Qt.Key.Key_R))
    assert half.state.trained.step == 0
    network(lambda: QTest.keyClick(window, Qt.Key.Key_Right))
    shift = Qt.KeyboardModifier.ShiftModifier
    network(lambda: QTest.keyClick(window, Qt.Key.Key_Right, shift))
    assert half.state.trained.step == half.state.head == 11
    QTest.keyClick(window, Qt.Key.Key_Left)
    assert half.state.head == 10
    network(lambda: QTest.keyClick(window, Qt.Key.Key_Space))
    assert half.state.trained.over
    assert half.state.head == MOONS.steps


def test_beginning_anew_takes_a_head_along_that_was_moved_back(window, network):
    half = window.half
    half.play.step(-3)
    assert half.state.head == MOONS.steps - 3
    network(half.play.begin_anew)
    assert (half.state.trained.step, half.state.head) == (0, 0)
    network(lambda: half.play.step(1))
    assert (half.state.trained.step, half.state.head) == (1, 1)


def test_a_step_goes_on_from_what_is_trained_not_from_where_the_head_was_left(window, network):
    half = window.half
    half.state.set_head(300)
    network(half.trainer.pause)
    network(lambda: half.trainer.go_back_to(2))
    assert half.state.head == 300
    network(lambda: half.play.step(1))
    assert half.state.trained.step == 3


def test_the_palette_finds_what_belongs_to_networks(window, network, qtbot):
    entries = {(entry.text, entry.hint): entry for entry in palette_entries(window)}
    assert not any(hint == "Surface" for _, hint in entries)
    network(entries["Muon", "Optimizer"].choose)
    assert [run.optimizer for run in window.half.state.experiment.runs] == ["adam", "muon"]
    with qtbot.waitSignal(window.half.state.changed):
        entries["Spirals", "Data"].choose()
    assert window.half.state.experiment.data.source == "spirals"


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_what_was_trained_is_exported(window, network, tmp_path, monkeypatch, qtbot, suffix):
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    path = tmp_path / f"out{suffix}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(window.half.state.message):
        window.commands.actions["Export with weights…"].trigger()
    read = pandas.read_parquet if suffix == ".parquet" else pandas.read_csv
    table = read(path)
    loss = train_all(MOONS)[0].loss
    np.testing.assert_array_equal(table["loss"], loss)
    assert any(name.startswith("layer 1 weight[") for name in table.columns)
    assert str(path) in window.line.label.text()


@pytest.mark.parametrize("name", ["PyTorch", "Keras", "JAX"])
def test_scripts_are_copied_and_saved(window, network, tmp_path, monkeypatch, qtbot, name):
    path = tmp_path / "script.py"
    actions = window.commands.actions
    with qtbot.waitSignal(window.half.state.message, timeout=60_000):
        actions[f"Copy run as {name} script"].trigger()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(window.half.state.message, timeout=60_000):
        actions[f"Save run as {name} script…"].trigger()
    assert path.read_text() == QApplication.clipboard().text()
    assert path.with_suffix(".npz").exists()


def test_closing_while_it_trains(qtbot, window, network):
    half = window.half
    long = replace(MOONS, model=ModelSettings(hidden=(128, 128)), steps=300_000)
    with qtbot.waitSignal(half.state.running_changed, timeout=60_000):
        half.state.set_experiment(long)
    window.close()
    assert experiment_file.read(session.last_session_path().with_name("last-network.toml")) == long


def test_shortcuts_of_the_switch(window):
    keys = {title: window.commands.actions[title].shortcut() for title in ("Surface", "Network")}
    assert keys == {"Surface": QKeySequence("Ctrl+1"), "Network": QKeySequence("Ctrl+2")}
