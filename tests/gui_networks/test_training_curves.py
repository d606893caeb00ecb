"""The curves of training runs: what is drawn, marked, named and said."""

import subprocess
import sys
from dataclasses import replace as changed
from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from training_plots import count_colour, pixel, point_at, show_curves
from training_results import LINE, STEPS, blow_up, decay, experiment_of, state_of

from gui.networks.state import NetworkState
from gui.networks.views.training_curves_drawing import batch_colour
from gui.theme import THEME
from gui.views.curve_content import rows_at

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def show(qtbot):
    return partial(show_curves, qtbot)


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
    history = changed(state.trained.histories[0], **changes)
    state.set_trained(changed(state.trained, histories=(history,)))
    return history


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


def test_accuracy_of_a_number_is_explained(show):
    curves = show(state_of(decay(3), experiment=LINE))
    curves.views[1].show_quantity("accuracy")
    curves.grab()
    assert "Accuracy is for classes" in curves.views[1].plot.notice.text


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
