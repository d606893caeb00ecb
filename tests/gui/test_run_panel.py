"""The list of runs and the settings of the selected one, under real events."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from engine.experiment import MOST_RUNS, Experiment, RunSettings, new_run
from engine.optimizers import CATALOGUE
from engine.schedules import CATALOGUE as SCHEDULES
from gui.panels.run_actions import RunActions
from gui.panels.run_panel import RunPanel
from gui.panels.run_settings import SHARED
from gui.state import State
from gui.theme import DARK, LIGHT, THEME

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def at_once(topic, work, done, failed=None):
    done(work())


@pytest.fixture
def state():
    runs = (new_run("sgd", learning_rate=0.01), new_run("adam", learning_rate=0.1, slot=1))
    made = State(Experiment(runs=runs))
    made.sentences = []
    made.message.connect(made.sentences.append)
    return made


@pytest.fixture
def panel(qtbot, state):
    made = RunPanel(state, at_once, RunActions(state))
    qtbot.addWidget(made)
    made.resize(304, 900)
    made.show()
    return made


def runs(state):
    return state.experiment.runs


def drag(slider, to_value, moves=10):
    start, end = slider.at(slider.number()), slider.at(to_value)
    left = Qt.MouseButton.LeftButton
    kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * moves]
    for i, kind in enumerate([*kinds, QEvent.Type.MouseButtonRelease]):
        place = QPointF(start + (end - start) * min(i, moves) / moves, 12)
        none = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(slider, QMouseEvent(kind, place, place, left, left, none))


def type_into(box, text):
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


def test_dragging_a_rate_changes_the_state_at_each_move_as_one_step_of_undo(panel, state):
    seen = []
    state.changed.connect(lambda old, new: seen.append(new.runs[1].learning_rate))
    drag(panel.list.rows[1].slider, 1.0, moves=10)
    assert len(seen) == 10
    assert runs(state)[1].learning_rate == pytest.approx(1.0, rel=0.05)
    assert state.selected == 1
    assert panel.list.rows[1].box.number() == runs(state)[1].learning_rate
    state.undo()
    assert runs(state)[1].learning_rate == 0.1
    assert panel.list.rows[1].slider.number() == 0.1


@pytest.mark.parametrize("rate", ["0", "-0.5", "1e308", "250"])
def test_any_rate_can_be_typed(panel, state, rate):
    type_into(panel.list.rows[0].box, rate)
    assert runs(state)[0].learning_rate == float(rate)
    assert state.sentences == []
    panel.grab()


@pytest.mark.parametrize("rate", ["nan", "1e400", "fast", "0,1", ""])
def test_what_is_no_rate_changes_nothing_and_is_explained(panel, state, rate):
    before = state.experiment
    box = panel.list.rows[0].box
    box.setFocus()
    box.selectAll()
    QTest.keyClick(box, Qt.Key.Key_Delete)
    QTest.keyClicks(box, rate)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert state.experiment is before
    assert len(state.sentences) == 1


def test_a_rate_outside_widens_the_scale_of_all_rows_alike(panel, state):
    type_into(panel.list.rows[0].box, "250")
    assert {row.slider.scale.high for row in panel.list.rows} == {1000.0}


def test_thirty_two_rows_are_refreshed_in_place(panel, state):
    state.update(runs=tuple(new_run("sgd", slot=i) for i in range(MOST_RUNS)))
    rows = list(panel.list.rows)
    assert len(rows) == MOST_RUNS
    drag(rows[31].slider, 1.0)
    assert panel.list.rows == rows
    assert runs(state)[31].learning_rate == pytest.approx(1.0, rel=0.05)
    state.update(runs=runs(state)[:3])
    assert panel.list.rows == rows[:3]


def test_a_change_of_one_run_touches_no_other_row(panel, state, monkeypatch):
    touched = []
    monkeypatch.setattr(
        type(panel.list.rows[0].slider), "set_value", lambda self, value: touched.append(self)
    )
    state.update_run(1, learning_rate=0.5)
    assert touched == [panel.list.rows[1].slider]


def test_the_eye_hides_and_a_click_selects(panel, state):
    row = panel.list.rows[1]
    row.eye.click()
    assert [run.visible for run in runs(state)] == [True, False]
    QTest.mouseClick(row.name, Qt.MouseButton.LeftButton)
    assert state.selected == 1
    state.undo()
    assert row.eye.isChecked()


def test_buttons_do_what_they_say(panel, state):
    panel.duplicate.click()
    assert [run.optimizer for run in runs(state)] == ["sgd", "sgd", "adam"]
    panel.remove.click()
    panel.ladder.click()
    assert [run.learning_rate for run in runs(state)] == [0.01, 1e-3, 0.01, 0.1, 1.0, 10.0]
    for _ in range(6):
        panel.remove.click()
    assert runs(state) == ()
    assert not panel.ladder.isEnabled()
    assert panel.list.grab().toImage() is not None


def test_the_picker_finds_and_adds_an_optimizer(panel, state):
    panel.add.click()
    picker = panel.picker
    assert set(picker.names()) == {rule.name for rule in CATALOGUE}
    QTest.keyClicks(picker.search, "adm")
    assert picker.names()[0] == "adam"
    picker.search.clear()
    QTest.keyClicks(picker.search, "line search")
    QTest.keyClick(picker.search, Qt.Key.Key_Return)
    assert not picker.isVisible()
    assert runs(state)[-1].optimizer == "backtracking"
    assert state.selected == 2


def test_the_picker_moves_past_headings_and_round_the_ends(panel):
    panel.add.click()
    picker = panel.picker
    first = picker.list.currentItem().text()
    QTest.keyClick(picker.search, Qt.Key.Key_Up)
    assert picker.list.currentItem().text() != first
    QTest.keyClick(picker.search, Qt.Key.Key_Down)
    assert picker.list.currentItem().text() == first
    QTest.keyClicks(picker.search, "zzzz")
    QTest.keyClick(picker.search, Qt.Key.Key_Return)
    assert "No optimizer matches zzzz." in picker.help.text()
    picker.hide()


def test_the_menu_of_a_row_acts_on_that_row(panel, state):
    row = panel.list.rows[1]
    place = row.mapToGlobal(QPoint(5, 5))
    panel.list.rows[1].picked.emit()
    panel.list.menu_wanted.emit(place)
    menu = panel.findChild(QMenu)
    texts = [action.text().replace("&", "") for action in menu.actions()]
    assert texts[:5] == ["Hide", "Own start", "Duplicate", "Decade ladder", "Remove"]
    menu.actions()[0].trigger()
    menu.close()
    assert not runs(state)[1].visible


def test_the_menu_of_a_row_copies_and_exports(panel, state):
    panel.exports = (QAction("Export"), QAction("Copy"))
    panel.open_menu(QPoint(5, 5))
    menu = panel.findChild(QMenu)
    assert [action.text() for action in menu.actions()][-2:] == ["Export", "Copy"]
    menu.close()


def test_a_recording_says_so_and_has_no_dead_controls(panel, state):
    panel.more.click()
    state.update_run(0, recorded="old.csv", label="old")
    row, other = panel.list.rows
    assert row.recorded.isVisible()
    assert not row.slider.isVisible()
    assert not row.box.isEnabled()
    assert not panel.settings.isEnabled()
    assert "old.csv" in row.name.toolTip()
    assert other.slider.isVisible()
    assert not other.recorded.isVisible()
    panel.open_menu(QPoint(5, 5))
    menu = panel.findChild(QMenu)
    texts = [action.text().replace("&", "") for action in menu.actions()]
    assert "Own start" not in texts
    menu.actions()[texts.index("Walk it here, from its start")].trigger()
    menu.close()
    assert (runs(state)[0].recorded, runs(state)[0].label) == ("", "")
    assert row.slider.isVisible()
    assert row.box.isEnabled()
    assert panel.settings.isEnabled()


def test_eta_stands_beside_the_rate(panel):
    row = panel.list.rows[0]
    assert row.eta.text() == "η"
    assert row.name.x() < row.eta.x() < row.slider.x()


@pytest.fixture
def settings(panel):
    panel.more.click()
    return panel.settings


def test_settings_are_made_only_when_asked_for(panel):
    assert panel._settings is None
    panel.more.click()
    assert panel.settings.isVisible()
    panel.more.click()
    assert not panel.settings.isVisible()


def test_settings_follow_the_selected_run(settings, state):
    assert settings.optimizer.currentText() == "SGD"
    state.select(1)
    assert settings.optimizer.currentText() == "Adam"
    assert settings.rule.has_picture()
    assert settings.hyperparameters.box("beta1").number() == 0.9


def test_a_hyperparameter_is_live(settings, state):
    drag(settings.hyperparameters.slider("momentum"), 0.9)
    assert runs(state)[0].hyperparameters["momentum"] == pytest.approx(0.9, abs=0.01)


def test_another_optimizer_keeps_the_rate(settings, state):
    index = settings.optimizer.findText("Lion")
    settings.optimizer.setCurrentIndex(index)
    settings.optimizer.activated.emit(index)
    assert (runs(state)[0].optimizer, runs(state)[0].learning_rate) == ("lion", 0.01)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: schedule.name)
def test_every_schedule_can_be_chosen_and_set(settings, state, schedule):
    index = settings.schedule.findText(schedule.title)
    settings.schedule.activated.emit(index)
    type_into(settings.schedule_form.box("warm_up_steps"), "7")
    chosen = runs(state)[0].schedule
    assert (chosen.name, chosen.warm_up_steps) == (schedule.name, 7)
    assert settings.schedule.currentText() == schedule.title


@pytest.mark.parametrize("name", [parameter.name for parameter in SHARED])
def test_every_shared_setting_reaches_the_run(settings, state, name):
    switch = settings.shared.switch(name)
    if switch is not None:
        switch.click()
    else:
        type_into(settings.shared.box(name), "1")
    assert getattr(runs(state)[0], name) == 1
    assert type(getattr(runs(state)[0], name)) is type(getattr(RunSettings(), name))


def test_own_start_and_name(settings, state):
    settings.own_start.click()
    assert runs(state)[0].start is not None
    type_into(settings.place.x_box, "2.5")
    assert runs(state)[0].start[0] == 2.5
    settings.own_start.click()
    assert runs(state)[0].start is None
    settings.label.setFocus()
    QTest.keyClicks(settings.label, "too fast")
    QTest.keyClick(settings.label, Qt.Key.Key_Return)
    assert runs(state)[0].label == "too fast"


def test_what_is_forbidden_is_explained_and_the_old_value_back(settings, state):
    type_into(settings.shared.box("clip_norm"), "-1")
    assert runs(state)[0].clip_norm == 0
    assert len(state.sentences) == 1
    assert settings.shared.box("clip_norm").number() == 0


def test_settings_without_runs_are_switched_off(settings, state):
    state.update(runs=())
    assert not settings.isEnabled()


def test_the_theme_recolours_rows(panel, monkeypatch):
    pictures = []
    for colours in (LIGHT, DARK):
        monkeypatch.setattr(THEME, "colours", colours)
        THEME.changed.emit()
        pictures.append(panel.list.grab().toImage())
    assert pictures[0] != pictures[1]
    assert panel.list.rows[0].slider.tint == THEME.path_colour(0)
