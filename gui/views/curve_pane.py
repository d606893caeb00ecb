"""One curve plot with its heading: quantity, scale, and the value at the play head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QVBoxLayout, QWidget

from gui.numbers import show
from gui.panels.icons import IconButton, plus
from gui.theme import FAINT, RHYTHM
from gui.views.curve_choice import QuietChoice
from gui.views.curve_plot import CurvePlot
from gui.views.curve_text import scales, small, step_text

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QPainter

    from gui.views.curve_axis import StepAxis
    from gui.views.curve_drawing import CurveDrawing, Looking


def _cross(painter: QPainter, checked: bool) -> None:
    painter.rotate(45)
    plus(painter, checked)


class CurvePane(QWidget):
    """A plot over the steps, whatever its drawing draws.

    Signals
    -------
    removal_wanted : the user does not want this plot any more.
    """

    removal_wanted = Signal()

    def __init__(
        self,
        looking: Looking,
        drawing: CurveDrawing,
        axis: StepAxis,
        names: dict[str, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._looking = looking
        self._names = names
        self.axis, self.curves = axis, drawing
        drawing.setParent(self)
        self.plot = CurvePlot(looking, drawing, axis)
        self.quantity_choice = QuietChoice(names, self.tr("Quantity"))
        self.scale_choice = QuietChoice(scales(), self.tr("Scale"))
        self.base_label, self.value_label = QLabel(), QLabel()
        self._lay_out()
        looking.selected_changed.connect(self.plot.refresh)
        looking.selected_changed.connect(self._show_value)
        looking.head_changed.connect(self._show_value)
        drawing.drawn.connect(self._on_drawn)
        self.quantity_choice.chosen.connect(self._on_quantity_chosen)
        self.scale_choice.chosen.connect(self._on_scale_chosen)
        self.removal.clicked.connect(self.removal_wanted)
        self.plot.menu_wanted.connect(self._on_menu_wanted)
        self._show_choices()

    @property
    def quantity(self) -> str:
        """What is drawn."""
        return self.curves.quantity

    def fit(self) -> None:
        """Show all steps."""
        self.axis.fit()

    def show_steps(self, on: bool) -> None:
        """Write step numbers below the plot, or leave that to the plot below."""
        self.plot.show_steps(on)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Take the plot down."""
        self.curves.close()
        self.plot.close()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        self.removal = IconButton(_cross, self.tr("Remove this plot"))
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

    def _on_quantity_chosen(self, key: str) -> None:
        self.curves.quantity = key
        self._show_choices()
        self.plot.refresh()

    def _on_scale_chosen(self, key: str) -> None:
        self.curves.scale = key
        self.plot.refresh()

    def _on_menu_wanted(self, where: QPoint, step: int) -> None:
        menu = self.menu(step)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    def menu(self, step: int) -> QMenu:
        """Return what can be done at a step of this plot."""
        looking, menu = self._looking, QMenu(self)
        here = self.tr("Put the play &head at step {step}").format(step=step_text(step))
        menu.addAction(here, lambda: looking.set_head(step))
        menu.addAction(self.tr("Show &all steps"), self.fit)
        return menu

    def _show_choices(self) -> None:
        self.quantity_choice.set_key(self.curves.quantity)
        self.scale_choice.set_key(self.curves.scale)
        name = self._names[self.curves.quantity]
        self.plot.setAccessibleName(self.tr("{quantity} over the steps").format(quantity=name))

    def _on_drawn(self) -> None:
        self._show_base()
        self._show_value()

    def _show_base(self) -> None:
        """Say above which value the axis counts, and why a log axis is not one."""
        drawn = self.curves.prepared is not None and self.curves.picture is not None
        text, tip = self._base_words() if drawn else ("", "")
        self.base_label.setText(text)
        self.base_label.setToolTip(tip)

    def _base_words(self) -> tuple[str, str]:
        """Return what is said about the axis of what is drawn, short and in sentences."""
        assert self.curves.prepared is not None
        if self.curves.prepared.signed and self.curves.scale == "log":
            return self.tr("below 0: symlog"), self.tr(
                "A log axis cannot show what falls below 0; this is a symmetric one."
            )
        return "", ""

    def _show_value(self) -> None:
        """Write the selected run's value at the play head: the numeric twin of its dot."""
        selected, head = self._looking.selected, self._looking.head
        value = self.curves.value(selected, head)
        self.value_label.setText("" if value is None else self._value_text(value))
        self.value_label.setToolTip("")
        if value is not None:
            tip = self.tr("{run}: {value} at {step}").format(
                run=self.curves.label(selected), value=self._value_words(selected, head, value),
                step=self.axis.words(head),
            )  # fmt: skip
            self.value_label.setToolTip(tip)
            self.value_label.setAccessibleName(tip)

    def _value_text(self, value: float) -> str:
        return show(value, 4)

    def _value_words(self, index: int, step: int, value: float) -> str:
        return show(value, 6)
