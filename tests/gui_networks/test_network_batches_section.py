"""Batches, steps, precision and stop rules, under real events; the scale of batch sizes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from settings_hands import at_once, made_state, press, type_into

from engine.networks.batches import BatchSettings
from engine.networks.settings import StopSettings
from gui.networks.panels.batch_scale import ALL, BatchScale
from gui.networks.panels.batches_section import STOP, BatchesSection
from gui.networks.panels.previews import Previews

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def state():
    return made_state()


@pytest.fixture
def section(qtbot, state):
    made = BatchesSection(state, Previews(state, at_once))
    qtbot.addWidget(made)
    made.heading.setChecked(True)
    made.resize(328, 500)
    made.show()
    return made


def batches(state):
    return state.experiment.batches


def test_the_slider_goes_over_powers_of_two_to_all_rows(section, state):
    seen = []
    QTest.keyClick(section.slider, Qt.Key.Key_Home)
    for _ in range(9):
        seen.append(batches(state).size)
        QTest.keyClick(section.slider, Qt.Key.Key_Right)
    assert seen == [1, 2, 4, 8, 16, 32, 64, 128, 0]
    assert "All 160 rows" in section.of_data.text()
    state.undo()
    assert batches(state).size == 32
    assert section.size_box.number() == 32


def test_dragging_the_slider_is_one_step_of_undo(section, state):
    slider = section.slider
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(slider, left, pos=slider.rect().center())
    for dx in range(0, 80, 8):
        QTest.mouseMove(slider, slider.rect().center() + QPoint(dx, 0))
    QTest.mouseRelease(slider, left)
    assert batches(state).size != 32
    state.undo()
    assert batches(state).size == 32
    assert not state.can_undo


@pytest.mark.parametrize("size", [0, 1, 7, 160, 100_000])
def test_any_size_can_be_typed(section, state, size):
    type_into(section.size_box, str(size))
    assert batches(state).size == size
    assert section.slider.number() == size


def test_what_a_size_means_is_said(section, state):
    assert section.of_data.text() == "5 steps go through the 160 rows once."
    assert section.epochs.text() == "200 epochs"
    state.update_batches(size=7)
    assert section.of_data.text() == "23 steps go through the 160 rows once."
    state.update_batches(size=500)
    assert "more than the 160 rows" in section.of_data.text()
    state.update_data(parameters={"size": 1000.0})
    assert section.of_data.text() == "2 steps go through the 800 rows once."
    assert section.epochs.text() == "500 epochs"


def test_an_impossible_size_is_explained(section, state):
    type_into(section.size_box, "1e300")
    assert "A batch of 1e300 rows" in state.sentences[-1]
    type_into(section.size_box, "-4")
    assert "size is -4" in state.sentences[-1]
    assert section.size_box.number() == 32
    assert batches(state) == BatchSettings(size=32)


def test_order_and_replacement(section, state):
    press(section.seed.new)
    press(section.replacement)
    assert batches(state) == BatchSettings(size=32, seed=1, replacement=True)
    state.undo()
    assert not section.replacement.isChecked()
    assert section.seed.isEnabled()
    state.update_batches(size=0)
    assert not section.seed.isEnabled()


@pytest.mark.parametrize("steps", ["0", "12345", "1e7"])
def test_any_allowed_number_of_steps_can_be_typed(section, state, steps):
    type_into(section.steps, steps)
    assert state.experiment.steps == int(float(steps))
    line = section.steps.lineEdit()
    assert line.fontMetrics().horizontalAdvance(line.text()) < line.width() - 4


@pytest.mark.parametrize("steps", ["-1", "10000001", "2.5"])
def test_other_numbers_of_steps_are_explained(section, state, steps):
    type_into(section.steps, steps)
    assert state.experiment.steps == 1000
    assert section.steps.number() == 1000
    assert len(state.sentences) == 1


def test_precision_is_a_choice(section, state):
    press(section.precision._group.button(1))
    assert state.experiment.precision == "float64"
    state.undo()
    assert section.precision.key() == "float32"


def test_stop_rules_are_set(section, state):
    assert not section.stop.isVisible()
    press(section.early)
    type_into(section.stop.box("loss_below"), "0.01")
    type_into(section.stop.box("patience"), "500")
    type_into(section.stop.box("seconds"), "60")
    press(section.stop.switch("non_finite"))
    assert state.experiment.stop == StopSettings(
        loss_below=0.01, patience=500, seconds=60.0, non_finite=True
    )
    assert {parameter.name for parameter in STOP} == set(StopSettings.__struct_fields__)
    type_into(section.stop.box("patience"), "-1")
    assert "patience" in state.sentences[-1]


def test_stop_rules_of_a_file_are_shown(section, state):
    state.update(stop=StopSettings(patience=10))
    assert section.stop.isVisible()
    assert section.stop.box("patience").number() == 10


def test_the_heading_says_it_when_it_is_closed(section, state):
    press(section.heading)
    assert not section.body.isVisible()
    assert section.heading.summary == "32 rows, 1\u202f000 steps, float32"
    state.update_batches(size=0)
    assert section.heading.summary.startswith("all rows")


@given(rows=st.integers(2, 10**6), place=st.floats(0, 1))
def test_the_handle_stands_on_sizes_there_are(rows, place):
    scale = BatchScale(1, rows, whole=True)
    size = scale.value(place)
    assert size == ALL or (1 <= size < rows and size == int(size))
    assert scale.value(scale.position(size)) == size


@given(rows=st.integers(1, 10**6), size=st.integers(0, 2 * 10**6))
def test_steps_lead_to_the_next_power_of_two(rows, size):
    scale = BatchScale(1, rows, whole=True)
    up, down = scale.stepped(size, 1), scale.stepped(size, -1)
    assert up == ALL or up > size
    assert down == 1 or down < size or (size == ALL and down < rows)
    assert scale.stepped(size, 100) == ALL
    assert scale.stepped(size, -100) == 1
