"""The side panel as a whole: width, scrolling, names, and what it must not import."""

import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QWidget,
)

from engine.experiment import MOST_RUNS, Experiment, new_run
from gui.panels.run_actions import RunActions
from gui.panels.side_column import NARROWEST_PX, USUAL_PX
from gui.panels.side_panel import SidePanel
from gui.panels.slider import Slider
from gui.state import State

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

CONTROLS = (QAbstractButton, QAbstractSpinBox, QComboBox, Slider)


def at_once(topic, work, done, failed=None):
    done(work())


@pytest.fixture
def state():
    return State(Experiment(runs=(new_run("sgd"), new_run("adam", slot=1))))


@pytest.fixture
def panel(qtbot, state):
    made = SidePanel(state, at_once, RunActions(state))
    qtbot.addWidget(made)
    made.resize(NARROWEST_PX, 700)
    made.show()
    return made


@pytest.mark.parametrize("surface", ["bowl", "goldstein_price", "linear_regression", "formula"])
def test_everything_fits_into_the_narrowest_panel(panel, state, surface):
    panel.choose_surface(surface)
    panel.runs.more.click()
    state.update(runs=tuple(new_run("quasi_hyperbolic", slot=i) for i in range(MOST_RUNS)))
    QApplication.processEvents()
    right = panel.viewport().width()
    assert panel.widget().minimumSizeHint().width() <= right
    for widget in panel.widget().findChildren(QWidget):
        if widget.isVisible() and not widget.isWindow():
            corner = widget.mapTo(panel.widget(), QPoint(widget.width(), 0))
            assert corner.x() <= right, widget


def test_a_run_that_is_added_or_selected_comes_into_view(panel, qtbot):
    for _ in range(20):
        panel.runs.list._actions.add_run("adam")
    rows = panel.runs.list.rows
    qtbot.waitUntil(lambda: not rows[-1].visibleRegion().isEmpty())
    panel.runs.list._state.select(0)
    qtbot.waitUntil(lambda: not rows[0].visibleRegion().isEmpty())


@pytest.mark.parametrize("name", ["rmsprop", "adadelta", "adagrad"])
def test_names_of_optimizers_are_whole_in_a_panel_of_the_usual_width(panel, state, name):
    panel.resize(USUAL_PX, 700)
    state.update(runs=(new_run(name),))
    QApplication.processEvents()
    label = panel.runs.list.rows[0].name
    font = label.font()
    font.setBold(True)
    assert QFontMetrics(font).horizontalAdvance(label.text()) <= label.width() - 2


def test_every_control_has_a_name_for_a_screen_reader(panel):
    panel.runs.more.click()
    panel.choose_surface("linear_regression")
    for widget in panel.widget().findChildren(QWidget):
        if isinstance(widget, CONTROLS) and widget.isVisible():
            named = widget.accessibleName() or (
                isinstance(widget, QAbstractButton) and widget.text()
            )
            assert named, widget
        inner = isinstance(widget.parent(), (QAbstractSpinBox, QComboBox))
        if isinstance(widget, QLineEdit) and widget.isVisible() and not inner:
            assert widget.accessibleName(), widget


def test_controls_say_their_keys_and_what_they_are_for(panel):
    surface, runs = panel.surface, panel.runs
    tips = [surface.button, surface.place, surface.steps, surface.precision]
    tips += [runs.add, runs.list.rows[0].eye, runs.list.rows[0].slider]
    assert all(widget.toolTip() for widget in tips)
    for widget, key in ((surface.button, "Ctrl+L"), (runs.add, "A"), (runs.list.rows[0].eye, "H")):
        assert f"({key})" in widget.toolTip()


def test_the_window_can_paint_before_numba_is_imported():
    script = (
        "import sys, gui.panels.side_panel, gui.panels.surface_picker, gui.panels.data_panel;"
        "assert 'numba' not in sys.modules, 'numba';"
        "assert 'ziamath' not in sys.modules, 'ziamath'"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
