"""Curve plots: what is drawn, marked, named and said."""

import subprocess
import sys
from functools import partial

import numpy as np
import pytest
from curve_results import (
    STEPS,
    answer,
    around,
    at,
    blow_up,
    decay,
    has_colour,
    move,
    place_of,
    show_curves,
    state_with,
)
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from gui.theme import DARK, LIGHT, THEME
from gui.views.curve_view import CurveView

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def show(qtbot):
    return partial(show_curves, qtbot)


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


def test_a_label_stays_inside_a_narrow_plot(show):
    edge = show(state_with(*[blow_up(at=3)] * 32), size=(200, 240)).plot.edge
    (label,) = edge.labels
    assert label.text.startswith("inf at step 3")
    assert label.text.endswith("…")
    assert edge.area.contains(label.box)


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
