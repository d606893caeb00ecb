"""The curves of a training: up to five plots over the same steps, and the names of their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from gui.networks.views.training_curves_legend import CurvesLegend
from gui.networks.views.training_curves_look import CurvesLook
from gui.networks.views.training_curves_view import TrainingCurveView
from gui.views.curve_axis import StepAxis
from gui.views.curve_stack import PlotStack

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.networks.settings import NetworkExperiment
    from gui.networks.state import NetworkState, Trained
    from gui.state import Submit

ORDER = (
    "loss",
    "gradient_norm",
    "accuracy",
    "step_norm",
    "learning_rate",
    "stability",
    "sharpness",
)


def training_quantities() -> dict[str, str]:
    """Return the names on screen of what can be plotted."""
    return {
        "loss": _tr("Loss"),
        "accuracy": _tr("Accuracy"),
        "gradient_norm": _tr("Gradient norm"),
        "step_norm": _tr("Step norm"),
        "learning_rate": _tr("Learning rate"),
        "stability": _tr("Stability"),
        "sharpness": _tr("Curvature λ₁"),
    }


class TrainingCurves(PlotStack):
    """Loss and what the user adds, of all runs, live.

    The axis reaches to the last step that was asked for, so that nothing moves while it trains
    and runs that end early are seen to.
    """

    def __init__(self, state: NetworkState, submit: Submit, parent: QWidget | None = None) -> None:
        axis = StepAxis(state.experiment.steps)
        self._look, names = CurvesLook(), training_quantities()
        super().__init__(
            axis,
            lambda quantity: TrainingCurveView(
                state, submit, self._look, axis, names, quantity or ORDER[0], quantity is not None
            ),
            ORDER,
            parent,
        )
        self._look.setParent(self)
        self._state, self._second = state, self.views[1]
        self.legend = CurvesLegend(state, self._look)
        self.column.addWidget(self.legend)
        state.changed.connect(self._on_changed)
        state.trained_changed.connect(self._show_unit)
        state.trained_changed.connect(self._suit)
        self._look.changed.connect(self._show_unit)
        self._suit(state.trained)
        self._show_unit()

    def _on_changed(self, old: NetworkExperiment, new: NetworkExperiment) -> None:
        self.axis.set_steps(new.steps)

    def _show_unit(self) -> None:
        trained = self._state.trained
        epochs = self._look.by_epoch and trained is not None
        self.axis.set_unit(trained.network.order.per_epoch if epochs and trained else 1)

    def _suit(self, trained: Trained | None) -> None:
        """Show what suits the runs, as long as nobody chose what the plot shows.

        That is their stability where they look at curvature, else accuracy where there are classes.
        """
        second = self._second
        if trained is None or second not in self.views:
            return
        numbers = trained.network.model.task == "regression"
        wanted = "gradient_norm" if numbers else "accuracy"
        if trained.experiment.curvature_every:
            wanted = "stability"
        shown = {view.quantity for view in self.views}
        if isinstance(second, TrainingCurveView) and not second.chosen and wanted not in shown:
            second.show_quantity(wanted)


def _tr(text: str) -> str:
    return QCoreApplication.translate("training", text)
