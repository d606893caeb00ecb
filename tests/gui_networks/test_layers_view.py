"""The page of layers: what it shows of a run, what it asks for, and how it looks at no number."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage

from engine.networks.data import NetworkDataSettings
from engine.networks.inside import Inside
from engine.networks.network import bind
from engine.networks.settings import ModelSettings, NetworkExperiment, new_training_run
from engine.networks.training import Training
from gui.networks.state import NetworkState, Trained
from gui.networks.views.layers_cell import LINE_PX, PLOT_PX
from gui.networks.views.layers_text import columns
from gui.networks.views.layers_view import LayersView
from gui.theme import THEME


def prepared(rates=(0.05,), steps=60, until=None, source="moons", precision="float64", **model):
    runs = tuple(new_training_run("sgd", learning_rate=r, slot=i) for i, r in enumerate(rates))
    experiment = NetworkExperiment(
        data=NetworkDataSettings(source=source), runs=runs, steps=steps, precision=precision,
        model=ModelSettings(**{"hidden": (5, 4), **model}),
    )  # fmt: skip
    network = bind(experiment)
    trainings = [Training(network, run, steps) for run in runs]
    for training in trainings:
        training.advance(steps if until is None else until)
    return experiment, network, trainings


def trained_of(experiment, network, trainings):
    histories = tuple(training.history() for training in trainings)
    return Trained(experiment, network, histories, max(h.last_step for h in histories), True)


class Queue:
    """Collects requests until they are told to be answered."""

    def __init__(self):
        self.waiting = []

    def __call__(self, topic, work, done, failed=None):
        self.waiting.append((work, done, failed))

    def answer(self):
        work, done, _ = self.waiting.pop(0)
        done(work())


@pytest.fixture
def opened(qtbot):
    def open_view(*args, trained=True, submit=None, **more):
        parts = prepared(*args, **more)
        state = NetworkState(parts[0])
        view = LayersView(state, submit or (lambda _t, work, done, _f=None: done(work())))
        qtbot.addWidget(view)
        view.resize(800, 500)
        view.show()
        if trained:
            state.set_trained(trained_of(*parts))
        return view, state, parts

    return open_view


def test_an_empty_page_says_what_will_be_there(opened):
    view, state, parts = opened(trained=False)
    assert view.empty.isVisible()
    assert not view.table.isVisible()
    state.set_trained(trained_of(*parts))
    assert view.table.isVisible()
    assert not view.empty.isVisible()
    state.set_trained(None)
    assert view.empty.isVisible()


@pytest.mark.parametrize("head", [0, 31, 60])
def test_cells_show_what_was_measured_at_the_head(opened, head):
    view, state, (_, network, trainings) = opened()
    state.set_head(head)
    history = trainings[0].history()
    row = history.nearest_kept(head)
    spreads = Inside(network).spreads(history, row)
    weight = [network.model.tensors.index(network.model.tensor(n, "weight")) for n in range(3)]
    assert len(view.table.cells) == 3 * len(columns())
    for layer, line in enumerate(weight):
        cells = {key: view.table.cells[layer, key].shown for key in columns()}
        assert cells["weights"].size == spreads.sizes.weights[line]
        assert cells["gradients"].size == spreads.sizes.gradients[line]
        assert cells["activations"].size == spreads.sizes.activations[layer]
        assert np.array_equal(cells["updates"].size, spreads.sizes.ratios[line], equal_nan=True)
        assert (cells["updates"].spread is None) == (row == 0)
        for shown in cells.values():
            assert shown.step == history.kept[row]
            assert shown.steps.tolist() == history.kept.tolist()
            assert shown.broken == -1
    assert not view.fault.isVisible()
    assert not view.grab().isNull()


def test_another_run_is_chosen_here(opened):
    view, state, _ = opened(rates=(0.05, 0.2))
    before = view.table.cells[0, "weights"].shown.size
    assert [view.run.itemText(i) for i in range(view.run.count())] == ["SGD η 0.05", "SGD η 0.2"]
    view.run.chosen.emit("1")
    assert state.selected == 1
    assert view.run.key() == "1"
    assert view.answer.wish.slot == 1
    assert view.table.cells[0, "weights"].shown.size != before


def test_kinds_of_tensors_are_those_of_the_network(opened):
    view, _, _ = opened(layer_norm=True, bias=False)
    assert [view.kind.itemData(i) for i in range(view.kind.count())] == ["weight", "gain", "shift"]
    view.kind.set_key("gain")
    view.kind.chosen.emit("gain")
    assert view.table.cells[0, "weights"].shown.spread.total == 5
    # The last layer has none; its outputs are there as before.
    assert view.table.cells[2, "weights"].shown is None
    assert view.table.cells[2, "activations"].shown is not None
    assert not view.grab().isNull()


def test_counts_are_drawn_on_a_log_scale_or_not(opened):
    view, _, _ = opened()
    logs = view.table.cells[0, "activations"].shown.heights
    view.log.setChecked(False)
    plain = view.table.cells[0, "activations"].shown.heights
    assert logs.max() == plain.max() == 1.0
    assert (logs >= plain).all()
    assert (logs > plain).any()


def test_the_pointer_reads_values_and_a_click_moves_the_head(opened, qtbot):
    view, state, (_, _, trainings) = opened()
    cell = view.table.cells[1, "gradients"]
    resting = view.readout.text()
    assert resting.startswith("Step 60, on ")
    spread = cell.shown.spread
    cell.told.emit(cell.text_at(0.0))
    assert view.readout.text().startswith(
        f"Layer 2 gradients: {spread.counts[0]} of {spread.total} from "
    )
    cell.told.emit(cell.text_at(cell.width()))
    assert view.readout.text().startswith("Layer 2 gradients, step 60: ")
    cell.told.emit("")
    assert view.readout.text() == resting
    place = QPoint(round(cell.width() * 0.75), 10)
    qtbot.mouseClick(cell, Qt.MouseButton.LeftButton, pos=place)
    assert state.head in trainings[0].history().kept
    assert 20 <= state.head <= 40
    assert cell.shown.step == state.head
    qtbot.mouseClick(cell, Qt.MouseButton.LeftButton, pos=QPoint(3, 10))
    assert cell.shown.step == state.head > 0


def test_a_run_that_blew_up_is_loud_and_drawn(opened, qtbot):
    view, state, (_, _, trainings) = opened(
        rates=(10.0,), source="sine", precision="float32", activation="identity",
        loss="sum_squares",
    )  # fmt: skip
    fault = trainings[0].history().fault
    assert fault.words in view.fault.text()
    assert str(fault.step) in view.fault.text()
    shown = view.table.cells[0, "gradients"].shown
    assert shown.broken >= 0
    assert shown.spread.broken > 0
    assert "are not finite" in view.table.cells[0, "gradients"].text_at(0.0)
    qtbot.waitUntil(lambda: loudness(view) < 32)
    state.set_head(0)
    assert view.table.cells[0, "gradients"].shown.spread.broken == 0


def test_nothing_is_loud_while_all_is_finite(opened, qtbot):
    view, _, _ = opened(activation="relu")
    qtbot.waitUntil(lambda: view.table.cells[2, "updates"].height() > PLOT_PX)
    assert loudness(view) > 64


def loudness(view):
    """Return how far the nearest pixel is from the colour of divergence, 0 to 255."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(-1, 4)[:, 2::-1].astype(int)
    alert = QColor(THEME.colours.alert)
    wanted = np.array([alert.red(), alert.green(), alert.blue()])
    return int(np.abs(pixels - wanted).max(axis=1).min())


@pytest.mark.parametrize(
    ("activation", "word"), [("relu", "100 % dead"), ("tanh", "100 % saturated")]
)
def test_dead_and_saturated_units_are_told(opened, activation, word):
    view, state, (experiment, network, trainings) = opened(activation=activation, trained=False)
    bias = network.model.tensor(0, "bias")
    trained = trained_of(experiment, network, trainings)
    trained.histories[0].weights[-1][bias.offset : bias.offset + 5] = -5e3
    state.set_trained(trained)
    assert word in view.table.titles[0].units.text()
    assert not view.table.titles[2].units.isVisible()


def test_a_hidden_page_asks_nothing_and_looks_when_it_is_shown(opened):
    queue = Queue()
    view, state, parts = opened(trained=False, submit=queue)
    view.hide()
    state.set_trained(trained_of(*parts))
    assert not queue.waiting
    view.show()
    assert len(queue.waiting) == 1


def test_one_request_at_a_time_until_all_steps_are_measured(opened, qtbot):
    queue = Queue()
    view, state, parts = opened(until=30, submit=queue)
    first = state.trained.histories[0]
    parts[2][0].advance(30)
    state.set_trained(trained_of(*parts))
    assert len(queue.waiting) == 1
    queue.answer()
    assert view.answer.wish.history is first
    # A newer training is asked for after a rest.
    qtbot.waitUntil(lambda: len(queue.waiting) == 1)
    while queue.waiting:
        queue.answer()
    assert view.answer.wish.history is state.trained.histories[0]
    assert view.answer.course.complete
    state.set_head(10)
    assert len(queue.waiting) == 1
    queue.answer()
    assert not queue.waiting


def test_a_refusal_is_said_once(opened, qtbot):
    queue = Queue()
    _, state, _ = opened(submit=queue)
    said = []
    state.message.connect(said.append)
    queue.waiting.pop(0)[2]("There is not enough memory for this.")
    assert said == ["There is not enough memory for this."]
    assert not queue.waiting


def test_rows_follow_the_model_and_the_height(opened, qtbot):
    view, state, _ = opened()
    cell = view.table.cells[0, "weights"]
    qtbot.waitUntil(lambda: cell.height() > PLOT_PX + LINE_PX)
    tall = cell.height()
    state.set_trained(trained_of(*prepared(hidden=(3,) * 6)))
    assert sum(title.isVisible() for title in view.table.titles) == 7
    view.resize(800, 400)
    qtbot.waitUntil(lambda: cell.height() < tall)
    state.set_trained(trained_of(*prepared(hidden=())))
    assert sum(title.isVisible() for title in view.table.titles) == 1
    assert view.table.titles[0].name.text() == "Output"
    assert not view.grab().isNull()
