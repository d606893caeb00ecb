"""The landscape under real mouse and key events, with the real engine."""

import math
from functools import partial

import pytest
from landscape_events import (
    LEFT,
    NO_BUTTON,
    NO_KEY,
    SHIFT,
    bowl,
    drag,
    grip,
    handle,
    open_landscape,
    picture_of,
    send,
    wheel,
)
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QApplication

from engine.experiment import DisplaySettings, Experiment, SurfaceSettings, new_run, surface_of
from gui.numbers import show
from gui.views.landscape_hover import digits_for
from gui.views.landscape_menu import LandscapeMenu, StartMenu
from gui.views.landscape_starts import SHARED


@pytest.fixture
def open_view(qtbot):
    return partial(open_landscape, qtbot)


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


def right_click(widget, at):
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, at.toPoint(), widget.mapToGlobal(at.toPoint())
    )
    QApplication.sendEvent(widget, event)


def menu_of(view, kind):
    """Return the open menu's actions by their words."""
    menu = view.findChild(kind)
    menu.close()
    return {action.text().replace("&", ""): action for action in menu.actions()}


def test_the_wheel_zooms_over_the_ring_as_it_does_beside_it(open_view):
    state, view = open_view()
    ring, before = handle(view), view.frame.view
    place = view.frame.pixel(*state.experiment.start)
    wheel(ring, grip(ring), 2)
    assert view.frame.view[1] - view.frame.view[0] < before[1] - before[0]
    assert (view.frame.pixel(*state.experiment.start) - place).manhattanLength() < 2


def test_a_right_click_on_the_shared_ring_opens_its_menu(open_view, qtbot):
    state, view = open_view()
    right_click(handle(view), grip(handle(view)))
    actions = menu_of(view, StartMenu)
    actions["Put it on the nearest minimum"].trigger()
    assert state.experiment.start == (0.0, 0.0)
    actions["Reset to the surface's start"].trigger()
    assert state.experiment.start == surface_of(state.experiment.surface).start
    before = state.experiment.start
    actions["Give the selected run its own start here"].trigger()
    assert state.experiment.runs[0].start is not None
    assert state.experiment.start == before


def test_a_right_click_on_an_own_ring_moves_only_that_start(open_view):
    state, view = open_view(bowl(0.02, 0.03))
    state.update_run(1, start=(1.0, 1.0))
    right_click(handle(view, 1), grip(handle(view, 1)))
    actions = menu_of(view, StartMenu)
    assert "Give the selected run its own start here" not in actions
    actions["Put it on the nearest minimum"].trigger()
    assert [run.start for run in state.experiment.runs] == [None, (0.0, 0.0)]
    actions["Share the start of all runs"].trigger()
    assert state.experiment.runs[1].start is None


def test_a_right_click_on_a_path_is_for_its_run(open_view):
    state, view = open_view(bowl(0.02, 0.03))
    state.update_run(1, start=(2.0, -1.0))
    wanted = []
    view.run_menu_wanted.connect(wanted.append)
    picture_of(view)
    x, y = state.results.trajectories[1].points[1]
    view.canvas.menu_wished.emit(view.frame.pixel(x, y), QPoint(7, 8))
    assert (wanted, state.selected) == ([QPoint(7, 8)], 1)
    assert view.findChild(LandscapeMenu) is None


def test_a_recorded_path_has_no_ring(open_view, tmp_path):
    state, view = open_view(bowl(0.02, 0.03))
    state.results.trajectories[1].to_csv(tmp_path / "a.csv")
    state.update_run(1, recorded=str(tmp_path / "a.csv"), start=(1.0, 1.0))
    assert set(view._rings.handles) == {SHARED}
    state.update_run(1, start=None)
    state.select(1)
    right_click(handle(view), grip(handle(view)))
    assert "Give the selected run its own start here" not in menu_of(view, StartMenu)
    state.update(runs=state.experiment.runs[1:])
    assert set(view._rings.handles) == set()


def _menu(view, at):
    view.canvas.menu_wished.emit(at, QPoint(0, 0))
    return QApplication.activePopupWidget()


def test_a_start_that_is_refused_is_said(open_view):
    state, view = open_view()
    said = []
    state.message.connect(said.append)
    handle(view).moved.emit(SHARED, QPointF(math.inf, 0))
    assert "start" in said[0]
    assert state.experiment.start == (-1.5, 2.0)


def test_the_readout_follows_a_zoom_under_a_resting_pointer(open_view, qtbot):
    _, view = open_view()
    spot = QPoint(300, 150)
    qtbot.mouseMove(view.canvas.viewport(), spot)
    before = view._readout.text()
    for _ in range(60):
        wheel(view.canvas.viewport(), spot, 1)
    x, _ = view.frame.data(QPointF(spot))
    assert view._readout.text() != before
    assert f"x {show(x, digits_for(*view.frame.view[:2]))}" in view._readout.text()
    view.fit()
    assert not view._readout.isVisible()
