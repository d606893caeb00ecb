"""The landscape: what is drawn, marked and said, with the real engine."""

import subprocess
import sys
from functools import partial

import numpy as np
import pytest
from landscape_events import answer_of, bowl, handle, open_landscape, picture_of, wheel
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from engine.experiment import Experiment, SurfaceSettings, new_run
from gui.numbers import show
from gui.theme import MARKERS, THEME
from gui.views.landscape_exits import MOST_LABELS
from gui.views.landscape_marks import FOCUS_PX, paint_head
from gui.views.landscape_starts import NUDGE_PX


@pytest.fixture
def open_view(qtbot):
    return partial(open_landscape, qtbot)


@pytest.mark.parametrize("rate", [0.9, 50.0, 1e200, -3.0])
def test_a_path_to_infinity_ends_in_an_alert_arrow(open_view, rate):
    state, view = open_view(bowl(rate, steps=3000))
    picture_of(view)
    (departure,) = view.picture.departures(view.frame)
    assert departure.diverged
    assert departure.direction is not None
    assert 0 < departure.step < 10
    alert = int(THEME.colours.alert[1:], 16)
    assert (picture_of(view) == alert).sum() > 10
    assert state.results.statuses[0].kind in ("diverged", "nan")


def test_a_leap_to_infinity_does_not_end_where_it_began(open_view):
    _, view = open_view(bowl(1e308, steps=3))
    picture_of(view)
    (departure,) = view.picture.departures(view.frame)
    assert departure.step == 1
    assert np.isinf(departure.end[0])


def test_a_path_that_breaks_inside_the_view_is_marked(open_view):
    settings = SurfaceSettings(name="formula", formula="sqrt(x - 1) + y^2")
    run = new_run("sgd", learning_rate=0.5)
    experiment = Experiment(surface=settings, start=(1.2, 0.5), steps=20, runs=(run,))
    _, view = open_view(experiment)
    picture_of(view)
    (departure,) = view.picture.departures(view.frame)
    assert departure.diverged
    assert departure.direction is None


@pytest.mark.parametrize(
    ("surface", "titles"),
    [("linear_regression", ("slope x", "intercept y")), ("rosenbrock", ("x", "y"))],
)
def test_axes_name_what_x_and_y_stand_for(open_view, surface, titles):
    settings = SurfaceSettings(name=surface)
    _, view = open_view(Experiment(surface=settings, steps=5, runs=(new_run("sgd"),)))
    assert view.picture.titles == titles


def test_32_runs_that_leave_together_have_few_labels_and_none_overlap(open_view, monkeypatch):
    boxes = []
    from gui.views import landscape_exits

    paint = landscape_exits.paint_chip
    monkeypatch.setattr(
        landscape_exits,
        "paint_chip",
        lambda painter, box, text, ink: (boxes.append((box, text)), paint(painter, box, text, ink)),
    )
    rates = [0.3 + 0.001 * k for k in range(32)]
    state, view = open_view(bowl(*rates, steps=300))
    state.select(20)
    boxes.clear()
    picture_of(view)
    assert len(boxes) == 2
    assert state.results.trajectories[20].label in boxes[0][1]
    assert boxes[-1][1] == "and 31 more"
    for k, (box, _) in enumerate(boxes):
        assert view.frame.plot.contains(box)
        assert not any(box.intersects(other) for other, _ in boxes[:k])


def test_theme_switch_recolours_the_picture(open_view):
    _, view = open_view()
    app = QApplication.instance()
    before = picture_of(view)
    try:
        THEME.apply(app, "light" if THEME.is_dark else "dark")
        after = picture_of(view)
    finally:
        THEME.apply(app, "light" if THEME.is_dark else "dark")
    assert (before != after).mean() > 0.95
    assert np.array_equal(before, picture_of(view))


def test_before_the_first_answer_there_are_axes_and_a_sentence(open_view):
    _, view = open_view(answers=False)
    assert not view.picture.ready
    assert len(np.unique(picture_of(view))) > 5
    wheel(view.canvas.viewport(), QPoint(200, 200), 1)


def test_hidden_runs_are_not_drawn(open_view):
    state, view = open_view(bowl(0.01, 0.02))
    picture_of(view)
    state.update_run(0, visible=False)
    picture_of(view)
    assert view.picture.paths.prepared.paths[0] is None
    assert view.picture.paths.prepared.paths[1] is not None


def test_play_head_and_selection_redraw_the_paths_only(open_view):
    state, view = open_view(bowl(0.002, steps=200))
    end = picture_of(view)
    state.set_head(10)
    early = picture_of(view)
    assert (early != end).any()
    state.set_head(200)
    assert np.array_equal(picture_of(view), end)


def test_fit_shows_all_starts_and_blow_up_shows_the_paths(open_view):
    state, view = open_view(bowl(0.5, steps=60))
    state.update_run(0, start=(30.0, -20.0))
    view.fit()
    x0, x1, y0, y1 = view.frame.view
    assert x0 < 30.0 < x1
    assert y0 < -20.0 < y1
    view.fit_paths()
    assert view.frame.view[1] - view.frame.view[0] > 5 * (x1 - x0)
    wheel(view.canvas.viewport(), QPoint(300, 200), 1)
    assert state.experiment.display.view is None
    state.update_display(blow_up=False)
    assert view.frame.view == (x0, x1, y0, y1)


def test_equal_aspect_has_one_scale(open_view):
    state, view = open_view()
    state.update_display(equal_aspect=True)
    assert view.frame.scale[0] == pytest.approx(view.frame.scale[1])


def test_another_surface_is_shown_when_its_answer_is_there(open_view):
    state, view = open_view(answers=False)
    state.set_results(answer_of(state.experiment))
    before, shown = view.frame, picture_of(view)
    state.update(surface=SurfaceSettings(name="rosenbrock"), start=(-1.2, 1.0))
    assert view.frame == before
    assert np.array_equal(picture_of(view), shown)
    state.set_results(answer_of(state.experiment))
    assert view.frame != before
    assert view.picture.results.experiment.surface.name == "rosenbrock"
    assert view.picture.ground.drawn.wish.surface.name == "rosenbrock"


def test_the_sharpest_picture_has_device_pixels(open_view):
    _, view = open_view()
    drawn = view.picture.ground.drawn
    ratio = view.canvas.devicePixelRatioF()
    assert drawn.coarse == 1
    assert drawn.pixels.shape == (
        round(view.frame.plot.height() * ratio), round(view.frame.plot.width() * ratio),
    )  # fmt: skip


def test_the_colour_bar_names_round_losses(open_view):
    state, view = open_view()
    labels = {text: share for share, text in view.bar.labels()}
    assert {"1", "10", "100"} <= set(labels)
    assert 0 <= labels["1"] < labels["10"] < labels["100"] <= 1
    state.update_display(colours="linear")
    assert not view.bar._levels.log
    assert len(view.bar.labels()) >= 3


def test_a_failing_picture_says_why_and_the_view_goes_on(open_view, monkeypatch):
    from gui.views import landscape_painter

    said = []
    state, view = open_view()
    state.message.connect(said.append)
    monkeypatch.setattr(landscape_painter, "draw_ground", _refuse)
    wheel(view.canvas.viewport(), QPoint(200, 200), 1)
    assert said == ["There is no picture of this."]
    monkeypatch.undo()
    wheel(view.canvas.viewport(), QPoint(200, 200), 1)
    assert view.picture.ground.drawn.wish.view == view.frame.view


def _refuse(order):
    raise ValueError("There is no picture of this.")


def test_a_closed_view_hears_nothing(open_view):
    state, view = open_view()
    view.close()
    state.set_head(3)
    state.update(start=(1.0, 1.0))
    THEME.changed.emit()


def test_importing_the_view_does_not_import_numba():
    code = "import sys, gui.views.landscape_view; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_change_and_its_answer_are_painted_once(open_view, monkeypatch):
    state, view = open_view()
    updates = []
    monkeypatch.setattr(view.canvas, "update", lambda: updates.append(1))
    state.update("start", start=(1.0, 1.0))
    assert len(updates) == 1


def test_the_ring_does_not_wait_long_for_a_slow_answer(open_view, qtbot):
    state, view = open_view(answers=False)
    state.set_results(answer_of(state.experiment))
    state.update("start", start=(1.0, 1.0))
    wanted = view.frame.pixel(1.0, 1.0)
    qtbot.waitUntil(lambda: handle(view).centre == wanted)


def test_nudges_that_come_faster_than_answers_add_up(open_view, qtbot):
    state, view = open_view(answers=False)
    state.set_results(answer_of(state.experiment))
    for _ in range(3):
        qtbot.keyClick(handle(view), Qt.Key.Key_Right)
    moved = (state.experiment.start[0] + 1.5) * view.frame.scale[0]
    assert moved == pytest.approx(3 * NUDGE_PX)


def test_a_head_at_its_end_has_the_shape_of_its_run(qapp):
    shapes = set()
    for slot in range(len(MARKERS)):
        picture = QImage(24, 24, QImage.Format.Format_Alpha8)
        picture.fill(0)
        painter = QPainter(picture)
        paint_head(painter, QPointF(12, 12), slot, chosen=False, at_end=True)
        painter.end()
        shapes.add(bytes(picture.constBits()))
    assert len(shapes) == len(MARKERS)


@pytest.mark.parametrize("count", [1, MOST_LABELS])
def test_an_arrow_says_which_run_left_when_and_where_it_went(open_view, monkeypatch, count):
    texts = []
    monkeypatch.setattr(
        "gui.views.landscape_exits.paint_chip", lambda painter, box, text, ink: texts.append(text)
    )
    state, view = open_view(bowl(*[0.3 + 0.1 * k for k in range(count)], steps=20))
    texts.clear()
    picture_of(view)
    assert len(texts) == count
    x, y = (show(value, 2) for value in state.results.trajectories[0].points[-1])
    assert texts[0] == f"SGD η 0.3, step 3, to ({x}, {y})"


def test_labels_keep_clear_of_a_ring(open_view, monkeypatch):
    boxes = []
    monkeypatch.setattr(
        "gui.views.landscape_exits.paint_chip", lambda painter, box, text, ink: boxes.append(box)
    )
    _, view = open_view(bowl(0.5, start=(-3.7, 0.3), steps=40))
    boxes.clear()
    picture_of(view)
    centre = handle(view).centre
    ring = QRectF(centre - QPointF(FOCUS_PX, FOCUS_PX), centre + QPointF(FOCUS_PX, FOCUS_PX))
    assert boxes
    assert not any(box.intersects(ring) for box in boxes)
