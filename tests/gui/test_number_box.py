"""Typing numbers, good and bad."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.panels.number_box import NumberBox
from gui.panels.scale import Scale

RATES = Scale(1e-5, 10.0, log=True)


@pytest.fixture
def box(qtbot):
    return made_box(qtbot, RATES, 0.0123456)


def made_box(qtbot, scale, value):
    made = NumberBox(scale)
    qtbot.addWidget(made)
    made.set_value(value)
    made.show()
    made.seen, made.sentences = [], []
    made.edited.connect(made.seen.append)
    made.refused.connect(made.sentences.append)
    return made


def enter(box, text):
    box.setFocus()
    box.selectAll()
    QTest.keyClick(box, Qt.Key.Key_Delete)
    if text.isascii():
        QTest.keyClicks(box, text)
    else:
        # QTest cannot type a real minus sign.
        box.lineEdit().insert(text)
    QTest.keyClick(box, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("text", "value"), [("1e-3", 1e-3), (".5", 0.5), ("-2", -2.0), ("−2", -2.0), ("1e308", 1e308)]
)
def test_any_finite_number_is_taken_once(box, text, value):
    enter(box, text)
    box.clearFocus()
    assert box.seen == [value]
    assert box.sentences == []


@pytest.mark.parametrize("text", ["", "   ", "0,5", "1e400", "nan", "inf", "abc", "1e"])
def test_anything_else_keeps_the_old_number_and_says_so(box, text):
    enter(box, text)
    assert box.seen == []
    assert len(box.sentences) == 1
    assert box.number() == 0.0123456
    box.clearFocus()
    assert box.text() == "0.01235"
    assert len(box.sentences) == 1


def test_the_short_form_loses_no_digits(box):
    box.clearFocus()
    assert box.text() == "0.01235"
    box.setFocus()
    assert box.text() == "0.0123456"
    QTest.keyClick(box, Qt.Key.Key_Return)
    box.clearFocus()
    assert box.number() == 0.0123456
    assert box.seen == []


def test_leaving_the_box_takes_what_is_typed(box):
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "3")
    box.clearFocus()
    assert box.seen == [3.0]
    assert box.text() == "3"


def test_escape_brings_the_old_number_back(box):
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "77")
    QTest.keyClick(box, Qt.Key.Key_Escape)
    box.clearFocus()
    assert box.seen == []


def test_arrows_step_by_factors_and_page_keys_by_decades(box):
    box.set_value(0.01)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)
    QTest.keyClick(box, Qt.Key.Key_PageUp)
    QTest.keyClick(box, Qt.Key.Key_PageDown)
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.seen == [0.011, 0.11, 0.011, 0.01]


def test_an_arrow_steps_from_what_is_typed(box):
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "2")
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert box.seen == [2.0, 2.2]


def test_a_whole_number_is_asked_for_where_only_those_make_sense(qtbot):
    box = made_box(qtbot, Scale(1, 1e7, log=True, whole=True), 500)
    enter(box, "1.5")
    assert box.sentences == ["This must be a whole number."]
    enter(box, "1e4")
    box.clearFocus()
    assert box.seen == [10_000.0]
    assert box.text() == "10000"


def test_the_wheel_steps_only_with_the_focus(box):
    def wheel():
        event = QWheelEvent(
            QPointF(9, 9), QPointF(9, 9), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(box, event)

    box.clearFocus()
    wheel()
    assert box.seen == []
    box.setFocus()
    wheel()
    assert len(box.seen) == 1


def test_setting_a_value_tells_nothing(box):
    box.set_value(5.0)
    assert box.seen == []
    assert box.text() == "5"
