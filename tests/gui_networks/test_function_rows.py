"""How the network answers the rows of its data, and slices through more than two inputs."""

import numpy as np
import pytest
from function_training import (
    at_head,
    experiment,
    number_of,
    opened,
    pixels_of,
)

from engine.networks.predictions import predict
from gui.networks.views.function_view import FunctionView
from gui.theme import THEME


def open_function(qtbot, settings, **more):
    return opened(qtbot, FunctionView, settings, **more)


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


def test_numbers_near_the_largest_are_seen_with_the_others(qtbot, tmp_path):
    path = tmp_path / "huge.csv"
    rows = [f"{i},{i % 7},{1e300 if i == 5 else i}\n" for i in range(40)]
    path.write_text("a,b,y\n" + "".join(rows), encoding="utf-8")
    data = {"scale_inputs": "standardise", "scale_target": "standardise"}
    _, view = open_function(qtbot, experiment(str(path), steps=20, data=data))
    view.bar.pages._group.button(1).click()
    frame, points = view.frame, view.picture.points
    assert frame.view[0] < 0
    assert frame.view[1] > 1e300
    assert points.inside(frame).all()


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
