"""Choosing, shaping and looking at the data of a network, under real events."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from settings_hands import at_once, choose, made_state, type_into

from engine.networks.data import CATALOGUE, Made, NetworkDataSettings
from gui.networks.panels.column_list import BLANK, KIND, NAME, RANGE
from gui.networks.panels.data_section import DataSection
from gui.networks.panels.previews import Previews
from gui.theme import THEME

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

PEOPLE = "name,age,smoker,born,income\n" + "".join(
    f"P{i},{20 + i if i % 7 else ''},{'yes' if i % 3 else 'no'},{1950 + i}-01-31,{1000 + 37 * i}\n"
    for i in range(60)
)
CHECKED, UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class Later:
    """Work that is done when the test says so; of each topic only the last."""

    def __init__(self):
        self.waiting = {}

    def __call__(self, topic, work, done, failed=None):
        self.waiting[topic] = (topic, work, done, failed)

    def go(self):
        waiting, self.waiting = self.waiting, {}
        for request in waiting.values():
            at_once(*request)


@pytest.fixture
def state():
    return made_state()


@pytest.fixture
def make(qtbot, state):
    def make(submit=at_once, of=state):
        section = DataSection(of, submit, Previews(of, submit))
        qtbot.addWidget(section)
        section.resize(328, 900)
        section.prepare.click()
        section.show()
        return section

    return make


@pytest.fixture
def section(make):
    return make()


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)
    return str(path)


def data(state):
    return state.experiment.data


def cell(section, name, column, role=Qt.ItemDataRole.DisplayRole):
    model = section.columns.list.columns
    names = [str(model.index(row, NAME).data()).split(" ")[0] for row in range(model.rowCount())]
    return model.index(names.index(name), column).data(role)


def tick(section, name, state):
    model = section.columns.list.columns
    row = next(
        row for row in range(model.rowCount()) if model.index(row, NAME).data().startswith(name)
    )
    model.setData(model.index(row, NAME), state.value, Qt.ItemDataRole.CheckStateRole)


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)
def test_every_data_set_can_be_chosen_and_is_drawn(section, state, entry):
    section.choose("sine" if entry.name != "sine" else "moons")
    section.choose(entry.name)
    assert data(state).source == entry.name
    assert section.button.text() == entry.title
    assert section.help.text() == entry.help
    assert section.picture.preview.settings == data(state)
    assert section.picture.grab().toImage().pixelColor(4, 68) == THEME.colours.base
    made = isinstance(entry, Made)
    assert section.columns.isHidden() == made
    assert section.seed.isHidden() != made
    assert {p.name for p in entry.parameters} == set(section.parameters._rows)
    scaled = "standardise" if not made else "min-max" if entry.image else "none"
    assert data(state).scale_inputs == scaled
    assert state.sentences == []


def test_a_parameter_is_live_and_one_step_of_undo(section, state):
    slider = section.parameters.slider("noise")
    for _ in range(4):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert data(state).parameters == {"noise": slider.number()}
    assert slider.number() > 0.1
    assert section.picture.preview.settings == data(state)
    state.undo()
    assert data(state).parameters == {}
    assert slider.number() == 0.1


def test_a_forbidden_parameter_is_explained(section, state):
    type_into(section.parameters.box("size"), "0")
    assert "size" in state.sentences[-1]
    assert section.parameters.box("size").number() == 200
    assert not state.can_undo


def test_seeds_can_be_typed_and_taken_anew(section, state):
    type_into(section.seed.box, "41")
    QTest.mouseClick(section.seed.new, Qt.MouseButton.LeftButton)
    assert data(state).seed == 42
    QTest.mouseClick(section.preparation.seed.new, Qt.MouseButton.LeftButton)
    assert (data(state).seed, data(state).split_seed) == (42, 1)
    type_into(section.seed.box, "-3")
    assert "seed is -3" in state.sentences[-1]
    assert section.seed.box.number() == 42
    state.undo()
    state.undo()
    assert (section.seed.box.number(), section.preparation.seed.box.number()) == (41, 0)


def test_scaling_is_chosen_and_shown(section, state):
    section.choose("noisy_line")
    preparation = section.preparation
    assert preparation.target.isVisible()
    for way in ("standardise", "min-max", "none"):
        choose(preparation.inputs, way)
        assert data(state).scale_inputs == way
    choose(preparation.target, "divide")
    assert preparation.divisor.isVisible()
    type_into(preparation.divisor.box("target_divisor"), "25")
    assert (data(state).scale_target, data(state).target_divisor) == ("divide", 25)
    state.undo()
    state.undo()
    assert preparation.target.key() == "none"
    assert preparation.divisor.isHidden()


def test_classes_are_never_scaled(section):
    assert not section.preparation.target.isVisible()
    section.choose("sine")
    assert section.preparation.target.isVisible()


def test_rows_are_set_aside_for_validation(section, state):
    slider = section.preparation.validation.slider("validation")
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert data(state).validation == 0
    assert "200 rows to train on" in section.counts.text()
    assert "validate" not in section.counts.text()
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert "20 rows to train on, 180 to validate" in section.counts.text()
    type_into(section.preparation.validation.box("validation"), "0.95")
    assert "validation" in state.sentences[-1]


def test_a_single_row_is_spoken_of_as_one(section, tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("a,y\n1,2\n", encoding="utf-8")
    section.open_table(str(path))
    assert section.counts.text().endswith("1 row to train on")


def test_a_table_of_ones_own_brings_its_columns(section, state, people):
    section.open_table(people)
    assert data(state).source == people
    assert (data(state).scale_inputs, data(state).scale_target) == ("standardise", "standardise")
    assert section.button.text() == "people.csv"
    assert section.columns.target.currentText() == "income"
    assert section.columns.task.currentText() == "Auto: a number"
    assert cell(section, "age", KIND) == "whole"
    assert cell(section, "age", RANGE) == "21 … 79"
    assert cell(section, "age", BLANK) == "9"
    assert cell(section, "smoker", RANGE) == "2 different"
    assert cell(section, "name", NAME, Qt.ItemDataRole.CheckStateRole) == UNCHECKED
    assert "different texts" in cell(section, "name", NAME, Qt.ItemDataRole.ToolTipRole)
    assert cell(section, "income", NAME) == "income (target)"
    assert "9 of 60 rows were left out" in section.notes.text()


def test_features_are_ticked_one_by_one(section, state, people):
    section.open_table(people)
    tick(section, "smoker", UNCHECKED)
    assert data(state).features == ("age",)
    assert cell(section, "smoker", NAME, Qt.ItemDataRole.CheckStateRole) == UNCHECKED
    assert section.picture.preview.features == ("age",)
    tick(section, "smoker", CHECKED)
    assert data(state).features == ("age", "smoker")
    state.undo()
    assert cell(section, "smoker", NAME, Qt.ItemDataRole.CheckStateRole) == UNCHECKED


def test_space_ticks_a_feature_and_belongs_to_the_list(section, state, people):
    from gui.key_filter import uses

    section.open_table(people)
    table = section.columns.list
    table.setCurrentIndex(table.columns.index(1, NAME))
    table.setFocus()
    assert uses(table, Qt.Key.Key_Space)
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert data(state).features == ("smoker",)


def test_the_last_feature_stays(section, state, people):
    section.open_table(people)
    tick(section, "age", UNCHECKED)
    before = data(state)
    tick(section, "smoker", UNCHECKED)
    assert data(state) == before
    assert state.sentences == ["A network needs at least one feature; tick another one first."]


def test_usual_ranges_are_read_whole(section, tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text("first,y\n-4.75,1\n4.66,2\n0.5,3\n", encoding="utf-8")
    section.open_table(str(path))
    table = section.columns.list
    assert cell(section, "first", RANGE) == "−4.75 … 4.66"
    for column in (KIND, RANGE):
        assert table.sizeHintForColumn(column) <= table.columnWidth(column)
    assert table.isColumnHidden(BLANK)


def test_blanks_have_a_column_where_there_are_some(section, people):
    section.open_table(people)
    assert not section.columns.list.isColumnHidden(BLANK)


def test_a_misfit_cannot_be_ticked(section, people):
    section.open_table(people)
    model = section.columns.list.columns
    assert not model.flags(model.index(0, NAME)) & Qt.ItemFlag.ItemIsUserCheckable
    assert model.flags(model.index(1, NAME)) & Qt.ItemFlag.ItemIsUserCheckable


def test_the_target_and_its_task_can_be_changed(section, state, people):
    section.open_table(people)
    section.columns.target.textActivated.emit("smoker")
    assert data(state).target == "smoker"
    assert section.columns.task.currentText() == "Auto: classes"
    assert section.picture.preview.data.class_names == ("no", "yes")
    choose(section.columns.task, "regression")
    assert "smoker holds texts" in state.sentences[-1]
    assert data(state).task == "auto"
    assert section.columns.task.key() == "auto"


def test_a_target_that_cannot_be_used_is_explained_and_the_old_one_back(section, state, tmp_path):
    path = tmp_path / "many.csv"
    path.write_text("id,x,y\n" + "".join(f"n{i},{i},{2.5 * i}\n" for i in range(150)))
    section.open_table(str(path))
    before = data(state)
    section.columns.target.setCurrentText("id")
    section.columns.target.textActivated.emit("id")
    assert "different texts" in state.sentences[-1]
    assert data(state) == before
    assert section.columns.target.currentText() == "y"


def test_a_file_that_cannot_be_read_is_explained_and_the_old_data_stay(section, state, tmp_path):
    section.open_table(str(tmp_path / "missing.csv"))
    assert "missing.csv" in state.sentences[-1]
    assert data(state).source == "moons"
    assert not state.can_undo


def test_data_of_an_experiment_that_are_gone_are_said(qtbot, make, tmp_path):
    gone = made_state(data=NetworkDataSettings(source=str(tmp_path / "gone.csv")))
    section = make(of=gone)
    gone.update_data(seed=1)
    assert "gone.csv" in gone.sentences[-1]
    assert "gone.csv" in section.notes.text()
    assert section.picture.preview is None
    section.picture.grab()
    section.choose("sine")
    assert section.picture.preview is not None


def test_only_the_last_of_several_choices_counts(qtbot, make, state):
    later = Later()
    section = make(later)
    section.choose("sine")
    section.choose("circles")
    later.go()
    assert data(state).source == "circles"
    state.undo()
    assert data(state).source == "moons"


def test_a_table_can_be_dropped(section, state, people):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(people)])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, mime, left, none)
    QApplication.sendEvent(section, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(section, QDropEvent(QPointF(5, 5), copy, mime, left, none))
    assert data(state).source == people


def test_other_files_are_left_to_the_window(section):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/somewhere/experiment.toml")])
    enter = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    enter.ignore()
    QApplication.sendEvent(section, enter)
    assert not enter.isAccepted()


def test_scaling_unfolds_by_itself_for_tables_only(qtbot, state, people):
    section = DataSection(state, at_once, Previews(state, at_once))
    qtbot.addWidget(section)
    section.show()
    assert not section.preparation.isVisible()
    section.choose("sine")
    assert not section.preparation.isVisible()
    section.open_table(people)
    assert section.preparation.isVisible()
    QTest.mouseClick(section.prepare, Qt.MouseButton.LeftButton)
    state.update_data(split_seed=5)
    assert not section.preparation.isVisible()
