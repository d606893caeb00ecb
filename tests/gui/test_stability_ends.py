"""Curves of what explanations say: where they end, and whose surface they are of."""

import pytest
from curve_results import at_once
from msgspec.structs import replace
from why_results import experiment_of, explained_state, put_on_screen, put_results

from engine.experiment import SurfaceSettings
from gui.views.curve_content import edge_marks
from gui.views.curve_view import CurveView

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def show(qtbot):
    def show(state):
        view = CurveView(state, at_once, "stability")
        qtbot.addWidget(view)
        view.resize(420, 260)
        view.show()
        view.plot.grab()
        return view

    return show


def bowl(rate):
    return experiment_of("bowl", (-3.0, 1.0), 40, learning_rate=rate)


def test_of_another_surface_nothing_is_shown_until_its_own_explanation_is_there(show):
    state = explained_state(bowl(0.05))
    view, old = show(state), state.explained
    assert view.value_label.text() == "0.5"
    state.update(surface=SurfaceSettings(name="rosenbrock"), start=(-1.5, 2.0))
    view.plot.grab()
    assert view.drawing.picture is not None, "the paths on screen are still those of the bowl"
    put_results(state)
    view.plot.grab()
    assert view.drawing.picture is None
    assert "in a moment" in view.plot.notice.text
    assert view.base_label.text() == view.value_label.text() == ""
    assert not view.plot.limit.isVisible()
    # What was at work on the bowl comes too late.
    state.set_explained(old)
    assert state.explained is None
    put_on_screen(state)
    view.plot.grab()
    assert "in a moment" not in view.plot.notice.text
    assert view.base_label.text() == "ηλ / limit"


def test_a_picture_of_the_surface_before_that_comes_late_is_left_aside(qtbot):
    state, works = explained_state(bowl(0.05)), []
    view = CurveView(state, lambda _topic, *request: works.append(request), "stability")
    qtbot.addWidget(view)
    view.drawing.request(100, 80, 1.0)
    state.update(surface=SurfaceSettings(name="rosenbrock"))
    put_results(state)
    work, done = works.pop()
    done(work())
    assert view.drawing.picture is None


def test_where_curvature_outlasts_the_loss_of_a_run_in_float32_both_ends_are_named(show):
    experiment = experiment_of("rosenbrock", (-1.5, 2.0), 60, learning_rate=0.01)
    state = explained_state(replace(experiment, precision="float32"))
    assert "step 5" in state.results.statuses[0].short
    view = show(state)
    [mark] = edge_marks(view.drawing, view.plot.frame)
    assert mark.text == "λ ends at step 7, the loss at step 5"
    state.update(precision="float64")
    put_on_screen(state)
    view.plot.grab()
    trajectory = state.results.trajectories[0]
    [mark] = edge_marks(view.drawing, view.plot.frame)
    assert mark.text.startswith("λ ends at step")
    assert ("loss" in mark.text) == (f"step {trajectory.cause_step}" not in mark.text.split(",")[0])
