"""The path in a plane: what is drawn, what is said of it, and starts that are put into it."""

import numpy as np
import pytest
from function_training import at_once, experiment, opened, settle, trained
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.networks import experiment_file
from engine.networks.batches import BatchSettings
from engine.networks.explanation.objective import objective_of
from engine.networks.initialisation import InitialSettings, of_text
from engine.networks.settings import TrainingRun
from gui.networks.state import NetworkState
from gui.networks.views import plane_follower, plane_work
from gui.networks.views.plane_view import PlaneView

NO_BUTTON, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
NO_KEY = Qt.KeyboardModifier.NoModifier
TWO = (("sgd", 0.3), ("adam", 0.02))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Draw coarsely, and follow at once."""
    monkeypatch.setattr(plane_work, "LONGEST_SECONDS", 0.0)
    monkeypatch.setattr(plane_follower, "REST_MS", 0)
    monkeypatch.setattr(plane_follower, "MOVING_MS", 0)


def open_plane(qtbot, settings=None, **more):
    shown = settings or experiment(runs=TWO, hidden=(4, 4), steps=40)
    state, view = opened(qtbot, PlaneView, shown, size=(720, 560), **more)
    settle()
    return state, view


def choose(view, **fields):
    """Choose as the lists above the plane do."""
    for name, key in fields.items():
        box = getattr(view.bar, name)
        box._on_activated(box.findData(key))
    settle()


def train(state):
    """Train anew what the experiment says now."""
    before = state.trained
    state.set_trained(trained(state.experiment))
    # As the window's trainer does: the data are prepared once.
    if before and before.experiment.data == state.experiment.data:
        object.__setattr__(state.trained.network, "prepared", before.network.prepared)
    settle()


def move(view, at):
    at = at, view.canvas.mapToGlobal(at)
    event = QMouseEvent(QEvent.Type.MouseMove, *at, NO_BUTTON, NO_BUTTON, NO_KEY)
    QApplication.sendEvent(view.canvas.viewport(), event)
    return view._hover.readout.text() if view._hover.readout.isVisible() else ""


def inside(view, across=0.3, up=0.6):
    """Return a pixel of the plot, away from its paths."""
    left, bottom = view.frame.plot.left(), view.frame.plot.bottom()
    return QPointF(left + across * view.frame.plot.width(), bottom - up * view.frame.plot.height())


def start_weights(state):
    return state.trained.network.start[: state.trained.network.model.size]


def test_paths_stand_where_the_plane_has_them(qtbot):
    state, view = open_plane(qtbot)
    plane, followed = view.laid.plane, view.picture.followed
    for index, history in enumerate(state.trained.histories):
        run = followed.runs.runs[index]
        np.testing.assert_allclose(run.points, plane.coordinates(history.weights))
        np.testing.assert_allclose(followed.distances[index], plane.distances(history.weights))
        assert (run.slot, run.broken, run.step(run.row(8))) == (index, False, 8)
        assert view.frame.plot.contains(view.frame.pixel(*run.points[-1].tolist()))
    assert view.picture.titles[0].startswith("first principal component: ")
    across, up = (axis.geometry() for axis in view.canvas._axes)
    assert (across.top(), up.bottom()) == (view.frame.plot.bottom(), view.frame.plot.bottom())
    said = view.bar.label.text()
    both = float(plane.variance.sum()) * 100
    assert f"{both:.1f}".rstrip("0").rstrip(".") in said
    assert "61 % + 15 %" in said
    assert "SGD" in said
    assert len(view.distances.curves._curves) == 2


def test_the_ground_is_the_loss_on_all_rows_or_on_a_batch(qtbot):
    state, view = open_plane(qtbot)
    plane, objective = view.laid.plane, objective_of(state.trained.network)
    found = view.picture.ground.losses
    place = [found.places[0][3], found.places[1][5]]
    assert found.losses[5, 3] == pytest.approx(float(objective.value(plane.weights(place))))
    state.set_head(7)
    choose(view, loss="batch")
    batch = objective.of_batch(7)
    found = view.picture.ground.losses
    assert view.picture.ground.wish.step == 7
    assert view.laid.plane is plane
    place = [found.places[0][3], found.places[1][5]]
    assert found.losses[5, 3] == pytest.approx(float(batch.value(plane.weights(place))))
    assert found.losses[5, 3] != pytest.approx(float(objective.value(plane.weights(place))))


@pytest.mark.parametrize("kind", ["principal", "curvature", "random", "line"])
@pytest.mark.parametrize("around", ["start", "head", "end"])
def test_every_plane_can_be_chosen(qtbot, kind, around):
    state, view = open_plane(qtbot)
    state.set_head(20)
    choose(view, kind=kind, around=around)
    laid = view.laid
    assert laid.laying.choice.kind == kind
    assert view.is_line == (kind == "line")
    assert view.picture.ground.wish.laid is laid
    assert view.picture.followed.laid is laid
    assert view.bar.around.isVisible() == (kind in ("curvature", "random"))
    assert view.canvas.isVisible()
    if kind in ("curvature", "random"):
        history = state.trained.histories[0]
        step = {"start": 0, "head": 20, "end": 40}[around]
        wanted = history.weights[history.nearest_kept(step)]
        np.testing.assert_allclose(laid.plane.origin, wanted)


def test_other_random_directions_have_another_seed(qtbot):
    _, view = open_plane(qtbot)
    choose(view, kind="random")
    before = view.laid.plane.axes
    view.bar.seed.click()
    settle()
    assert view.bar.choice.seed == 1
    assert not np.allclose(view.laid.plane.axes, before)


def test_a_line_leads_to_another_run(qtbot):
    state, view = open_plane(qtbot)
    choose(view, kind="line")
    first = state.trained.histories[0]
    np.testing.assert_allclose(view.laid.plane.weights([1.0]), first.weights[-1], atol=1e-6)
    choose(view, other="1")
    second = state.trained.histories[1]
    np.testing.assert_allclose(view.laid.plane.weights([0.0]), first.weights[-1], atol=1e-6)
    np.testing.assert_allclose(view.laid.plane.weights([1.0]), second.weights[-1], atol=1e-6)
    graph = view.picture.ground.graph
    end = graph[np.abs(graph[:, 0] - 1.0).argmin()]
    assert 10 ** end[1] == pytest.approx(second.training_loss[-1], rel=1e-3)
    assert view.picture.ring is None
    assert "log" in view.picture.titles[1]
    view.set_log(False)
    settle()
    assert view.picture.titles[1] == "loss"


def test_a_double_click_trains_from_there_and_the_plane_stays(qtbot):
    state, view = open_plane(qtbot)
    laid, at = view.laid, inside(view)
    wanted = view.frame.data(at)
    place = view.canvas.mapToGlobal(at)
    QApplication.sendEvent(
        view.canvas.viewport(),
        QMouseEvent(QEvent.Type.MouseButtonDblClick, at, place, LEFT, LEFT, NO_KEY),
    )
    weights = of_text(state.experiment.initial.weights)
    np.testing.assert_allclose(weights, laid.plane.weights(wanted))
    settle()
    # The ring is where the hand is, before anything has been trained.
    assert (view.picture.ring[0] - at).manhattanLength() < 0.1
    train(state)
    np.testing.assert_allclose(start_weights(state), weights, rtol=1e-6)
    assert view.laid is laid
    assert view.bar.renew.isVisible()
    assert "earlier paths" in view.bar.label.text()
    for run in view.picture.followed.runs.runs:
        np.testing.assert_allclose(run.points[0], wanted, atol=1e-5)
    # Files keep it.
    text = experiment_file.dump(state.experiment)
    assert experiment_file.parse(text) == state.experiment
    view.bar.renew.click()
    settle()
    assert view.laid is not laid
    assert not view.bar.renew.isVisible()


def test_a_drag_is_one_step_of_undo(qtbot):
    state, view = open_plane(qtbot)
    handle, before = view._start.handle, QPointF(view.picture.ring[0])
    assert handle.isVisible()
    assert handle.accessibleName() == "First weights of all runs"
    begin = QPointF(handle.rect().center())
    for kind, by, buttons in (
        (QEvent.Type.MouseButtonPress, 0, LEFT),
        (QEvent.Type.MouseMove, 12, LEFT),
        (QEvent.Type.MouseMove, 30, LEFT),
        (QEvent.Type.MouseButtonRelease, 30, NO_BUTTON),
    ):
        at = begin + QPointF(by, 0)
        button = NO_BUTTON if kind == QEvent.Type.MouseMove else LEFT
        # As if the handle had not moved: a mouse's place on the screen counts.
        place = view.canvas.mapToGlobal(before) + QPointF(by, 0)
        QApplication.sendEvent(handle, QMouseEvent(kind, at, place, button, buttons, NO_KEY))
        settle()
    moved = view.picture.ring[0] - before
    assert (moved.x(), moved.y()) == (pytest.approx(30, abs=1), pytest.approx(0, abs=1))
    state.undo()
    assert state.experiment.initial.weights == ""
    assert not state.can_undo
    train(state)
    assert (view.picture.ring[0] - before).manhattanLength() < 1


def test_arrow_keys_nudge_the_start(qtbot):
    state, view = open_plane(qtbot)
    before = QPointF(view.picture.ring[0])
    QTest.keyClick(view._start.handle, Qt.Key.Key_Left)
    settle()
    assert view.picture.ring[0].x() == pytest.approx(before.x() - 8, abs=0.1)
    assert state.experiment.initial.weights


@pytest.mark.parametrize(
    ("part", "fields", "stays"),
    [
        ("model", {"hidden": (5, 4)}, False),
        ("model", {"layer_norm": True}, False),
        ("model", {"activation": "relu"}, True),
        ("initial", {"seed": 3}, False),
        ("initial", {"gain": 2.0}, False),
        ("data", {"source": "circles"}, False),
        ("data", {"seed": 4}, True),
        ("batches", {"size": 7}, True),
    ],
)
def test_a_placed_start_lasts_as_long_as_it_fits(qtbot, part, fields, stays):
    state, view = open_plane(qtbot)
    view._put_start(inside(view))
    assert state.experiment.initial.weights
    state.update_part(part, **fields)
    assert bool(state.experiment.initial.weights) is stays
    train(state)
    assert view.picture.followed.trained is state.trained


def test_planes_follow_what_is_trained(qtbot):
    state, view = open_plane(qtbot)
    laid = view.laid
    state.update_run(0, learning_rate=0.05)
    train(state)
    qtbot.waitUntil(lambda: view.laid is not laid)
    settle()
    weights = state.trained.histories[0].weights
    np.testing.assert_allclose(view.laid.plane.origin, weights[-1])
    run = view.picture.followed.runs.runs[0]
    np.testing.assert_allclose(run.points, view.laid.plane.coordinates(weights))


def test_hidden_runs_are_not_drawn(qtbot):
    state, view = open_plane(qtbot)
    state.update_run(0, visible=False)
    settle()
    assert view.picture.followed.runs.runs[0] is None
    assert view.picture.followed.runs.runs[1] is not None


def test_the_pointer_finds_losses_and_steps(qtbot):
    state, view = open_plane(qtbot)
    run = view.picture.followed.runs.runs[1]
    row = len(run.points) // 2
    said = move(view, view.frame.pixel(*run.points[row].tolist()))
    assert "away from the plane" in said
    assert "step" in said
    at = inside(view, 0.02, 0.02)
    said = move(view, at)
    objective, plane = objective_of(state.trained.network), view.laid.plane
    loss = float(objective.value(plane.weights(view.frame.data(at))))
    assert float(said.split("loss ")[1]) == pytest.approx(loss, rel=0.3)


def test_a_wheel_zooms_and_the_ground_is_drawn_for_it(qtbot):
    _, view = open_plane(qtbot)
    before, at = view.frame.view, view.frame.plot.center()
    event = QWheelEvent(
        at, view.canvas.mapToGlobal(at), QPoint(), QPoint(0, 360), NO_BUTTON, NO_KEY,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.canvas.viewport(), event)
    assert view.frame.view[1] - view.frame.view[0] < 0.6 * (before[1] - before[0])
    settle()
    assert view.picture.ground.wish.view == view.frame.view
    view.fit()
    settle()
    assert view.frame.view == before


def test_a_run_that_blows_up_leaves_the_plane_and_is_named(qtbot):
    settings = experiment(
        "cars", runs=(("sgd", 1e-3), ("sgd", 1e-5)), hidden=(64, 64), steps=60,
        model={"activation": "leaky_relu"}, batches=BatchSettings(size=1),
        initial=InitialSettings(scheme="he_normal"),
    )  # fmt: skip
    state, view = open_plane(qtbot, settings)
    assert state.trained.histories[0].fault is not None
    assert view.picture.followed.runs.runs[0].broken
    assert view.picture.ground is not None
    view.grab()
    state.set_experiment(replace(settings, runs=settings.runs[:1]))
    train(state)
    qtbot.waitUntil(lambda: len(view.laid.laying.paths) == 1)
    settle()
    plane = view.laid.plane
    # What the plane shows is where it came from, not 1e30 away.
    reach = 20 * float(np.linalg.norm(start_weights(state)))
    assert all(high - low < reach for low, high in view.laid.view)
    assert np.isfinite(plane.axes).all()
    view.grab()


def test_runs_without_a_step_are_shown_where_it_is_steepest(qtbot):
    state, view = open_plane(qtbot, experiment(hidden=(4,), steps=0))
    assert "steepest curvature at the start" in view.bar.label.text()
    np.testing.assert_allclose(view.laid.plane.origin, start_weights(state))
    assert view.picture.ring is not None
    view.grab()


def test_what_has_no_plane_is_said(qtbot):
    _, view = open_plane(qtbot, experiment("line", hidden=(), model={"bias": False}, steps=5))
    assert view.empty.isVisible()
    assert "one parameter" in view.empty.text()
    assert not view.canvas.isVisible()


def test_before_anything_is_trained_it_says_what_will_come(qtbot):
    state = NetworkState(experiment(runs=()))
    view = PlaneView(state, at_once)
    qtbot.addWidget(view)
    view.show()
    assert "Add an optimizer" in view.empty.text()
    state.update(runs=(TrainingRun(learning_rate=0.1),))
    settle()
    assert "as soon as it is trained" in view.empty.text()
    train(state)
    assert view.canvas.isVisible()
