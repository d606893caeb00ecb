"""A curve plot of the paths on a surface."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gui.numbers import show
from gui.views.curve_axis import StepAxis
from gui.views.curve_load_text import axis_words, left_out, load_words, reasons_left_out
from gui.views.curve_pane import CurvePane
from gui.views.curve_paths import PathDrawing
from gui.views.curve_text import quantities

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent
    from PySide6.QtWidgets import QMenu, QWidget

    from engine.experiment import Experiment
    from gui.state import State, Submit


class CurveView(CurvePane):
    """A plot over the steps of the paths.

    Without `quantity` it shows what the experiment's display settings say and writes its choices
    there; with one it starts with that quantity and keeps its choices to itself.
    """

    def __init__(
        self,
        state: State,
        submit: Submit,
        quantity: str | None = None,
        axis: StepAxis | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._state = state
        self._own = quantity is not None
        display = state.experiment.display
        axis = axis or StepAxis(state.experiment.steps)
        self.drawing = PathDrawing(state, submit, axis, quantity or display.curve)
        self.drawing.scale = display.scale
        super().__init__(state, self.drawing, axis, quantities(), parent)
        self.removal.setVisible(self._own)
        state.changed.connect(self._on_changed)
        state.results_changed.connect(self._on_results_changed)
        state.explained_changed.connect(self._on_explained_changed)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for explanations if the quantity is read from them."""
        super().showEvent(event)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        """Need no explanations any more."""
        super().hideEvent(event)
        self._state.want_explanations(self, False)

    def _ask(self) -> None:
        """Want explanations while they are seen."""
        self._state.want_explanations(self, self.isVisible() and self.drawing.explains)

    def _on_changed(self, old: Experiment, new: Experiment) -> None:
        self.axis.set_steps(new.steps)
        if not self._own:
            self.drawing.quantity, self.drawing.scale = new.display.curve, new.display.scale
            self._show_choices()
            if new.display.curve != old.display.curve:
                self._ask()
        looks = [(r.visible, r.slot) for r in old.runs] != [(r.visible, r.slot) for r in new.runs]
        if looks or old.display != new.display:
            self.plot.refresh()

    def _on_results_changed(self) -> None:
        # Explanations follow; until then the old picture stays.
        if not self.drawing.explains:
            self.plot.refresh()

    def _on_explained_changed(self) -> None:
        if self.drawing.explains:
            self.plot.refresh()

    def _on_quantity_chosen(self, key: str) -> None:
        if not self._own:
            self._state.update_display(curve=key)
            return
        self.drawing.quantity = key
        self._ask()
        super()._on_quantity_chosen(key)

    def _on_scale_chosen(self, key: str) -> None:
        if self._own:
            super()._on_scale_chosen(key)
        else:
            self._state.update_display(scale=key)

    def menu(self, step: int) -> QMenu:
        """Return what can be done at a step of this plot."""
        state, menu = self._state, super().menu(step)
        blow_up = menu.addAction(self.tr("Show the &blow-up"))
        blow_up.setCheckable(True)
        blow_up.setChecked(state.experiment.display.blow_up)
        blow_up.triggered.connect(lambda on: state.update_display(blow_up=on))
        if self._own:
            menu.addSeparator()
            menu.addAction(self.tr("&Remove this plot"), self.removal_wanted.emit)
        return menu

    def _base_words(self) -> tuple[str, str]:
        prepared, picture = self.drawing.prepared, self.drawing.picture
        assert prepared is not None
        assert picture is not None
        base = show(prepared.base)
        if picture.scale.base and prepared.known:
            text = self.tr("above {base}").format(base=base)
            return text, self.tr("Loss above the known minimum’s value, {base}.").format(base=base)
        if picture.scale.base:
            text = self.tr("above lowest, {base}").format(base=base)
            tip = self.tr("Loss above the lowest value of all runs, {base}.").format(base=base)
            return text, tip
        if self.drawing.explains:
            text, tip = axis_words(prepared.quantity)
            if left := left_out(self.drawing):
                text += self.tr(" · {count} left out").format(count=len(left))
                tip = "\n".join([tip, self.tr("Left out:"), *reasons_left_out(self.drawing)])
            return text, tip
        return super()._base_words()

    def _value_text(self, value: float) -> str:
        # A gap, which the tooltip explains, is nothing that went wrong.
        return "–" if self.drawing.explains and math.isnan(value) else super()._value_text(value)

    def _value_words(self, index: int, step: int, value: float) -> str:
        words = load_words(self.drawing, index, step)
        if words:
            return self.tr("ηλ is {}").format(words)
        return super()._value_words(index, step, value)
