"""Curves of what explanations say: ηλ over its limit, ηλ, λ₁."""

import numpy as np
import pytest
from curve_results import at_once, count_colour, has_colour, move
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF
from why_results import experiment_of, explained_state, put_on_screen

from engine.experiment import SurfaceSettings, new_run
from gui.state import Explained
from gui.theme import THEME
from gui.views.curve_content import rows_at
from gui.views.curve_stack import CurveStack
from gui.views.curve_text import quantities
from gui.views.curve_view import CurveView

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

#: A thin line that falls between two pixels has half its colour in each.
HALF = 140
WAVE = SurfaceSettings(name="formula", formula="cos(x) + y^2/20")


@pytest.fixture
def show(qtbot):
    def show(state, quantity="stability", size=(420, 260)):
        view = CurveView(state, at_once, quantity)
        qtbot.addWidget(view)
        view.resize(*size)
        view.show()
        view.plot.grab()
        return view

    return show


def bowl(rate, **run):
    return experiment_of("bowl", (-3.0, 1.0), 40, learning_rate=rate, **run)


def two_runs():
    experiment = bowl(0.142)
    return replace(
        experiment, runs=(*experiment.runs, new_run("heavy_ball", learning_rate=0.05, slot=1))
    )


def test_the_distance_to_the_limit_is_drawn_and_said(show):
    # λ₁ = 20: ηλ is 2.84 and the limit 2.
    view = show(explained_state(two_runs()))
    assert view.drawing.value(0, 7) == pytest.approx(1.42)
    assert view.drawing.value(1, 7) == pytest.approx(1 / 3.8)
    assert [row.text for row in rows_at(view.drawing, 7)] == [
        "1.42 × the limit 2", "0.263 × the limit 3.8",
    ]  # fmt: skip
    view._state.set_head(7)
    assert view.value_label.text() == "1.42"
    assert view.value_label.toolTip().endswith("ηλ is 1.42 × the limit 2 at step 7")
    assert view.base_label.text() == "ηλ / limit"


def test_at_a_gap_the_heading_has_no_number_and_its_tooltip_says_why(show):
    state = explained_state(replace(bowl(0.1, maximize=True), start=(0.1, 0.1)))
    state.update(runs=(*state.experiment.runs, new_run("sgd", learning_rate=0.05, slot=1)))
    put_on_screen(state)
    view = show(state)
    assert view.value_label.text() == "–"
    assert "ηλ is below 0: it bends down" in view.value_label.toolTip()


def test_the_first_steps_of_adam_which_corrections_lengthen_are_held_against_no_limit(show):
    adam = experiment_of("rosenbrock", (-1.5, 2.0), 60, "adam", learning_rate=0.1)
    values = show(explained_state(adam)).drawing.prepared.series[0].values
    assert np.isnan(values[:10]).all()
    assert np.isfinite(values[10:]).any()


def test_the_readout_fits_into_a_narrow_plot(show):
    view = show(explained_state(two_runs()), size=(262, 150))
    move(view.plot, QPointF(120, 60))
    view.plot.grab()
    readout = view.plot.readout
    assert readout.isVisible()
    assert readout.title == f"step {view.axis.hovered}: ηλ is"
    assert readout.area.left() >= 0
    assert readout.area.right() <= view.plot.width()


def test_the_limit_is_a_line_with_tinted_ground_above_it(show):
    view = show(explained_state(bowl(0.05)))
    place = view.drawing.picture.scale.place(1.0)
    assert view.plot.limit.place == pytest.approx(place)
    assert 0 < place < 1
    image, frame = view.plot.grab().toImage(), view.plot.frame
    y = frame.y(place)
    line = QRectF(frame.plot.left() + 20, y - 1, 40, 3)
    assert has_colour(image, THEME.colours.contour, line)
    tinted = image.pixelColor(round(frame.plot.left()) + 30, round(frame.plot.top()) + 3)
    ground = image.pixelColor(round(frame.plot.left()) + 30, round(y) + 8)
    assert tinted.red() - tinted.blue() > ground.red() - ground.blue() + 5
    view._on_quantity_chosen("sharpness")
    view.plot.grab()
    assert view.plot.limit.place is None
    assert not view.plot.limit.isVisible()


@pytest.mark.parametrize("rate", [1e-6, 0.0999, 3.0])
def test_the_limit_stays_in_sight_however_far_the_run_is_from_it(show, rate):
    view = show(explained_state(bowl(rate)))
    scale = view.drawing.picture.scale
    assert 0 < scale.place(1.0) < 1
    assert 0 < scale.place(rate * 10) < 1


def test_a_run_that_flies_away_does_not_flatten_the_plot(show):
    state = explained_state(experiment_of("rosenbrock", (-1.5, 2.0), 60, "sgd", learning_rate=0.01))
    view = show(state)
    assert np.nanmax(view.drawing.prepared.series[0].values) > 1e20
    assert view.drawing.picture.scale.backward(view.drawing.picture.scale.top) < 1e3
    assert view.drawing.prepared.series[0].mark is not None


def test_load_has_each_runs_own_limit_as_a_thin_line_in_its_colour(show):
    state = explained_state(two_runs())
    view = show(state, "load")
    assert [row.text for row in rows_at(view.drawing, 3)] == ["2.84, limit 2", "1, limit 3.8"]
    image, frame = view.plot.grab().toImage(), view.plot.frame
    scale = view.drawing.picture.scale
    for slot, limit, load in ((0, 2.0, 2.84), (1, 3.8, 1.0)):
        colour = THEME.path_colour(slot).name()
        across = frame.plot.left() + 10, frame.plot.width() - 20
        at_limit, at_load = (
            QRectF(across[0], frame.y(scale.place(value)) - 2, across[1], 5)
            for value in (limit, load)
        )
        thin = count_colour(image, colour, at_limit, HALF)
        assert 0 < thin < count_colour(image, colour, at_load, HALF)


def test_where_the_surface_bends_down_the_curve_has_a_gap_and_a_strip(show):
    # From the top of a wave into its valley: −cos x ≤ 0 until x = π/2.
    state = explained_state(experiment_of(WAVE, (0.3, 1.0), 60, learning_rate=0.2))
    bends = state.explained.explanations[0].load.values < 0
    # y² bends up by 0.1, which is then the largest.
    assert not bends.any()
    state = explained_state(
        experiment_of(replace(WAVE, formula="cos(x) - y^2/2000"), (0.3, 0.0), 60, learning_rate=0.2)
    )
    view = show(state)
    series = view.drawing.prepared.series[0]
    assert 0 < series.bends.sum() < len(series.bends)
    assert np.isnan(series.values[series.bends]).all()
    assert np.isfinite(series.values[~series.bends]).all()
    assert view.drawing.picture.hatched > 0
    assert rows_at(view.drawing, 0)[0].text == "below 0: it bends down"
    assert view.plot.bend.isVisible()
    image, frame = view.plot.grab().toImage(), view.plot.frame
    colour = THEME.path_colour(0).name()
    end = int(np.flatnonzero(series.bends)[-1])
    bottom = frame.plot.bottom() - 4
    inside = QRectF(frame.x(0), bottom, frame.x(end) - frame.x(0), 4)
    outside = QRectF(frame.x(end + 2), bottom, frame.x(55) - frame.x(end + 2), 4)
    assert has_colour(image, colour, inside)
    assert not has_colour(image, colour, outside)


def test_sharpness_goes_below_0_on_a_symmetric_axis(show):
    surface = replace(WAVE, formula="cos(x) - y^2/2000")
    state = explained_state(experiment_of(surface, (0.3, 0.0), 60, learning_rate=0.2))
    view = show(state, "sharpness")
    curvature = state.explained.explanations[0].curvature.eigenvalues[:, 0]
    np.testing.assert_array_equal(view.drawing.prepared.series[0].values, curvature)
    assert view.drawing.prepared.signed
    assert view.drawing.value(0, 0) < 0
    assert view.base_label.text() == "λ₁"


@pytest.mark.parametrize(
    ("experiment", "words"),
    [
        (experiment_of("bowl", (1.0, 1.0), 10, learning_rate=0.1, maximize=True), "bends down"),
        (experiment_of("bowl", (1.0, 1.0), 10, "bfgs"), "line search"),
        (experiment_of("bowl", (1.0, 1.0), 10, "signsgd"), "every step is η long"),
        (
            experiment_of(SurfaceSettings(name="formula", formula="abs(x)+abs(y)"), (1.0, 1.0), 10),
            "kinks",
        ),
    ],
    ids=["negative", "search", "signs", "kinks"],
)
@pytest.mark.parametrize("quantity", ["stability", "load"])
def test_a_plot_without_a_limit_says_why(show, experiment, words, quantity):
    view = show(explained_state(experiment), quantity)
    assert words in view.plot.notice.text
    assert view.plot.limit.isVisible() is False


def test_runs_without_a_limit_for_one_reason_share_it_and_say_how_far_they_oscillate(show):
    experiment = experiment_of("bowl", (-3.0, 1.0), 100, "signsgd", learning_rate=0.1)
    first = experiment.runs[0]
    twice = replace(experiment, runs=(first, replace(first, learning_rate=0.05, slot=1)))
    lines = show(explained_state(twice)).plot.notice.text.split("\n")
    assert len(lines) == 1
    assert lines[0].startswith("signSGD η 0.1, oscillating ±0.05, period 2; signSGD η 0.05")


def test_a_run_without_an_explanation_is_left_out_and_the_heading_says_so(show):
    state = explained_state(two_runs())
    reason = "With so many steps only the selected run is explained."
    known = state.explained
    parts = (known.explanations[0], None), (known.limits[0], None), ("", reason)
    state.set_explained(Explained(known.results, *parts))
    view = show(state)
    assert [row.index for row in rows_at(view.drawing, 3)] == [0]
    assert view.base_label.text() == "ηλ / limit · 1 left out"
    assert reason in view.base_label.toolTip()
    state.update_run(0, visible=False)
    view.plot.grab()
    assert reason in view.plot.notice.text


def test_until_an_explanation_is_there_the_old_picture_stays(show):
    state = explained_state(bowl(0.05))
    view = show(state)
    old = view.drawing.picture
    state.update_run(0, learning_rate=0.15)
    state.set_results(state.results)
    view.plot.grab()
    assert view.drawing.picture is old
    put_on_screen(state)
    view.plot.grab()
    assert view.drawing.value(0, 0) == pytest.approx(1.5)


def test_without_any_explanation_the_plot_waits(show):
    state = explained_state(bowl(0.05))
    state.explained = None
    view = show(state)
    assert view.drawing.picture is None
    assert "in a moment" in view.plot.notice.text


def test_explanations_are_wanted_only_while_such_a_plot_is_seen(show):
    state = explained_state(bowl(0.05))
    view = show(state, "loss")
    assert not state.wants_explanations
    view._on_quantity_chosen("load")
    assert state.wants_explanations
    view.hide()
    assert not state.wants_explanations
    view.show()
    assert state.wants_explanations
    view._on_quantity_chosen("gradient_norm")
    assert not state.wants_explanations


def test_the_main_plot_follows_the_experiment(qtbot):
    state = explained_state(bowl(0.05))
    stack = CurveStack(state, at_once)
    qtbot.addWidget(stack)
    stack.resize(400, 600)
    stack.show()
    stack.grab()
    stack.remove(stack.views[1])
    assert not state.wants_explanations
    for quantity in ("stability", "load", "sharpness"):
        state.update_display(curve=quantity)
        stack.grab()
        assert stack.views[0].drawing.prepared.quantity == quantity
        assert state.wants_explanations
    state.update_display(curve="loss")
    assert not state.wants_explanations


@pytest.mark.parametrize("quantity", ["stability", "load", "sharpness"])
@pytest.mark.parametrize("scale", ["log", "linear", "symlog"])
@pytest.mark.parametrize(
    "experiment",
    [
        experiment_of("rosenbrock", (-1.5, 2.0), 30, learning_rate=5.0),
        experiment_of("bowl", (1.0, 1.0), 0, learning_rate=0.1),
        experiment_of("bowl", (1.0, 1.0), 5, learning_rate=0.0),
        experiment_of("bowl", (1.0, 1.0), 5, learning_rate=-0.1),
        experiment_of("bowl", (1.0, 1.0), 5, learning_rate=1e300),
        replace(bowl(0.1), runs=()),
    ],
    ids=["blow-up", "no step", "no rate", "uphill", "huge", "no run"],
)
def test_nothing_crashes_the_plot(show, quantity, scale, experiment):
    state = explained_state(experiment)
    state.update_display(scale=scale)
    view = show(state, quantity)
    view._state.set_head(0)
    assert not view.plot.grab().isNull()
    assert bool(view.plot.notice.text) or view.drawing.picture.image.any()


def test_every_quantity_of_a_file_has_a_name():
    state = explained_state(bowl(0.05))
    for quantity in quantities():
        state.update_display(curve=quantity)
        assert state.experiment.display.curve == quantity
