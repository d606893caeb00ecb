"""The page Sweep, used as a person would: curves, limits, advice, a click that opens a run."""

import csv
import math

import numpy as np
import pytest
from many_runs_hands import BOWL, MOONS, AtOnceRunner, sentences_of, subjects_of
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from engine.experiment import new_run
from engine.maps.axes import Axis
from engine.maps.sweep import sweep
from gui.maps.panels.sweep_panel import SweepPanel
from gui.maps.sweep_state import SweepSettings, SweepState
from gui.maps.sweeper import Sweeper
from gui.maps.views.sweep_page import SweepPage
from gui.numbers import show
from gui.theme import THEME

LEFT = Qt.MouseButton.LeftButton
NARROW = SweepSettings(low=1e-3, high=10.0, points=17)


class Hands:
    def __init__(self, qtbot, surface=BOWL, settings=NARROW):
        self.runner, self.subjects = AtOnceRunner(), subjects_of(surface)
        self.state = SweepState(settings)
        self.sweeper = Sweeper(self.state, self.subjects, self.runner)
        self.page = SweepPage(self.state, self.subjects, self.sweeper, self.runner.submit)
        self.panel = SweepPanel(self.state, self.subjects)
        self.said = sentences_of(self.state.message)
        self.wanted = []
        self.page.rate_wanted.connect(lambda *what: self.wanted.append(what))
        for widget in (self.page, self.panel):
            qtbot.addWidget(widget)
        self.page.resize(900, 640)

    @property
    def sweep(self):
        return self.state.swept.sweep

    def show(self):
        self.page.show()
        return self

    def place_of(self, row, place):
        """Return where a curve is at a rate, in the plot's pixels."""
        plot = self.page.plot
        x = plot.x_of(plot.rate(place), plot.plot())
        line = plot.lines[row]
        y = plot.y_of(line.middle[line.places.index(place)], plot.plot())
        return QPointF(x, y)


@pytest.fixture
def hands(qtbot):
    return Hands(qtbot).show()


def test_nothing_is_swept_for_nobody(qtbot):
    hands = Hands(qtbot)
    hands.state.update(points=9)
    assert hands.runner.asked == []
    hands.show()
    assert hands.runner.asked == ["sweep", "range test"]
    hands.page.hide()
    hands.state.update(points=11)
    assert len(hands.sweep.rates) == 9


def test_curves_are_the_engines_and_limits_are_drawn(hands):
    axis = Axis(name="learning_rate", low=1e-3, high=10.0, scale="log")
    for curve, expected in zip(
        hands.sweep.curves, sweep(BOWL, axis, points=17).curves, strict=True
    ):
        np.testing.assert_array_equal(curve.loss, expected.loss)
        assert curve.limits.found == expected.limits.found
    line = hands.page.plot.lines[0]
    assert line.found == pytest.approx(0.1, rel=1e-3)
    assert line.theory == pytest.approx(0.1, rel=1e-3)
    assert not hands.state.working
    assert hands.page.stop.isHidden()


def test_the_advice_is_prominent_and_opens_the_run(hands):
    swatch, number, sentence, button = hands.page.advice.rows[1]
    curve = hands.sweep.curves[1]
    assert number.text() == show(curve.advice.rate)
    assert number.font().bold()
    assert curve.advice.sentence in sentence.text()
    assert swatch.isVisibleTo(hands.page)
    QTest.mouseClick(button, LEFT)
    assert hands.wanted == [("surface", 1, curve.advice.rate)]


def test_a_click_at_a_rate_opens_that_run_with_it(hands):
    at = hands.place_of(1, 6)
    QTest.mouseClick(hands.page.plot, LEFT, pos=at.toPoint())
    assert hands.wanted == [("surface", 1, pytest.approx(hands.sweep.rates[6], rel=0))]


def test_a_click_on_a_strip_opens_its_run(hands):
    plot = hands.page.plot
    x = plot.x_of(plot.rate(16), plot.plot()) - 1
    y = plot.plot().bottom() + 2 + 1.5 * plot._row_px()
    QTest.mouseClick(plot, LEFT, pos=QPoint(int(x), int(y)))
    assert hands.wanted == [("surface", 1, hands.sweep.rates[16])]


def test_arrows_go_along_a_curve_and_enter_opens(hands):
    plot = hands.page.plot
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(plot, key)
    assert hands.wanted == [("surface", 1, hands.sweep.rates[2])]
    assert "Heavy ball at η" in hands.page.words.text()


def test_words_above_the_limit_tell_growth_and_overflow(hands):
    place = int(np.searchsorted(hands.sweep.rates, 0.2))
    rate = float(hands.sweep.rates[place])
    hands.page.plot.pointed_at.emit(0, place)
    theory = hands.sweep.curves[0].limits.theory
    words = hands.page.words.text()
    assert "diverged at step" in words
    assert f"by theory × {show(theory.factor(rate, hands.sweep.curves[0].limits.rate))}" in words
    assert "overflow after" in words


def test_other_rates_of_the_runs_change_nothing_and_other_optimizers_do(hands):
    state = hands.subjects.states["surface"]
    hands.state.update(low=None, high=None)
    before = hands.sweep
    state.update_run(0, learning_rate=0.05)
    assert hands.sweep is before
    state.update_run(0, learning_rate=1e-9)
    assert hands.sweep is not before
    before = hands.sweep
    state.update_run(0, optimizer="adam")
    assert hands.sweep is not before
    assert hands.sweep.curves[0].label == "Adam"


def test_another_colour_is_shown_without_sweeping(hands):
    before = hands.sweep
    hands.subjects.states["surface"].update_run(0, slot=5)
    assert hands.sweep is before
    assert hands.page.plot.lines[0].slot == 5


def test_a_range_that_is_none_is_refused_in_a_sentence(hands):
    before = hands.sweep
    type_into(hands.panel.high, "1e-5")
    assert "below the high one" in hands.said[-1]
    assert hands.panel.high.number() == 10.0
    type_into(hands.panel.low, "-1")
    assert "log axis" in hands.said[-1]
    assert hands.sweep is before


@pytest.mark.parametrize(("low", "high"), [(1e-300, 1e-290), (1e290, 1e300), (1e-300, 1e300)])
def test_extreme_ranges_are_drawn(hands, low, high):
    hands.state.update(low=low, high=high, points=7)
    assert hands.sweep.share == 1.0
    hands.page.grab()
    for row in range(2):
        for place in range(7):
            hands.page.plot.pointed_at.emit(row, place)
            assert hands.page.words.text()


def test_where_everything_diverges_it_says_so(hands):
    hands.state.update(low=100.0, high=1e6, points=9)
    _, number, sentence, button = hands.page.advice.rows[0]
    assert number.text() == "–"
    assert not button.isEnabled()
    assert "sweep lower rates" in sentence.text()
    image = hands.page.plot.grab().toImage()
    plot = hands.page.plot
    y = int(plot.plot().bottom() + 2 + plot._row_px() / 2)
    colours = [image.pixelColor(x, y).name() for x in range(200, 260)]
    assert colours.count(QColor(THEME.colours.alert).name()) > 40


def test_seeds_have_a_band(hands):
    assert not any(line.spread for line in hands.page.plot.lines)
    hands.state.update(seeds=5, scatter=0.1)
    line = hands.page.plot.lines[0]
    assert line.spread
    finite = [k for k, high in enumerate(line.high) if math.isfinite(high)]
    assert all(line.low[k] <= line.middle[k] <= line.high[k] for k in finite)
    hands.page.plot.pointed_at.emit(0, 3)
    assert "all 5 seeds" in hands.page.words.text()
    assert "quartiles" in hands.page.words.text()


def test_the_range_test_stands_beside_it_with_its_bias(hands):
    test = hands.state.tested
    assert test.limits is hands.sweep.curves[0].limits
    assert test.bias > 1.0
    assert f"{show(test.bias)} times too high" in hands.page.range_words.text()
    hands.subjects.states["surface"].select(1)
    assert hands.state.tested.label == "Heavy ball"


def test_runs_from_a_file_are_left_out(qtbot):
    recorded = new_run("sgd", slot=4, recorded="steps.csv", learning_rate=0.1)
    hands = Hands(qtbot, replace(BOWL, runs=(recorded, *BOWL.runs))).show()
    assert [curve.label for curve in hands.sweep.curves] == ["SGD", "Heavy ball"]
    QTest.mouseClick(hands.page.advice.rows[0][3], LEFT)
    assert hands.wanted[0][1] == 1


def test_without_runs_it_says_what_to_do(qtbot):
    hands = Hands(qtbot, replace(BOWL, runs=())).show()
    assert hands.state.swept is None
    assert "add an optimizer" in hands.said[-1]
    hands.page.grab()


def test_what_was_found_stays_when_it_is_cancelled_and_it_goes_on(hands):
    hands.runner.waits = True
    hands.state.update(points=33)
    assert hands.state.working
    assert hands.page.stop.text() == "Cancel"
    hands.runner.let_go(news=1)
    found = hands.sweep
    assert 0 < found.share < 1
    QTest.mouseClick(hands.page.stop, LEFT)
    assert hands.sweep is found
    assert hands.page.stop.text() == "Continue"
    hands.runner.waits = False
    QTest.mouseClick(hands.page.stop, LEFT)
    assert hands.sweep.share == 1.0


def test_the_network_is_swept_as_well(hands):
    hands.state.update(seeds=2, points=5)
    QTest.mouseClick(hands.panel.source.findChildren(QAbstractButton)[1], LEFT)
    assert hands.state.settings.source == "network"
    assert [curve.run.optimizer for curve in hands.sweep.curves] == ["adam"]
    assert hands.page.plot.lines[0].slot == MOONS.runs[0].slot
    assert hands.sweep.curves[0].seeds == 2
    assert not hands.panel.scatter.isEnabled()


def test_the_wheel_narrows_the_range_about_the_pointer(hands):
    plot = hands.page.plot
    at = QPointF(plot.x_of(0.1, plot.plot()), plot.plot().center().y())
    turn(plot, at, 120)
    axis = hands.state.swept.asked.axis
    assert 1e-3 < axis.low < 0.1 < axis.high < 10.0
    assert plot.x_of(0.1, plot.plot()) == pytest.approx(at.x(), abs=2)
    hands.page.fit()
    assert hands.state.settings.low is None


@pytest.mark.parametrize("quantity", ["loss", "best", "steps"])
def test_each_quantity_is_drawn(hands, quantity):
    hands.page.quantity.set_key(quantity)
    hands.page.quantity.chosen.emit(quantity)
    curve = hands.sweep.curves[0]
    (expected,) = curve.quantiles(0.5, of=quantity)
    np.testing.assert_array_equal(hands.page.plot.lines[0].middle, expected)
    hands.page.grab()


def test_a_target_is_counted_to(hands):
    hands.panel.has_target.click()
    type_into(hands.panel.target, "1e-3")
    assert hands.sweep.curves[0].target == 1e-3
    hands.panel.has_target.click()
    assert hands.state.settings.target is None


def test_the_table_has_every_run(hands, tmp_path):
    path = tmp_path / "sweep.csv"
    hands.page.export_csv(path)
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * 17
    assert {row["label"] for row in rows} == {"SGD", "Heavy ball"}
    assert hands.said[-1] == f"Exported {path}."


def test_both_themes_are_drawn(hands):
    application = QApplication.instance()
    for wish in ("dark", "light"):
        THEME.apply(application, wish)
        image = hands.page.plot.grab().toImage()
        ground = QColor(THEME.colours.base).name()
        plot = hands.page.plot.plot()
        assert image.pixelColor(int(plot.left()) + 3, int(plot.bottom()) - 3).name() == ground


def type_into(box, text):
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


def turn(widget, at, angle):
    event = QWheelEvent(
        at, widget.mapToGlobal(at), QPoint(), QPoint(0, angle), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)
