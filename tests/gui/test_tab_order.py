"""Tab through the whole window."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from engine.experiment import Experiment, new_run
from gui.main_window import MainWindow
from gui.tab_order import as_read
from gui.views.landscape_starts import StartHandle
from gui.views.status_chip import StatusChip

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(qtbot):
    window = MainWindow(Experiment(runs=(new_run("sgd"),)))
    window.resize(1280, 800)
    with qtbot.waitSignal(window.paths.answered, timeout=120_000):
        window.show()
    qtbot.waitUntil(lambda: window.landscape.picture.ready, timeout=60_000)
    with qtbot.waitSignal(window.paths.answered, timeout=60_000):
        for name in ("adam", "lion", "rprop"):
            window.run_actions.add_run(name)
    QApplication.processEvents()
    yield window
    window.close()


def go_round(first, modifier=Qt.KeyboardModifier.NoModifier):
    """Press Tab until the keyboard is back; yield each stop while it has the keyboard."""
    first.setFocus()
    seen = [first]
    while True:
        yield seen[-1]
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab, modifier)
        if QApplication.focusWidget() is first:
            return
        assert QApplication.focusWidget() not in seen, "Tab goes in a circle"
        seen.append(QApplication.focusWidget())


def test_tab_reaches_everything_and_back_tab_goes_the_same_way(window):
    panel = window.side_panel
    panel.runs.more.click()
    QApplication.processEvents()
    stops = list(go_round(window.strip.chips[0]))
    back = list(go_round(window.strip.chips[0], SHIFT))
    assert [back[0], *reversed(back[1:])] == stops
    expected = [panel.surface.button, panel.surface.place.x_box, panel.runs.add]
    expected += [widget for row in panel.runs.list.rows for widget in (row.slider, row.box)]
    expected += [panel.runs.settings.label, window.landscape.findChild(StartHandle)]
    expected += window.strip.chips
    places = [stops.index(widget) for widget in expected]
    turned = places.index(0)
    assert places[turned:] + places[:turned] == sorted(places)
    for region in (window.curves, window.player_tools):
        assert any(region.isAncestorOf(stop) for stop in stops)
    assert sum(isinstance(stop, StatusChip) for stop in stops) == 4


def test_tab_goes_down_the_panel_line_by_line(window):
    panel = window.side_panel
    panel.runs.more.click()
    panel.choose_surface("rosenbrock")
    QApplication.processEvents()
    stops = [s for s in go_round(panel.surface.button) if panel.isAncestorOf(s)]
    assert stops[1] is panel.surface.parameters.slider("b")
    assert stops[-1] is panel.runs.settings.label
    lines = [stop.mapTo(panel.widget(), stop.rect().center()).y() // 8 for stop in stops]
    assert lines == sorted(lines)
    assert len(stops) > 25


def test_what_gets_the_keyboard_is_scrolled_into_sight(window):
    window.resize(1024, 500)
    panel = window.side_panel
    panel.runs.more.click()
    QApplication.processEvents()
    for stop in go_round(panel.surface.button):
        if panel.isAncestorOf(stop):
            corner = stop.mapTo(panel.viewport(), QPoint())
            assert panel.viewport().rect().contains(corner)


def test_a_floating_dock_has_its_own_round(window):
    window.settings_dock.setFloating(True)
    QApplication.processEvents()
    stops = go_round(window.side_panel.surface.button)
    assert all(window.settings_dock.isAncestorOf(stop) for stop in stops)


def test_columns_are_read_from_left_to_right(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    right, left, hidden = (QWidget(window) for _ in range(3))
    right.move(300, 0)
    left.move(10, 50)
    window.show()
    hidden.hide()
    assert as_read((right, hidden, left)) == [left, right]
