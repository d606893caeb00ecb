"""Curve plots under real events: what is drawn, dragged, zoomed, pointed at."""

import subprocess
import sys

import numpy as np
import pytest
from curve_results import (
    STEPS,
    answer,
    at_once,
    blow_up,
    click,
    count_colour,
    decay,
    drag,
    has_colour,
    leave,
    mouse,
    move,
    right_click,
    state_with,
    wheel,
)
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.theme import DARK, LIGHT, THEME
from gui.views.curve_content import rows_at
from gui.views.curve_readout import MOST_ROWS, nearest_rows
from gui.views.curve_view import CurveView

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def show(qtbot):
    def make(state, quantity=None, size=(500, 300)):
        view = CurveView(state, at_once, quantity)
        qtbot.addWidget(view)
        view.resize(*size)
        view.show()
        view.plot.grab()
        return view

    return make


def at(view, step, place=0.5):
    frame = view.plot.frame
    return QPointF(frame.x(step), frame.y(place))


def around(view, step, place, size=6):
    centre = at(view, step, place)
    return QRectF(centre.x() - size, centre.y() - size, 2 * size, 2 * size)


def area_of(box):
    return box.width() * box.height()


def place_of(view, value):
    return view.drawing.picture.scale.place(value)


def test_each_visible_run_is_drawn_in_its_colour_and_hiding_one_takes_it_away(show):
    losses = decay(3), decay(9)
    state = state_with(*losses)
    view = show(state)
    state.set_head(0)
    spots = [around(view, 50, place_of(view, loss[50])) for loss in losses]
    image = view.plot.grab().toImage()
    for slot, spot in enumerate(spots):
        assert has_colour(image, THEME.path_colour(slot), spot)
    state.update_run(0, visible=False)
    image = view.plot.grab().toImage()
    assert not any(
        has_colour(image, THEME.path_colour(0), around(view, s, place_of(view, losses[0][s])))
        for s in (30, 50, 70)
    )


def test_the_curves_are_drawn_pixel_on_pixel(show):
    view = show(state_with(decay(3)))
    picture = view.drawing.picture.image
    image = view.plot.grab().toImage()
    left, top = (round(v) for v in view.plot.frame.plot.topLeft().toTuple())
    # The play head's dot covers the end.
    opaque = [(x, y) for y, x in np.argwhere(picture >> 24 == 255) if x < picture.shape[1] - 30]
    assert len(opaque) > 400
    assert all(image.pixel(left + x, top + y) == picture[y, x] for x, y in opaque)


def test_moving_the_head_asks_for_no_new_curves(show):
    state = state_with(decay(3))
    view = show(state)
    before = view.drawing.picture
    state.set_head(60)
    view.plot.grab()
    assert view.drawing.picture is before


def test_newer_results_move_the_curve(show):
    state = state_with(decay(3))
    view = show(state)
    before = view.drawing.picture.image.copy()
    answer(state, 1 + decay(5))
    view.plot.grab()
    assert (view.drawing.picture.image != before).any()


def test_what_became_infinite_is_marked_at_its_step_in_the_alert_colour(show):
    state = state_with(decay(3), blow_up(at=20))
    view = show(state)
    frame = view.plot.frame
    (mark,) = view.plot.edge.marks
    assert mark.text == "inf at step 20, last 1e285"
    assert mark.x == pytest.approx(frame.x(20))
    image = view.plot.grab().toImage()
    spot = QRectF(mark.x - 5, frame.plot.top() + 2, 10, 10)
    assert has_colour(image, THEME.colours.alert, spot)
    assert view.drawing.picture.scale.top < 3
    assert [e.index for e in view.drawing.picture.exits] == [1]


def test_the_blow_up_switch_shows_all_finite_values(show):
    state = state_with(decay(3), blow_up(at=20))
    view = show(state)
    state.update_display(blow_up=True)
    view.plot.grab()
    assert view.drawing.picture.scale.top > 285
    assert view.drawing.picture.exits == ()


def test_32_runs_that_end_at_one_step_share_one_label(show):
    edge = show(state_with(*[blow_up(at=3)] * 32)).plot.edge
    assert len(edge.marks) == 32
    assert [label.text for label in edge.labels] == ["inf at step 3, last 1e200 and 31 more"]


def test_labels_do_not_overlap_each_other_or_a_cross(show):
    state = state_with(*[blow_up(at=10 + 6 * k) for k in range(8)])
    state.select(5)
    edge = show(state, size=(360, 240)).plot.edge
    area, marks, labels = edge.area, edge.marks, edge.labels
    assert 2 <= len(labels) <= 4
    assert labels[0].text.startswith("inf at step 40")
    boxes = [label.box for label in labels]
    assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[:i])
    for box in boxes:
        assert area.contains(box)
        crosses = [QRectF(m.x - 4, area.top() + 3, 8, 8) for m in marks]
        assert not any(box.intersects(cross) for cross in crosses)


def test_dragging_the_play_head_sets_it_and_the_dots_follow(show):
    loss = decay(6)
    state = state_with(loss)
    view = show(state)
    state.set_head(20)
    drag(view.plot, at(view, 20), at(view, 60))
    assert state.head == 60
    image = view.plot.grab().toImage()
    spot = around(view, 60, place_of(view, loss[60]), 5)
    assert count_colour(image, THEME.path_colour(0), spot) > 30


def test_no_move_of_the_mouse_is_lost(show):
    state = state_with(decay(6))
    view = show(state)
    state.set_head(0)
    heads = []
    state.head_changed.connect(lambda: heads.append(state.head))
    drag(view.plot, at(view, 0), at(view, 90), 90)
    assert heads == list(range(1, 91))


def test_a_right_click_asks_for_our_menu_only(show, qtbot):
    view = show(state_with(decay(3)))
    view.plot.menu_wanted.disconnect(view._on_menu_wanted)
    with qtbot.waitSignal(view.plot.menu_wanted) as wanted:
        right_click(view.plot, at(view, 33))
    assert wanted.args[1] == 33
    assert QApplication.activePopupWidget() is None


def test_double_click_puts_the_head_there(show):
    state = state_with(decay(3))
    view = show(state)
    mouse(view.plot, QEvent.Type.MouseButtonDblClick, at(view, 42))
    assert state.head == 42


def test_a_click_selects_the_nearest_curve_and_far_from_all_none(show):
    losses = decay(1), decay(9)
    state = state_with(*losses)
    view = show(state)
    click(view.plot, at(view, 60, place_of(view, losses[1][60]) + 0.02))
    assert state.selected == 1
    click(view.plot, at(view, 60, place_of(view, losses[0][60]) + 0.02))
    assert state.selected == 0
    click(view.plot, at(view, 90, 0.5))
    assert state.selected == 0


def test_the_wheel_zooms_at_the_pointer_and_a_drag_pans(show):
    state = state_with(decay(3))
    view = show(state)
    where = at(view, 30)
    before = view.plot.frame.step(where.x())
    wheel(view.plot, where, 3)
    assert view.axis.high - view.axis.low < 60
    assert view.plot.frame.step(where.x()) == pytest.approx(before)
    view.plot.grab()
    assert (view.drawing.picture.low, view.drawing.picture.high) == (view.axis.low, view.axis.high)
    held = view.plot.frame.step(where.x())
    drag(view.plot, where, where - QPointF(40, 0))
    assert view.plot.frame.step(where.x() - 40) == pytest.approx(held)
    assert state.selected == 0
    view.fit()
    assert view.axis.fitted
    wheel(view.plot, where, -5)
    assert view.axis.fitted


def test_plus_and_minus_zoom_at_the_head(show):
    state = state_with(decay(3))
    view = show(state)
    state.set_head(50)
    QTest.keyClick(view.plot, Qt.Key.Key_Plus)
    assert not view.axis.fitted
    QTest.keyClick(view.plot, Qt.Key.Key_Minus)
    assert view.axis.fitted


def test_hovering_says_step_and_values_sorted_with_the_nearest_first_in_weight(show):
    losses = [decay(k) for k in range(1, 13)]
    state = state_with(*losses)
    view = show(state)
    move(view.plot, at(view, 70, place_of(view, losses[4][70])))
    said = view.plot.readout
    assert said.isVisible()
    assert said.title == "step 70  (+4)"
    assert len(said.rows) == MOST_ROWS
    assert said.nearest == 4
    assert [r.value for r in said.rows] == sorted((r.value for r in said.rows), reverse=True)
    assert next(r.text for r in said.rows if r.index == 4) == "0.0302"
    image = view.plot.grab().toImage()
    assert count_colour(image, THEME.colours.raised, said.area) > 0.5 * area_of(said.area)
    leave(view.plot)
    assert not said.isVisible()


def test_hovering_behind_the_end_says_inf_above_and_nan_below(show):
    state = state_with(decay(3), blow_up(at=20))
    view = show(state)
    rows, _ = nearest_rows(rows_at(view.drawing, 20), 0.5)
    assert [(row.index, row.text) for row in rows] == [(1, "inf"), (0, "0.549")]
    assert [row.index for row in rows_at(view.drawing, 21)] == [0]


def test_choices_of_the_main_plot_are_the_experiments_and_undo_takes_them_back(show):
    state = state_with(decay(3))
    view = show(state)
    view._on_quantity_chosen("gradient_norm")
    view._on_scale_chosen("linear")
    display = state.experiment.display
    assert (display.curve, display.scale) == ("gradient_norm", "linear")
    view.plot.grab()
    assert view.drawing.prepared.quantity == "gradient_norm"
    state.undo()
    state.undo()
    assert (view.quantity_choice.key(), view.scale_choice.key()) == ("loss", "log")


def test_choosing_with_keys(show, qtbot):
    state = state_with(decay(3))
    view = show(state)
    with qtbot.waitSignal(view.quantity_choice.chosen):
        QTest.keyClick(view.quantity_choice, Qt.Key.Key_Down)
    assert state.experiment.display.curve == "distance"


def test_a_further_plot_keeps_its_choices_to_itself(show):
    state = state_with(decay(3))
    view = show(state, "step_norm")
    view._on_quantity_chosen("distance")
    view._on_scale_chosen("symlog")
    assert state.experiment.display.curve == "loss"
    assert state.experiment.display.scale == "log"
    state.update_display(curve="learning_rate", scale="linear")
    view.plot.grab()
    assert (view.quantity, view.drawing.scale) == ("distance", "symlog")


@pytest.mark.parametrize(
    "quantity", ["loss", "distance", "gradient_norm", "step_norm", "learning_rate"]
)
@pytest.mark.parametrize("scale", ["log", "linear", "symlog"])
@pytest.mark.parametrize(
    "losses",
    [
        (np.zeros(1),),
        (np.array([np.nan]),),
        (np.zeros(STEPS + 1), decay(3)),
        (np.full(5, 1e308),),
        (),
    ],
    ids=["no steps", "nothing finite", "zeros", "huge", "no runs"],
)
def test_awkward_results_are_drawn_or_explained(show, quantity, scale, losses):
    state = state_with(*losses, curve=quantity, scale=scale)
    view = show(state)
    move(view.plot, at(view, 0))
    for size in ((200, 120), (900, 500)):
        view.resize(*size)
        assert not view.plot.grab().isNull()


@pytest.mark.parametrize(
    ("losses", "changes", "quantity", "words"),
    [
        ((), {}, "loss", "Add an optimizer"),
        ((decay(1),), {"minima": ()}, "distance", "No minimum of this surface is known."),
        ((np.full(5, np.nan),), {}, "loss", "There is no finite value to draw."),
    ],
)
def test_an_empty_plot_says_why(show, losses, changes, quantity, words):
    state = state_with(*losses, curve=quantity)
    answer(state, *losses, **changes)
    assert words in show(state).plot.notice.text


def test_before_the_first_results_and_with_every_run_hidden(show):
    state = state_with(decay(1))
    results, state.results = state.results, None
    view = show(state)
    assert "in a moment" in view.plot.notice.text
    state.set_results(results)
    state.update_run(0, visible=False)
    view.plot.grab()
    assert "hidden" in view.plot.notice.text


def test_the_heading_names_the_base_of_a_log_axis_and_the_value_at_the_head(show):
    state = state_with(decay(3))
    answer(state, decay(3) - 5, minima=((0.0, 0.0, -5.0),))
    view = show(state)
    assert view.base_label.text() == "above −5"
    state.set_head(0)
    assert view.value_label.text() == "−4"
    assert view.value_label.accessibleName() == "SGD η 0.1: −4 at step 0"
    answer(state, decay(3) - 5, minima=())
    view.plot.grab()
    assert view.base_label.text().startswith("above lowest, −4.95")
    state.update_display(scale="linear")
    view.plot.grab()
    assert view.base_label.text() == ""


def test_a_long_computation_goes_to_a_thread_and_the_old_picture_stays(qtbot):
    waiting = []
    state = state_with(decay(3))
    view = CurveView(state, lambda topic, work, done, failed=None: waiting.append((work, done)))
    qtbot.addWidget(view)
    view.resize(400, 250)
    view.drawing.request(300, 200, 1.0)
    for work, done in waiting:
        done(work())
    waiting.clear()
    long = np.ones(400_001)
    state.update(steps=400_000)
    state.set_results(state_with(long).results)
    view.drawing.request(300, 200, 1.0)
    assert len(waiting) == 1
    assert len(view.drawing.prepared.series[0].values) == STEPS + 1
    work, done = waiting[0]
    done(work())
    assert len(view.drawing.prepared.series[0].values) == 400_001


def test_the_theme_recolours_everything(show):
    application = QApplication.instance()
    state = state_with(decay(3))
    view = show(state)
    for wish, colours in (("dark", DARK), ("light", LIGHT)):
        THEME.apply(application, wish)
        image = view.plot.grab().toImage()
        spot = around(view, 50, place_of(view, decay(3)[50]))
        assert has_colour(image, colours.paths[0], spot)
        assert has_colour(image, colours.base, around(view, 90, 0.1))
        left, bottom = view.plot.frame.plot.left(), view.plot.frame.plot.bottom()
        for ticks in (QRectF(0, 0, left, bottom), QRectF(left, bottom, 300, 30)):
            assert has_colour(image, colours.faint, ticks)
        assert has_colour(image, colours.grid, around(view, 50, 0.5, 80), 2)


def test_the_menu_does_what_it_says(show):
    state = state_with(decay(3))
    view = show(state)
    menu = view.menu(33)
    actions = {action.text().replace("&", ""): action for action in menu.actions()}
    actions["Put the play head at step 33"].trigger()
    actions["Show the blow-up"].trigger()
    assert state.head == 33
    assert state.experiment.display.blow_up


def test_names_for_a_screen_reader(show):
    view = show(state_with(decay(3)))
    assert view.plot.accessibleName() == "Loss over the steps"
    assert view.quantity_choice.accessibleName() == "Quantity"
    assert view.scale_choice.accessibleName() == "Scale"


def test_importing_the_views_does_not_import_numba():
    code = (
        "import sys, gui.views.curve_stack, gui.views.player_bar, gui.views.status_strip;"
        "assert 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
