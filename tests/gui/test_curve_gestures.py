"""Curve plots under real events: what is dragged, zoomed, pointed at and chosen."""

from functools import partial

import pytest
from curve_results import (
    around,
    at,
    blow_up,
    click,
    count_colour,
    decay,
    drag,
    leave,
    mouse,
    move,
    place_of,
    right_click,
    show_curves,
    state_with,
    wheel,
)
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.theme import THEME
from gui.views.curve_content import rows_at
from gui.views.curve_readout import MOST_ROWS, nearest_rows

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def show(qtbot):
    return partial(show_curves, qtbot)


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
    area = said.area.width() * said.area.height()
    assert count_colour(image, THEME.colours.raised, said.area) > 0.5 * area
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


def test_the_menu_does_what_it_says(show):
    state = state_with(decay(3))
    view = show(state)
    menu = view.menu(33)
    actions = {action.text().replace("&", ""): action for action in menu.actions()}
    actions["Put the play head at step 33"].trigger()
    actions["Show the blow-up"].trigger()
    assert state.head == 33
    assert state.experiment.display.blow_up
