"""One chip per run: what it says, how many fit, what a click does."""

import pytest
from curve_results import answer, blow_up, decay, has_colour, state_with
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.experiment import new_run
from gui.theme import DARK, LIGHT, THEME
from gui.views.status_chip import HEIGHT_PX
from gui.views.status_strip import MOST_ROWS, StatusStrip

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def show(qtbot):
    def make(*losses, width=1000):
        state = state_with(*losses)
        strip = StatusStrip(state)
        qtbot.addWidget(strip)
        strip.resize(width, 50)
        strip.show()
        return state, strip

    return make


def test_each_run_has_a_chip_with_name_verdict_and_sentence(show):
    _, strip = show(decay(3), blow_up(at=20))
    assert [chip.texts() for chip in strip.chips] == [
        ("SGD η 0.1", "still moving"),
        ("SGD η 1.1", "diverged: inf at step 20"),
    ]
    assert strip.chips[1].toolTip() == "SGD η 1.1: It diverged: inf at step 20."
    assert strip.chips[1].accessibleName() == "SGD η 1.1: diverged: inf at step 20"


def test_only_a_diverged_run_is_in_the_alert_colour(show):
    _, strip = show(decay(3), blow_up(at=20))
    found = [
        has_colour(chip.grab().toImage(), THEME.colours.alert, QRectF(chip.rect()), 12)
        for chip in strip.chips
    ]
    assert found == [False, True]


def test_a_click_and_a_key_select(show):
    state, strip = show(decay(3), decay(4), decay(5))
    QTest.mouseClick(strip.chips[2], Qt.MouseButton.LeftButton)
    assert state.selected == 2
    assert [chip.isChecked() for chip in strip.chips] == [False, False, True]
    QTest.keyClick(strip.chips[1], Qt.Key.Key_Space)
    assert state.selected == 1
    QTest.mouseClick(strip.chips[1], Qt.MouseButton.LeftButton)
    assert strip.chips[1].isChecked()


def test_a_right_click_asks_for_the_menu_of_the_run(show):
    state, strip = show(decay(3), decay(4))
    wanted = []
    strip.menu_wanted.connect(wanted.append)
    chip, at = strip.chips[1], QPoint(20, 8)
    QApplication.sendEvent(
        chip, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, chip.mapToGlobal(at))
    )
    assert (state.selected, wanted) == (1, [chip.mapToGlobal(at)])


@pytest.mark.parametrize("width", [320, 700, 1280, 3000])
def test_32_runs_take_two_rows_and_the_selected_one_is_scrolled_to(show, width):
    state, strip = show(*[decay(1 + k) for k in range(32)], width=width)
    assert strip.height() == MOST_ROWS * HEIGHT_PX
    page = strip.widget()
    assert page.width() <= strip.viewport().width()
    boxes = [chip.geometry() for chip in strip.chips]
    assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert all(page.rect().contains(box) for box in boxes)
    state.select(31)
    chip = strip.chips[31]
    top = chip.mapTo(strip.viewport(), chip.rect().topLeft()).y()
    assert 0 <= top <= strip.viewport().height() - HEIGHT_PX


@pytest.mark.parametrize(("count", "columns"), [(3, 3), (4, 4), (5, 3), (6, 3), (7, 4), (8, 4)])
def test_two_rows_share_the_chips_so_that_each_has_the_most_room(show, count, columns):
    _, strip = show(*[decay(1 + k) for k in range(count)], width=1264)
    assert len({chip.x() for chip in strip.chips}) == columns
    assert len({chip.y() for chip in strip.chips}) == (1 if count < 5 else 2)


def test_one_run_takes_one_row(show):
    _, strip = show(decay(3))
    assert strip.height() == HEIGHT_PX


def test_chips_stay_the_same_while_verdicts_change_and_follow_the_number_of_runs(show):
    state, strip = show(decay(3), decay(4))
    kept = list(strip.chips)
    answer(state, blow_up(at=7), decay(4))
    assert strip.chips == kept
    assert strip.chips[0].texts()[1] == "diverged: inf at step 7"
    state.update(runs=(new_run("adam"),))
    answer(state, decay(3))
    assert len(strip.chips) == 1


def test_long_texts_are_elided_and_the_tooltip_keeps_them(show):
    _, strip = show(blow_up(at=20), width=160)
    name, verdict = strip.chips[0].texts()
    assert verdict.endswith("…")
    assert name
    assert "diverged: inf at step 20" in strip.chips[0].toolTip()


def test_before_any_results_there_is_an_empty_line(qtbot):
    state = state_with(decay(1))
    state.results = None
    strip = StatusStrip(state)
    qtbot.addWidget(strip)
    assert strip.chips == []
    assert strip.height() == HEIGHT_PX


def test_the_theme_recolours_the_chips(show):
    _, strip = show(decay(3), blow_up(at=20))
    for wish, colours in (("dark", DARK), ("light", LIGHT)):
        THEME.apply(QApplication.instance(), wish)
        chip = strip.chips[1]
        assert has_colour(chip.grab().toImage(), colours.alert, QRectF(chip.rect()), 12)
