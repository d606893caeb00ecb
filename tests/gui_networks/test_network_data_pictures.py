"""The data as pictures and tables: picker, plot, window; what choosing others means."""

import math

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from settings_hands import at_once, choose, made_state

from engine.networks.data import DATASETS, NetworkDataSettings
from engine.networks.data.preview import TARGET, preview
from engine.networks.settings import ModelSettings, NetworkExperiment
from gui.networks.panels.data_actions import with_data, with_features, with_source, with_target
from gui.networks.panels.data_drawing import extent, paint_points, share
from gui.networks.panels.data_entries import DataPictures, picture_of, sections
from gui.networks.panels.data_section import DataSection
from gui.networks.panels.previews import Previews
from gui.theme import THEME

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

PEOPLE = "name,age,smoker,born,income\n" + "".join(
    f"P{i},{20 + i if i % 7 else ''},{'yes' if i % 3 else 'no'},{1950 + i}-01-31,{1000 + 37 * i}\n"
    for i in range(60)
)


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


def test_the_picker_finds_data_by_what_they_teach(section, state):
    QTest.mouseClick(section.button, Qt.MouseButton.LeftButton)
    picker = section.picker
    assert picker.isVisible()
    assert picker.grid.current().entry.name == "moons"
    QTest.keyClicks(picker.search, "flowers")
    QTest.keyClick(picker.search, Qt.Key.Key_Escape)
    section.open_picker()
    QTest.keyClicks(picker.search, "wound around")
    assert picker.grid.current().entry.name == "spirals"
    QTest.keyClick(picker.search, Qt.Key.Key_Return)
    assert not picker.isVisible()
    assert data(state).source == "spirals"


def test_every_data_set_is_in_the_picker_with_a_picture(qtbot):
    shown = [entry.name for part in sections() for entry in part.entries]
    assert sorted(shown) == sorted(DATASETS)
    pictures = DataPictures(at_once)
    for name in shown:
        assert pictures.of(name, 1.0) is None
    images = [pictures.of(name, 1.0) for name in shown]
    assert all(image is not None for image in images)
    assert min(_inked(image) for image in images) > 20


def _inked(image):
    base = THEME.colours.base
    return sum(
        image.pixelColor(x, y).name() != base
        for x in range(image.width()) for y in range(image.height())
    )  # fmt: skip


def test_the_own_file_is_one_of_the_choices(section, state, people):
    section.open_picker()
    QTest.mouseClick(section.picker.own, Qt.MouseButton.LeftButton)
    dialog = section.findChild(QFileDialog)
    assert "*.parquet" in dialog.nameFilters()[0]
    dialog.fileSelected.emit(people)
    assert data(state).source == people
    dialog.close()


def test_a_click_on_the_picture_opens_it_larger_with_columns_and_rows(section, state, people):
    section.open_table(people)
    QTest.mouseClick(section.picture, Qt.MouseButton.LeftButton)
    window = section.window_of_data
    assert window.isVisible()
    columns, rows = window.columns.model(), window.rows.model()
    assert [columns.index(1, c).data() for c in range(6)] == [
        "age", "input", "whole number", "9", "51", "21 … 79",
    ]  # fmt: skip
    assert rows.rowCount() == 60
    assert [rows.index(1, c).data() for c in range(5)] == [
        "P1", "21", "yes", "1951-01-31", "1037",
    ]  # fmt: skip
    assert rows.index(0, 1).data() == ""
    assert window.axes == section.picture.preview.axes
    choose(window.up, 1)
    assert window.picture.axes == (window.axes[0], 1)
    section.choose("moons")
    assert window.windowTitle() == "Data: moons"
    assert window.axes == (0, 1)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_the_window_can_be_opened_by_key_and_shows_pictures(section):
    section.choose("drawn_digits")
    QTest.keyClick(section.picture, Qt.Key.Key_Return)
    window = section.window_of_data
    assert window.isVisible()
    assert not window.across.isVisible()
    window.grab()
    window.close()


def test_points_are_drawn_where_they_belong_in_the_colour_of_their_class():
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QColor, QImage, QPainter

    from gui.networks.views.function_colours import class_colour

    shown = preview(NetworkDataSettings(source="gaussians", validation=0.0))
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    paint_points(painter, QRectF(0, 0, 400, 300), shown, (0, 1), 2.0)
    painter.end()
    xs, ys, classes = shown.along(0), shown.along(1), shown.classes()
    right = 0
    for x, y, number in zip(xs, ys, classes, strict=True):
        pixel = image.pixelColor(
            int(400 * share(x, extent(xs.tolist()))), int(300 * (1 - share(y, extent(ys.tolist()))))
        )
        right += pixel == class_colour(int(number))
    # Some lie below others.
    assert right > 0.8 * len(xs)


@pytest.mark.parametrize(
    "values",
    [[0.0, 0.0], [5.0], [-1e300, 1e300], [1e308, 1.7e308], [-1.7e308, 1.7e308], [0, 1e-300]],
)
def test_axes_can_show_any_finite_numbers(values):
    low, high = extent(values)
    assert math.isfinite(low)
    assert math.isfinite(high)
    assert low < high
    assert all(0 <= share(value, (low, high)) <= 1 for value in values)


def test_extreme_columns_are_drawn(section, state, tmp_path):
    path = tmp_path / "extreme.csv"
    path.write_text("a,b\n" + "".join(f"{x},{y}\n" for x, y in ((1e300, 7), (-1e300, 7), (0, 7))))
    section.open_table(str(path))
    assert data(state).source == str(path)
    section.picture.grab()
    assert "overflows" not in "".join(state.sentences)


def test_a_loss_that_does_not_fit_becomes_the_usual_one():
    experiment = NetworkExperiment(model=ModelSettings(loss="cross_entropy"))
    sine = preview(with_source(experiment.data, "sine"))
    assert with_data(experiment, sine).model.loss == "auto"
    circles = preview(with_source(experiment.data, "circles"))
    assert with_data(experiment, circles).model.loss == "cross_entropy"


def test_another_target_keeps_the_old_one_as_a_feature(people):
    first = NetworkDataSettings(source=people, features=("age", "smoker"), target="income")
    shown = preview(first)
    assert with_target(shown, "income") == first
    other = with_target(shown, "smoker")
    assert (other.features, other.target) == (("age", "income"), "smoker")
    assert with_target(preview(replace(first, features=())), "age").features == ()
    assert with_features(shown, "age", False).features == ("smoker",)


def test_with_a_regression_of_two_inputs_colour_says_the_target():
    shown = preview(NetworkDataSettings(source="trees", validation=0.0))
    assert shown.axes == (0, 1)
    image = picture_of(shown, 1.0)
    names = {image.pixelColor(x, y).name() for x in range(96) for y in range(64)}
    assert len(names) > 20
    assert np.isfinite(shown.along(TARGET)).all()
