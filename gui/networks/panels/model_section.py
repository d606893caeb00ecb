"""The network: hidden layers, activation, loss, and what can be switched on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout

from engine.networks.activations import CATALOGUE as ACTIVATIONS
from engine.networks.activations import activation_named
from engine.networks.losses import CATALOGUE as LOSSES
from engine.networks.losses import USUAL, loss_named
from engine.parameter import Parameter
from gui.networks.panels.activation_curve import ActivationCurve
from gui.networks.panels.changes import attempt, change
from gui.networks.panels.labels import Row, close, form, sentence
from gui.networks.panels.layers_row import LayersRow
from gui.networks.panels.list_choice import ListChoice
from gui.networks.panels.model_actions import with_layer, with_units, without_layer
from gui.networks.panels.section import Section
from gui.numbers import count
from gui.panels.fields import CheckBox
from gui.theme import RHYTHM

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.networks.settings import ModelSettings, NetworkExperiment
    from gui.networks.panels.previews import Previews
    from gui.networks.state import NetworkState

DROPOUT = Parameter(
    "dropout", "Dropout", 0.0, 0.0, 0.9,
    "Share of hidden units that each training step leaves out, drawn anew; 0 is off.",
    minimum=0.0, maximum=0.999,
)  # fmt: skip


class ModelSection(Section):
    """Layers, activation, loss, switches, and how many parameters that makes."""

    def __init__(
        self, state: NetworkState, previews: Previews, parent: QWidget | None = None
    ) -> None:
        title = QCoreApplication.translate("ModelSection", "Model")
        super().__init__("model", title, is_open=False, parent=parent)
        self._state = state
        self._previews = previews
        self.layers = LayersRow()
        self.shape = sentence()
        self.activation = ListChoice(self.tr("Activation"))
        self.curve = ActivationCurve()
        self.activation_help = sentence()
        self.loss = ListChoice(self.tr("Loss"))
        self.loss_help = sentence()
        self.bias = CheckBox(self.tr("&Bias"))
        self.residual = CheckBox(self.tr("Resid&ual"))
        self.layer_norm = CheckBox(self.tr("Layer &norm"))
        self.dropout = form()
        self._explain()
        self._lay_out()
        self._connect()
        self._refresh()

    def _explain(self) -> None:
        self.activation.set_options([(a.name, a.title, a.help) for a in ACTIVATIONS])
        self.activation.setToolTip(self.tr("What a hidden unit makes of its sum of inputs"))
        self.loss.setToolTip(self.tr("What the outputs are judged by; those that fit the data"))
        self.bias.setToolTip(self.tr("A number of its own that each unit adds to its sum"))
        self.residual.setToolTip(
            self.tr("Add a hidden layer's input to its output, where both are equally wide")
        )
        self.layer_norm.setToolTip(
            self.tr("Bring the sums of each hidden layer to mean 0 and deviation 1, row by row")
        )

    def _lay_out(self) -> None:
        column = self.column
        close(column, self.layers, self.shape)
        column.addWidget(Row(self.tr("&Activation"), (self.activation,)))
        beside = QHBoxLayout()
        beside.setSpacing(RHYTHM)
        beside.addWidget(self.activation_help, 1)
        beside.addWidget(self.curve)
        column.addLayout(beside)
        column.addWidget(Row(self.tr("&Loss"), (self.loss,)))
        column.addWidget(self.loss_help)
        switches = QGridLayout()
        switches.setVerticalSpacing(RHYTHM // 2)
        for number, box in enumerate((self.bias, self.residual, self.layer_norm)):
            switches.addWidget(box, number // 2, number % 2)
        column.addLayout(switches)
        column.addWidget(self.dropout)

    def _connect(self) -> None:
        state = self._state
        self.layers.edited.connect(self._on_units_edited)
        self.layers.added.connect(self._on_layer_added)
        self.layers.removed.connect(self._on_layer_removed)
        self.activation.chosen.connect(lambda name: self._change(activation=name))
        self.loss.chosen.connect(lambda name: self._change(loss=name))
        self.bias.clicked.connect(lambda on: self._change(bias=on))
        self.residual.clicked.connect(lambda on: self._change(residual=on))
        self.layer_norm.clicked.connect(lambda on: self._change(layer_norm=on))
        self.dropout.changed.connect(lambda name, value: self._change(name, dropout=value))
        for one in (self.layers, self.dropout):
            one.refused.connect(state.say)
        state.changed.connect(self._on_changed)
        self._previews.ready.connect(lambda _: self._refresh())

    def _on_changed(self, old: NetworkExperiment, new: NetworkExperiment) -> None:
        if old.model != new.model:
            self._refresh()

    def _on_layer_added(self, at: int) -> None:
        attempt(self._state, partial(with_layer, self._state.experiment, at))

    def _on_layer_removed(self, at: int) -> None:
        attempt(self._state, partial(without_layer, self._state.experiment, at))

    def _on_units_edited(self, layer: int, units: int) -> None:
        wider = partial(with_units, self._state.experiment, layer, units)
        if not attempt(self._state, wider, f"model units {layer}"):
            self._refresh()

    def _change(self, gesture: str = "", **fields: Any) -> None:
        if not change(self._state, "model", gesture, **fields):
            self._refresh()

    def _refresh(self) -> None:
        model = self._state.experiment.model
        self.layers.show_layers(model.hidden)
        activation = activation_named(model.activation)
        self.activation.set_key(activation.name)
        self.activation_help.setText(activation.help)
        self.curve.show_activation(activation.name)
        for box, on in (
            (self.bias, model.bias), (self.residual, model.residual),
            (self.layer_norm, model.layer_norm),
        ):  # fmt: skip
            box.setChecked(on)
        self.dropout.refresh((DROPOUT,), {"dropout": model.dropout})
        self._show_loss(model)
        self._show_size(model)

    def _show_loss(self, model: ModelSettings) -> None:
        known = self._previews.shown
        task = known.data.task if known else ""
        usual = loss_named(USUAL[task]).title.lower() if task else ""
        auto = self.tr("Auto: {}").format(usual) if usual else self.tr("Auto")
        # A file may name a loss that does not fit its data.
        shown = [a for a in LOSSES if not task or task in a.tasks or a.name == model.loss]
        self.loss.set_options([("auto", auto, ""), *((a.name, a.title, a.help) for a in shown)])
        self.loss.set_key(model.loss)
        name = model.loss if model.loss != "auto" else USUAL.get(task, "")
        self.loss_help.setText(loss_named(name).help if name else "")

    def _show_size(self, model: ModelSettings) -> None:
        shape = [*map(str, model.hidden)]
        known = self._previews.shown
        words = ""
        if known is not None:
            data = known.data
            try:
                made = model.model(len(data.feature_names), data.outputs, data.task)
            except ValueError as error:
                # Data from a file may have a loss that does not fit them.
                self.shape.setText(str(error))
                return
            shape = [*map(str, made.sizes)]
            words = self.tr("{} parameters").format(count(made.size))
        layers = " – ".join(shape)
        self.shape.setText(" · ".join(part for part in (layers, words) if part))
        title = activation_named(model.activation).title
        self.heading.set_summary(f"{layers} {title}")
