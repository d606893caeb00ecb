"""What the network computes: what is drawn is read back and compared with what it computes."""

import numpy as np
import pytest
from function_training import (
    at_head,
    at_once,
    experiment,
    number_of,
    opened,
    pixels_of,
    settle,
    trained,
)
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
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


def colour_at(picture, at):
    value = int(picture[round(at.y()), round(at.x())])
    return np.array([value >> 16, value >> 8 & 255, value & 255])


def nearer(colour, one, other):
    """Return whether the ground is coloured more like one than like another."""
    ground, one, other = (
        np.array(QColor(c).getRgb()[:3]) for c in (THEME.colours.base, one, other)
    )
    return (colour - ground) @ (one - other) > 0


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
