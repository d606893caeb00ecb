"""The whole window, used as a person would."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QSlider
from windows import EXPERIMENT, opened

from engine.experiment import SurfaceSettings, new_run
from gui import session
from gui.command_palette import CommandPalette
from gui.commands import RUNS
from gui.help import HelpWindow
from gui.main_window import MainWindow
from gui.panels.run_menu import RunMenu
from gui.session import HALVES, MAPS


@pytest.fixture
def window(qtbot):
    window = opened(qtbot, EXPERIMENT)
    yield window
    window.close()


def settled(window, qtbot, change):
    """Make a change and wait until the newest experiment is answered."""
    with qtbot.waitSignal(window.paths.answered, timeout=60_000):
        change()
    assert window.state.results.experiment == window.state.experiment


def drag(window, qtbot, start, end, steps=8):
    canvas, frame = window.landscape.canvas, window.landscape.frame
    a, b = QPointF(frame.pixel(*start)).toPoint(), QPointF(frame.pixel(*end)).toPoint()
    target = canvas.childAt(a) or canvas
    at = target.mapFrom(canvas, a)
    qtbot.mousePress(target, Qt.MouseButton.LeftButton, pos=at)
    for i in range(1, steps + 1):
        between = a + (b - a) * (i / steps)
        qtbot.mouseMove(target, target.mapFrom(canvas, between))
    qtbot.mouseRelease(target, Qt.MouseButton.LeftButton, pos=target.mapFrom(canvas, b))


def test_dragging_the_ring_moves_every_path(window, qtbot):
    before = window.landscape.canvas.grab().toImage()
    settled(window, qtbot, lambda: drag(window, qtbot, (-3.0, 1.0), (2.0, -1.0)))
    x, y = window.state.experiment.start
    assert (x, y) == pytest.approx((2.0, -1.0), abs=0.05)
    for trajectory in window.state.results.trajectories:
        np.testing.assert_array_equal(trajectory.points[0], (x, y))
    assert window.landscape.canvas.grab().toImage() != before
    window.state.undo()
    assert window.state.experiment.start == (-3.0, 1.0)


def test_raising_the_learning_rate_makes_it_diverge(window, qtbot):
    settled(window, qtbot, lambda: window.state.update_run(0, learning_rate=0.2))
    sgd, adam = window.state.results.statuses
    assert sgd.kind == "diverged"
    assert sgd.factor == pytest.approx(1 - 0.2 * 20, rel=1e-3)
    assert adam.kind != "diverged"


@pytest.mark.parametrize(
    ("key", "modifier", "head"),
    [
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, 0),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, 29),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 31),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier, 20),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 40),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, 60),
    ],
)
def test_keys_move_the_play_head(window, qtbot, key, modifier, head):
    window.state.set_head(30)
    window.setFocus()
    qtbot.keyClick(window, key, modifier)
    assert window.state.head == head


def test_space_plays_and_pauses(window, qtbot):
    window.state.set_head(0)
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.state.head > 0)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert not window.player.playing


def test_a_focused_slider_keeps_its_arrow_keys(window, qtbot):
    slider = QSlider(Qt.Orientation.Horizontal, window)
    slider.show()
    slider.setFocus()
    window.state.set_head(30)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value() == 1
    assert window.state.head == 30


def test_a_control_keeps_its_keys_in_a_floating_dock(window, qtbot):
    window.settings_dock.setFloating(True)
    window.settings_dock.activateWindow()
    row = window.side_panel.runs.list.rows[0]
    rate = EXPERIMENT.runs[0].learning_rate
    window.state.set_head(30)
    row.slider.setFocus()
    qtbot.waitUntil(row.slider.hasFocus)
    qtbot.keyClick(row.slider, Qt.Key.Key_Right)
    assert window.state.experiment.runs[0].learning_rate > rate
    row.eye.setFocus()
    qtbot.keyClick(row.eye, Qt.Key.Key_Space)
    assert not window.state.experiment.runs[0].visible
    assert window.state.head == 30
    assert not window.player.playing


def test_the_ladder_is_one_key_and_one_undo(window, qtbot):
    settled(window, qtbot, lambda: qtbot.keyClick(window, Qt.Key.Key_D))
    rates = [run.learning_rate for run in window.state.experiment.runs]
    assert rates[:5] == pytest.approx([0.0009, 0.009, 0.09, 0.9, 9.0])
    kinds = [status.kind for status in window.state.results.statuses[:5]]
    assert kinds.count("diverged") == 2
    window.state.undo()
    assert window.state.experiment == EXPERIMENT


def test_numbers_select_runs(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_2)
    assert window.state.selected == 1


def test_every_command_that_needs_no_dialog_can_be_done(window, qtbot):
    """No command raises, whatever the order; a sentence at most."""
    for command in window.commands.commands:
        action = window.commands.actions[command.title]
        if "…" in command.title or command.title in ("Quit", "About Overshoot", "Save"):
            continue
        if action.isEnabled():
            action.trigger()
    window.findChild(HelpWindow).close()
    window.player.pause()


@pytest.mark.parametrize(
    ("title", "kind"),
    [("Help", HelpWindow), ("Find a command, surface or optimizer…", CommandPalette)],
)
def test_a_window_beside_is_made_once_and_goes_with_the_main_one(window, title, kind):
    assert window.findChildren(kind) == []
    for _ in range(2):
        window.commands.actions[title].trigger()
        (beside,) = window.findChildren(kind)
        assert beside.isVisible()
        beside.close()
    # Left open: it must not stay behind on screen.
    beside.show()


@pytest.mark.parametrize("half", HALVES)
def test_shortcuts_are_unique_in_each_half(window, half):
    here = ("", half) if half == MAPS else ("", half, RUNS)
    keys = [
        key for command in window.commands.commands if command.half in here
        for key in command.shortcuts
    ]  # fmt: skip
    assert len(keys) == len(set(keys))


def test_a_dropped_file_is_opened(window, qtbot, tmp_path):
    path = tmp_path / "dropped.toml"
    window.documents.save_path(path)
    window.state.update(steps=5)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier, QEvent.Type.Drop,
    )  # fmt: skip
    window.dropEvent(event)
    assert window.state.experiment == EXPERIMENT
    assert "dropped.toml" in window.windowTitle()


def test_recent_files_stand_in_the_menu_and_open(window, tmp_path):
    path = tmp_path / "of late.toml"
    window.documents.save_path(path)
    window.state.update(steps=5)
    window.recent_menu.fill()
    (action,) = window.recent_menu.actions()
    assert action.text() == "of late.toml"
    action.trigger()
    assert window.state.experiment == EXPERIMENT
    path.unlink()
    window.recent_menu.fill()
    assert not window.recent_menu.actions()[0].isEnabled()


def test_a_refused_experiment_leaves_the_last_paths(window, qtbot):
    before = window.state.results
    huge = replace(EXPERIMENT, steps=10_000_000, runs=EXPERIMENT.runs * 16)
    with qtbot.waitSignal(window.paths.refused, timeout=30_000):
        window.state.set_experiment(huge)
    assert "memory" in window.line.label.text()
    assert window.state.results is before
    settled(window, qtbot, window.state.undo)
    assert window.line.label.text() == ""


def test_closing_during_a_long_run_keeps_the_session(qtbot):
    window = opened(qtbot, EXPERIMENT)
    long = replace(EXPERIMENT, steps=5_000_000)
    window.state.set_experiment(long)
    window.close()
    assert session.restored() == (long, "")


def test_what_was_open_comes_back(qtbot):
    window = opened(qtbot, EXPERIMENT)
    window.state.update(steps=33)
    window.close()
    again = MainWindow()
    assert again.state.experiment.steps == 33
    again.close()


@pytest.mark.parametrize("source", ["strip.menu_wanted", "landscape.run_menu_wanted"])
def test_chips_and_paths_open_the_menu_of_their_run(window, qtbot, source):
    part, signal = source.split(".")
    getattr(getattr(window, part), signal).emit(QPoint(10, 10))
    menu = window.findChild(RunMenu)
    texts = [action.text().replace("&", "") for action in menu.actions() if action.isVisible()]
    menu.close()
    assert "Remove" in texts
    assert texts[-3:] == [
        "Export selected trajectory…", "Copy run as NumPy script", "Copy run as PyTorch script",
    ]  # fmt: skip


def test_at_the_start_there_is_nothing_to_undo_or_redo(window):
    actions = window.commands.actions
    assert not actions["Undo"].isEnabled()
    assert not actions["Redo"].isEnabled()
    window.state.update(steps=5)
    assert actions["Undo"].isEnabled()


def test_a_formula_that_cannot_be_read_opens_and_is_said(qtbot):
    broken = replace(EXPERIMENT, surface=SurfaceSettings(name="formula", formula="x +"))
    window = MainWindow(broken)
    with qtbot.waitSignal(window.paths.refused, timeout=60_000):
        window.show()
    assert not window.commands.actions["Draw as a curve"].isEnabled()
    window.close()


def test_without_runs_nothing_is_offered_that_needs_one(window, qtbot):
    settled(window, qtbot, lambda: window.state.update(runs=()))
    for title in ("Copy run as NumPy script", "Copy run as PyTorch script", "Duplicate"):
        assert not window.commands.actions[title].isEnabled()
    window.state.undo()
    assert window.commands.actions["Copy run as NumPy script"].isEnabled()


def test_a_newcomer_is_told_what_to_do_at_each_start_until_it_is_done(qtbot):
    for _ in range(2):
        window = opened(qtbot, None)
        assert window.line.label.text() == session.HINT
        window.state.update(steps=50)
        window.close()
    window = opened(qtbot, None)
    settled(window, qtbot, lambda: window.state.update(start=(1.0, 1.0)))
    assert window.line.isHidden()
    window.close()
    window = opened(qtbot, None)
    assert window.line.isHidden()
    window.close()


def test_a_refusal_goes_when_a_good_value_was_taken(window, qtbot):
    window.side_panel.surface.steps.refused.emit("steps must be a whole number.")
    assert window.line.label.text() == "steps must be a whole number."
    settled(window, qtbot, lambda: window.state.update(steps=50))
    assert window.line.label.text() != "steps must be a whole number."


@pytest.mark.parametrize(
    "experiment",
    [
        replace(session.opening(), steps=1000, runs=(new_run("bfgs"),)),
        replace(
            EXPERIMENT,
            surface=SurfaceSettings(name="square"),
            start=(1.5, 0.0),
            steps=1000,
            runs=(new_run("sgd", learning_rate=0.3),),
        ),
    ],
    ids=["BFGS on the bowl", "x² at 0.3"],
)
def test_a_loss_that_falls_below_the_smallest_float_is_drawn_in_any_size(qtbot, experiment):
    """An exception in a paint fails this test; once it ended the program."""
    window = opened(qtbot, experiment)
    for size in ((742, 500), (1280, 800), (1920, 1080), (1024, 1400)):
        window.resize(*size)
        QApplication.processEvents()
        assert not window.grab().isNull()
    window.close()
