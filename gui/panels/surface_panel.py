"""What is descended: surface, its parameters, start, number of steps and precision."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.experiment import MOST_STEPS, surface_of
from engine.formula import FormulaError, parse
from gui.mathematics import MathLabel
from gui.panels.choice import Choice
from gui.panels.formula_edit import FormulaEdit
from gui.panels.number_box import NumberBox
from gui.panels.parameter_form import ParameterForm
from gui.panels.picker_button import PickerButton
from gui.panels.place import PlaceRow
from gui.panels.scale import Scale
from gui.panels.surface_actions import formula_settings, with_own_formula, with_surface
from gui.panels.thumbnails import Thumbnails
from gui.theme import FAINT, RHYTHM, make_heading

if TYPE_CHECKING:
    from engine.experiment import Experiment
    from engine.surfaces.surface import Surface
    from gui.panels.data_panel import DataPanel
    from gui.panels.surface_picker import SurfacePicker
    from gui.state import State, Submit

STEPS = Scale(1, MOST_STEPS, log=True, whole=True)
#: Room for ten million.
STEPS_WIDTH_PX = 76


class SurfacePanel(QWidget):
    """Picker, formula as mathematics, sentence, parameters, start, steps, precision."""

    def __init__(self, state: State, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._submit = submit
        self._thumbnails = Thumbnails(state, submit, self)
        self._picker: SurfacePicker | None = None
        self._data: DataPanel | None = None
        self.button = PickerButton(self._thumbnails)
        self.button.setToolTip(self.tr("Choose a surface, or type a formula (Ctrl+L)"))
        self.mathematics = MathLabel(submit)
        self.teaches = QLabel()
        self.teaches.setForegroundRole(FAINT)
        self.teaches.setWordWrap(True)
        self.formula = FormulaEdit()
        self.parameters = ParameterForm()
        self.place = PlaceRow(self.tr("Start"))
        self.steps = NumberBox(STEPS)
        self.steps.setMinimumWidth(STEPS_WIDTH_PX)
        self.steps.setAccessibleName(self.tr("Steps"))
        self.steps.setToolTip(self.tr("Number of steps of every run, up to 10 million"))
        self.place.setToolTip(
            self.tr("Where all runs start that have no start of their own; the ring, in numbers")
        )
        self.precision = Choice(
            (("float32", "float32"), ("float64", "float64")), self.tr("Precision")
        )
        self.precision.setToolTip(
            self.tr("Numbers of 32 bits, which overflow at 3.4e38 as in most training, or of 64")
        )
        self._lay_out()
        self._connect()
        self._refresh(everything=True)

    @property
    def picker(self) -> SurfacePicker:
        """The popup, made when it is first needed."""
        if self._picker is None:
            from gui.panels.surface_picker import SurfacePicker

            self._picker = SurfacePicker(self._thumbnails, self)
            self._picker.chosen.connect(self.choose)
        return self._picker

    @property
    def data(self) -> DataPanel:
        """The panel for surfaces that read a table, made when it is first needed."""
        if self._data is None:
            from gui.panels.data_panel import DataPanel

            self._data = DataPanel(self._state, self._submit)
            self._column.insertWidget(self._column.indexOf(self.parameters), self._data)
        return self._data

    def open_picker(self) -> None:
        """Open the popup at its button."""
        self.picker.open(self.button, self._state.experiment.surface.name)

    def choose(self, name: str) -> None:
        """Go to a surface of the catalogue, or to the user's own formula."""
        experiment = self._state.experiment
        try:
            if name == "formula":
                self._state.set_experiment(with_own_formula(experiment))
                self.formula.setFocus()
            elif name != experiment.surface.name:
                self._state.set_experiment(with_surface(experiment, name))
        except ValueError as error:
            self._state.say(str(error))

    def _lay_out(self) -> None:
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(RHYTHM)
        heading = QLabel(self.tr("Surface"))
        make_heading(heading)
        for widget in (
            heading, self.button, self.formula, self.mathematics, self.teaches, self.parameters,
        ):  # fmt: skip
            layout.addWidget(widget)
        layout.addSpacing(RHYTHM)
        layout.addLayout(_row(self.tr("Start"), self.place))
        steps = _row(self.tr("&Steps"), self.steps)
        steps.addWidget(self.precision, 1)
        layout.addLayout(steps)

    def _connect(self) -> None:
        state = self._state
        self.button.clicked.connect(self.open_picker)
        self.formula.formula_changed.connect(self._on_formula_changed)
        self.parameters.changed.connect(self._on_parameter_changed)
        self.place.edited.connect(lambda x, y: state.update(gesture="start", start=(x, y)))
        self.steps.edited.connect(self._on_steps_changed)
        self.precision.chosen.connect(lambda key: state.update(precision=key))
        for widget in (self.parameters, self.place, self.steps):
            widget.refused.connect(state.say)
        state.changed.connect(self._on_changed)

    def _on_changed(self, old: Experiment, new: Experiment) -> None:
        self._refresh(everything=old.surface is not new.surface)

    def _refresh(self, everything: bool) -> None:
        experiment = self._state.experiment
        if everything:
            self._show_surface(experiment)
        self.place.set_place(*experiment.start)
        if self.steps.number() != experiment.steps:
            self.steps.set_value(experiment.steps)
        self.precision.set_key(experiment.precision)

    def _show_surface(self, experiment: Experiment) -> None:
        settings = experiment.surface
        own = settings.name == "formula"
        self.formula.setVisible(own)
        if own:
            self.formula.set_formula(settings.formula)
        try:
            surface = surface_of(settings)
        except FormulaError:
            # A file may bring a formula that cannot be read; the box says what is wrong with it.
            return
        self.button.show_entry(partial(self._thumbnails.image, settings), surface.title)
        self.button.setAccessibleName(self.tr("Surface: {}").format(surface.title))
        self.teaches.setText(surface.teaches)
        self.mathematics.set_latex((latex_of(surface),), surface.formula or surface.title)
        self.parameters.refresh(surface.parameters, settings.parameters)
        if surface.uses_data or self._data is not None:
            self.data.setVisible(surface.uses_data)

    def _on_parameter_changed(self, name: str, value: float) -> None:
        values = {**self._state.experiment.surface.parameters, name: value}
        try:
            self._state.update_surface(f"parameter {name}", parameters=values)
        except ValueError as error:
            self._state.say(str(error))
            self._show_surface(self._state.experiment)

    def _on_formula_changed(self, text: str) -> None:
        settings = formula_settings(text, self._state.experiment.surface.parameters)
        self._state.update(gesture="formula", surface=settings)

    def _on_steps_changed(self, steps: float) -> None:
        try:
            self._state.update(gesture="steps", steps=int(steps))
        except ValueError as error:
            self._state.say(str(error))
            self.steps.set_value(self._state.experiment.steps)


def latex_of(surface: Surface) -> str:
    """Return a surface's mathematics: declared, or made from its formula."""
    if surface.latex:
        return surface.latex
    try:
        return parse(surface.formula, tuple(p.name for p in surface.parameters)).latex()
    except FormulaError:
        return ""


def _row(text: str, widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(RHYTHM)
    label = QLabel(text)
    label.setBuddy(widget)
    row.addWidget(label)
    row.addWidget(widget)
    return row
