"""Which two settings vary, from where to where."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from engine.maps.map_experiment import task_of
from gui.maps.base import axis_names
from gui.networks.panels.labels import Row, close
from gui.networks.panels.list_choice import ListChoice
from gui.networks.panels.section import Section
from gui.panels.choice import Choice
from gui.panels.number_box import NumberBox
from gui.panels.scale import Scale
from gui.theme import RHYTHM

if TYPE_CHECKING:
    from engine.maps.axes import Axis
    from engine.maps.map_experiment import MapExperiment
    from gui.maps.state import MapState

#: A log axis that began at 0 or below begins so many decades below its end.
DECADES = 6
AXES = ("x", "y")


class AxisRows(QWidget):
    """One axis: setting, ends, and whether by equal factors.

    Signals
    -------
    named : (str), another setting is chosen.
    changed : (dict), other fields of the axis.
    refused : (str), the sentence why a number cannot be taken.
    """

    named = Signal(str)
    changed = Signal(dict)
    refused = Signal(str)

    def __init__(self, text: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setting = ListChoice(name)
        self.low, self.high = NumberBox(Scale(-1.0, 1.0)), NumberBox(Scale(-1.0, 1.0))
        options = (("linear", self.tr("linear")), ("log", self.tr("log")))
        self.scale = Choice(options, self.tr("{axis}: linear or log").format(axis=name))
        self.low.setAccessibleName(self.tr("{axis}: from").format(axis=name))
        self.high.setAccessibleName(self.tr("{axis}: to").format(axis=name))
        self.low.setToolTip(self.tr("Where it begins; what is seen"))
        self.high.setToolTip(self.tr("Where it ends"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(RHYTHM // 2)
        column.addWidget(Row(text, (self.setting,)))
        column.addWidget(Row(self.tr("from, to"), (self.low, self.high)))
        column.addWidget(Row("", (self.scale,)))
        self.setting.chosen.connect(self.named)
        self.low.edited.connect(lambda value: self.changed.emit({"low": value}))
        self.high.edited.connect(lambda value: self.changed.emit({"high": value}))
        self.scale.chosen.connect(lambda key: self.changed.emit({"scale": key}))
        for box in (self.low, self.high):
            box.refused.connect(self.refused)

    def show_axis(self, axis: Axis, options: list[tuple[str, str, str]]) -> None:
        """Show an axis, and which others there may be."""
        self.setting.set_options(options)
        self.setting.set_key(axis.name)
        log = axis.scale == "log"
        scale = Scale(axis.low, axis.high, log) if axis.low < axis.high else Scale(0.0, 1.0)
        for box, value in ((self.low, axis.low), (self.high, axis.high)):
            box.set_scale(scale)
            box.set_value(value)
        self.scale.set_key(axis.scale)


class AxesSection(Section):
    """Both axes, and a button that swaps them."""

    def __init__(self, state: MapState, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("AxesSection", "Axes")
        super().__init__("map_axes", title, parent=parent)
        self._state = state
        self.rows = {
            "x": AxisRows(self.tr("Ac&ross"), self.tr("Setting to the right")),
            "y": AxisRows(self.tr("&Up"), self.tr("Setting upwards")),
        }
        self.swap = QPushButton(self.tr("S&wap axes"))
        for which, rows in self.rows.items():
            self.column.addWidget(rows)
            rows.named.connect(partial(self._choose, which))
            rows.changed.connect(partial(self._change, which))
            rows.refused.connect(state.say)
        close(self.column, self.swap)
        self.swap.clicked.connect(self.swap_axes)
        state.changed.connect(lambda *_: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Show the axes as they are."""
        experiment = self._state.experiment
        found = axis_names(experiment)
        options = [(entry.name, entry.title, entry.name) for entry in found]
        titles = {entry.name: entry.title for entry in found}
        for which, rows in self.rows.items():
            rows.show_axis(getattr(experiment, which), options)
        x, y = experiment.x.name, experiment.y.name
        self.heading.set_summary(f"{titles.get(x, x)}, {titles.get(y, y)}")

    def swap_axes(self) -> None:
        """Let what went to the right go upwards, and the other way round."""
        experiment = self._state.experiment
        if experiment.basins is None:
            self._take(replace(experiment, x=experiment.y, y=experiment.x))

    def _choose(self, which: str, name: str) -> None:
        """Let another setting vary; the other axis makes room if it must."""
        experiment = self._state.experiment
        found = {entry.name: entry.axis for entry in axis_names(experiment)}
        other = next(axis for axis in AXES if axis != which)
        if getattr(experiment, other).name == name:
            self.swap_axes()
            return
        fields: dict[str, Any] = {which: found[name]}
        changed = replace(experiment, **fields)
        for axis in found.values():
            if _is_map(changed):
                break
            changed = replace(changed, **{other: axis})
        self._take(changed)

    def _change(self, which: str, fields: dict[str, Any]) -> None:
        axis: Axis = getattr(self._state.experiment, which)
        if fields.get("scale") == "log" and axis.low <= 0 < axis.high:
            fields = {**fields, "low": axis.high * 10.0**-DECADES}
        try:
            self._state.set_ranges(f"range {which}", **{which: replace(axis, **fields)})
        except ValueError as error:
            self._state.say(str(error))
            self.refresh()

    def _take(self, experiment: MapExperiment) -> None:
        try:
            task_of(experiment)
        except ValueError as error:
            self._state.say(str(error))
            self.refresh()
        else:
            self._state.set_map(experiment)


def _is_map(experiment: MapExperiment) -> bool:
    try:
        task_of(experiment)
    except ValueError:
        return False
    return True
