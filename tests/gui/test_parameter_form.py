"""Rows made from declarations."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.optimizers import CATALOGUE
from engine.parameter import Parameter
from gui.panels.parameter_form import ParameterForm

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

MOMENTUM = Parameter("momentum", "μ", 0.0, 0.0, 0.999, "Share kept.", minimum=0.0, maximum=2.0)
EPSILON = Parameter("epsilon", "ε", 1e-8, 1e-12, 1e-2, "Guards the division.", log=True)
LAYERS = Parameter("layers", "Layers", 3, 1, 20, "How deep.", kind="integer", minimum=1)
NESTEROV = Parameter("nesterov", "Nesterov", 0, 0, 1, "Look ahead.", kind="switch")
ALL = (MOMENTUM, EPSILON, LAYERS, NESTEROV)


@pytest.fixture
def form(qtbot):
    made = ParameterForm()
    qtbot.addWidget(made)
    made.refresh(ALL, {"momentum": 0.9})
    made.show()
    made.seen, made.sentences = [], []
    made.changed.connect(lambda name, value: made.seen.append((name, value)))
    made.refused.connect(made.sentences.append)
    return made


def type_into(box, text):
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


def test_missing_values_are_the_defaults(form):
    assert form.box("momentum").number() == 0.9
    assert form.box("epsilon").number() == 1e-8
    assert form.slider("layers").number() == 3
    assert not form.switch("nesterov").isChecked()
    assert form.seen == []


def test_slider_and_box_move_together(form):
    QTest.keyClick(form.slider("epsilon"), Qt.Key.Key_PageUp)
    assert form.seen == [("epsilon", 1e-7)]
    assert form.box("epsilon").number() == 1e-7
    type_into(form.box("momentum"), "0.5")
    assert form.seen[-1] == ("momentum", 0.5)
    assert form.slider("momentum").number() == 0.5


def test_a_switch_tells_zero_or_one(form):
    form.switch("nesterov").click()
    form.switch("nesterov").click()
    assert form.seen == [("nesterov", 1.0), ("nesterov", 0.0)]


def test_the_slider_grows_to_what_is_typed_but_not_beyond_what_is_allowed(form):
    type_into(form.box("momentum"), "1.5")
    assert form.slider("momentum").scale.high == 2.0
    assert form.sentences == []


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("momentum", "-0.1", "between 0 and 2"),
        ("layers", "0", "at least 1"),
        ("layers", "2.5", "whole number"),
        ("epsilon", "nan", "NaN"),
        ("epsilon", "1e400", "too large"),
    ],
)
def test_what_the_declaration_forbids_is_refused_and_the_old_value_back(form, name, text, words):
    old = form.box(name).number()
    type_into(form.box(name), text)
    assert form.seen == []
    assert words in form.sentences[0]
    assert form.box(name).number() == old
    assert form.slider(name).number() == old


def test_the_same_declarations_keep_their_widgets(form):
    box = form.box("momentum")
    form.refresh(ALL, {"momentum": 0.1})
    assert form.box("momentum") is box
    assert box.number() == 0.1
    form.refresh((EPSILON,), {})
    assert not box.isVisible()
    assert form.seen == []


def test_every_control_has_a_name_and_its_help(form):
    for parameter in (MOMENTUM, EPSILON, LAYERS):
        name = form.box(parameter.name).accessibleName()
        assert parameter.symbol in name
        assert parameter.name.replace("_", " ") in name
        assert form.slider(parameter.name).toolTip() == parameter.help
    assert form.switch("nesterov").accessibleDescription() == "Look ahead."


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.name)
def test_every_optimizer_gets_a_form_with_its_defaults(qtbot, rule):
    form = ParameterForm()
    qtbot.addWidget(form)
    form.refresh(rule.parameters, {})
    for parameter in rule.parameters:
        if parameter.kind == "switch":
            assert form.switch(parameter.name).isChecked() == bool(parameter.default)
        else:
            assert form.box(parameter.name).number() == parameter.default
