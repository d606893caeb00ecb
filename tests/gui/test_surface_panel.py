"""Choosing and shaping the surface, under real events."""

import pytest
from PySide6.QtCore import QRect, QSizeF, Qt
from PySide6.QtTest import QTest

from engine.experiment import MOST_STEPS, Experiment, SurfaceSettings, new_run
from engine.surfaces import CATALOGUE, surface_named
from engine.surfaces.data_driven import suggest
from gui.panels.surface_actions import with_own_formula, with_surface
from gui.panels.surface_panel import SurfacePanel
from gui.panels.tiles import TILE
from gui.state import State
from gui.theme import RHYTHM

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def at_once(topic, work, done, failed=None):
    try:
        result = work()
    except ValueError as error:
        failed(str(error))
    else:
        done(result)


@pytest.fixture
def state():
    run = new_run("sgd", start=(1.0, 1.0), learning_rate=0.05)
    made = State(Experiment(runs=(run,)))
    made.sentences = []
    made.message.connect(made.sentences.append)
    return made


@pytest.fixture
def panel(qtbot, state):
    made = SurfacePanel(state, at_once)
    qtbot.addWidget(made)
    made.resize(304, 900)
    made.show()
    return made


def type_into(box, text):
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


@pytest.mark.parametrize("surface", CATALOGUE, ids=lambda surface: surface.name)
def test_every_surface_comes_with_its_own_start_view_and_defaults(surface):
    first = with_surface(Experiment(runs=(new_run("adam", start=(3.0, 3.0)),)), surface.name)
    data = first.surface.data
    assert first.start == (suggest(surface, data).start if data else surface.start)
    assert first.surface.parameters == {}
    assert first.display.view is None
    assert first.runs == (new_run("adam"),)
    assert (first.surface.data is not None) == surface.uses_data
    assert first.display.landscape == ("curve" if surface.one_variable else "contour")


@pytest.mark.parametrize("surface", CATALOGUE, ids=lambda surface: surface.name)
def test_every_surface_can_become_the_users_own_formula(surface):
    chosen = with_surface(Experiment(), surface.name)
    own = with_own_formula(chosen)
    assert own.surface.name == "formula"
    assert own.start == chosen.start
    if surface.formula:
        assert own.surface.formula == surface.formula
        assert own.display.view == surface.view
        for parameter in surface.parameters:
            assert own.surface.parameters[parameter.name] == parameter.default


def test_ten_million_steps_are_read_whole(panel, state):
    state.update(steps=MOST_STEPS)
    line = panel.steps.lineEdit()
    written = line.fontMetrics().horizontalAdvance(line.text())
    assert line.text() == str(MOST_STEPS)
    assert written < line.width() - 4


def test_the_panel_shows_the_surface(panel, state):
    panel.choose("rosenbrock")
    surface = surface_named("rosenbrock")
    assert panel.button.text() == surface.title
    assert panel.teaches.text() == surface.teaches
    assert panel.mathematics.has_picture()
    assert panel.mathematics.accessibleName() == surface.formula
    assert state.experiment.runs[0].learning_rate == 0.05
    state.undo()
    assert panel.button.text() == surface_named("bowl").title


def test_choosing_the_present_surface_changes_nothing(panel, state):
    panel.choose("bowl")
    assert not state.can_undo


def test_an_unknown_surface_is_explained(panel, state):
    panel.choose("rosenbrok")
    assert "rosenbrock" in state.sentences[-1]


def test_a_parameter_is_live_and_one_step_of_undo(panel, state):
    slider = panel.parameters.slider("lambda1")
    for _ in range(5):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert state.experiment.surface.parameters["lambda1"] == slider.number() > 20
    state.undo()
    assert state.experiment.surface.parameters == {}
    assert slider.number() == 20


def test_a_forbidden_parameter_is_explained_and_the_old_one_back(panel, state):
    type_into(panel.parameters.box("kappa"), "0.5")
    assert "kappa" in state.sentences[-1]
    assert panel.parameters.box("kappa").number() == 10
    assert not state.can_undo


def test_the_start_has_a_numeric_twin(panel, state):
    type_into(panel.place.x_box, "1e-3")
    type_into(panel.place.y_box, "1e300")
    assert state.experiment.start == (1e-3, 1e300)
    state.update(start=(0.25, -4.0))
    panel.place.x_box.clearFocus()
    panel.place.y_box.clearFocus()
    assert (panel.place.x_box.text(), panel.place.y_box.text()) == ("0.25", "−4")


@pytest.mark.parametrize("steps", ["0", "1e7", "12345"])
def test_any_allowed_number_of_steps_can_be_typed(panel, state, steps):
    type_into(panel.steps, steps)
    assert state.experiment.steps == int(float(steps))


@pytest.mark.parametrize("steps", ["-1", "1.5", "10000001", "many"])
def test_other_numbers_of_steps_are_explained(panel, state, steps):
    type_into(panel.steps, steps)
    assert state.experiment.steps == 500
    assert panel.steps.number() == 500
    assert len(state.sentences) == 1
    assert MOST_STEPS == 10_000_000


def test_precision_is_a_choice(panel, state, qtbot):
    segments = {
        b.text(): b for b in panel.precision.findChildren(type(panel.precision._group.button(0)))
    }
    QTest.mouseClick(segments["float32"], Qt.MouseButton.LeftButton)
    assert state.experiment.precision == "float32"
    state.undo()
    assert panel.precision.key() == "float64"


def test_typing_a_formula_keeps_the_last_good_surface(panel, state, qtbot):
    panel.choose("formula")
    assert state.experiment.surface.formula == surface_named("bowl").formula
    box = panel.formula.box
    box.selectAll()
    with qtbot.waitSignal(state.changed):
        QTest.keyClicks(box, "x^2 + a*y^2")
    assert state.experiment.surface.formula == "x^2 + a*y^2"
    assert panel.parameters.box("a").number() == 1.0
    QTest.keyClicks(box, " + sine(x)")
    assert panel.formula.sentence.text()
    assert state.experiment.surface.formula == "x^2 + a*y^2"


def test_a_formula_from_a_file_that_cannot_be_read_is_underlined(panel, state):
    settings = SurfaceSettings(name="formula", formula="x^2 + sine(y)")
    state.update(surface=settings)
    assert panel.formula.text() == "x^2 + sine(y)"
    assert panel.formula.underlined() == (6, 10)
    assert panel.formula.isVisible()


def test_a_constant_keeps_its_value_while_the_formula_is_typed(panel, state, qtbot):
    panel.choose("formula")
    box = panel.formula.box
    box.selectAll()
    with qtbot.waitSignal(state.changed):
        QTest.keyClicks(box, "a*x^2")
    type_into(panel.parameters.box("a"), "7")
    assert panel.parameters.slider("a").scale.high == 10
    box.moveCursor(box.textCursor().MoveOperation.End)
    with qtbot.waitSignal(state.changed):
        QTest.keyClicks(box, "+ b*y^2")
    assert state.experiment.surface.parameters == {"a": 7.0}
    assert panel.parameters.box("a").number() == 7.0


def test_the_picker_finds_by_title_and_by_what_is_taught(panel, state):
    panel.open_picker()
    picker = panel.picker
    assert picker.grid.current().entry.name == "bowl"
    QTest.keyClicks(picker.search, "rsnbrk")
    assert picker.grid.current().entry.name == "rosenbrock"
    QTest.keyClick(picker.search, Qt.Key.Key_Return)
    assert not picker.isVisible()
    assert state.experiment.surface.name == "rosenbrock"


def test_arrow_keys_reach_every_thumbnail(panel):
    panel.open_picker()
    picker, seen = panel.picker, set()
    for _ in CATALOGUE:
        seen.add(picker.grid.current().entry.name)
        QTest.keyClick(picker.search, Qt.Key.Key_Right)
    assert seen == {surface.name for surface in CATALOGUE}
    before = picker.grid.current()
    QTest.keyClick(picker.search, Qt.Key.Key_Down)
    assert picker.grid.current() is not before
    assert picker.grid.current().isVisible()
    QTest.keyClick(picker, Qt.Key.Key_Escape)
    assert not picker.isVisible()


def test_a_search_without_result_says_so(panel, state):
    panel.open_picker()
    QTest.keyClicks(panel.picker.search, "zzzz")
    assert panel.picker.teaches.text() == "No surface matches zzzz."
    QTest.keyClick(panel.picker.search, Qt.Key.Key_Return)
    assert state.experiment.surface.name == "bowl"
    panel.picker.hide()


def test_a_click_chooses_and_the_own_formula_is_one_of_the_choices(panel, state):
    panel.open_picker()
    QTest.keyClicks(panel.picker.search, "beale")
    QTest.mouseClick(panel.picker.grid.current(), Qt.MouseButton.LeftButton)
    assert state.experiment.surface.name == "beale"
    panel.open_picker()
    QTest.mouseClick(panel.picker.own, Qt.MouseButton.LeftButton)
    assert state.experiment.surface.formula == surface_named("beale").formula
    assert panel.formula.isVisible()


def test_every_tile_shows_its_title_or_the_part_before_a_comma(panel):
    panel.open_picker()
    room = QSizeF(TILE.width() - 8, 4 * RHYTHM)
    for surface in CATALOGUE:
        tile = panel.picker.grid._tile(surface)
        shown = tile.short(room)
        assert surface.title.startswith(shown)
        area = tile.fontMetrics().boundingRect(
            QRect(0, 0, int(room.width()), 1000), Qt.TextFlag.TextWordWrap, shown
        )
        assert area.height() <= room.height(), surface.title
    panel.picker.hide()
