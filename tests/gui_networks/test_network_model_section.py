"""Layers, activation, loss, switches and first weights of a network, under real events."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from settings_hands import at_once, choose, made_state, press, type_into

from engine.networks.activations import CATALOGUE as ACTIVATIONS
from engine.networks.data import NetworkDataSettings
from engine.networks.initialisation import InitialSettings, initial
from engine.networks.losses import CATALOGUE as LOSSES
from engine.networks.schemes import SCHEMES
from engine.networks.settings import MOST_HIDDEN, ModelSettings, NetworkExperiment
from gui.networks.panels.activation_curve import ActivationCurve, _curves, _point
from gui.networks.panels.model_actions import with_layer, with_layer_gain, without_layer
from gui.networks.panels.model_section import ModelSection
from gui.networks.panels.previews import Previews
from gui.networks.panels.weights_section import WeightsSection
from gui.theme import THEME

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def state():
    return made_state()


@pytest.fixture
def section(qtbot, state):
    made = ModelSection(state, Previews(state, at_once))
    qtbot.addWidget(made)
    made.heading.setChecked(True)
    made.resize(328, 500)
    made.show()
    return made


@pytest.fixture
def weights(qtbot, state):
    made = WeightsSection(state, at_once)
    qtbot.addWidget(made)
    made.heading.setChecked(True)
    made.show()
    return made


def model(state):
    return state.experiment.model


def first(state):
    return state.experiment.initial


def shown(section):
    return [int(box.number()) for box in section.layers.boxes if box.isVisible()]


def test_layers_are_added_and_removed(section, state):
    assert shown(section) == [16, 16]
    for count in range(3, MOST_HIDDEN + 1):
        press(section.layers.more)
        assert model(state).hidden == (16,) * count
    assert not section.layers.more.isEnabled()
    for count in range(MOST_HIDDEN - 1, -1, -1):
        press(section.layers.less)
        assert model(state).hidden == (16,) * count
    assert not section.layers.less.isEnabled()
    assert section.layers.none.isVisible()
    state.undo()
    assert shown(section) == [16]


def test_units_are_typed_and_stepped_as_one_gesture(section, state):
    type_into(section.layers.boxes[0], "256")
    assert model(state).hidden == (256, 16)
    box = section.layers.boxes[1]
    box.setFocus()
    for _ in range(5):
        QTest.keyClick(box, Qt.Key.Key_Up)
    assert model(state).hidden == (256, 21)
    state.undo()
    assert shown(section) == [256, 16]


@pytest.mark.parametrize("text", ["0", "257", "-3", "1e12", "1.5", "many"])
def test_other_numbers_of_units_are_explained(section, state, text):
    type_into(section.layers.boxes[0], text)
    assert model(state).hidden == (16, 16)
    assert shown(section) == [16, 16]
    assert len(state.sentences) == 1


def test_the_menu_of_a_layer_removes_it_or_puts_one_before(section, state):
    state.update_model(hidden=(4, 8, 12))
    actions = section.layers.menu(1).actions()
    actions[0].trigger()
    assert model(state).hidden == (4, 4, 8, 12)
    section.layers.menu(2).actions()[1].trigger()
    assert model(state).hidden == (4, 4, 12)
    state.update_model(hidden=(1,) * MOST_HIDDEN)
    assert not section.layers.menu(0).actions()[0].isEnabled()


def test_a_right_click_on_a_layer_opens_its_menu(section, qtbot):
    box = section.layers.boxes[0]
    place = QPoint(5, 5)
    QApplication.sendEvent(
        box, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, box.mapToGlobal(place))
    )
    menu = QApplication.activePopupWidget()
    assert [action.text().replace("&", "") for action in menu.actions()] == [
        "Add a layer before it", "Remove this layer",
    ]  # fmt: skip
    menu.close()


def test_the_number_of_parameters_is_said(section, state):
    assert section.shape.text() == "2 – 16 – 16 – 1 · 337 parameters"
    assert "2 – 16 – 16 – 1" in section.heading.summary
    press(section.bias)
    assert section.shape.text() == "2 – 16 – 16 – 1 · 304 parameters"
    state.update_model(hidden=(256, 256))
    assert section.shape.text().endswith("66\u202f304 parameters")
    state.update_data(source="drawn_digits")
    assert section.shape.text().startswith("64 – 256 – 256 – 10")


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda activation: activation.name)
def test_every_activation_can_be_chosen_and_is_drawn(section, state, activation):
    state.update_model(activation="sine" if activation.name == "tanh" else "tanh")
    choose(section.activation, activation.name)
    assert model(state).activation == activation.name
    assert section.activation_help.text() == activation.help
    assert activation.title in section.curve.accessibleName()
    values, slopes = _curves(activation.name)
    assert values[0] == _point(-3.0, float(activation.rule(-3.0)[0]))
    assert slopes[values.size() - 1] == _point(3.0, float(activation.rule(3.0)[1]))
    state.undo()
    assert section.activation.key() != activation.name


def test_the_curve_is_drawn_in_the_accent(qtbot):
    curve = ActivationCurve()
    qtbot.addWidget(curve)
    curve.grab()
    curve.show_activation("identity")
    at = _point(1.0, 1.0).toPoint()
    image = curve.grab().toImage()
    near = {image.pixelColor(at.x() + d, at.y()).name() for d in (-1, 0, 1)}
    assert THEME.colours.accent in near


@pytest.mark.parametrize(("source", "task"), [("sine", "regression"), ("moons", "binary")])
def test_only_losses_that_fit_the_data_are_offered(section, state, source, task):
    state.update_data(source=source)
    offered = {section.loss.itemData(i) for i in range(section.loss.count())}
    assert offered == {"auto"} | {loss.name for loss in LOSSES if task in loss.tasks}


def test_auto_says_which_loss_it_is(section, state):
    assert section.loss.currentText() == "Auto: cross-entropy from logits"
    state.update_data(source="sine")
    assert section.loss.currentText() == "Auto: mean of squares"
    choose(section.loss, "sum_squares")
    assert model(state).loss == "sum_squares"
    assert "batch" in section.loss_help.text()
    choose(section.loss, "auto")
    assert model(state).loss == "auto"


def test_a_loss_of_a_file_that_does_not_fit_is_shown_with_the_reason(section, state):
    state.set_experiment(
        replace(
            state.experiment, data=NetworkDataSettings(source="sine"),
            model=ModelSettings(loss="cross_entropy"),
        )
    )  # fmt: skip
    assert section.loss.key() == "cross_entropy"
    assert "judges classes" in section.shape.text()


@pytest.mark.parametrize("name", ["bias", "residual", "layer_norm"])
def test_switches(section, state, name):
    before = getattr(model(state), name)
    press(getattr(section, name))
    assert getattr(model(state), name) is not before
    state.undo()
    assert getattr(section, name).isChecked() == before


def test_dropout_is_a_share(section, state):
    slider = section.dropout.slider("dropout")
    for _ in range(3):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert model(state).dropout == slider.number() > 0
    state.undo()
    assert model(state).dropout == 0
    type_into(section.dropout.box("dropout"), "1")
    assert "dropout" in state.sentences[-1]


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_every_scheme_can_be_chosen(weights, state, scheme):
    state.update_initial(scheme="zeros" if scheme.name != "zeros" else "constant")
    choose(weights.scheme, scheme.name)
    assert first(state) == InitialSettings(scheme=scheme.name)
    assert weights.help.text() == scheme.help
    assert weights.mathematics.accessibleName() == scheme.title
    assert set(weights.parameters._rows) == {p.name for p in scheme.parameters}
    assert scheme.title in weights.heading.summary


def test_a_schemes_own_numbers_and_what_they_may_not_be(weights, state):
    choose(weights.scheme, "uniform")
    type_into(weights.parameters.box("low"), "-1")
    assert first(state).parameters == {"low": -1}
    type_into(weights.parameters.box("low"), "3")
    assert "give low below high" in state.sentences[-1]
    assert first(state).parameters == {"low": -1}
    assert weights.parameters.box("low").number() == -1


def test_the_gain_is_one_gesture(weights, state):
    slider = weights.gain.slider("gain")
    for _ in range(4):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert first(state).gain == slider.number() > 1.3
    assert "×" in weights.heading.summary
    state.undo()
    assert first(state).gain == 1
    type_into(weights.gain.box("gain"), "-1")
    assert "gain" in state.sentences[-1]


def test_each_layer_can_have_its_gain(weights, state):
    assert not weights.gains.isVisible()
    press(weights.each)
    assert [row.label.text() for row in weights.gains._rows.values()] == [
        "Hidden 1", "Hidden 2", "Output",
    ]  # fmt: skip
    type_into(weights.gains.box("gain1"), "5")
    assert first(state).layer_gains == (1, 5, 1)
    type_into(weights.gains.box("gain1"), "1")
    assert first(state).layer_gains == ()


def test_gains_of_layers_are_shown_wherever_they_come_from(weights, state):
    state.update_initial(layer_gains=(2.0, 3.0, 4.0))
    assert weights.gains.isVisible()
    assert weights.gains.box("gain2").number() == 4
    # As many as the network has layers is asked for only when it is trained.
    state.update_model(hidden=(8, 8, 8))
    assert weights.gains.box("gain3").number() == 1


def test_the_seed_of_the_weights(weights, state):
    press(weights.seed.new)
    press(weights.seed.new)
    assert first(state).seed == 2
    state.undo()
    assert weights.seed.box.number() == 1
    type_into(weights.seed.box, "12345678901")
    assert first(state).seed == 12345678901
    type_into(weights.seed.box, "1e300")
    assert "1e300 is too large" in state.sentences[-1]
    assert weights.seed.box.number() == 12345678901
    type_into(weights.seed.box, "-1")
    assert "seed is -1" in state.sentences[-1]


@pytest.mark.parametrize("at", range(3))
def test_gains_move_along_with_their_layers(at):
    experiment = NetworkExperiment(
        model=ModelSettings(hidden=(4, 8)), initial=InitialSettings(layer_gains=(2.0, 3.0, 5.0))
    )
    more = with_layer(experiment, at)
    assert len(more.model.hidden) == 3
    assert more.initial.layer_gains[at] == 1
    made = more.model.model(2, 1, "regression")
    assert len(initial(made.tensors, more.initial)) == made.size
    assert without_layer(more, at) == experiment


def test_without_layers_one_of_sixteen_units_is_the_first():
    empty = NetworkExperiment(model=ModelSettings(hidden=()))
    assert with_layer(empty, 0).model.hidden == (16,)
    assert with_layer_gain(empty, 0, 3.0).initial.layer_gains == (3.0,)
    assert with_layer_gain(empty, 0, 1.0).initial.layer_gains == ()
