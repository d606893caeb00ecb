"""The pages Sweep and Compare in the real window, and the way from there to a run."""

import pytest
from many_runs_hands import BOWL, MOONS
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from shiboken6 import isValid

from gui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot):
    window = MainWindow(BOWL)
    window.resize(1280, 800)
    with qtbot.waitSignal(window.paths.answered, timeout=120_000):
        window.show()
    window.halves.show("maps")
    yield window
    if isValid(window):
        window.close()


def test_a_sweep_grows_and_its_advice_is_opened(window, qtbot):
    half = window.half
    half.centre.show_page("sweep")
    assert half.settings.key == "sweep"
    many = half.many
    qtbot.waitUntil(lambda: many.sweep.tested is not None, timeout=120_000)
    assert many.sweep.swept.sweep.share == 1.0
    page = half.centre.pages.pages["sweep"]
    rate = many.sweep.swept.sweep.curves[1].advice.rate
    QTest.mouseClick(page.advice.rows[1][3], LEFT)
    assert window.halves.name == "surface"
    assert window.state.experiment.runs[1].learning_rate == rate
    assert window.state.selected == 1
    window.state.undo()
    assert window.state.experiment == BOWL


def test_a_comparison_is_held_and_a_best_run_opened(window, qtbot):
    half = window.half
    half.centre.show_page("compare")
    assert half.settings.key == "compare"
    state = half.many.compare
    state.update(problems=("own:network",), optimizers=("adam", "sgd"), points=3, seeds=2)
    window.halves.of("network").state.set_experiment(MOONS)
    page = half.centre.pages.pages["compare"]
    QTest.mouseClick(page.start, LEFT)
    qtbot.waitUntil(lambda: page.table.sorted.rowCount() == 2, timeout=120_000)
    qtbot.waitUntil(lambda: not state.working, timeout=10_000)
    page.table.selectRow(0)
    QTest.mouseClick(page.open, LEFT)
    assert window.halves.name == "network"
    (run,) = window.half.state.experiment.runs
    assert run.learning_rate == state.compared.tournament.standings[0].rate
    assert window.half.state.experiment.data == MOONS.data


def test_closing_in_the_middle_ends_the_work(window, qtbot):
    half = window.half
    half.many.sweep.update(points=201, seeds=50, scatter=0.1)
    half.centre.show_page("sweep")
    qtbot.waitUntil(lambda: half.many.sweep.swept is not None, timeout=120_000)
    assert half.many.sweep.working
    window.close()
    assert not half.many.sweep.working
