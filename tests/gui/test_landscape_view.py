"""The landscape under real mouse and key events, with the real engine."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from engine.experiment import DisplaySettings, Experiment, SurfaceSettings, new_run
from gui.state import Results, State
from gui.theme import THEME
from gui.views.landscape_exits import MOST_LABELS
from gui.views.landscape_starts import SHARED
from gui.views.landscape_view import LandscapeView

LEFT = Qt.MouseButton.LeftButton
NO_BUTTON = Qt.MouseButton.NoButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
NO_KEY = Qt.KeyboardModifier.NoModifier


def at_once(topic, work, done, failed=None):
    """Submit without a thread."""
    try:
        result = work()
    except ValueError as error:
        assert failed is not None
        failed(str(error))
    else:
        done(result)


def answer_of(experiment):
    from engine.answer import answer

    found = answer(experiment)
    return Results(found.experiment, found.landscape, found.trajectories, found.statuses)


@pytest.fixture
def open_view(qtbot):
    """Return a function that opens a view on an experiment, answered at once after each change."""

    def opened(experiment=None, size=(560, 420), submit=at_once, answers=True):
        state = State(experiment or bowl())
        view = LandscapeView(state, submit)
        view.resize(*size)
        qtbot.addWidget(view)
        with qtbot.waitExposed(view):
            view.show()
        if answers:
            state.changed.connect(lambda _, new: state.set_results(answer_of(new)))
            state.set_results(answer_of(state.experiment))
        return state, view

    return opened


def bowl(*rates, **more):
    runs = tuple(
        new_run("sgd", learning_rate=rate, slot=slot) for slot, rate in enumerate(rates or (0.02,))
    )
    settings = {"start": (-1.5, 2.0), "steps": 40, "runs": runs, **more}
    return Experiment(surface=SurfaceSettings(name="bowl"), **settings)


def send(widget, kind, at, button=NO_BUTTON, buttons=NO_BUTTON, keys=NO_KEY):
    point = QPointF(at)
    event = QMouseEvent(kind, point, widget.mapToGlobal(point), button, buttons, keys)
    QApplication.sendEvent(widget, event)


def drag(widget, start, by, keys=NO_KEY, steps=5):
    """Press, move and release; a widget that follows the mouse moves under it."""
    begin = widget.mapToGlobal(QPointF(start))
    send(widget, QEvent.Type.MouseButtonPress, start, LEFT, LEFT, keys)
    for k in range(1, steps + 1):
        local = widget.mapFromGlobal(begin + QPointF(by) * (k / steps))
        send(widget, QEvent.Type.MouseMove, local, NO_BUTTON, LEFT, keys)
    local = widget.mapFromGlobal(begin + QPointF(by))
    send(widget, QEvent.Type.MouseButtonRelease, local, LEFT, NO_BUTTON, keys)


def wheel(widget, at, notches):
    event = QWheelEvent(
        QPointF(at), widget.mapToGlobal(QPointF(at)), QPoint(), QPoint(0, 120 * notches),
        NO_BUTTON, NO_KEY, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def picture_of(view):
    image = view.canvas.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1) & 0xFFFFFF


def handle(view, index=SHARED):
    return view._rings.handles[index]


def grip(widget):
    return QPointF(widget.width() / 2, widget.height() / 2)


def test_dragging_the_ring_moves_start_and_path_with_every_mouse_move(open_view):
    state, view = open_view()
    starts, before = [], picture_of(view)
    state.changed.connect(lambda _, new: starts.append(new.start))
    target = view.frame.pixel(*state.experiment.start) + QPointF(60, -30)
    wanted = view.frame.data(target)
    drag(handle(view), grip(handle(view)), QPoint(60, -30))
    assert len(starts) == 5
    assert state.experiment.start == pytest.approx(wanted, abs=1e-9)
    after = picture_of(view)
    path = view.picture.paths.prepared.paths[0]
    first = path.xy[0] + [view.frame.plot.left(), view.frame.plot.top()]
    assert first == pytest.approx([target.x(), target.y()], abs=0.6)
    assert (after != before).mean() > 0.001
    state.undo()
    assert state.experiment.start == (-1.5, 2.0)


def test_shift_drags_ten_times_finer(open_view):
    state, view = open_view()
    drag(handle(view), grip(handle(view)), QPoint(50, 0), SHIFT)
    moved = (state.experiment.start[0] + 1.5) * view.frame.scale[0]
    assert moved == pytest.approx(5.0, abs=1e-6)


def test_the_view_stays_while_the_ring_is_dragged_and_follows_when_it_is_let_go(open_view):
    state, view = open_view()
    ring, before = handle(view), view.frame.view
    send(ring, QEvent.Type.MouseButtonPress, grip(ring), LEFT, LEFT)
    far = ring.mapFromGlobal(ring.mapToGlobal(grip(ring)) - QPointF(900, 0))
    send(ring, QEvent.Type.MouseMove, far, NO_BUTTON, LEFT)
    assert state.experiment.start[0] < before[0]
    assert view.frame.view == before
    send(ring, QEvent.Type.MouseButtonRelease, far, LEFT, NO_BUTTON)
    assert view.frame.view[0] < state.experiment.start[0]


def test_arrow_keys_nudge_a_focused_ring_and_shift_makes_them_finer(open_view, qtbot):
    state, view = open_view()
    ring = handle(view)
    ring.setFocus()
    qtbot.keyClick(ring, Qt.Key.Key_Right)
    coarse = state.experiment.start[0] + 1.5
    qtbot.keyClick(ring, Qt.Key.Key_Left, SHIFT)
    assert coarse > 0
    assert state.experiment.start[0] + 1.5 == pytest.approx(0.9 * coarse)
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Left, NO_KEY)
    override.ignore()
    QApplication.sendEvent(ring, override)
    assert override.isAccepted()


def test_a_run_with_its_own_start_has_its_own_ring(open_view):
    state, view = open_view(bowl(0.02, 0.03))
    state.update_run(1, start=(1.0, 1.0))
    drag(handle(view, 1), grip(handle(view, 1)), QPoint(20, 0))
    assert state.experiment.runs[1].start[0] > 1.0
    assert state.experiment.start == (-1.5, 2.0)
    assert {SHARED, 1} == set(view._rings.handles)
    assert "2" in handle(view, 1).accessibleName()


def test_wheel_zooms_at_the_pointer_and_double_click_puts_the_start(open_view, qtbot):
    state, view = open_view()
    spot = QPoint(300, 150)
    before, wide = view.frame.data(QPointF(spot)), view.frame.view
    wheel(view.canvas.viewport(), spot, 2)
    assert view.frame.data(QPointF(spot)) == pytest.approx(before, abs=1e-12)
    assert view.frame.view[1] - view.frame.view[0] < 0.7 * (wide[1] - wide[0])
    assert state.experiment.display.view == view.frame.view
    qtbot.mouseDClick(view.canvas.viewport(), LEFT, pos=spot)
    assert state.experiment.start == pytest.approx(before, abs=1e-9)


def test_dragging_the_ground_pans_and_undo_takes_it_back(open_view):
    state, view = open_view()
    spot = QPointF(400, 300)
    before, old = view.frame.data(spot), view.frame.view
    drag(view.canvas.viewport(), spot, QPoint(-70, 40))
    assert view.frame.data(spot + QPointF(-70, 40)) == pytest.approx(before)
    state.undo()
    assert view.frame.view == old


def test_zoom_ends_where_numbers_end(open_view):
    state, view = open_view()
    for _ in range(60):
        wheel(view.canvas.viewport(), QPoint(300, 200), 5)
    x0, x1, y0, y1 = state.experiment.display.view
    assert x0 < x1
    assert y0 < y1
    for _ in range(400):
        wheel(view.canvas.viewport(), QPoint(300, 200), -20)
    assert all(map(math.isfinite, state.experiment.display.view))
    picture_of(view)


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


def test_a_path_that_breaks_inside_the_view_is_marked(open_view):
    settings = SurfaceSettings(name="formula", formula="sqrt(x - 1) + y^2")
    run = new_run("sgd", learning_rate=0.5)
    experiment = Experiment(surface=settings, start=(1.2, 0.5), steps=20, runs=(run,))
    _, view = open_view(experiment)
    picture_of(view)
    (departure,) = view.picture.departures(view.frame)
    assert departure.diverged
    assert departure.direction is None


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
    assert len(boxes) == MOST_LABELS + 1
    assert state.results.trajectories[20].label in boxes[0][1]
    assert boxes[-1][1] == f"and {32 - MOST_LABELS} more"
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


def test_one_variable_is_a_curve_whose_start_moves_in_x_only(open_view):
    experiment = Experiment(
        surface=SurfaceSettings(name="square"), start=(1.0, 0.25), steps=20,
        runs=(new_run("sgd", learning_rate=0.9),),
        display=DisplaySettings(landscape="curve", curvature=True),
    )  # fmt: skip
    state, view = open_view(experiment)
    assert view.picture.curve
    ring = handle(view)
    value = view.picture.ground.drawn.landscape.value((1.0, 0.25))
    assert view.frame.data(ring.centre) == pytest.approx((1.0, float(value)))
    drag(ring, grip(ring), QPoint(-40, 55))
    assert state.experiment.start[0] < 1.0
    assert state.experiment.start[1] == 0.25
    low, high = view.frame.view[2:]
    assert low < 0.0 < float(value) < high
    wheel(view.canvas.viewport(), QPoint(200, 100), 1)
    assert state.experiment.display.view[2:] == view._viewpoint.plane[2:]
    assert not view.bar.isVisible()
    picture_of(view)


def test_hover_tells_place_loss_gradient_and_the_step_nearby(open_view, qtbot):
    state, view = open_view(bowl(0.005))
    picture_of(view)
    x, y = state.results.trajectories[0].points[1].tolist()
    qtbot.mouseMove(view.canvas.viewport(), view.frame.pixel(x, y).toPoint())
    text = view._readout.text()
    assert view._readout.isVisible()
    assert "loss" in text
    assert "gradient" in text
    assert f"{state.results.trajectories[0].label}, step" in text
    qtbot.mouseMove(view.canvas.viewport(), QPoint(2, 2))
    assert not view._readout.isVisible()


def test_hover_over_an_undefined_place_says_so(open_view, qtbot):
    settings = SurfaceSettings(name="formula", formula="log(x) + y^2")
    _, view = open_view(Experiment(surface=settings, start=(1.0, 1.0), steps=3))
    qtbot.mouseMove(view.canvas.viewport(), view.frame.pixel(-1.0, 0.0).toPoint())
    assert "not defined" in view._readout.text()


def test_a_click_on_a_path_selects_its_run(open_view, qtbot):
    state, view = open_view(bowl(0.001, 0.005))
    state.update_run(1, start=(1.5, -2.0))
    picture_of(view)
    x, y = state.results.trajectories[1].points[3].tolist()
    qtbot.mouseClick(
        view.canvas.viewport(), LEFT, pos=view.frame.pixel(x, y).toPoint() + QPoint(3, 3)
    )
    assert state.selected == 1


def test_overlays_and_the_menu(open_view, qtbot):
    state, view = open_view()
    plain = picture_of(view)
    menu = _menu(view, QPointF(300, 200))
    place = view.frame.data(QPointF(300, 200))
    actions = {action.text().replace("&", ""): action for action in menu.actions()}
    actions["Gradient arrows"].trigger()
    actions["Curvature"].trigger()
    assert state.experiment.display.arrows
    assert state.experiment.display.curvature
    assert (picture_of(view) != plain).mean() > 0.01
    actions["Copy coordinates"].trigger()
    copied = QApplication.clipboard().text()
    assert tuple(map(float, copied.split(","))) == pytest.approx(place)
    actions["Give the selected run its own start here"].trigger()
    assert state.experiment.runs[0].start == pytest.approx(place)
    menu.close()


def _menu(view, at):
    view.canvas.menu_wished.emit(at, QPoint(0, 0))
    return QApplication.activePopupWidget()


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


def test_a_start_that_is_refused_is_said(open_view):
    state, view = open_view()
    said = []
    state.message.connect(said.append)
    handle(view).moved.emit(SHARED, QPointF(math.inf, 0))
    assert "start" in said[0]
    assert state.experiment.start == (-1.5, 2.0)


def test_a_closed_view_hears_nothing(open_view):
    state, view = open_view()
    view.close()
    state.set_head(3)
    state.update(start=(1.0, 1.0))
    THEME.changed.emit()


def test_importing_the_view_does_not_import_numba():
    code = "import sys, gui.views.landscape_view; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
