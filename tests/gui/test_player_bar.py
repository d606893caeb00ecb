"""Buttons, scrub bar and step box under real events."""

import pytest
from curve_results import blow_up, click, decay, drag, state_with
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.player import SPEEDS, Player
from gui.theme import DARK, LIGHT, THEME
from gui.views.player_bar import PlayerBar

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def make(qtbot):
    players = []

    def show(steps=500, width=900, **display):
        state = state_with(decay(3, steps), **display)
        player = Player(state)
        players.append(player)
        bar = PlayerBar(state, player)
        qtbot.addWidget(bar)
        bar.resize(width, 40)
        bar.show()
        return state, player, bar

    yield show
    for player in players:
        player.pause()


def press(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_buttons(make):
    state, player, bar = make()
    press(bar.to_start)
    assert state.head == 0
    press(bar.forward)
    press(bar.forward)
    press(bar.back)
    assert state.head == 1
    press(bar.to_end)
    assert state.head == 500
    press(bar.play)
    assert player.playing
    press(bar.play)
    assert not player.playing
    press(bar.loop)
    assert state.experiment.display.loop


@pytest.mark.parametrize("steps", [0, 7, 500, 10_000_000])
def test_a_click_on_the_scrub_bar_jumps_there_and_a_drag_follows(make, steps):
    state, _, bar = make(min(steps, 500))
    state.update(steps=steps)
    slider = bar.slider
    click(slider, QPointF(slider.x_of(steps // 4), 12))
    assert state.head == pytest.approx(steps / 4, abs=max(1, steps / 200))
    drag(slider, QPointF(20, 12), QPointF(slider.width() + 50, 12))
    assert state.head == steps
    assert bar.box.value() == steps


def test_keys_on_the_scrub_bar(make):
    state, _, bar = make()
    state.set_head(100)
    QTest.keyClick(bar.slider, Qt.Key.Key_Right)
    QTest.keyClick(bar.slider, Qt.Key.Key_PageUp)
    assert state.head == 111


def test_the_step_can_be_typed(make):
    state, _, bar = make()
    bar.box.selectAll()
    QTest.keyClicks(bar.box, "41")
    QTest.keyClick(bar.box, Qt.Key.Key_Return)
    assert state.head == 41
    assert bar.slider.value() == 41
    assert bar.total.text() == "/ 500"


def test_speeds_are_shown_as_they_are_and_chosen(make):
    state, _, bar = make(speed=3.5)
    assert bar.speed.currentText() == "3.5×"
    texts = [bar.speed.itemText(i) for i in range(bar.speed.count())]
    assert texts == ["¼×", "½×", "1×", "2×", "3.5×", "5×", "10×", "100×", "all in 4 s"]
    QTest.keyClick(bar.speed, Qt.Key.Key_Down)
    assert state.experiment.display.speed == 5.0
    assert bar.speed.count() == len(SPEEDS)


def test_a_run_that_stopped_is_marked_on_the_scrub_bar(make):
    state, _, bar = make(100)
    state.set_results(state_with(blow_up(at=20)).results)
    state.set_head(100)
    x = round(bar.slider.x_of(20))
    image = bar.slider.grab().toImage()
    assert image.pixelColor(x, 9).name() == THEME.colours.alert


def test_every_control_has_a_name_and_every_button_names_its_key(make):
    _, _, bar = make()
    for button, key in (
        (bar.to_start, "Home"), (bar.back, "←"), (bar.play, "space"), (bar.forward, "→"),
        (bar.to_end, "End"), (bar.loop, "L"),
    ):  # fmt: skip
        assert button.accessibleName()
        assert key in button.toolTip()
    for control in (bar.slider, bar.box, bar.speed):
        assert control.accessibleName()
    for control in (bar.slider, bar.speed):
        assert control.toolTip()


def test_the_theme_recolours_the_scrub_bar(make):
    state, _, bar = make()
    state.set_head(250)
    for wish, colours in (("dark", DARK), ("light", LIGHT)):
        THEME.apply(QApplication.instance(), wish)
        image = bar.slider.grab().toImage()
        assert image.pixelColor(int(bar.slider.x_of(60)), 12).name() == colours.accent


def test_it_fits_a_narrow_window(make):
    _, _, bar = make(width=600)
    assert bar.minimumSizeHint().width() <= 600
