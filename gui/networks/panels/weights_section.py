"""The first weights: how they are drawn, how large, from which seed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication

from engine.networks.initialisation import GAIN
from engine.networks.schemes import SCHEMES, scheme_named
from gui.mathematics import MathLabel
from gui.networks.panels.changes import attempt, change
from gui.networks.panels.labels import Row, close, form, sentence
from gui.networks.panels.list_choice import ListChoice
from gui.networks.panels.model_actions import with_layer_gain
from gui.networks.panels.section import Section
from gui.networks.panels.seed_row import SeedRow
from gui.numbers import show
from gui.panels import icons
from gui.panels.icons import IconButton

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.networks.settings import NetworkExperiment
    from engine.parameter import Parameter
    from gui.networks.state import NetworkState
    from gui.state import Submit

GAIN_OF_ALL = replace(GAIN, symbol="Gain")


class WeightsSection(Section):
    """Scheme, its numbers, gain of all and of each layer, seed."""

    def __init__(self, state: NetworkState, submit: Submit, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("WeightsSection", "First weights")
        super().__init__("weights", title, is_open=False, parent=parent)
        self._state = state
        self.scheme = ListChoice(self.tr("Scheme of the first weights"))
        self.mathematics = MathLabel(submit)
        self.help = sentence()
        self.parameters = form()
        self.gain = form()
        self.each = IconButton(icons.chevron, self.tr("Gain of each layer"))
        self.each.setText(self.tr("Gain of each layer"))
        self.each.setCheckable(True)
        self.each.setToolTip(self.tr("Multiplies the first weights of single layers besides"))
        self.gains = form()
        self.seed = SeedRow(
            self.tr("Seed"), self.tr("Seed of the first weights"),
            self.tr("The same seed draws the same weights, for every optimizer"),
        )  # fmt: skip
        self.placed = sentence()
        self.placed.setText(self.tr("Placed by hand in the page “Plane”."))
        self.redraw = IconButton(icons.die, self.tr("Draw the first weights"))
        self.redraw.setText(self.tr("Draw them by the scheme"))
        self._lay_out()
        self._connect()
        self._refresh()

    def _lay_out(self) -> None:
        self.scheme.set_options([(scheme.name, scheme.title, scheme.help) for scheme in SCHEMES])
        self.scheme.setToolTip(self.tr("From what the first weights are drawn"))
        for widget in (
            Row(self.tr("&Weights"), (self.scheme,)), self.mathematics, self.help,
        ):  # fmt: skip
            self.column.addWidget(widget)
        close(
            self.column,
            self.placed,
            self.redraw,
            self.parameters,
            self.gain,
            self.each,
            self.gains,
            self.seed,
        )

    def _connect(self) -> None:
        state = self._state
        self.scheme.chosen.connect(lambda name: self._change(scheme=name, parameters={}))
        self.parameters.changed.connect(self._on_parameter_changed)
        self.gain.changed.connect(lambda name, value: self._change(name, gain=value))
        self.gains.changed.connect(self._on_layer_gain_changed)
        self.each.toggled.connect(lambda _: self._show_gains())
        self.redraw.clicked.connect(lambda: self._change(weights=""))
        self.seed.edited.connect(lambda seed, gesture: self._change(gesture, seed=seed))
        for one in (self.parameters, self.gain, self.gains, self.seed):
            one.refused.connect(state.say)
        state.changed.connect(self._on_changed)

    def _on_changed(self, old: NetworkExperiment, new: NetworkExperiment) -> None:
        if old.initial != new.initial or old.model.hidden != new.model.hidden:
            self._refresh()

    def _on_parameter_changed(self, name: str, value: float) -> None:
        values = {**self._state.experiment.initial.parameters, name: value}
        self._change(name, parameters=values)

    def _on_layer_gain_changed(self, name: str, value: float) -> None:
        layer = int(name.removeprefix("gain"))
        made = partial(with_layer_gain, self._state.experiment, layer, value)
        if not attempt(self._state, made, f"initial {name}"):
            self._refresh()

    def _change(self, gesture: str = "", **fields: Any) -> None:
        if not change(self._state, "initial", gesture, **fields):
            self._refresh()

    def _refresh(self) -> None:
        initial = self._state.experiment.initial
        scheme = scheme_named(initial.scheme)
        self.scheme.set_key(scheme.name)
        self.mathematics.set_latex((scheme.latex,), scheme.title)
        self.help.setText(scheme.help)
        self.help.setToolTip(scheme.source)
        self.parameters.refresh(scheme.parameters, initial.parameters)
        self.gain.refresh((GAIN_OF_ALL,), {"gain": initial.gain})
        self.seed.set_seed(initial.seed)
        if initial.layer_gains:
            self.each.setChecked(True)
        self._show_gains()
        for widget in (self.placed, self.redraw):
            widget.setVisible(bool(initial.weights))
        if initial.weights:
            self.heading.set_summary(self.tr("placed by hand"))
            return
        gain = "" if initial.gain == 1 else f" × {show(initial.gain)}"
        seed = self.tr("seed {}").format(initial.seed)
        self.heading.set_summary(f"{scheme.title}{gain}, {seed}")

    def _show_gains(self) -> None:
        initial, hidden = self._state.experiment.initial, self._state.experiment.model.hidden
        parameters = [self._gain_of(layer, len(hidden)) for layer in range(len(hidden) + 1)]
        gains = initial.layer_gains or (1.0,) * len(parameters)
        # A file may bring another number of gains, which the message line complains about.
        self.gains.refresh(
            parameters, {p.name: gain for p, gain in zip(parameters, gains, strict=False)}
        )
        self.gains.setVisible(self.each.isChecked())

    def _gain_of(self, layer: int, hidden: int) -> Parameter:
        last = layer == hidden
        symbol = self.tr("Output") if last else self.tr("Hidden {}").format(layer + 1)
        return replace(GAIN, name=f"gain{layer}", symbol=symbol)
