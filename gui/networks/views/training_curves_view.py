"""One plot over the steps of training, with its heading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.networks.losses import loss_named
from gui.networks.views.training_curves_drawing import OF_CURVATURE, TrainingDrawing
from gui.views.curve_load_text import axis_words
from gui.views.curve_pane import CurvePane

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu, QWidget

    from engine.networks.settings import NetworkExperiment
    from gui.networks.state import NetworkState
    from gui.networks.views.training_curves_look import CurvesLook
    from gui.state import Submit
    from gui.views.curve_axis import StepAxis

#: Which scale a quantity has until another is chosen; the others are logarithmic.
SCALES = {"accuracy": "linear", "stability": "linear"}

#: Who wishes to see curvature has all runs look at it so often, if they take no longer than this.
CURVATURE_EVERY, SOON_SECONDS = 10, 2.0


class TrainingCurveView(CurvePane):
    """A plot of one quantity of all runs; it keeps its quantity and scales to itself.

    Parameters
    ----------
    names : the quantities on offer, with their names on screen.
    removable : whether the plot can be taken away.
    """

    def __init__(
        self,
        state: NetworkState,
        submit: Submit,
        look: CurvesLook,
        axis: StepAxis,
        names: dict[str, str],
        quantity: str,
        removable: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        self._state, self._look, self._removable = state, look, removable
        self._scales: dict[str, str] = dict(SCALES)
        self.chosen = False
        self.drawing = TrainingDrawing(state, submit, look, axis, quantity)
        self.drawing.scale = self._scales.get(quantity, "log")
        super().__init__(state, self.drawing, axis, names, parent)
        self.removal.setVisible(removable)
        state.trained_changed.connect(self.plot.refresh)
        state.changed.connect(self._on_changed)
        look.changed.connect(self.plot.refresh)

    def show_quantity(self, key: str) -> None:
        """Draw another quantity, in the scale that it had here last."""
        if key != self.drawing.quantity:
            self.drawing.scale = self._scales.get(key, "log")
            super()._on_quantity_chosen(key)

    def menu(self, step: int) -> QMenu:
        """Return what can be done at a step of this plot."""
        menu, look = super().menu(step), self._look
        taken = menu.addAction(self.tr("Show the steps &taken"), self._show_taken)
        taken.setEnabled(self._state.trained is not None)
        blow_up = menu.addAction(self.tr("Show the &blow-up"))
        blow_up.setCheckable(True)
        blow_up.setChecked(look.blow_up)
        blow_up.triggered.connect(lambda on: look.set("blow_up", on))
        if self._removable:
            menu.addSeparator()
            menu.addAction(self.tr("&Remove this plot"), self.removal_wanted.emit)
        return menu

    def _show_taken(self) -> None:
        if self._state.trained is not None:
            self.axis.show_steps(-0.5, self._state.trained.step + 0.5)

    def _on_changed(self, old: NetworkExperiment, new: NetworkExperiment) -> None:
        if [(r.visible, r.slot) for r in old.runs] != [(r.visible, r.slot) for r in new.runs]:
            self.plot.refresh()

    def _on_quantity_chosen(self, key: str) -> None:
        self.chosen = True
        self.show_quantity(key)
        if key in OF_CURVATURE:
            self._look_at_curvature()

    def _look_at_curvature(self) -> None:
        """Have runs look at their curvature, where training them once more takes no time."""
        state, trained = self._state, self._state.trained
        taken = sum(history.seconds for history in trained.histories) if trained else 0.0
        if not state.experiment.curvature_every and taken < SOON_SECONDS:
            state.update(curvature_every=CURVATURE_EVERY)

    def _on_scale_chosen(self, key: str) -> None:
        self._scales[self.drawing.quantity] = key
        super()._on_scale_chosen(key)

    def _base_words(self) -> tuple[str, str]:
        trained = self.drawing.shown
        if trained is not None and self.drawing.quantity == "loss":
            loss = loss_named(trained.network.model.loss)
            return loss.title, loss.help
        if self.drawing.quantity in OF_CURVATURE:
            return axis_words(self.drawing.quantity)
        if self.drawing.quantity == "accuracy":
            return "%", self.tr("How many of all rows are classed right, in percent.")
        return super()._base_words()

    def _value_text(self, value: float) -> str:
        return self.drawing.text(value, 4)

    def _value_words(self, index: int, step: int, value: float) -> str:
        drawing = self.drawing
        found = drawing.words(index, step) or drawing.sentence(index, step)
        return found or drawing.text(value, 6)
