"""The window's maps, used as a person would: zoomed, opened, saved, closed in the middle."""

import math
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from shiboken6 import isValid

from engine.experiment import Experiment, SurfaceSettings, new_run
from engine.maps import map_experiment
from engine.maps.axes import Axis
from engine.maps.map_experiment import MapExperiment, task_of
from engine.maps.outcomes import VERDICTS
from engine.maps.trainability import Trainability
from gui import session
from gui.maps.views.map_frame import NARROWEST
from gui.session import MAPS, SURFACE

BOWL = Experiment(
    surface=SurfaceSettings(name="bowl"), start=(-3.0, 1.0), steps=40,
    runs=(new_run("sgd", learning_rate=0.09), new_run("adam", learning_rate=0.1, slot=1)),
)  # fmt: skip
#: Quick ones, of which half diverge.
TINY = MapExperiment(
    x=Axis(name="input_rate", low=1e-3, high=1e6, scale="log"),
    y=Axis(name="output_rate", low=1e-3, high=1e6, scale="log"),
    width=64,
    height=48,
    trainability=Trainability(width=2, inputs=2, points=1, steps=20),
)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot):
    from gui.main_window import MainWindow

    window = MainWindow(BOWL)
    window.resize(1000, 700)
    window.show()
    qtbot.waitUntil(lambda: window.state.results is not None, timeout=300_000)
    yield window
    if isValid(window):
        window.close()


@pytest.fixture
def maps(qtbot, window):
    """Return a function that makes a change and waits until all of the map is there."""
    window.commands.actions["Maps"].trigger()
    half = window.half
    half.state.set_map(TINY)

    def settled(change=lambda: None):
        change()

        def over():
            shown, wanted = half.state.shown, half.state.experiment
            return (
                shown is not None and shown.over and shown.complete
                and shown.experiment == replace(wanted, width=shown.experiment.width,
                                                height=shown.experiment.height)
            )  # fmt: skip

        qtbot.waitUntil(over, timeout=300_000)
        return half

    settled()
    return settled


def view_of(half):
    return half.centre.pages.pages["map"]


def place(view, across, up):
    plot = view.canvas.plot()
    return QPointF(plot.left() + across * plot.width(), plot.bottom() - up * plot.height())


def test_the_switch_leads_to_the_maps_which_are_made_then(window, qtbot):
    assert MAPS not in window.halves.all
    with qtbot.waitSignal(window.halves.made):
        QTest.mouseClick(window.tool_bar.switch.findChildren(QAbstractButton)[2], LEFT)
    assert window.halves.name == MAPS
    assert session.half() == MAPS
    docks = window.places.docks
    assert docks["curves"].windowTitle() == "Border and run"
    assert not window.commands.actions["Play or pause"].isVisible()
    assert not window.commands.menus["&Run"].menuAction().isVisible()
    window.commands.actions["Surface"].trigger()
    assert docks["curves"].windowTitle() == "Curves"
    assert window.commands.menus["&Run"].menuAction().isVisible()
    assert window.half is window.surface


def test_each_pixel_is_what_its_task_says(maps):
    half = maps()
    shown = half.state.shown
    experiment = shown.experiment
    rows, columns = np.array([0, 7, 100]), np.array([3, 80, 200])
    task = task_of(experiment)
    xs = experiment.x.at(columns, experiment.width)
    ys = experiment.y.at(rows, experiment.height)
    found = task.run(xs, ys, np.zeros(1, np.uint8))
    np.testing.assert_array_equal(shown.outcomes.loss[rows, columns], found.loss)
    np.testing.assert_array_equal(shown.outcomes.verdict[rows, columns], found.verdict)
    assert (shown.spacing == 1).all()
    kinds = {VERDICTS[kind] for kind in np.unique(shown.outcomes.verdict)}
    assert {"converged", "diverged"} <= kinds


def test_the_wheel_zooms_about_the_pointer_and_undo_leads_back(maps):
    half = maps()
    view, before = view_of(half), half.state.experiment
    at = place(view, 0.3, 0.6)
    under = view.pixel(at)
    maps(lambda: view.canvas.turn_wheel(480, at))
    after = half.state.experiment
    assert after.x.high / after.x.low < before.x.high / before.x.low / 10
    pixel = (math.log(before.x.high / before.x.low)) / view.canvas.plot().width()
    np.testing.assert_allclose(np.log(view.pixel(at)), np.log(under), atol=pixel)
    half.state.undo()
    assert half.state.experiment == before
    half.state.redo()
    assert half.state.experiment == after
    half.fit()
    assert half.state.experiment == before


def test_the_old_picture_is_stretched_at_once(maps):
    half = maps()
    view = view_of(half)
    old = half.state.shown
    at = place(view, 0.5, 0.5)
    view.canvas.turn_wheel(120, at)
    view.refresh()
    assert half.state.shown is old
    image = view.canvas.grab().toImage()
    assert image.pixelColor(at.toPoint()).alpha() == 255
    assert view.picture.axes != (old.experiment.x, old.experiment.y)
    maps()


def test_dragging_moves_the_map(maps):
    half = maps()
    view, before = view_of(half), half.state.experiment
    start = place(view, 0.5, 0.5).toPoint()
    port = view.canvas.viewport()
    QTest.mousePress(port, LEFT, pos=start)
    QTest.mouseMove(port, start + QPointF(40, 0).toPoint())
    QTest.mouseMove(port, start + QPointF(80, 0).toPoint())
    QTest.mouseRelease(port, LEFT, pos=start + QPointF(80, 0).toPoint())
    assert half.state.experiment.x.low < before.x.low
    assert half.state.experiment.y.low == pytest.approx(before.y.low)
    maps()


def test_it_says_where_float64_ends(maps):
    half = maps()
    view = view_of(half)
    at = place(view, 0.4, 0.4)
    for _ in range(400):
        view.canvas.turn_wheel(120, at)
    assert view.depth_note.isVisible()
    y, height = half.state.experiment.y, half.painter._size[1]
    steps = np.diff(y.at(np.arange(height), height)) / y.deepest
    assert NARROWEST <= steps.mean() < 2 * NARROWEST
    assert (steps > 0).all()
    maps()


def test_hover_tells_settings_and_outcome(maps):
    half = maps()
    view = view_of(half)
    view.canvas.hovered.emit(place(view, 0.2, 0.9))
    text = view.readout.text()
    assert "Learning rate of the first layer" in text
    assert "diverged" in text
    view.canvas.hovered.emit(None)
    assert not view.readout.isVisible()


def test_a_click_shows_the_loss_of_small_networks(maps, qtbot):
    half = maps()
    view = view_of(half)
    with qtbot.waitSignal(half.opener.trained, timeout=60_000) as told:
        view.canvas.clicked.emit(place(view, 0.5, 0.9))
    run = told.args[0].run
    assert half.details.plot.isVisibleTo(half.details)
    row, column = math.floor(0.9 * half.painter._size[1]), math.floor(0.5 * half.painter._size[0])
    loss = half.state.shown.outcomes.loss[row, column]
    np.testing.assert_array_equal(run.outcome.loss[0], loss)


def test_a_click_opens_the_run_on_the_surface(window, maps):
    window.surface.state.select(1)
    half = maps(lambda: window.half.map_around(SURFACE))
    experiment = half.state.experiment
    assert experiment.surface.runs == (BOWL.runs[1],)
    view = view_of(half)
    at = place(view, 0.7, 0.5)
    x, y = view.pixel(at)
    view.canvas.clicked.emit(at)
    assert window.halves.name == SURFACE
    (run,) = window.surface.state.experiment.runs
    assert run.learning_rate == x
    assert run.hyperparameters[experiment.y.name.partition(".")[2]] == y
    window.surface.state.undo()
    assert window.surface.state.experiment == BOWL


def test_map_around_this_run_and_its_own_settings_are_marked(window, maps):
    window.commands.actions["Surface"].trigger()
    window.commands.actions["Map around this run"].trigger()
    assert window.halves.name == MAPS
    half = maps()
    view = view_of(half)
    assert half.state.experiment.x.name == "learning_rate"
    assert view.picture.own[0] == pytest.approx(math.log10(0.09))
    maps(lambda: half.map_around(SURFACE, starts=True))
    assert view.picture.own == (-3.0, 1.0)
    assert half.state.experiment.colouring.by == "basin"


def test_the_panel_names_swaps_and_refuses(maps, window):
    half = maps()
    axes = half.panel.axes
    axes.swap.click()
    assert half.state.experiment.x.name == "output_rate"
    half.state.undo()
    rows = axes.rows["x"]
    rows.named.emit("gain")
    assert half.state.experiment.x.name == "gain"
    rows.named.emit("learning_rate")
    names = {half.state.experiment.x.name, half.state.experiment.y.name}
    assert "output_rate" not in names
    before = half.state.experiment
    rows.changed.emit({"low": 1e9})
    assert half.state.experiment == before
    assert "low end" in window.line.label.text()
    rows.changed.emit({"low": -1.0, "scale": "linear"})
    rows.changed.emit({"scale": "log"})
    assert half.state.experiment.x.low > 0
    maps()


def test_cancel_keeps_what_is_there_and_continue_goes_on(maps, qtbot):
    half = maps()
    slow = replace(TINY, trainability=replace(TINY.trainability, steps=2000, width=8))
    half.state.set_map(slow)
    qtbot.waitUntil(
        lambda: half.state.shown.experiment.trainability == slow.trainability, timeout=60_000
    )
    bar = view_of(half).bar
    bar.button.click()
    qtbot.waitUntil(lambda: not half.state.running, timeout=60_000)
    done = half.state.shown.progress.done
    assert half.state.shown.over
    assert bar.button.isVisibleTo(bar)
    bar.button.click()
    qtbot.waitUntil(lambda: half.state.shown.progress.done > done, timeout=60_000)
    assert half.state.running
    bar.button.click()


def test_all_that_diverges_is_a_picture_too(maps):
    half = maps()
    far = {axis: replace(getattr(TINY, axis), low=1e5, high=1e6) for axis in "xy"}
    maps(lambda: half.state.set_ranges(**far))
    assert (half.state.shown.outcomes.measure < 0).all()
    assert half.state.shown.dimension.sentence == "No border lies in this frame."


def test_a_map_that_cannot_be_is_said_and_the_last_picture_stays(maps, qtbot, window):
    half = maps(lambda: window.half.map_around(SURFACE))
    good = half.state.shown
    bad = replace(half.state.experiment.x, name=half.state.experiment.y.name)
    with qtbot.waitSignal(half.state.message, check_params_cb=bool, timeout=60_000):
        half.state.set_ranges(x=bad)
    assert half.state.shown is good
    half.state.undo()
    maps()


def test_a_picture_carries_its_map_and_opens_where_it_is_dropped(maps, window, qtbot, tmp_path):
    half = maps()
    file = tmp_path / "map.png"
    with qtbot.waitSignal(half.state.message, check_params_cb=lambda t: "Exported" in t):
        half.documents.export_path(file)
    assert map_experiment.read(file) == TINY
    half.choose_ground("momentum")
    window.commands.actions["Surface"].trigger()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    drop = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier,
        QEvent.Type.Drop,
    )  # fmt: skip
    window.dropEvent(drop)
    assert window.halves.name == MAPS
    assert half.state.experiment == TINY
    maps()


@pytest.mark.parametrize("suffix", [".npy", ".csv"])
def test_numbers_are_written(maps, qtbot, tmp_path, suffix):
    half = maps()
    file = tmp_path / f"map{suffix}"
    with qtbot.waitSignal(half.state.message, check_params_cb=lambda t: "Exported" in t):
        half.documents.export_path(file)
    assert file.stat().st_size > TINY.width * TINY.height
    assert [path.name for path in Path(tmp_path).iterdir()] == [file.name]


def test_a_film_needs_somewhere_to_go(maps, window, tmp_path):
    half = maps()
    half.documents.export_film_path(tmp_path / "zoom.mp4")
    assert "Zoom in first" in window.line.label.text()


def test_the_session_remembers_the_map(maps, window, qtbot):
    from gui.maps import session as map_session

    maps(lambda: window.half.state.set_view(replace(TINY.x, low=1.0), TINY.y))
    kept = window.half.state.experiment
    window.close()
    assert map_session.restored() == (kept, "")


def test_closing_in_the_middle_of_a_map_leaves_nothing_at_work(maps, window, qtbot):
    half = maps()
    half.choose_ground("tanh")
    qtbot.waitUntil(lambda: half.state.running, timeout=60_000)
    window.close()
