"""Which table a data-driven surface reads, which two columns, and how."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QFormLayout, QLabel, QVBoxLayout, QWidget

from engine.experiment import DataSettings, surface_of
from engine.parameter import Parameter
from engine.surfaces.data_driven import suggest
from engine.tables import BUNDLED, load
from gui.panels.choice import Choice
from gui.panels.fields import ComboBox
from gui.panels.number_box import NumberBox
from gui.panels.parameter_form import ParameterForm
from gui.panels.scale import scale_of
from gui.theme import FAINT, RHYTHM

if TYPE_CHECKING:
    from engine.experiment import Experiment
    from engine.tables import Table
    from gui.state import Results, State, Submit

BATCHES = (
    Parameter(
        "batch_size", "Batch size", 0, 0, 64,
        "Rows per step, drawn without replacement; 0 is the full batch.",
        kind="integer", minimum=0,
    ),
    Parameter(
        "seed", "Seed", 0, 0, 99, "The same seed draws the same batches.",
        kind="integer", minimum=0,
    ),
)  # fmt: skip
TARGET_SCALE = Parameter(
    "target_scale", "÷", 1.0, 0.1, 1000.0,
    "What the target is divided by, and with it the best line; classes stay 0 and 1.",
    log=True,
)  # fmt: skip


class DataPanel(QWidget):
    """Table, columns, scaling, reduction and batches of the state's surface."""

    def __init__(self, state: State, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._submit = submit
        self._shown: DataSettings | None = None
        self._table_shown = ""
        self.table = ComboBox(self.tr("Table"))
        self.feature = ComboBox(self.tr("Feature column"))
        self.target = ComboBox(self.tr("Target column"))
        self.notes = QLabel()
        self.notes.setForegroundRole(FAINT)
        self.notes.setWordWrap(True)
        self.scaling = Choice(
            (("raw", self.tr("Raw")), ("standardised", self.tr("Standardised"))),
            self.tr("Feature"),
        )
        self.reduction = Choice(
            (("mean", self.tr("Mean")), ("sum", self.tr("Sum"))), self.tr("Loss over rows")
        )
        self.target_scale = NumberBox(scale_of(TARGET_SCALE))
        self.target_scale.setAccessibleName(self.tr("Target divided by"))
        self.target_scale.setToolTip(TARGET_SCALE.help)
        self.batches = ParameterForm()
        self._lay_out()
        self._connect()
        self._refresh()

    def open_table(self, path: str) -> None:
        """Read the user's CSV off the UI thread, and use it if it can be used."""
        # Standardised, because with most people's raw columns the first path would blow up.
        self._change_table(DataSettings(table=path, standardise=True))

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(RHYTHM)
        form.setVerticalSpacing(RHYTHM // 2)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("&Table"), self.table)
        form.addRow(self.tr("Feature"), self.feature)
        form.addRow(self.tr("Target"), self.target)
        form.addRow(self.tr("Target ÷"), self.target_scale)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(RHYTHM)
        layout.addLayout(form)
        for widget in (self.notes, self.scaling, self.reduction, self.batches):
            layout.addWidget(widget)

    def _connect(self) -> None:
        self.table.activated.connect(self._on_table_chosen)
        self.feature.textActivated.connect(lambda name: self._set(feature=name))
        self.target.textActivated.connect(lambda name: self._set(target=name))
        self.scaling.chosen.connect(lambda key: self._set(standardise=key == "standardised"))
        self.reduction.chosen.connect(lambda key: self._set(reduction=key))
        self.target_scale.edited.connect(
            lambda value: self._set("data target_scale", target_scale=value)
        )
        self.target_scale.refused.connect(self._state.say)
        self.batches.changed.connect(
            lambda name, value: self._set(f"data {name}", **{name: int(value)})
        )
        self.batches.refused.connect(self._state.say)
        self._state.changed.connect(self._on_changed)
        self._state.results_changed.connect(self._on_results)

    def _on_changed(self, old: Experiment, new: Experiment) -> None:
        if old.surface is not new.surface:
            self._refresh()

    def _refresh(self) -> None:
        data = self._state.experiment.surface.data
        if data is None or data == self._shown:
            return
        self._shown = data
        self.scaling.set_key("standardised" if data.standardise else "raw")
        self.reduction.set_key(data.reduction)
        self.target_scale.set_value(data.target_scale)
        self.batches.refresh(
            BATCHES, {"batch_size": float(data.batch_size), "seed": float(data.seed)}
        )
        self._show_tables(data.table)
        if data.table == self._table_shown:
            self._show_columns_of(data)
            return
        name = data.table
        self._submit(
            "columns",
            lambda: load(name),
            lambda table: self._on_columns_known(name, table),
            self._state.say,
        )

    def _show_tables(self, chosen: str) -> None:
        self.table.clear()
        for bundled in BUNDLED:
            self.table.addItem(bundled.title, bundled.name)
            self.table.setItemData(
                self.table.count() - 1, bundled.source, Qt.ItemDataRole.ToolTipRole
            )
        if self.table.findData(chosen) < 0:
            self.table.addItem(Path(chosen).name, chosen)
        self.table.addItem(self.tr("Your CSV…"), "")
        self.table.setCurrentIndex(self.table.findData(chosen))

    def _on_columns_known(self, name: str, table: Table) -> None:
        self._table_shown = name
        self._show_notes(table.notes)
        for combo in (self.feature, self.target):
            combo.clear()
            combo.addItems(list(table.columns))
        if self._shown is not None:
            self._show_columns_of(self._shown)

    def _on_results(self, results: Results) -> None:
        """Say what the engine found in the data."""
        data = results.experiment.surface.data
        if data is not None and data == self._shown:
            self._show_notes(results.landscape.notes)

    def _show_notes(self, notes: tuple[str, ...]) -> None:
        table = self._table_shown
        source = next((b.source for b in BUNDLED if b.name == table), "")
        self.notes.setText("\n".join(part for part in (source, *notes) if part))
        self.notes.setVisible(bool(self.notes.text()))

    def _show_columns_of(self, data: DataSettings) -> None:
        names = [self.feature.itemText(i) for i in range(self.feature.count())]
        feature = data.feature or next((n for n in names if n != data.target), "")
        target = data.target or next((n for n in names if n != feature), "")
        self.feature.setCurrentText(feature)
        self.target.setCurrentText(target)

    def _on_table_chosen(self, index: int) -> None:
        name = self.table.itemData(index)
        if not name:
            self._ask_for_file()
        elif self._shown is None or name != self._shown.table:
            raw = not any(b.name == name and b.standardise for b in BUNDLED)
            self._change_table(DataSettings(table=name, standardise=not raw))

    def _change_table(self, settings: DataSettings) -> None:
        """Take a table with the start that suits it, once it has been read."""
        surface = surface_of(self._state.experiment.surface)
        kept = self._shown or settings
        settings = replace(
            settings, reduction=kept.reduction, batch_size=kept.batch_size, seed=kept.seed
        )
        self._submit(
            "table",
            lambda: suggest(surface, settings),
            lambda suggestion: self._update(start=suggestion.start, data=settings),
            self._refuse,
        )

    def _ask_for_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Open a table"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Tables (*.csv *.tsv *.txt)"), self.tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.open_table)
        dialog.rejected.connect(self._show_again)
        dialog.open()

    def _refuse(self, sentence: str) -> None:
        self._state.say(sentence)
        self._show_again()

    def _show_again(self) -> None:
        self._shown = None
        self._refresh()

    def _set(self, gesture: str = "", **fields: Any) -> None:
        """Change single settings of the table in use; the view follows the data."""
        data = self._state.experiment.surface.data
        if data is not None:
            try:
                self._update(gesture, data=replace(data, **fields))
            except ValueError as error:
                self._refuse(str(error))

    def _update(self, gesture: str = "", **fields: Any) -> None:
        experiment = self._state.experiment
        if not surface_of(experiment.surface).uses_data:
            return
        surface = replace(experiment.surface, data=fields.pop("data"))
        display = replace(experiment.display, view=None)
        self._state.update(gesture, surface=surface, display=display, **fields)
