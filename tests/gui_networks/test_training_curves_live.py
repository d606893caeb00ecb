"""The curves of training runs live and in the hand: growing, zoomed, chosen, dragged, closed."""

from functools import partial

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtWidgets import QApplication
from training_plots import mouse, pixel, point_at, show_curves
from training_results import LINE, MOONS, STEPS, decay, state_of, trained_on

from gui.views.curve_stack import MOST_PLOTS

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def show(qtbot):
    return partial(show_curves, qtbot)


def test_growing_histories_are_drawn_as_they_come_on_an_axis_that_stays(show):
    state = state_of(decay(3), last=20)
    curves = show(state)
    view, shown = curves.views[0], (curves.axis.low, curves.axis.high)
    assert curves.axis.fitted
    assert curves.axis.steps == STEPS
    counts = []
    for last in (20, 60, 100):
        state.set_trained(trained_on(state.experiment, [decay(3)], last))
        curves.grab()
        assert state.head == last
        counts.append(np.count_nonzero(view.drawing.picture.image))
        assert (curves.axis.low, curves.axis.high) == shown
        assert view.drawing.value(0, last) == pytest.approx(decay(3)[last])
        assert view.drawing.value(0, last + 1) is None
    assert counts[0] < counts[1] < counts[2]


def test_the_steps_taken_so_far_can_fill_the_plot(show):
    curves = show(state_of(decay(3), last=20))
    menu = curves.views[0].menu(5)
    next(a for a in menu.actions() if "taken" in a.text()).trigger()
    assert (curves.axis.low, curves.axis.high) == (-0.5, 20.5)
    curves.fit()
    assert curves.axis.fitted


def test_more_steps_widen_the_axis_at_once(show):
    state = state_of(decay(3))
    curves = show(state)
    state.update(steps=5 * STEPS)
    assert curves.axis.fitted
    assert curves.axis.steps == 5 * STEPS


def test_the_axis_counts_steps_or_epochs(show):
    state = state_of(decay(3))
    curves = show(state)
    per_epoch = state.trained.network.order.per_epoch
    assert per_epoch > 1
    curves.legend.unit.chosen.emit("epoch")
    curves.grab()
    assert curves.axis.unit == per_epoch
    point_at(curves.views[0], 56)
    assert curves.views[0].plot.readout.title == f"epoch {56 / per_epoch:g}, step 56"
    assert curves.legend.unit.key() == "epoch"
    curves.legend.unit.chosen.emit("step")
    assert curves.axis.unit == 1


def test_the_second_plot_suits_the_data_until_somebody_chooses(show):
    curves = show(state_of(decay(3), experiment=LINE))
    assert curves.views[1].quantity == "gradient_norm"
    state = curves.views[1]._state
    state.set_trained(state_of(decay(3)).trained)
    assert curves.views[1].quantity == "accuracy"
    curves.views[1].quantity_choice.chosen.emit("step_norm")
    state.set_trained(state_of(decay(3), experiment=LINE).trained)
    assert curves.views[1].quantity == "step_norm"


def test_the_second_plot_is_stability_where_runs_look_at_curvature(show):
    looking = replace(LINE, curvature_every=10)
    curves = show(state_of(decay(3), experiment=looking))
    assert curves.views[1].quantity == "stability"
    curves.views[1]._state.set_trained(state_of(decay(3), experiment=LINE).trained)
    assert curves.views[1].quantity == "gradient_norm"


def test_each_quantity_keeps_its_scale(show):
    view = show(state_of(decay(3))).views[1]
    view.scale_choice.chosen.emit("symlog")
    view.quantity_choice.chosen.emit("loss")
    assert view.scale_choice.key() == "log"
    view.quantity_choice.chosen.emit("accuracy")
    assert view.scale_choice.key() == "symlog"


def test_plots_are_added_up_to_five_each_with_another_quantity(show):
    curves = show(state_of(decay(3)))
    for _ in range(5):
        curves.adding.click()
    assert len(curves.views) == MOST_PLOTS
    assert len({view.quantity for view in curves.views}) == MOST_PLOTS
    curves.grab()
    curves.views[2].removal.click()
    assert len(curves.views) == MOST_PLOTS - 1


def test_a_click_selects_and_dragging_the_head_moves_it(show):
    state = state_of(decay(1), decay(9))
    view = show(state).views[0]
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        mouse(view, kind, pixel(view, 50, decay(9)[50]))
    assert state.selected == 1
    mouse(view, QEvent.Type.MouseButtonPress, QPointF(view.plot.frame.x(100), 90))
    mouse(view, QEvent.Type.MouseMove, QPointF(view.plot.frame.x(40), 90))
    assert state.head == 40
    mouse(view, QEvent.Type.MouseButtonRelease, QPointF(view.plot.frame.x(40), 90))


def test_nothing_is_drawn_for_a_plot_out_of_sight(show):
    state = state_of(decay(3))
    curves = show(state)
    before = curves.views[0].drawing.picture
    curves.hide()
    state.set_trained(trained_on(state.experiment, [decay(5)]))
    QApplication.processEvents()
    assert curves.views[0].drawing.picture is before


@pytest.mark.parametrize(("steps", "runs"), [(500_000, 1), (STEPS, 16)])
def test_what_takes_long_is_drawn_in_a_thread_while_the_old_picture_stays(show, steps, runs):
    waiting = []
    state = state_of(*[decay(3)] * runs)
    curves = show(state, submit=lambda topic, work, done, failed=None: waiting.append((work, done)))
    for work, done in waiting:
        done(work())
    waiting.clear()
    view = curves.views[0]
    state.update(steps=steps)
    losses = [decay(3, steps)] * runs
    state.set_trained(trained_on(state.experiment, losses, every=steps // 100))
    view.drawing.request(300, 200, 1.0)
    assert view.drawing.shown is not state.trained
    work, done = waiting[0]
    done(work())
    assert view.drawing.shown is state.trained


def test_closed_plots_follow_nothing(show):
    state = state_of(decay(3))
    curves = show(state)
    curves.close()
    state.set_trained(trained_on(state.experiment, [decay(5)]))
    state.update_run(0, visible=False)
    assert all(view.plot.closed for view in curves.views)


def test_no_steps_at_all_are_counted_in_epochs_too(show):
    state = state_of(decay(3), experiment=replace(MOONS, steps=0), last=0)
    curves = show(state)
    curves.legend.unit.chosen.emit("epoch")
    assert not curves.grab().isNull()
