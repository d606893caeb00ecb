"""The network as a graph: what is drawn, said and picked is what the network has."""

import itertools

import numpy as np
import pytest
from function_training import at_once, experiment, number_of, opened, pixels_of, settle, trained
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from engine.networks.predictions import activations
from gui.networks.state import NetworkState
from gui.networks.views.function_colours import class_colour
from gui.networks.views.graph_layout import lay_out, near_edge
from gui.networks.views.graph_view import GraphView
from gui.numbers import show
from gui.theme import THEME

NO_BUTTON, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
NO_KEY = Qt.KeyboardModifier.NoModifier
BROKEN = {"runs": (("sgd", 1e8),), "model": {"activation": "relu", "loss": "sum_squares"}}


def open_graph(qtbot, settings, size=(760, 520), **more):
    return opened(qtbot, GraphView, settings, size=size, **more)


def send(canvas, kind, at, button=NO_BUTTON):
    event = QMouseEvent(kind, at, canvas.mapToGlobal(at), button, button, NO_KEY)
    QApplication.sendEvent(canvas, event)
    settle()


def click(canvas, column, place):
    send(
        canvas, QEvent.Type.MouseButtonPress, canvas.layout_now().box(column, place).center(), LEFT
    )


def weights_of(state):
    history = state.trained.histories[state.selected]
    weights = history.weights[history.nearest_kept(min(state.head, history.last_step))]
    return state.trained.network.model.views(weights)


def nearest_ink(picture, at, inks, reach=1):
    """Return which of some colours is nearest to the most coloured pixel around a point."""
    x, y = round(at.x()), round(at.y())
    around = picture[y - reach : y + reach + 1, x - reach : x + reach + 1].ravel()
    rgb = np.stack([around >> 16, around >> 8 & 255, around & 255], axis=1).astype(int)
    far = [np.abs(rgb - np.array(ink.getRgb()[:3])).sum(axis=1).min() for ink in inks]
    return int(np.argmin(far))


def test_edges_have_the_colour_of_their_sign(qtbot):
    state, view = open_graph(qtbot, experiment(steps=200, hidden=(3,)))
    picture, layout = pixels_of(view.canvas), view.canvas.layout_now()
    (edges, last), weights = view.canvas.answer.wiring.edges, weights_of(state)[2][0]
    assert len(last.weights) <= 3
    ends = layout.ends(1, last)
    for line, unit, weight in zip(ends, last.sources, last.weights, strict=True):
        assert weight == weights[unit]
        at = QPointF(line[0] + 4, line[1] + 4 * (line[3] - line[1]) / (line[2] - line[0]))
        if abs(weight) > 0.5 * np.abs(weights).max():
            inks = class_colour(0), class_colour(1)
            assert nearest_ink(picture, at, inks) == (weight > 0)
    assert edges.largest == np.abs(weights_of(state)[0]).max()


def test_units_show_what_they_compute(qtbot):
    state, view = open_graph(qtbot, experiment(steps=200))
    network = state.trained.network
    answer = view.canvas.answer
    side = answer.pictures[1].shape[1]
    data = network.prepared.data.inputs
    low, high = data.min(axis=0), data.max(axis=0)
    low, high = low - 0.1 * (high - low), high + 0.1 * (high - low)
    corners = np.array([[low[0], high[1]], [high[0], high[1]], [low[0], low[1]], [high[0], low[1]]])
    units = activations(network, network.vector(answer.wish.run.weights), corners)
    for column in (1, 2, 3):
        for place, picture in enumerate(answer.pictures[column]):
            found = picture[[0, 0, side - 1, side - 1], [0, side - 1, 0, side - 1]]
            red, blue = found >> 16 & 255, found & 255
            for k, value in enumerate(units[column - 1][place]):
                if abs(value) > 0.5 * np.abs(units[column - 1][place]).max():
                    assert (int(blue[k]) > int(red[k])) == (value > 0)


def test_units_of_one_input_are_lines(qtbot):
    _state, view = open_graph(qtbot, experiment("sine", steps=100))
    answer = view.canvas.answer
    assert answer.pictures[0].shape[0] == 1
    for shares in answer.pictures:
        assert shares.min() >= 0.0
        assert shares.max() <= 1.0
        assert np.abs(shares - 0.5).max(axis=1) == pytest.approx(0.5)


def test_hovering_tells_weights_and_biases(qtbot):
    state, view = open_graph(qtbot, experiment(steps=100, hidden=(3,)))
    canvas, layout = view.canvas, view.canvas.layout_now()
    _first, bias, last, _ = weights_of(state)
    send(canvas, QEvent.Type.MouseMove, layout.box(1, 2).center())
    assert canvas.hint == f"Layer 1 unit 3: bias {show(float(bias[2]), 4)}"
    send(canvas, QEvent.Type.MouseMove, layout.box(0, 1).center())
    assert canvas.hint == "x2"
    edges = canvas.answer.wiring.edges[1]
    strongest = edges.sources[-1]
    x0, y0, x1, y1 = layout.ends(1, edges)[-1]
    before = pixels_of(canvas)
    send(canvas, QEvent.Type.MouseMove, QPointF(x0 + 0.2 * (x1 - x0), y0 + 0.2 * (y1 - y0)))
    weight = show(float(last[0, strongest]), 4)
    assert canvas.hint == f"Weight {weight} from layer 1 unit {strongest + 1} to output lower"
    text = number_of(THEME.colours.text)
    assert (pixels_of(canvas) == text).sum() > (before == text).sum() + 20
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert canvas.hint == ""


def test_a_click_shows_the_unit_large_and_another_one_puts_it_away(qtbot):
    _state, view = open_graph(qtbot, experiment(steps=100))
    click(view.canvas, 1, 2)
    assert view.unit == (1, 2)
    assert view.lens.isVisible()
    assert view.lens.title.text() == "Layer 1 unit 3"
    unit = view.canvas.answer.unit
    assert view.lens.picture.unit is unit
    assert unit.pixels.shape == view.lens.picture.picture_size()
    assert view.lens.words.text() == f"From {show(unit.low)} to {show(unit.high)}"
    high = round(view.lens.picture.grab().height() / 2)
    shown = pixels_of(view.lens.picture)[high, 20:200]
    assert len(np.unique(shown)) > 5
    click(view.canvas, 1, 2)
    assert view.unit is None
    assert not view.lens.isVisible()


def test_arrows_pick_neighbours_and_escape_lets_go(qtbot):
    _, view = open_graph(qtbot, experiment(steps=20))
    for key, unit in (
        (Qt.Key.Key_Right, (1, 0)), (Qt.Key.Key_Down, (1, 1)), (Qt.Key.Key_Right, (2, 1)),
        (Qt.Key.Key_Right, (3, 0)), (Qt.Key.Key_Right, (3, 0)), (Qt.Key.Key_Up, (3, 0)),
        (Qt.Key.Key_Escape, None),
    ):  # fmt: skip
        qtbot.keyClick(view.canvas, key)
        assert view.unit == unit


def test_a_unit_of_many_inputs_is_drawn_as_a_slice(qtbot):
    settings = experiment("iris_species", steps=50, data={"scale_inputs": "standardise"})
    state, view = open_graph(qtbot, settings)
    assert view.canvas.answer.pictures == (None,) * 4
    click(view.canvas, 1, 0)
    first = np.linalg.norm(weights_of(state)[0].astype(float), axis=0)
    strongest = tuple(sorted(np.argsort(-first)[:2].tolist()))
    assert view.canvas.answer.unit.axes == strongest
    names = state.trained.network.prepared.data.feature_names
    assert names[strongest[0]] in view.lens.note.text()
    assert "at their mean" in view.lens.note.text()


def test_it_follows_training_and_the_head(qtbot):
    settings = experiment(steps=400)
    state, view = open_graph(qtbot, settings, steps=20)
    first = view.canvas.answer
    state.set_trained(trained(settings))
    settle()
    assert view.canvas.answer.wish.run.step == 400
    assert "step 400" in view.label.text()
    state.set_head(0)
    settle()
    start = view.canvas.answer
    assert start.wish.run.step == 0
    assert not np.array_equal(start.wiring.edges[0].weights, first.wiring.edges[0].weights)


def test_wide_layers_say_how_much_of_them_is_shown_and_scroll(qtbot):
    _, view = open_graph(qtbot, experiment(steps=2, hidden=(100, 3)), size=(420, 300))
    canvas = view.canvas
    assert len(canvas.answer.wiring.columns[1].units) < 100
    assert canvas.height() > view.area.viewport().height()
    assert canvas.width() >= canvas.minimumWidth() > 0
    boxes = [canvas.layout_now().box(1, k) for k in range(24)]
    assert all(a.bottom() < b.top() for a, b in itertools.pairwise(boxes))
    assert boxes[-1].bottom() < canvas.height()


def test_weights_that_are_not_finite_are_loud(qtbot):
    state, view = open_graph(qtbot, experiment(steps=20, **BROKEN))
    alert = number_of(THEME.colours.alert)
    assert (pixels_of(view.canvas) == alert).sum() > 30
    click(view.canvas, 1, 0)
    assert view.lens.words.text() == "Its output is not finite everywhere."
    state.set_head(0)
    settle()
    assert not (pixels_of(view.canvas) == alert).any()


def test_a_unit_that_the_new_network_lacks_is_put_away(qtbot):
    state, view = open_graph(qtbot, experiment(steps=20, hidden=(8, 8)))
    click(view.canvas, 2, 7)
    assert view.unit == (2, 7)
    state.set_trained(trained(experiment(steps=20, hidden=(8, 4))))
    settle()
    assert view.unit is None
    assert [len(c.units) for c in view.canvas.answer.wiring.columns] == [2, 8, 4, 1]


def test_each_change_asks_once_and_nobody_who_looks_away(qtbot):
    asked = []

    def counting(topic, work, done, failed=None):
        asked.append(topic)
        at_once(topic, work, done, failed)

    settings = experiment(steps=100)
    state, view = open_graph(qtbot, settings, submit=counting)
    asked.clear()
    state.set_trained(trained(settings, 50))
    settle()
    assert asked == ["graph"]
    view.hide()
    state.set_head(3)
    settle()
    assert asked == ["graph"]
    view.show()
    settle()
    assert asked == ["graph"] * 2


def test_before_anything_is_trained_it_says_what_will_appear(qtbot):
    state = NetworkState(experiment(runs=()))
    view = GraphView(state, at_once)
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    assert "Add an optimizer" in view.empty.text()
    state.set_experiment(experiment(steps=5))
    state.set_trained(trained(state.experiment))
    settle()
    assert not view.empty.isVisible()
    assert view.canvas.answer is not None


@pytest.mark.parametrize("size", [(300.0, 200.0), (1600.0, 900.0)])
def test_places_and_hits_agree(size):
    from engine.networks.wiring import Column

    columns = [Column(np.arange(n), n) for n in (2, 24, 7, 1)]
    layout = lay_out(columns, *size)
    for column, count in enumerate((2, 24, 7, 1)):
        for place in range(count):
            assert layout.at(layout.box(column, place).center()) == (column, place)
    assert layout.at(QPointF(-50, 0)) is None
    ends = np.array([[0.0, 0.0, 100.0, 100.0], [0.0, 100.0, 100.0, 0.0]])
    assert near_edge(ends, QPointF(20, 21)) == 0
    assert near_edge(ends, QPointF(50, 50)) == 1
    assert near_edge(ends, QPointF(50, 80)) is None
