"""The curves of training runs under real events: what is drawn, marked, named and said."""

import subprocess
import sys

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from training_results import (
    LINE,
    MOONS,
    STEPS,
    blow_up,
    decay,
    experiment_of,
    state_of,
    trained_on,
)

from gui.networks.state import NetworkState
from gui.networks.views.training_curves import TrainingCurves
from gui.networks.views.training_curves_drawing import batch_colour
from gui.theme import THEME
from gui.views.curve_content import rows_at
from gui.views.curve_stack import MOST_PLOTS

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def at_once(topic, work, done, failed=None):
    done(work())


@pytest.fixture
def show(qtbot):
    def make(state, size=(420, 520), submit=at_once):
        curves = TrainingCurves(state, submit)
        qtbot.addWidget(curves)
        curves.resize(*size)
        curves.show()
        curves.grab()
        return curves

    return make


def pixel(view, step, value):
    """Return where the plot shows a value at a step."""
    frame = view.plot.frame
    return QPointF(frame.x(step), frame.y(view.drawing.picture.scale.place(value)))


def count_colour(view, colour, at, size=5, tolerance=24):
    image, found = view.plot.grab().toImage(), 0
    for x in range(int(at.x()) - size, int(at.x()) + size + 1):
        for y in range(int(at.y()) - size, int(at.y()) + size + 1):
            if image.valid(x, y):
                pairs = zip(image.pixelColor(x, y).getRgb(), colour.getRgb(), strict=True)
                found += max(abs(a - b) for a, b in pairs) <= tolerance
    return found


def mouse(view, kind, at, button=Qt.MouseButton.LeftButton):
    port = view.plot.viewport()
    event = QMouseEvent(
        kind, at, port.mapToGlobal(at), button, button, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(port, event)


def point_at(view, step):
    frame = view.plot.frame
    mouse(
        view, QEvent.Type.MouseMove, QPointF(frame.x(step), frame.y(0.5)), Qt.MouseButton.NoButton
    )


def test_before_the_first_training_it_says_what_will_be_there(show):
    curves = show(NetworkState(experiment_of(1)))
    assert "in a moment" in curves.views[0].plot.notice.text


def test_training_batches_and_validation_are_three_lines_of_a_run(show):
    state = state_of(decay(3))
    curves = show(state)
    view, own = curves.views[0], THEME.path_colour(0)
    state.set_head(0)
    value = decay(3)[50]
    assert count_colour(view, own, pixel(view, 50, value)) > 10
    faint = batch_colour(own)
    assert faint != own
    assert count_colour(view, faint, pixel(view, 51, 0.8 * decay(3)[51]), 3) > 0
    # Hollow: the ground inside, the run's colour around it.
    middle = pixel(view, 50, 2 * value)
    image = view.plot.grab().toImage()
    column = [image.pixelColor(int(middle.x()), int(middle.y()) + k).name() for k in range(-4, 5)]
    inside = [k for k, name in enumerate(column) if name == THEME.colours.base]
    edges = [k for k, name in enumerate(column) if name != THEME.colours.base]
    assert any(edges[0] < k < edges[-1] for k in inside)


def test_what_the_legend_switches_off_is_neither_drawn_nor_read(show):
    state = state_of(decay(3))
    curves = show(state)
    view = curves.views[0]
    assert view.drawing.heads == ("training", "validation", "batch")
    before = view.drawing.picture.image.copy()
    curves.legend.batch.click()
    view.plot.grab()
    assert view.drawing.heads == ("training", "validation")
    assert (view.drawing.picture.image != before).any()
    curves.legend.validation.click()
    view.plot.grab()
    assert view.drawing.heads == ()
    faint = batch_colour(THEME.path_colour(0))
    assert count_colour(view, faint, pixel(view, 51, 0.8 * decay(3)[51]), 3, 4) == 0
    again = show(state)
    assert not again.legend.batch.isChecked()


def test_with_all_rows_in_each_batch_every_step_is_in_the_training_line(show):
    state = state_of(decay(3), batch=0)
    curves = show(state)
    drawing = curves.views[0].drawing
    assert drawing.heads == ("training", "validation")
    assert drawing.value(0, 51) == state.trained.histories[0].loss[51]
    assert not curves.legend.batch.isVisible()
    assert not curves.legend.unit.isVisible()


def test_the_readout_has_a_column_for_each_line(show):
    curves = show(state_of(decay(3), decay(5)))
    view = curves.views[0]
    point_at(view, 55)
    readout = view.plot.readout
    assert readout.isVisible()
    assert readout.title == "step 55"
    assert readout.heads == ("training", "validation", "batch")
    # All rows were last seen at step 50.
    assert readout.rows[0].texts == ("0.223", "0.446", "0.154")
    assert readout.area.right() <= view.plot.width()


def test_the_dot_at_the_head_is_on_the_line_between_two_looks(show):
    state = state_of(decay(9))
    curves = show(state)
    view = curves.views[0]
    scale = view.drawing.picture.scale
    (row,) = rows_at(view.drawing, 55)
    assert row.value == decay(9)[50]
    middle = (scale.place(decay(9)[50]) + scale.place(decay(9)[60])) / 2
    assert row.place == pytest.approx(middle)


def test_what_became_infinite_is_marked_where_a_batch_saw_it(show):
    state = state_of(decay(3), blow_up(at=23))
    curves = show(state)
    view = curves.views[0]
    (mark,) = view.plot.edge.marks
    assert mark.text == "inf at step 23, last 6.2e28"
    assert count_colour(view, view.palette().brightText().color(), QPointF(mark.x, 8), 6) > 3
    assert view.drawing.is_loud(1)
    assert not view.drawing.is_loud(0)
    assert view.drawing.picture.scale.top < 3
    assert [(leaving.index, leaving.upwards) for leaving in view.drawing.exits] == [(1, True)]


def test_the_blow_up_switch_shows_all_finite_values_in_all_plots(show):
    curves = show(state_of(decay(3), blow_up(at=20)))
    menu = curves.views[0].menu(5)
    next(a for a in menu.actions() if a.isCheckable()).trigger()
    for view in curves.views:
        view.show_quantity("loss")
        view.plot.grab()
        assert view.drawing.picture.scale.top > 28
        assert view.drawing.picture.exits == ()


def test_single_easy_batches_do_not_stretch_the_axis(show):
    loss = np.where(np.arange(STEPS + 1) == 55, 1e-30, 0.5)
    state = state_of(decay(0))
    history = replace_history(state, loss=loss)
    curves = show(state)
    assert history.loss.min() == 1e-30
    assert curves.views[0].drawing.picture.scale.bottom > -2


def replace_history(state, **changes):
    from dataclasses import replace as changed

    history = changed(state.trained.histories[0], **changes)
    state.set_trained(changed(state.trained, histories=(history,)))
    return history


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


def test_accuracy_is_in_percent_on_a_linear_axis_that_reaches_all(show):
    state = state_of(decay(3))
    curves = show(state)
    view = curves.views[1]
    assert view.quantity == "accuracy"
    assert view.scale_choice.key() == "linear"
    state.set_head(STEPS)
    assert view.value_label.text() == "97.51\u202f%"
    assert "validation 87.8\u202f%" in view.value_label.toolTip()
    assert view.drawing.picture.scale.top > 100
    assert view.base_label.text() == "%"


def test_the_second_plot_suits_the_data_until_somebody_chooses(show):
    curves = show(state_of(decay(3), experiment=LINE))
    assert curves.views[1].quantity == "gradient_norm"
    state = curves.views[1]._state
    state.set_trained(state_of(decay(3)).trained)
    assert curves.views[1].quantity == "accuracy"
    curves.views[1].quantity_choice.chosen.emit("step_norm")
    state.set_trained(state_of(decay(3), experiment=LINE).trained)
    assert curves.views[1].quantity == "step_norm"


def test_accuracy_of_a_number_is_explained(show):
    curves = show(state_of(decay(3), experiment=LINE))
    curves.views[1].show_quantity("accuracy")
    curves.grab()
    assert "Accuracy is for classes" in curves.views[1].plot.notice.text


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


def test_hiding_a_run_takes_all_its_lines_away(show):
    state = state_of(decay(3), decay(9))
    curves = show(state)
    view = curves.views[0]
    state.update_run(1, visible=False)
    curves.grab()
    assert view.drawing.visible == [0]
    own = THEME.path_colour(1)
    for value in (decay(9)[50], 2 * decay(9)[50]):
        assert count_colour(view, own, pixel(view, 50, max(value, decay(3)[100]))) == 0


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


@pytest.mark.parametrize("quantity", ["loss", "accuracy", "gradient_norm", "step_norm"])
@pytest.mark.parametrize("scale", ["log", "linear", "symlog"])
@pytest.mark.parametrize(
    ("losses", "last"),
    [
        ((), None),
        ((np.zeros(STEPS + 1),), None),
        ((np.full(STEPS + 1, np.nan),), None),
        ((blow_up(at=1),), None),
        ((decay(3),), 0),
        ((np.full(STEPS + 1, 3e38), decay(1)), None),
    ],
    ids=["no runs", "zeros", "NaN from the start", "inf at once", "no step yet", "huge"],
)
@pytest.mark.parametrize("batch", [0, 10])
def test_awkward_trainings_are_drawn_or_explained(show, quantity, scale, losses, last, batch):
    state = state_of(*losses, batch=batch, last=last)
    curves = show(state, (200, 260))
    view = curves.views[0]
    view.show_quantity(quantity)
    view.scale_choice.chosen.emit(scale)
    point_at(view, 0)
    assert not curves.grab().isNull()
    assert view.drawing.prepared.quantity == quantity


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


def test_names_for_a_screen_reader(show):
    curves = show(state_of(decay(3)))
    assert curves.views[0].plot.accessibleName() == "Loss over the steps"
    assert curves.legend.batch.accessibleName() == "batch"
    assert curves.legend.validation.accessibleName() == "validation"
    assert curves.legend.unit.accessibleName() == "Axis"
    assert curves.views[0].base_label.text() == "Cross-entropy from logits"


def test_marks_and_the_readout_stay_inside_a_narrow_plot(show):
    curves = show(state_of(*[blow_up(at=3 + k) for k in range(16)]), (262, 300))
    view = curves.views[0]
    point_at(view, 2)
    assert view.plot.readout.area.left() >= 0
    assert view.plot.readout.area.right() <= view.plot.width()
    area = QRectF(view.plot.rect())
    assert all(area.contains(label.box) for label in view.plot.edge.labels)


def test_importing_the_curves_does_not_import_numba():
    code = (
        "import sys, gui.networks.views.training_curves, gui.networks.views.training_strip;"
        "assert 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_untouched_experiment_without_batches_in_epochs_keeps_its_steps(show):
    state = state_of(decay(3), experiment=replace(MOONS, steps=0), last=0)
    curves = show(state)
    curves.legend.unit.chosen.emit("epoch")
    assert not curves.grab().isNull()
