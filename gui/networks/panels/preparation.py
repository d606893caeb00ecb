"""How data are prepared: scaling of inputs and target, and the rows set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.networks.data.settings import MOST_VALIDATION
from engine.parameter import Parameter
from gui.networks.panels.changes import change
from gui.networks.panels.labels import Row, form
from gui.networks.panels.list_choice import ListChoice
from gui.networks.panels.seed_row import SeedRow
from gui.theme import RHYTHM

if TYPE_CHECKING:
    from engine.networks.data.preview import DataPreview
    from engine.networks.settings import NetworkExperiment
    from gui.networks.state import NetworkState

DIVISOR = Parameter(
    "target_divisor", "Target ÷", 1.0, 0.1, 1000.0,
    "What the target is divided by before the network sees it; losses are those of the quotient.",
    log=True, minimum=1e-300, maximum=1e300,
)  # fmt: skip
VALIDATION = Parameter(
    "validation", "Validation", 0.2, 0.0, MOST_VALIDATION,
    "Share of rows that are set aside: they only tell how well the network does.",
    minimum=0.0, maximum=MOST_VALIDATION,
)  # fmt: skip


class Preparation(QWidget):
    """Ways of scaling, the target's divisor, share for validation and the seed of the split."""

    def __init__(self, state: NetworkState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.inputs = ListChoice(self.tr("Scale inputs"))
        self.target = ListChoice(self.tr("Scale target"))
        self.divisor = form()
        self.validation = form()
        self.seed = SeedRow(
            self.tr("Split seed"), self.tr("Seed of the split"),
            self.tr("The same seed sets the same rows aside"),
        )  # fmt: skip
        self._lay_out()
        self._connect()
        self._refresh()

    def show_task(self, preview: DataPreview) -> None:
        """Offer what suits the data: classes are never scaled."""
        self._target_row.setVisible(preview.data.task == "regression")
        self._show_divisor()

    def _lay_out(self) -> None:
        ways = (
            ("none", self.tr("None"), self.tr("As they are")),
            ("standardise", self.tr("Standardise"), self.tr("To mean 0 and deviation 1")),
            ("min-max", self.tr("Min–max"), self.tr("To between 0 and 1")),
        )
        divided = ("divide", self.tr("÷ a number"), self.tr("Divided by a number of your own"))
        self.inputs.set_options(ways)
        self.target.set_options((*ways, divided))
        self.inputs.setToolTip(
            self.tr("How the inputs are scaled, each by itself, fitted on the training rows")
        )
        self.target.setToolTip(
            self.tr("How the target is scaled, fitted on the training rows; classes never are")
        )
        self._target_row = Row(self.tr("Target"), (self.target,))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(RHYTHM // 2)
        for widget in (
            Row(self.tr("&Inputs"), (self.inputs,)), self._target_row, self.divisor,
            self.validation, self.seed,
        ):  # fmt: skip
            layout.addWidget(widget)

    def _connect(self) -> None:
        self.inputs.chosen.connect(lambda way: self._change(scale_inputs=way))
        self.target.chosen.connect(lambda way: self._change(scale_target=way))
        self.divisor.changed.connect(lambda name, value: self._change(name, **{name: value}))
        self.validation.changed.connect(lambda name, value: self._change(name, **{name: value}))
        self.seed.edited.connect(
            lambda seed, gesture: self._change(gesture and "split seed", split_seed=seed)
        )
        for one in (self.divisor, self.validation, self.seed):
            one.refused.connect(self._state.say)
        self._state.changed.connect(self._on_changed)

    def _on_changed(self, old: NetworkExperiment, new: NetworkExperiment) -> None:
        if old.data != new.data:
            self._refresh()

    def _change(self, gesture: str = "", **fields: Any) -> None:
        if not change(self._state, "data", gesture, **fields):
            self._refresh()

    def _refresh(self) -> None:
        data = self._state.experiment.data
        self.inputs.set_key(data.scale_inputs)
        self.target.set_key(data.scale_target)
        self.divisor.refresh((DIVISOR,), {"target_divisor": data.target_divisor})
        self.validation.refresh((VALIDATION,), {"validation": data.validation})
        self.seed.set_seed(data.split_seed)
        self._show_divisor()

    def _show_divisor(self) -> None:
        divides = self._state.experiment.data.scale_target == "divide"
        self.divisor.setVisible(divides and not self._target_row.isHidden())
