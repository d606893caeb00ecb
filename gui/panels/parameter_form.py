"""Rows of symbol, slider and number box, built from declared parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gui.panels.fields import CheckBox
from gui.panels.number_box import NumberBox
from gui.panels.scale import scale_of
from gui.panels.slider import Slider
from gui.theme import RHYTHM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.parameter import Parameter
    from gui.panels.scale import Scale


class _Row(Struct, frozen=True):
    parameter: Parameter
    label: QLabel | None
    slider: Slider | None
    box: NumberBox | None
    switch: CheckBox | None

    def show(self, value: float) -> None:
        if self.switch is not None:
            self.switch.setChecked(bool(value))
            return
        assert self.slider is not None
        assert self.box is not None
        if not self.slider.isSliderDown():
            self.slider.set_scale(_within(self.slider.scale.including(value), self.parameter))
        self.slider.set_value(value)
        self.box.set_value(value)

    def widgets(self) -> list[QWidget]:
        found = (self.label, self.slider, self.box, self.switch)
        return [widget for widget in found if widget is not None]


class ParameterForm(QWidget):
    """One row per parameter; rebuilt only when the declarations change.

    Labels take at least `label_px`, so that forms above each other have one column of sliders.

    Signals
    -------
    changed : (str name, float value), at each change by the user, allowed by the declaration.
    refused : (str), the sentence why a value cannot be taken.
    """

    changed = Signal(str, float)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None, label_px: int = 0) -> None:
        super().__init__(parent)
        self._parameters: tuple[Parameter, ...] = ()
        self._rows: dict[str, _Row] = {}
        self._values: dict[str, float] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(RHYTHM)
        self._grid.setVerticalSpacing(RHYTHM // 2)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, label_px)
        self.hide()

    def refresh(self, parameters: Sequence[Parameter], values: Mapping[str, float]) -> None:
        """Show these parameters with these values; a missing value is the default."""
        if tuple(parameters) != self._parameters:
            self._rebuild(tuple(parameters))
        for name, row in self._rows.items():
            value = values.get(name, row.parameter.default)
            if self._values.get(name) != value:
                self._values[name] = value
                row.show(value)

    def slider(self, name: str) -> Slider | None:
        """Return the slider of a parameter; None for a switch."""
        return self._rows[name].slider

    def box(self, name: str) -> NumberBox | None:
        """Return the number box of a parameter; None for a switch."""
        return self._rows[name].box

    def switch(self, name: str) -> CheckBox | None:
        """Return the check box of a switch; None for a number."""
        return self._rows[name].switch

    def _rebuild(self, parameters: tuple[Parameter, ...]) -> None:
        for row in self._rows.values():
            for widget in row.widgets():
                self._grid.removeWidget(widget)
                # Hidden at once, because deletion waits for the event loop.
                widget.hide()
                widget.deleteLater()
        self._parameters = parameters
        self._values = {}
        self._rows = {p.name: self._row(i, p) for i, p in enumerate(parameters)}
        self.setVisible(bool(parameters))

    def _row(self, index: int, parameter: Parameter) -> _Row:
        if parameter.kind == "switch":
            return self._switch_row(index, parameter)
        scale = scale_of(parameter)
        label, slider, box = QLabel(parameter.symbol), Slider(scale), NumberBox(scale)
        label.setBuddy(box)
        for column, widget in enumerate((label, slider, box)):
            widget.setToolTip(parameter.help)
            self._grid.addWidget(widget, index, column)
        slider.setAccessibleName(self.tr("{} slider").format(_spoken(parameter)))
        box.setAccessibleName(_spoken(parameter))
        box.setAccessibleDescription(parameter.help)
        name = parameter.name
        slider.moved.connect(lambda value: self._on_moved(name, value))
        box.edited.connect(lambda value: self._on_moved(name, value))
        box.refused.connect(self.refused)
        return _Row(parameter, label, slider, box, None)

    def _switch_row(self, index: int, parameter: Parameter) -> _Row:
        switch = CheckBox(parameter.symbol)
        switch.setToolTip(parameter.help)
        switch.setAccessibleDescription(parameter.help)
        self._grid.addWidget(switch, index, 0, 1, 3, Qt.AlignmentFlag.AlignLeft)
        name = parameter.name
        switch.clicked.connect(lambda on: self._on_moved(name, float(on)))
        return _Row(parameter, None, None, None, switch)

    def _on_moved(self, name: str, value: float) -> None:
        row = self._rows[name]
        try:
            row.parameter.check(value)
        except ValueError as error:
            row.show(self._values[name])
            self.refused.emit(str(error))
            return
        self._values[name] = value
        row.show(value)
        self.changed.emit(name, value)


def _spoken(parameter: Parameter) -> str:
    """Return what stands on screen and, where that is a letter, what it is called."""
    if parameter.symbol == parameter.name:
        return parameter.name
    return f"{parameter.symbol}, {parameter.name.replace('_', ' ')}"


def _within(scale: Scale, parameter: Parameter) -> Scale:
    """Return a scale that offers no value which the declaration forbids."""
    low, high = max(scale.low, parameter.minimum), min(scale.high, parameter.maximum)
    return replace(scale, low=low, high=high) if low < high else scale
