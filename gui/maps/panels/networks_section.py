"""The small networks of a trainability map, or how long a run of another half is trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication

from engine.maps.trainability import ACTIVATIONS
from engine.parameter import Parameter
from gui.networks.panels.labels import Row, close, form
from gui.networks.panels.section import Section
from gui.panels.choice import Choice

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.maps.state import MapState

WHOLE = ("width", "inputs", "points", "batch", "seed", "steps")

_STEPS = Parameter(
    "steps", "Steps", 500.0, 1.0, 10_000.0, log=True, kind="integer",
    help="How many steps each run takes",
)  # fmt: skip
_PARAMETERS = (
    _STEPS,
    Parameter(
        "points", "Points", 272.0, 1.0, 1000.0, log=True, kind="integer",
        help="How many samples are learned from; the fewer, the quicker the map",
    ),
    Parameter(
        "batch", "Batch", 0.0, 0.0, 272.0, kind="integer",
        help="Samples that each step draws anew; 0 for all points",
    ),
    Parameter("width", "Width", 16.0, 1.0, 64.0, kind="integer", help="Units of the hidden layer"),
    Parameter("inputs", "Inputs", 16.0, 1.0, 64.0, kind="integer", help="Numbers per sample"),
    Parameter("seed", "Seed", 0.0, 0.0, 64.0, kind="integer", help="Of weights and samples"),
    Parameter(
        "input_rate", "η first", 1.0, 1e-3, 1e6, log=True, help="Learning rate of the first layer"
    ),
    Parameter(
        "output_rate", "η last", 1.0, 1e-3, 1e6, log=True, help="Learning rate of the last layer"
    ),
    Parameter("momentum", "Momentum", 0.0, 0.0, 1.0, help="Heavy ball's β, as in torch"),
    Parameter("gain", "Scale", 1.0, 1e-2, 1e2, log=True, help="Factor of the first weights"),
    Parameter("offset", "Offset", 0.0, -4.0, 4.0, help="Mean of the first layer's first weights"),
)  # fmt: skip


class NetworksSection(Section):
    """Activation, sizes, points, steps and what does not vary."""

    def __init__(self, state: MapState, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("NetworksSection", "Networks")
        super().__init__("map_networks", title, is_open=False, parent=parent)
        self._state = state
        names = {"tanh": "tanh", "relu": "ReLU", "identity": self.tr("linear")}
        self.activation = Choice(
            [(key, names[key]) for key in ACTIVATIONS], self.tr("Activation of the hidden layer")
        )
        self.numbers = form()
        close(self.column, Row(self.tr("Units"), (self.activation,)), self.numbers)
        self.activation.chosen.connect(lambda key: self._change("activation", key))
        self.numbers.changed.connect(self._on_number)
        self.numbers.refused.connect(state.say)
        state.changed.connect(lambda *_: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Show the networks as they are; nothing where a run of another half is mapped."""
        task = self._state.experiment.trainability
        self.setVisible(task is not None)
        if task is None:
            return
        self.activation.set_key(task.activation)
        axes = {self._state.experiment.x.name, self._state.experiment.y.name}
        if "learning_rate" in axes:
            axes |= {"input_rate", "output_rate"}
        shown = [parameter for parameter in _PARAMETERS if parameter.name not in axes]
        self.numbers.refresh(shown, {p.name: float(getattr(task, p.name)) for p in shown})
        some = self.tr("1 point") if task.points == 1 else self.tr("{n} points")
        points = some.format(n=task.points)
        self.heading.set_summary(f"{task.inputs}–{task.width}–1, {points}")

    def _on_number(self, name: str, value: float) -> None:
        self._change(name, int(value) if name in WHOLE else value)

    def _change(self, name: str, value: Any) -> None:
        experiment = self._state.experiment
        assert experiment.trainability is not None
        try:
            task = replace(experiment.trainability, **{name: value})
            self._state.update(f"networks {name}", trainability=task, title="")
        except ValueError as error:
            self._state.say(str(error))
            self.refresh()


class StepsSection(Section):
    """How many steps a run of another half takes."""

    def __init__(self, state: MapState, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("StepsSection", "Run")
        super().__init__("map_run", title, parent=parent)
        self._state = state
        self.steps = form()
        self.column.addWidget(self.steps)
        self.steps.changed.connect(self._on_changed)
        self.steps.refused.connect(state.say)
        state.changed.connect(lambda *_: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Show the steps of the run; nothing where networks of the maps' own are trained."""
        experiment = self._state.experiment
        part = getattr(experiment, experiment.kind)
        there = experiment.trainability is None
        self.setVisible(there)
        if there:
            self.steps.refresh((_STEPS,), {"steps": float(part.steps)})
            self.heading.set_summary(self.tr("{n} steps").format(n=part.steps))

    def _on_changed(self, name: str, value: float) -> None:
        try:
            self._state.update_part(self._state.experiment.kind, name, steps=int(value))
        except ValueError as error:
            self._state.say(str(error))
            self.refresh()
