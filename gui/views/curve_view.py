"""One curve plot with its heading: quantity, scale, and the value at the play head."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QVBoxLayout, QWidget

from gui.numbers import show
from gui.panels.icons import IconButton, plus
from gui.theme import FAINT, RHYTHM
from gui.views.curve_axis import StepAxis
from gui.views.curve_choice import QuietChoice
from gui.views.curve_drawing import CurveDrawing
from gui.views.curve_load_text import axis_words, left_out, load_words, reasons_left_out
from gui.views.curve_plot import CurvePlot
from gui.views.curve_text import quantities, scales, small, step_text

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QHideEvent, QPainter, QShowEvent

    from engine.drawing.curve_picture import Picture
    from engine.drawing.curve_series import Prepared
    from engine.experiment import Experiment
    from gui.state import State, Submit


def _cross(painter: QPainter, checked: bool) -> None:
    painter.rotate(45)
    plus(painter, checked)


class CurveView(QWidget):
    """A plot over the steps.

    Without `quantity` it shows what the experiment's display settings say and writes its choices
    there; with one it starts with that quantity and keeps its choices to itself.

    Signals
    -------
    removal_wanted : the user does not want this plot any more.
    """

    removal_wanted = Signal()

    def __init__(
        self,
        state: State,
        submit: Submit,
        quantity: str | None = None,
        axis: StepAxis | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._own = quantity is not None
        display = state.experiment.display
        self.axis = axis or StepAxis(state.experiment.steps)
        self.drawing = CurveDrawing(state, submit, self.axis, quantity or display.curve)
        self.drawing.setParent(self)
        self.drawing.scale = display.scale
        self.plot = CurvePlot(state, self.drawing, self.axis)
        self.quantity_choice = QuietChoice(quantities(), self.tr("Quantity"))
        self.scale_choice = QuietChoice(scales(), self.tr("Scale"))
        self.base_label, self.value_label = QLabel(), QLabel()
        self._lay_out()
        self._connect()
        self._show_choices()

    @property
    def quantity(self) -> str:
        """What is drawn."""
        return self.drawing.quantity

    def fit(self) -> None:
        """Show all steps."""
        self.axis.fit()

    def show_steps(self, on: bool) -> None:
        """Write step numbers below the plot, or leave that to the plot below."""
        self.plot.show_steps(on)

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

    def closeEvent(self, event: QCloseEvent) -> None:
        """Take the plot down."""
        self.drawing.close()
        self.plot.close()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        self.removal = IconButton(_cross, self.tr("Remove this plot"))
        self.removal.setVisible(self._own)
        self.header = QHBoxLayout()
        self.header.setContentsMargins(RHYTHM // 2, 0, RHYTHM // 2, 0)
        self.header.setSpacing(RHYTHM // 2)
        for label in (self.base_label, self.value_label):
            label.setForegroundRole(FAINT)
            label.setFont(small(self.font()))
        # What is too long for a narrow plot gives way; the tooltip says it in full.
        self.base_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.header.addWidget(self.quantity_choice)
        self.header.addWidget(self.base_label, 1)
        self.header.addWidget(self.value_label)
        self.header.addWidget(self.scale_choice)
        self.header.addWidget(self.removal)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.header)
        column.addWidget(self.plot, 1)

    def _connect(self) -> None:
        state = self._state
        state.changed.connect(self._on_changed)
        state.results_changed.connect(self._on_results_changed)
        state.explained_changed.connect(self._on_explained_changed)
        state.selected_changed.connect(self.plot.refresh)
        state.selected_changed.connect(self._show_value)
        state.head_changed.connect(self._show_value)
        self.drawing.drawn.connect(self._on_drawn)
        self.quantity_choice.chosen.connect(self._on_quantity_chosen)
        self.scale_choice.chosen.connect(self._on_scale_chosen)
        self.removal.clicked.connect(self.removal_wanted)
        self.plot.menu_wanted.connect(self._on_menu_wanted)

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
        if self._own:
            self.drawing.quantity = key
            self._ask()
            self._show_choices()
            self.plot.refresh()
        else:
            self._state.update_display(curve=key)

    def _on_scale_chosen(self, key: str) -> None:
        if self._own:
            self.drawing.scale = key
            self.plot.refresh()
        else:
            self._state.update_display(scale=key)

    def _on_menu_wanted(self, where: QPoint, step: int) -> None:
        menu = self.menu(step)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    def menu(self, step: int) -> QMenu:
        """Return what can be done at a step of this plot."""
        state, menu = self._state, QMenu(self)
        here = self.tr("Put the play &head at step {step}").format(step=step_text(step))
        menu.addAction(here, lambda: state.set_head(step))
        menu.addAction(self.tr("Show &all steps"), self.fit)
        blow_up = menu.addAction(self.tr("Show the &blow-up"))
        blow_up.setCheckable(True)
        blow_up.setChecked(state.experiment.display.blow_up)
        blow_up.triggered.connect(lambda on: state.update_display(blow_up=on))
        if self._own:
            menu.addSeparator()
            menu.addAction(self.tr("&Remove this plot"), self.removal_wanted.emit)
        return menu

    def _show_choices(self) -> None:
        self.quantity_choice.set_key(self.drawing.quantity)
        self.scale_choice.set_key(self.drawing.scale)
        name = quantities()[self.drawing.quantity]
        self.plot.setAccessibleName(self.tr("{quantity} over the steps").format(quantity=name))

    def _on_drawn(self) -> None:
        self._show_base()
        self._show_value()

    def _show_base(self) -> None:
        """Say above which value the axis counts, and why a log axis is not one."""
        prepared, picture = self.drawing.prepared, self.drawing.picture
        text, tip = self._base_words(prepared, picture) if prepared and picture else ("", "")
        self.base_label.setText(text)
        self.base_label.setToolTip(tip)

    def _base_words(self, prepared: Prepared, picture: Picture) -> tuple[str, str]:
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
        if prepared.signed and self.drawing.scale == "log":
            return self.tr("below 0: symlog"), self.tr(
                "A log axis cannot show what falls below 0; this is a symmetric one."
            )
        return "", ""

    def _show_value(self) -> None:
        """Write the selected run's value at the play head: the numeric twin of its dot."""
        state, selected = self._state, self._state.selected
        value = self.drawing.value(selected, state.head)
        text = "" if value is None else show(value, 4)
        # A gap, which the tooltip explains, is nothing that went wrong.
        gap = value is not None and self.drawing.explains and math.isnan(value)
        self.value_label.setText("–" if gap else text)
        self.value_label.setToolTip("")
        if value is not None:
            words = load_words(self.drawing, selected, state.head)
            tip = self.tr("{run}: {value} at step {step}").format(
                run=self.drawing.label(selected),
                value=self.tr("ηλ is {}").format(words) if words else show(value, 6),
                step=step_text(state.head),
            )
            self.value_label.setToolTip(tip)
            self.value_label.setAccessibleName(tip)
