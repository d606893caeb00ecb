"""Everything about the selected run that is not its learning rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtWidgets import (
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from engine.experiment import ScheduleSettings
from engine.parameter import Parameter
from engine.schedules import CATALOGUE as SCHEDULES
from engine.schedules import schedule_named
from gui.mathematics import MathLabel
from gui.panels.fields import ComboBox, LineEdit
from gui.panels.parameter_form import ParameterForm
from gui.theme import FAINT, RHYTHM

if TYPE_CHECKING:
    from gui.editing import Editing
    from gui.panels.run_changes import RunChanges
    from gui.state import Submit

WARM_UP = Parameter(
    "warm_up_steps", "Warm-up steps", 0, 0, 500,
    "The rate rises linearly from almost 0 over this many steps; 0 means no warm-up.",
    kind="integer", minimum=0,
)  # fmt: skip
SHARED = (
    Parameter(
        "weight_decay", "Weight decay", 0, 0, 1,
        "Pulls the parameters towards 0: added to the gradient, or apart from it if decoupled.",
    ),
    Parameter(
        "decoupled", "Decoupled weight decay", 0, 0, 1,
        "Shrink the parameters by η times the decay instead of adding it to the gradient (AdamW).",
        kind="switch",
    ),
    Parameter(
        "clip_value", "Clip each slope", 0, 0, 10,
        "Cut each coordinate of the gradient to this size; 0 is off.", minimum=0,
    ),
    Parameter(
        "clip_norm", "Clip the norm", 0, 0, 10,
        "Scale the gradient down to this length where it is longer; 0 is off.", minimum=0,
    ),
    Parameter(
        "noise", "Gradient noise", 0, 0, 5,
        "Standard deviation of normal noise added to each coordinate; 0 is off.", minimum=0,
    ),
    Parameter(
        "seed", "Seed", 0, 0, 99,
        "The same seed gives the same noise.", kind="integer", minimum=0,
    ),
    Parameter(
        "maximize", "Maximise", 0, 0, 1, "Climb the surface instead of descending.", kind="switch"
    ),
)  # fmt: skip


class RunSettingsPanel(QWidget):
    """Optimizer, update rule, hyperparameters, schedule and the rest, of the selected run."""

    #: What every optimizer's loop can do besides.
    offered: tuple[Parameter, ...] = SHARED

    def __init__(
        self, state: Editing, actions: RunChanges, submit: Submit, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._editing = state
        self._actions = actions
        self._rules = list(actions.rules())
        self._shown: Any = None
        self.optimizer = ComboBox(self.tr("Optimizer"))
        self.optimizer.addItems([rule.title for rule in self._rules])
        self.rule = MathLabel(submit)
        self.help = _sentence()
        self.hyperparameters = ParameterForm()
        self.schedule = ComboBox(self.tr("Schedule"))
        self.schedule.addItems([schedule.title for schedule in SCHEDULES])
        self.schedule_help = _sentence()
        self.schedule_form = ParameterForm()
        self.shared = ParameterForm()
        self.label = LineEdit()
        self.label.setAccessibleName(self.tr("Name"))
        self.label.setPlaceholderText(self.tr("Optimizer and rate"))
        self._lay_out()
        self._connect()
        self._refresh()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(RHYTHM, 0, 0, RHYTHM)
        layout.setSpacing(RHYTHM)
        layout.addLayout(self._form((self.tr("O&ptimizer"), self.optimizer)))
        _add(layout, self.rule, self.help, self.hyperparameters)
        layout.addSpacing(RHYTHM)
        layout.addLayout(self._form((self.tr("S&chedule"), self.schedule)))
        _add(layout, self.schedule_help, self.schedule_form)
        layout.addSpacing(RHYTHM)
        _add(layout, self.shared, *self._own_parts())
        layout.addLayout(self._form((self.tr("Na&me"), self.label)))

    def _form(self, row: tuple[str, QWidget]) -> QFormLayout:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(RHYTHM)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(*row)
        return form

    def _connect(self) -> None:
        self.optimizer.activated.connect(
            lambda index: self._actions.change_optimizer(self._rules[index].name)
        )
        self.schedule.activated.connect(self._on_schedule_chosen)
        self.hyperparameters.changed.connect(self._on_hyperparameter_changed)
        self.schedule_form.changed.connect(self._on_schedule_changed)
        self.shared.changed.connect(self._on_shared_changed)
        for form in (self.hyperparameters, self.schedule_form, self.shared):
            form.refused.connect(self._editing.say)
        self.label.editingFinished.connect(
            lambda: self._update("", label=self.label.text().strip())
        )
        self._editing.changed.connect(self._on_changed)
        self._editing.selected_changed.connect(self._refresh)

    def _own_parts(self) -> tuple[QWidget, ...]:
        """Make what only runs of one half have."""
        return ()

    def _on_changed(self, old: Any, new: Any) -> None:
        if old.runs is not new.runs:
            self._refresh()

    def _refresh(self, _: object = None) -> None:
        run = self._actions.selected
        self.setEnabled(run is not None and not self._actions.recording_of(run))
        if run is None or run is self._shown:
            return
        self._shown = run
        self._show_rule(run)
        self._show_schedule(run.schedule)
        values = {p.name: float(getattr(run, p.name)) for p in self.offered}
        self.shared.refresh(self.offered, values)
        if self.label.text() != run.label:
            self.label.setText(run.label)

    def _show_rule(self, run: Any) -> None:
        rule = self._actions.rule_named(run.optimizer)
        self.optimizer.setCurrentIndex(self._rules.index(rule))
        self.rule.set_latex(rule.latex, self.tr("Update rule of {}").format(rule.title))
        self.help.setText(rule.help)
        self.hyperparameters.refresh(rule.parameters, run.hyperparameters)

    def _show_schedule(self, settings: ScheduleSettings) -> None:
        schedule = schedule_named(settings.name)
        self.schedule.setCurrentIndex(SCHEDULES.index(schedule))
        self.schedule_help.setText(schedule.help)
        values = {**settings.parameters, WARM_UP.name: float(settings.warm_up_steps)}
        self.schedule_form.refresh((*schedule.parameters, WARM_UP), values)

    def _on_hyperparameter_changed(self, name: str, value: float) -> None:
        run = self._actions.selected
        if run is not None:
            self._update(name, hyperparameters={**run.hyperparameters, name: value})

    def _on_schedule_chosen(self, index: int) -> None:
        run = self._actions.selected
        if run is not None and SCHEDULES[index].name != run.schedule.name:
            schedule = ScheduleSettings(
                name=SCHEDULES[index].name, warm_up_steps=run.schedule.warm_up_steps
            )
            self._update("", schedule=schedule)

    def _on_schedule_changed(self, name: str, value: float) -> None:
        run = self._actions.selected
        if run is None:
            return
        if name == WARM_UP.name:
            schedule = replace(run.schedule, warm_up_steps=int(value))
        else:
            schedule = replace(run.schedule, parameters={**run.schedule.parameters, name: value})
        self._update(f"schedule {name}", schedule=schedule)

    def _on_shared_changed(self, name: str, value: float) -> None:
        kinds = {"seed": int, "decoupled": bool, "maximize": bool}
        self._update(name, **{name: kinds.get(name, float)(value)})

    def _update(self, gesture: str, **fields: Any) -> None:
        if self._actions.selected is None:
            return
        index = self._editing.selected
        try:
            self._editing.update_run(index, gesture and f"run {index} {gesture}", **fields)
        except ValueError as error:
            self._editing.say(str(error))
            self._shown = None
            self._refresh()


def _add(layout: QVBoxLayout, *widgets: QWidget) -> None:
    for widget in widgets:
        layout.addWidget(widget)


def _sentence() -> QLabel:
    label = QLabel()
    label.setForegroundRole(FAINT)
    label.setWordWrap(True)
    return label
