"""The sections of the side panel as a whole: width, names, help, keys, late imports, folding."""

import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from settings_hands import at_once

from engine.networks.settings import InitialSettings, ModelSettings, NetworkExperiment
from gui import session
from gui.networks.panels.sections import Sections
from gui.networks.state import NetworkState
from gui.panels.side_column import NARROWEST_PX
from gui.panels.slider import Slider
from gui.theme import THEME

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

CONTROLS = (QAbstractButton, QAbstractSpinBox, QComboBox, Slider, QAbstractItemView)
WIDE = NetworkExperiment(
    model=ModelSettings(hidden=(256,) * 6), initial=InitialSettings(layer_gains=(2.0,) * 7)
)
PEOPLE = "a column with a very long name indeed,age,born,income\n" + "".join(
    f"{'red' if i % 3 else 'blue'},{20 + i if i % 7 else ''},{1950 + i}-01-31,{1e5 + 37 * i}\n"
    for i in range(60)
)


@pytest.fixture
def state():
    return NetworkState(WIDE)


@pytest.fixture
def sections(qtbot, state):
    return Sections(state, at_once)


@pytest.fixture
def panel(qtbot, sections, tmp_path):
    content = QWidget()
    layout = QVBoxLayout(content)
    for section in sections.all():
        section.heading.setChecked(True)
        layout.addWidget(section)
    layout.addStretch(1)
    area = QScrollArea()
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    qtbot.addWidget(area)
    area.resize(NARROWEST_PX, 800)
    area.show()
    for more in (sections.batches.early, sections.data.prepare, sections.weights.each):
        more.setChecked(True)
    path = tmp_path / "a table with a long name that goes on and on.csv"
    path.write_text(PEOPLE)
    area.table = str(path)
    return area


def sources(panel):
    return ("moons", "sine", "drawn_digits", "iris_species", panel.table)


def test_everything_fits_into_the_narrowest_panel(panel, sections, state):
    for source in sources(panel):
        state.update_data(source=source, features=(), target="", scale_target="divide")
        QApplication.processEvents()
        right = panel.viewport().width()
        assert panel.widget().minimumSizeHint().width() <= right, source
        for widget in panel.widget().findChildren(QWidget):
            if widget.isVisible() and not widget.isWindow():
                corner = widget.mapTo(panel.widget(), QPoint(widget.width(), 0))
                inside = isinstance(widget.parent(), QWidget) and widget.parent().parent()
                scrolls = isinstance(inside, QAbstractItemView)
                assert corner.x() <= right or scrolls, (source, widget)


def test_numbers_of_six_layers_are_whole_in_the_narrowest_panel(panel, sections):
    QApplication.processEvents()
    for box in sections.model.layers.boxes:
        line = box.lineEdit()
        assert line.fontMetrics().horizontalAdvance(line.text()) < line.width() - 4


def test_every_control_has_a_name_and_says_what_it_is_for(panel, sections, state):
    for source in sources(panel):
        state.update_data(source=source, features=(), target="", scale_target="divide")
        for widget in panel.widget().findChildren(QWidget):
            if isinstance(widget, CONTROLS) and widget.isVisible() and not _is_part(widget):
                own = isinstance(widget, QAbstractButton) and widget.text()
                assert widget.accessibleName() or own, widget
                assert widget.toolTip() or widget.parent().toolTip(), widget.accessibleName()


def _is_part(widget):
    """Headings and corners of tables belong to them."""
    return isinstance(widget, QHeaderView) or isinstance(widget.parent(), QAbstractItemView)


def test_no_two_controls_have_the_same_mnemonic(panel, sections, state):
    seen = {}
    for source in sources(panel):
        state.update_data(source=source, features=(), target="")
        for widget in panel.widget().findChildren(QWidget):
            if isinstance(widget, QLabel | QAbstractButton) and widget.isVisible():
                text = widget.text().replace("&&", "")
                if "&" in text:
                    key = text[text.index("&") + 1].lower()
                    assert seen.setdefault(key, widget) is widget, text
    # Those of the menus and of the runs' settings, which are in the same window.
    assert not set(seen) & set("fevrphkcmt")
    assert len(seen) >= 9


def test_a_label_leads_to_its_control(panel, sections):
    for section in sections.all():
        for label in section.findChildren(QLabel):
            if "&" in label.text():
                assert label.buddy() is not None, label.text()


def test_sections_fold_to_a_line_and_are_remembered(panel, sections, state, qtbot):
    data = sections.data
    QTest.keyClick(data.heading, Qt.Key.Key_Space)
    assert not data.body.isVisible()
    assert data.heading.summary == "Moons, 200 rows"
    assert data.heading.accessibleDescription() == data.heading.summary
    assert not session.settings().value("network/data_open", True, type=bool)
    again = Sections(state, at_once)
    for section in again.all():
        qtbot.addWidget(section)
    assert not again.data.heading.isChecked()
    assert again.model.heading.isChecked()
    open_height = sections.model.height()
    QTest.mouseClick(sections.model.heading, Qt.MouseButton.LeftButton)
    assert not sections.model.body.isVisible()
    qtbot.waitUntil(lambda: sections.model.height() < open_height / 3)


def test_the_colours_follow_the_theme(panel, sections, qapp):
    THEME.follow(qapp, "dark")
    QApplication.processEvents()
    dark = sections.data.picture.grab().toImage().pixelColor(20, 3).name()
    THEME.apply(qapp, "light")
    QApplication.processEvents()
    light = sections.data.picture.grab().toImage().pixelColor(20, 3).name()
    assert (dark, light) == ("#1d2127", "#ffffff")


def test_the_panel_can_be_shown_before_numba_is_imported():
    script = (
        "import sys, gui.networks.panels.sections, gui.networks.panels.data_picker;"
        "import gui.networks.panels.data_window;"
        "assert 'numba' not in sys.modules, 'numba';"
        "assert 'ziamath' not in sys.modules, 'ziamath'"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
