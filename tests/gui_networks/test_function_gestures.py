"""Zooming, panning and hovering over what the network computes, and what follows training."""

import numpy as np
import pytest
from function_training import (
    at_head,
    at_once,
    experiment,
    opened,
    settle,
    trained,
)
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from engine.networks.predictions import predict
from gui.networks.views.function_view import FunctionView

NO_BUTTON, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
NO_KEY = Qt.KeyboardModifier.NoModifier


def open_function(qtbot, settings, **more):
    return opened(qtbot, FunctionView, settings, **more)


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
