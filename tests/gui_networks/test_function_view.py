"""What the network computes: what is drawn is read back and compared with what it computes."""

import numpy as np
import pytest
from function_training import at_once, experiment, number_of, opened, pixels_of, settle, trained
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from engine.networks.predictions import predict
from gui.networks.state import NetworkState
from gui.networks.views.function_colours import class_colour
from gui.networks.views.function_lines import beyond
from gui.networks.views.function_points import Points
from gui.networks.views.function_view import FunctionView
from gui.theme import THEME

NO_BUTTON, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
NO_KEY = Qt.KeyboardModifier.NoModifier
HUGE = {"runs": (("sgd", 1e6),), "model": {"activation": "relu", "loss": "sum_squares"}}


def open_function(qtbot, settings, **more):
    return opened(qtbot, FunctionView, settings, **more)


def at_head(state):
    """Return the network and the selected run's weights nearest to the head."""
    history = state.trained.histories[state.selected]
    network = state.trained.network
    row = history.nearest_kept(min(state.head, history.last_step))
    return network, network.vector(history.weights[row])


def colour_at(picture, at):
    value = int(picture[round(at.y()), round(at.x())])
    return np.array([value >> 16, value >> 8 & 255, value & 255])


def nearer(colour, one, other):
    """Return whether the ground is coloured more like one than like another."""
    ground, one, other = (
        np.array(QColor(c).getRgb()[:3]) for c in (THEME.colours.base, one, other)
    )
    return (colour - ground) @ (one - other) > 0


def move(view, at):
    place = view.canvas.mapToGlobal(at)
    event = QMouseEvent(QEvent.Type.MouseMove, at, place, NO_BUTTON, NO_BUTTON, NO_KEY)
    QApplication.sendEvent(view.canvas.viewport(), event)
    return view._readout.text() if view._readout.isVisible() else ""


def wheel(view, at, notches):
    event = QWheelEvent(
        at, view.canvas.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), NO_BUTTON, NO_KEY,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.canvas.viewport(), event)


def test_regions_have_the_colour_of_the_likelier_class(qtbot):
    state, view = open_function(qtbot, experiment(steps=300))
    network, theta = at_head(state)
    picture = pixels_of(view.canvas)
    x0, x1, y0, y1 = view.frame.view
    rng = np.random.default_rng(0)
    places = np.column_stack([rng.uniform(x0, x1, 400), rng.uniform(y0, y1, 400)])
    shares = predict(network, theta, places)
    points = [view.frame.pixel(*row) for row in state.trained.network.prepared.data.inputs.tolist()]
    tested = 0
    for place, share in zip(places.tolist(), shares.T, strict=True):
        at = view.frame.pixel(*place)
        alone = all((at - p).manhattanLength() > 16 for p in points)
        inside = view.frame.plot.adjusted(3, 3, -3, -3).contains(at)
        if alone and inside and abs(share[0] - 0.5) > 0.2:
            tested += 1
            colours = class_colour(int(share.argmax())), class_colour(int(share.argmin()))
            assert nearer(colour_at(picture, at), *colours)
    assert tested > 50


def test_points_stand_where_their_rows_are_in_their_class_s_colour(qtbot):
    settings = experiment("gaussians", parameters={"noise": 0.05, "size": 60.0})
    state, view = open_function(qtbot, settings)
    picture = pixels_of(view.canvas)
    data, prepared = state.trained.network.prepared.data, state.trained.network.prepared
    for rows, hollow in ((prepared.rows, False), (prepared.validation_rows, True)):
        same = 0
        for row in rows.tolist():
            at = view.frame.pixel(*data.inputs[row].tolist())
            found = colour_at(picture, at)
            wanted = class_colour(int(data.targets[row])).getRgb()[:3]
            same += np.abs(found - np.array(wanted)).sum() < 60
        # Later points may cover some.
        assert same < 0.3 * len(rows) if hollow else same > 0.6 * len(rows)


def test_the_line_of_one_input_is_the_prediction_in_the_data_s_units(qtbot):
    settings = experiment(
        "sine", steps=200, data={"scale_inputs": "min-max", "scale_target": "standardise"}
    )
    state, view = open_function(qtbot, settings)
    network, theta = at_head(state)
    view.picture.points = Points(*(np.empty(0) for _ in range(5)), False, "#000000")
    picture = pixels_of(view.canvas)
    ink = np.array(THEME.path_colour(0).getRgb()[:3])
    for x in np.linspace(-0.9, 0.9, 30):
        y = float(predict(network, theta, np.array([[x]]))[0, 0])
        found = colour_at(picture, view.frame.pixel(x, y))
        assert np.abs(found - ink).sum() < 120, x
    low, high = view.frame.view[2:]
    targets = network.prepared.data.targets
    assert low < targets.min() < targets.max() < high


def test_all_visible_runs_have_a_line_and_the_selected_one_is_on_top(qtbot):
    runs = (("adam", 0.02), ("sgd", 0.01), ("sgd", 0.1))
    state, view = open_function(qtbot, experiment("sine", runs=runs))
    assert [line.run.slot for line in view.picture.answer.lines] == [1, 2, 0]
    state.select(1)
    settle()
    assert [line.run.slot for line in view.picture.answer.lines] == [0, 2, 1]
    state.update_run(2, visible=False)
    settle()
    assert [line.run.slot for line in view.picture.answer.lines] == [0, 1]
    picture = pixels_of(view.canvas)
    assert (picture == number_of(THEME.colours.paths[1])).sum() > 20


def test_a_line_far_outside_says_how_far(qtbot):
    settings = experiment(
        "noisy_line", parameters={"centre": 50.0, "reach": 30.0}, runs=(("sgd", 0.01),), steps=20,
        model={"activation": "relu"},
    )  # fmt: skip
    _, view = open_function(qtbot, settings)
    chosen = view.picture.answer.lines[-1]
    found = beyond(view.frame, chosen)
    assert found
    assert {place.value for place in found} <= {chosen.heights.max(), chosen.heights.min()}


def test_the_head_goes_back_to_kept_weights_and_says_which(qtbot):
    state, view = open_function(qtbot, experiment(steps=3000))
    last = view.picture.answer.readings
    kept = state.trained.histories[0].kept.tolist()
    between = kept[3] + (kept[4] - kept[3]) // 3
    assert between not in kept
    state.set_head(between)
    settle()
    answer = view.picture.answer
    assert answer.wish.chosen.step == kept[3]
    assert not np.allclose(answer.readings, last)
    network, theta = at_head(state)
    assert np.allclose(answer.predicted, predict(network, theta, answer.rows.inputs))
    assert f"step {kept[3]}: the nearest kept to {between}" in view.bar.label.text().replace(
        "\u202f", ""
    )
    state.set_head(3000)
    settle()
    assert np.allclose(view.picture.answer.readings, last)


@pytest.mark.parametrize("source", ["moons", "sine", "gaussians"])
def test_outputs_that_are_not_finite_are_said_loudly_and_break_nothing(qtbot, source):
    settings = experiment(source, **{**HUGE, "model": HUGE["model"]})
    state, view = open_function(qtbot, settings)
    assert state.trained.histories[0].fault is not None
    assert "no output is finite" in view.picture.alert
    picture = pixels_of(view.canvas)
    alert = number_of(THEME.colours.alert)
    assert (picture == alert).sum() > 10
    if source != "sine":
        assert (picture == number_of(THEME.colours.border)).mean() > 0.05
    state.set_head(0)
    settle()
    assert view.picture.alert == ""
    assert not (pixels_of(view.canvas) == alert).any()


def test_it_follows_training_and_keeps_the_view_while_the_data_stay(qtbot):
    settings = experiment(steps=200)
    state, view = open_function(qtbot, settings, steps=20)
    first = view.picture.answer
    wheel(view, view.frame.plot.center(), 3)
    zoomed = view.frame.view
    assert zoomed[1] - zoomed[0] < 0.7 * (first.wish.view[1] - first.wish.view[0])
    assert view.picture.answer.wish.view == zoomed
    state.set_trained(trained(settings))
    settle()
    assert view.picture.answer.wish.chosen.step == 200
    assert view.frame.view == zoomed
    wider = experiment(steps=200, hidden=(3,))
    state.set_trained(trained(wider))
    settle()
    assert view.frame.view == zoomed
    view.fit()
    assert view.frame.view == first.wish.view
    state.set_trained(trained(experiment("circles", steps=20)))
    settle()
    assert view.frame.view != first.wish.view


def test_panning_moves_the_ground(qtbot):
    _, view = open_function(qtbot, experiment())
    before, at = view.frame.view, view.frame.plot.center()
    for kind, place, buttons in (
        (QEvent.Type.MouseButtonPress, at, LEFT),
        (QEvent.Type.MouseMove, at + QPointF(40, 0), LEFT),
        (QEvent.Type.MouseButtonRelease, at + QPointF(40, 0), NO_BUTTON),
    ):
        button = NO_BUTTON if kind == QEvent.Type.MouseMove else LEFT
        QApplication.sendEvent(
            view.canvas.viewport(),
            QMouseEvent(kind, place, view.canvas.mapToGlobal(place), button, buttons, NO_KEY),
        )
    scale = view.frame.scale[0]
    assert view.frame.view[0] == pytest.approx(before[0] - 40 / scale)


def test_hovering_tells_input_output_and_truth(qtbot):
    state, view = open_function(qtbot, experiment(steps=300))
    network, theta = at_head(state)
    data = network.prepared.data
    empty = next(
        at for x in np.linspace(-2, 2, 40) for y in np.linspace(-1, 1, 40)
        if view.frame.plot.contains(at := view.frame.pixel(x, y))
        and view.picture.points.nearest(at, view.frame, 12.0) is None
    )  # fmt: skip
    text = move(view, empty)
    place = np.array([view.frame.data(empty)])
    share = predict(network, theta, place).max()
    assert text.startswith("x1 ")
    assert f"probability: {data.class_names[predict(network, theta, place)[:, 0].argmax()]}" in text
    assert float(text.split(", ")[0].rsplit(" ", 1)[1]) == pytest.approx(share, abs=0.06)
    row = network.prepared.validation_rows[0]
    text = move(view, view.frame.pixel(*data.inputs[row].tolist()))
    assert text.startswith("row for ")
    assert "truth " in text
    QApplication.sendEvent(view.canvas, QEvent(QEvent.Type.Leave))
    assert not view._readout.isVisible()


def test_predictions_of_numbers_stand_against_the_truth(qtbot):
    settings = experiment("trees", steps=300, data={"scale_inputs": "standardise"})
    state, view = open_function(qtbot, settings)
    view.bar.pages._group.button(1).click()
    answer, points = view.picture.answer, view.picture.points
    network, theta = at_head(state)
    assert answer.wish.kind == "rows"
    assert (points.x == answer.rows.truth).all()
    assert np.allclose(points.y, predict(network, theta, answer.rows.inputs)[0])
    error = answer.predicted[0] - answer.rows.truth
    held = answer.rows.held
    assert answer.errors == pytest.approx(
        (np.sqrt((error[~held] ** 2).mean()), np.sqrt((error[held] ** 2).mean()))
    )
    assert "typical error" in view.bar.label.text()
    assert view.frame.view[:2] == view.frame.view[2:]
    assert view.picture.titles == ("volume_ft3, true", "predicted")


def test_classes_of_many_inputs_are_told_by_a_table(qtbot):
    settings = experiment("iris_species", steps=100, data={"scale_inputs": "standardise"})
    state, view = open_function(qtbot, settings)
    network, theta = at_head(state)
    prepared = network.prepared
    assert view.matrix.isVisible()
    assert not view.canvas.isVisible()
    for side, rows in enumerate((prepared.rows, prepared.validation_rows)):
        view.bar.sides._group.button(side).click()
        found = predict(network, theta, prepared.data.inputs[rows]).argmax(axis=0)
        wanted = np.zeros((3, 3), int)
        np.add.at(wanted, (prepared.data.targets[rows].astype(int), found), 1)
        assert (view.matrix.counted.counts == wanted).all()
        assert view.matrix.summary().startswith(f"{np.trace(wanted)} of {len(rows)} rows")
    assert "setosa are known as such" in view.matrix.cell_text(0, 0)
    picture, cell = pixels_of(view.matrix), view.matrix.cell(0, 0).adjusted(3, 3, -3, -3)
    assert picture[round(cell.top()), round(cell.left())] != number_of(THEME.colours.base)


def test_a_slice_goes_over_two_chosen_inputs_with_the_others_at_their_mean(qtbot):
    settings = experiment("iris_species", steps=100, data={"scale_inputs": "standardise"})
    state, view = open_function(qtbot, settings)
    view.bar.pages._group.button(0).click()
    assert view.picture.answer.wish.axes == (0, 1)
    assert view.picture.points.beside
    assert "mean of all other inputs" in view.bar.label.text()
    view.bar.up.setCurrentIndex(3)
    view.bar.up.activated.emit(3)
    assert view.picture.answer.wish.axes == (0, 3)
    assert view.picture.titles == ("sepal_length", "petal_width")
    view.bar.across.setCurrentIndex(3)
    view.bar.across.activated.emit(3)
    assert view.picture.answer.wish.axes == (3, 0)
    network, theta = at_head(state)
    x0, _, _, y1 = view.picture.answer.wish.view
    place = network.prepared.data.inputs[network.prepared.rows].mean(axis=0)
    place[3], place[0] = x0, y1
    corner = view.picture.answer.readings[:, 0, 0]
    assert np.allclose(corner, predict(network, theta, place[None])[:, 0], rtol=1e-4)


def test_nothing_is_asked_while_nobody_looks(qtbot):
    asked = []

    def counting(topic, work, done, failed=None):
        asked.append(topic)
        at_once(topic, work, done, failed)

    settings = experiment()
    state, view = open_function(qtbot, settings, submit=counting)
    asked.clear()
    state.set_trained(trained(settings, 50))
    settle()
    assert asked == ["function"]
    view.hide()
    count = len(asked)
    state.set_trained(trained(settings, 10))
    settle()
    state.set_head(3)
    settle()
    assert len(asked) == count
    view.show()
    assert len(asked) > count
    assert view.picture.answer.wish.chosen.asked == 3


def test_before_anything_is_trained_it_says_what_will_appear(qtbot):
    state = NetworkState(experiment(runs=()))
    view = FunctionView(state, at_once)
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    assert "Add an optimizer" in view.empty.text()
    state.set_trained(trained(state.experiment))
    settle()
    assert view.empty.isVisible()
    state.set_experiment(experiment())
    settle()
    assert "as soon as it is trained" in view.empty.text()
    state.set_trained(trained(state.experiment))
    settle()
    assert not view.empty.isVisible()
    assert view.canvas.isVisible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_s_colours_are_taken_at_once(qtbot, theme):
    _, view = open_function(qtbot, experiment())
    application = QApplication.instance()
    try:
        THEME.apply(application, theme)
        ground = view.picture.answer.wish.colours.ground
        assert "#{:02x}{:02x}{:02x}".format(*ground) == THEME.colours.base
    finally:
        THEME.apply(application, "system")
