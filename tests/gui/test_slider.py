"""The slider under real mouse moves and keys."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from gui.panels.scale import Scale
from gui.panels.slider import Slider
from gui.panels.slider_marks import SliderMark
from gui.theme import DARK, LIGHT, THEME


@pytest.fixture
def slider(qtbot):
    made = Slider(Scale(1e-5, 10.0, log=True))
    qtbot.addWidget(made)
    made.resize(200, 24)
    made.set_value(0.01)
    made.show()
    made.seen = []
    made.moved.connect(made.seen.append)
    return made


def mouse(widget, kind, x, modifiers=Qt.KeyboardModifier.NoModifier):
    button = Qt.MouseButton.LeftButton
    QApplication.sendEvent(
        widget, QMouseEvent(kind, QPointF(x, 12), QPointF(x, 12), button, button, modifiers)
    )


def drag(slider, to, modifiers=Qt.KeyboardModifier.NoModifier, moves=20):
    start = slider.at(slider.number())
    mouse(slider, QEvent.Type.MouseButtonPress, start, modifiers)
    for i in range(1, moves + 1):
        x = start + (to - start) * i / moves
        mouse(slider, QEvent.Type.MouseMove, x, modifiers)
    mouse(slider, QEvent.Type.MouseButtonRelease, to, modifiers)


def test_a_drag_tells_a_value_at_each_mouse_move(slider):
    drag(slider, slider.at(1.0), moves=20)
    assert len(slider.seen) == 20
    assert slider.seen == sorted(slider.seen)
    assert slider.number() == pytest.approx(1.0, rel=0.02)


def test_shift_drags_ten_times_more_finely(slider):
    drag(slider, slider.at(1.0), Qt.KeyboardModifier.ShiftModifier)
    assert slider.number() == pytest.approx(0.01 * 100**0.1, rel=0.02)


def test_a_press_beside_the_handle_brings_it_there(slider):
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.at(1e-4)), 12))
    assert slider.number() == pytest.approx(1e-4, rel=0.05)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (Qt.Key.Key_Right, 0.011), (Qt.Key.Key_Left, 0.00909), (Qt.Key.Key_PageUp, 0.1),
        (Qt.Key.Key_PageDown, 0.001), (Qt.Key.Key_Home, 1e-5), (Qt.Key.Key_End, 10.0),
    ],
)  # fmt: skip
def test_keys_step_finely_by_decades_and_to_the_ends(slider, key, value):
    QTest.keyClick(slider, key)
    assert slider.seen == [value]


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf"), 1e300])
def test_a_value_off_the_scale_is_shown_and_kept(slider, value):
    slider.set_value(value)
    assert not slider.grab().isNull()
    assert slider.seen == []
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert slider.number() == 1e-5


def test_setting_a_value_or_a_scale_tells_nothing(slider):
    slider.set_value(0.5)
    slider.set_scale(Scale(0, 1))
    assert slider.seen == []
    assert slider.number() == 0.5


def test_assistive_technology_can_set_a_position(slider):
    slider.setValue(500)
    assert slider.seen == [pytest.approx(0.01, rel=0.02)] or slider.number() == 0.01
    slider.setValue(1000)
    assert slider.number() == 10.0


def test_the_wheel_steps_only_with_the_focus(slider):
    def wheel():
        event = QWheelEvent(
            QPointF(50, 12), QPointF(50, 12), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(slider, event)
        return event.isAccepted()

    slider.clearFocus()
    assert not wheel()
    assert slider.seen == []
    slider.setFocus()
    assert wheel()
    assert slider.seen == [0.011]


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_a_mark_has_a_tooltip_where_it_is(slider):
    nowhere = SliderMark(float("inf"), "nowhere")
    slider.set_marks([SliderMark(1.0, "Above this the steps grow."), nowhere])
    x = round(slider.at(1.0))
    place = slider.mapToGlobal(QPoint(x, 12))
    QApplication.sendEvent(slider, QHelpEvent(QEvent.Type.ToolTip, QPoint(x, 12), place))
    assert QToolTip.text() == "Above this the steps grow."
    QToolTip.hideText()
    before = slider.grab().toImage()
    slider.set_marks([])
    assert slider.grab().toImage() != before


def test_the_theme_recolours_it(slider, monkeypatch):
    monkeypatch.setattr(THEME, "colours", LIGHT)
    light = slider.grab().toImage()
    monkeypatch.setattr(THEME, "colours", DARK)
    THEME.changed.emit()
    assert slider.grab().toImage() != light
