"""What is wrong with a typed formula, and where."""

import pytest
from PySide6.QtGui import QTextCharFormat
from PySide6.QtTest import QTest

from gui.panels.formula_edit import FormulaEdit

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def edit(qtbot):
    made = FormulaEdit()
    qtbot.addWidget(made)
    made.set_formula("x^2")
    made.show()
    made.box.selectAll()
    made.seen = []
    made.formula_changed.connect(made.seen.append)
    return made


@pytest.mark.parametrize(
    ("text", "underlined"),
    [("x + sine(y)", "sine"), ("x^2 + (y", "("), ("x + $", "$"), ("2*x^2 + y)", ")")],
)
def test_a_mistake_is_underlined_where_it_is(edit, qtbot, text, underlined):
    QTest.keyClicks(edit.box, text)
    start, end = edit.underlined()
    assert text[start:end] == underlined
    assert edit.sentence.text().endswith(".") or ";" in edit.sentence.text()
    assert edit.sentence.isVisible()

    def waves():
        formats = edit.box.document().firstBlock().layout().formats()
        wave = QTextCharFormat.UnderlineStyle.WaveUnderline
        return [(f.start, f.length) for f in formats if f.format.underlineStyle() == wave]

    qtbot.waitUntil(lambda: waves() == [(start, end - start)])


def test_mending_the_mistake_takes_the_line_away(edit, qtbot):
    QTest.keyClicks(edit.box, "sin(x")
    assert edit.sentence.isVisible()
    with qtbot.waitSignal(edit.formula_changed):
        QTest.keyClicks(edit.box, ")")
    assert edit.seen == ["sin(x)"]
    assert edit.underlined() == (0, 0)
    assert not edit.sentence.isVisible()


def test_only_the_last_of_quick_changes_is_told(edit, qtbot):
    with qtbot.waitSignal(edit.formula_changed):
        QTest.keyClicks(edit.box, "x^2+y^2+x")
    assert edit.seen == ["x^2+y^2+x"]


def test_an_empty_box_has_a_sentence_and_tells_nothing(edit, qtbot):
    QTest.keyClick(edit.box, "\b")
    qtbot.waitUntil(lambda: not edit._timer.isActive())
    assert edit.seen == []
    assert edit.sentence.text()


def test_a_formula_from_outside_is_shown_silently(edit):
    edit.set_formula("a*x^2")
    assert edit.text() == "a*x^2"
    assert edit.seen == []
    assert not edit._timer.isActive()


def test_enter_is_no_new_line(edit):
    QTest.keyClicks(edit.box, "x\r+y")
    assert edit.text() == "x+y"


@pytest.mark.parametrize(("text", "names"), [("X^2 + y", "X"), ("X*Y + x", "X and Y")])
def test_capitals_are_constants_and_that_is_said(edit, qtbot, text, names):
    with qtbot.waitSignal(edit.formula_changed):
        QTest.keyClicks(edit.box, text)
    assert edit.sentence.text().startswith(f"A capital {names} ")
    assert "the variables are x and y" in edit.sentence.text()
    assert edit.underlined() == (0, 0)


def test_a_huge_text_is_refused_with_a_sentence(edit, qtbot):
    edit.box.setPlainText("(" * 10_000)
    assert edit.sentence.text()
    assert edit.seen == []
