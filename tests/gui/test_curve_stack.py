"""Several curve plots on one step axis, and that axis."""

import pytest
from curve_results import at_once, decay, move, state_with, wheel
from PySide6.QtCore import QCoreApplication, QEvent, QPointF

from engine.drawing.curve_scale import Tick
from gui.theme import THEME
from gui.views.curve_axis import StepAxis
from gui.views.curve_ruler import step_ticks
from gui.views.curve_stack import MOST_PLOTS, CurveStack
from gui.views.curve_text import mark_text, tick_texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def stack(qtbot):
    made = CurveStack(state_with(decay(3), decay(5)), at_once)
    qtbot.addWidget(made)
    made.resize(400, 600)
    made.views[1]._on_quantity_chosen("gradient_norm")
    made.show()
    made.grab()
    return made


def test_it_starts_with_the_loss_and_the_stability(qtbot):
    made = CurveStack(state_with(decay(3)), at_once)
    qtbot.addWidget(made)
    assert [view.quantity for view in made.views] == ["loss", "stability"]


def test_plots_are_added_up_to_five_and_removed_again(stack):
    for _ in range(6):
        stack.adding.click()
    assert len(stack.views) == MOST_PLOTS
    assert len({view.quantity for view in stack.views}) == MOST_PLOTS
    assert not stack.adding.isEnabled()
    stack.views[2].removal.click()
    assert len(stack.views) == MOST_PLOTS - 1
    assert stack.adding.isEnabled()
    assert [view.plot.shows_steps for view in stack.views] == [False, False, False, True]
    stack.remove(stack.views[0])
    assert len(stack.views) == MOST_PLOTS - 1


def test_a_picture_on_its_way_to_a_removed_plot_arrives_nowhere(qtbot):
    waiting = []
    long = state_with(decay(3, 400_000))
    stack = CurveStack(long, lambda *request: waiting.append(request[1:]))
    qtbot.addWidget(stack)
    removed = stack.views[1]
    removed._on_quantity_chosen("gradient_norm")
    removed.drawing.request(200, 100, 1.0)
    work, done = waiting[-1]
    stack.remove(removed)
    assert removed.plot.closed
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    done(work())


def test_closed_plots_follow_nothing(stack):
    state, view = stack.views[0]._state, stack.views[0]
    stack.close()
    stack.close()
    assert all(shut.plot.closed for shut in stack.views)
    state.set_head(7)
    state.update_run(0, visible=False)
    stack.axis.zoom(0.5, 10)
    stack.axis.hover(3)
    THEME.changed.emit()
    assert view.value_label.text() == "0.8106"


def test_all_plots_share_zoom_pointer_and_left_margin(stack):
    first, second = (view.plot for view in stack.views)
    wheel(first, QPointF(200, 60), 4)
    stack.grab()
    pictures = [view.drawing.picture for view in stack.views]
    assert pictures[0].low == pictures[1].low > 0
    assert first.frame.plot.left() == second.frame.plot.left()
    move(first, QPointF(200, 60))
    assert stack.axis.hovered > 0
    stack.fit()
    stack.grab()
    assert stack.views[1].drawing.picture.low < 0


def test_the_axis_follows_the_number_of_steps_only_while_it_shows_all():
    axis = StepAxis(100)
    axis.set_steps(1000)
    assert axis.fitted
    axis.zoom(0.1, 900)
    low, high = axis.low, axis.high
    axis.set_steps(2000)
    assert (axis.low, axis.high) == (low, high)
    axis.set_steps(500)
    assert axis.high <= 510
    assert axis.high - axis.low == pytest.approx(high - low)


@pytest.mark.parametrize("steps", [0, 1, 7, 10_000_000])
def test_the_axis_keeps_to_its_bounds_and_never_becomes_empty(steps):
    axis = StepAxis(steps)
    for factor, place in ((1e-12, 0), (1e12, steps), (0.5, steps), (1e-3, steps / 2)):
        axis.zoom(factor, place)
        axis.pan(1e9)
        axis.pan(-3.0)
        assert axis.high - axis.low >= min(1.0, steps + 1)
    axis.fit()
    assert axis.low < 0
    assert axis.high > steps


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (-1.2, 101, 5, [0, 50, 100]),
        (-0.5, 0.5, 5, [0]),
        (3.2, 7.9, 9, [4, 5, 6, 7]),
        (-1e5, 1e7, 4, [0, 5_000_000, 10_000_000]),
    ],
)
def test_step_ticks_are_whole_and_round(low, high, most, expected):
    assert list(step_ticks(low, high, most)) == expected


@pytest.mark.parametrize(
    ("values", "power", "texts"),
    [
        ([1e-3, 1.0, 1e3], True, ["10⁻³", "10⁰", "10³"]),
        ([-1e12], True, ["−10¹²"]),
        ([0.0, 0.5, 1.0], False, ["0", "0.5", "1"]),
        ([1.0001, 1.0002, 1.0003], False, ["1.0001", "1.0002", "1.0003"]),
        ([], False, []),
    ],
)
def test_tick_texts_tell_ticks_apart(values, power, texts):
    assert tick_texts([Tick(0.0, value, power) for value in values]) == texts


@pytest.mark.parametrize(
    ("value", "last", "words"),
    [
        (float("inf"), 3.14e37, "inf at step 1\u202f073, last 3.1e37"),
        (float("-inf"), -2.0, "−inf at step 1\u202f073, last −2"),
        (float("nan"), float("nan"), "NaN at step 1\u202f073"),
        (5.0, 5.0, "stopped at step 1\u202f073"),
    ],
)
def test_what_is_said_at_a_mark(value, last, words):
    assert mark_text(value, 1073, last) == words
