"""The marks of the limit on the learning-rate sliders, from real explanations."""

import pytest
from curve_results import count_colour, has_colour
from PySide6.QtCore import QEvent, QPoint, QRectF
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from why_results import (
    at_once,
    experiment_of,
    explained_of,
    explained_state,
    put_on_screen,
    put_results,
)

from engine.experiment import DataSettings, SurfaceSettings, new_run
from engine.explanation.explain import explain
from engine.explanation.rates import RateLimits, rate_limits
from gui.numbers import show
from gui.panels.rate_marks import marks_of
from gui.panels.run_actions import RunActions
from gui.panels.run_panel import RunPanel
from gui.panels.scale import Scale
from gui.panels.slider import Slider
from gui.panels.slider_marks import Shape, SliderMark
from gui.state import Explained
from gui.theme import THEME

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LINE = SurfaceSettings(name="linear_regression", data=DataSettings(table="line"))


@pytest.fixture
def panel(qtbot):
    def show(state):
        made = RunPanel(state, at_once, RunActions(state))
        qtbot.addWidget(made)
        made.resize(304, 500)
        made.show()
        state.set_explained(state.explained)
        return made

    return show


@pytest.fixture
def slider(qtbot):
    made = Slider(Scale(1e-5, 10.0, log=True))
    qtbot.addWidget(made)
    made.resize(200, 24)
    made.set_value(1e-4)
    made.show()
    return made


def tip_at(slider, x):
    place = QPoint(round(x), 12)
    QToolTip.hideText()
    event = QHelpEvent(QEvent.Type.ToolTip, place, slider.mapToGlobal(place))
    QApplication.sendEvent(slider, event)
    text = QToolTip.text()
    QToolTip.hideText()
    return text


def test_the_line_through_five_points_is_marked_at_0_0845(panel):
    state = explained_state(experiment_of(LINE, (0.0, 0.0), learning_rate=0.1))
    slider = panel(state).list.rows[0].slider
    assert [round(mark.value, 4) for mark in slider.marks] == [0.0845, 0.0845]
    assert round(slider.above, 4) == 0.0845
    assert slider.accessibleDescription() == "limit 0.0845; now 1.2 times it"
    tip = tip_at(slider, slider.at(0.0845))
    assert "limit at the start: η = 0.0845" in tip
    assert "lowest limit along the path, at step 0: η = 0.0845" in tip
    assert "Limit 0.0845; now 1.2 times it." in slider.toolTip()


def test_start_path_and_minimum_have_marks_of_their_own(panel):
    experiment = experiment_of("rosenbrock", (-1.5, 2.0), 9000, "heavy_ball", learning_rate=5e-4)
    state = explained_state(experiment)
    slider = panel(state).list.rows[0].slider
    assert [mark.shape for mark in slider.marks] == [Shape.POINT, Shape.RING, Shape.CROSS]
    lowest, start, minimum = (mark.value for mark in slider.marks)
    assert lowest <= start < minimum
    assert minimum == pytest.approx(3.8 / 1001.6, rel=1e-2)
    assert tip_at(slider, slider.at(minimum)).endswith("limit at the minimum: η = 0.00379")


def test_marks_follow_each_new_explanation_without_a_new_layout(panel):
    state = explained_state(experiment_of("bowl", (-3.0, 1.0), learning_rate=0.05))
    shown = panel(state)
    row = shown.list.rows[0]
    before, place = row.slider.marks, row.geometry()
    state.update_surface(parameters={"lambda1": 40.0})
    put_on_screen(state)
    assert before[0].value == pytest.approx(0.1)
    assert row.slider.marks[0].value == pytest.approx(0.05)
    assert row.slider.accessibleDescription() == "limit 0.05; now 1 times it"
    state.update_run(0, learning_rate=0.1)
    put_on_screen(state)
    assert row.slider.accessibleDescription() == "limit 0.05; now 2 times it"
    assert row.geometry() == place


@pytest.mark.parametrize(
    ("optimizer", "words"),
    [
        ("signsgd", "oscillates with amplitude η/2 = 0.05"),
        ("bfgs", "its line search accepts no step that raises the loss"),
        ("adafactor", "no rate is the limit for all steps"),
    ],
)
def test_methods_without_a_limit_have_no_mark_and_say_why(panel, optimizer, words):
    state = explained_state(experiment_of("bowl", (-3.0, 1.0), 20, optimizer, learning_rate=0.1))
    slider = panel(state).list.rows[0].slider
    assert slider.marks == ()
    assert slider.above is None
    assert words in slider.accessibleDescription()
    assert words in slider.toolTip()


def test_adaptive_methods_are_marked_with_the_scaling_of_their_path(panel):
    experiment = experiment_of("rosenbrock", (-1.5, 2.0), 5000, "adam", learning_rate=0.1)
    state = explained_state(experiment)
    slider = panel(state).list.rows[0].slider
    assert [mark.shape for mark in slider.marks] == [Shape.POINT, Shape.CROSS]
    lowest, minimum = slider.marks
    # It hovers at its limit, which moves with its own steps.
    assert 0.09 < lowest.value < 0.1
    assert ", with the scaling of this path: η = 0.09" in lowest.text
    assert minimum.text.startswith("limit at the minimum, with the scaling of this path: η = ")
    assert slider.above is None, "above it Adam swings, it does not blow up"
    assert slider.accessibleDescription().split(";\n") == [
        f"limit {show(lowest.value)}, with the scaling of this path; now 1.1 times it",
        "oscillates with amplitude 0.0263 η = 0.00263",
        "its first 10 steps, which corrections lengthen, have no limit",
    ]


def test_without_corrections_the_start_has_a_mark_too(panel):
    experiment = experiment_of("bowl", (-3.0, 1.0), 20, "rmsprop", learning_rate=0.1)
    slider = panel(explained_state(experiment)).list.rows[0].slider
    assert Shape.RING in [mark.shape for mark in slider.marks]
    assert "corrections" not in slider.accessibleDescription()


def test_a_run_that_is_not_explained_loses_its_marks(panel):
    state = explained_state(experiment_of("bowl", (-3.0, 1.0), learning_rate=0.05))
    slider = panel(state).list.rows[0].slider
    assert slider.marks
    reason = "A hidden run is not explained; show it."
    state.set_explained(Explained(state.explained.results, (None,), (None,), (reason,)))
    assert slider.marks == ()
    assert slider.toolTip().endswith(reason)


def test_on_another_surface_no_mark_of_the_one_before_stays(panel):
    state = explained_state(experiment_of("bowl", (-3.0, 1.0), learning_rate=0.05))
    slider = panel(state).list.rows[0].slider
    state.update(surface=SurfaceSettings(name="square"))
    put_results(state)
    assert slider.marks == ()
    assert slider.accessibleDescription() == ""
    put_on_screen(state)
    assert slider.marks[0].value == pytest.approx(1.0)


def test_explanations_of_fewer_runs_than_there_are_change_nothing(panel):
    state = explained_state(experiment_of("bowl", (-3.0, 1.0), learning_rate=0.05))
    shown, old = panel(state), state.explained
    state.update(runs=(*state.experiment.runs, new_run("adam", slot=1)))
    marks = shown.list.rows[0].slider.marks
    state.set_explained(old)
    assert shown.list.rows[0].slider.marks == marks
    assert shown.list.rows[1].slider.marks == ()
    put_on_screen(state)
    assert "with the scaling of this path" in shown.list.rows[1].slider.accessibleDescription()


def test_the_list_wants_explanations_while_it_is_seen(panel):
    state = explained_state(experiment_of("bowl", (-3.0, 1.0), learning_rate=0.05))
    shown = panel(state)
    assert state.wants_explanations
    shown.hide()
    assert not state.wants_explanations


def test_the_groove_is_tinted_above_the_limit_only(slider):
    slider.set_marks([SliderMark(0.01, "limit")], 0.01)
    image, edge = slider.grab().toImage(), slider.at(0.01)
    plain = Slider(slider.scale)
    plain.resize(200, 24)
    plain.set_value(1e-4)
    below, above = QRectF(80, 7, edge - 86, 2), QRectF(edge + 6, 7, 40, 2)
    assert image.copy(below.toRect()) == plain.grab().toImage().copy(below.toRect())
    tinted = image.pixelColor(above.center().toPoint())
    ground = image.pixelColor(below.center().toPoint())
    assert tinted.red() - tinted.blue() > ground.red() - ground.blue() + 20


def test_marks_within_a_pixel_are_drawn_as_one(slider):
    ink = THEME.colours.text
    area = QRectF(0, 0, 200, 9)

    def inked(*marks):
        slider.set_marks(marks)
        return count_colour(slider.grab().toImage(), ink, area)

    point = SliderMark(0.1, "a")
    alone = inked(point)
    assert alone > 0
    assert inked(point, SliderMark(0.1001, "b", Shape.CROSS)) == alone
    assert inked(point, SliderMark(0.4, "b", Shape.CROSS)) > alone
    assert len({inked(SliderMark(0.1, "", shape)) for shape in Shape}) == 3


def test_a_limit_off_the_scale_tints_all_or_nothing(slider):
    groove, beyond = QRectF(150, 7, 30, 2), QRectF(slider.at(1e-3), 0, 150, 9)
    slider.set_marks([SliderMark(50.0, "far")], 50.0)
    untinted = slider.grab().toImage()
    slider.set_marks([SliderMark(1e-9, "near")], 1e-9)
    tinted = slider.grab().toImage()
    assert tinted.copy(groove.toRect()) != untinted.copy(groove.toRect())
    assert not has_colour(tinted, THEME.colours.text, beyond)
    assert tip_at(slider, slider.at(1e-5)) == ""


def test_a_rate_of_0_and_a_limit_below_1_are_said_plainly():
    words = marks_of(RateLimits(start=0.5, lowest=0.25, lowest_step=7), 0.0).words
    assert words == "limit 0.25; now 0 times it"
    none = marks_of(RateLimits(reason="the steps are bounded", amplitude=0.0), 0.0)
    assert none.words == "no limit is marked: the steps are bounded"


def test_marks_are_made_only_of_what_is_new(panel, monkeypatch):
    state = explained_state(experiment_of("bowl", (-3.0, 1.0), learning_rate=0.05))
    panel(state)
    asked = []
    monkeypatch.setattr(
        "gui.panels.run_list.marks_of", lambda *given: asked.append(given) or marks_of(*given)
    )
    state.set_explained(state.explained)
    assert asked == []
    results = state.explained.results
    again = explain(results.trajectories[0], results.experiment)
    state.set_explained(explained_of(results, (again,)))
    assert asked == [(rate_limits(again), 0.05)]
