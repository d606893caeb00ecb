"""Data: which, with which numbers or columns, how they look and how they are prepared."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication

from engine.networks.data.catalogue import DATASETS
from engine.networks.data.made import Made
from engine.networks.data.measured import Measured
from gui.networks.panels.changes import attempt, change
from gui.networks.panels.columns_panel import ColumnsPanel
from gui.networks.panels.data_actions import with_data, with_features, with_source, with_target
from gui.networks.panels.data_entries import DataPictures, picture_of
from gui.networks.panels.data_picture import DataPicture, words_of
from gui.networks.panels.labels import close, form, sentence
from gui.networks.panels.preparation import Preparation
from gui.networks.panels.section import Section
from gui.networks.panels.seed_row import SeedRow
from gui.networks.panels.table_files import ask_for_table, table_in
from gui.numbers import count
from gui.panels import icons
from gui.panels.icons import IconButton
from gui.panels.picker_button import PickerButton

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
    from PySide6.QtWidgets import QWidget

    from engine.networks.data.preview import DataPreview
    from engine.networks.data.settings import NetworkDataSettings
    from engine.networks.settings import NetworkExperiment
    from gui.networks.panels.data_picker import DataPicker
    from gui.networks.panels.data_window import DataWindow
    from gui.networks.panels.previews import Previews
    from gui.networks.state import NetworkState
    from gui.state import Submit

PICTURE_PX = 136


class DataSection(Section):
    """Picker, sentence, picture, parameters or columns, preparation, notes."""

    def __init__(
        self, state: NetworkState, submit: Submit, previews: Previews,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        title = QCoreApplication.translate("DataSection", "Data")
        super().__init__("data", title, parent=parent)
        self._state = state
        self._previews = previews
        self._pictures = DataPictures(submit, self)
        self._picker: DataPicker | None = None
        self._window: DataWindow | None = None
        self._shown_source = ""
        self.button = PickerButton(self._pictures)
        self.help = sentence()
        self.picture = DataPicture(PICTURE_PX)
        self.counts = sentence()
        self.parameters = form()
        self.seed = SeedRow(
            self.tr("Seed"),
            self.tr("Seed of the data"),
            self.tr("The same seed makes the same rows"),
        )
        self.columns = ColumnsPanel()
        self.prepare = IconButton(icons.chevron, self.tr("Scaling and validation"))
        self.prepare.setText(self.tr("Scaling and validation"))
        self.prepare.setCheckable(True)
        self.prepare.setToolTip(self.tr("How the data are scaled, and which rows are set aside"))
        self.preparation = Preparation(state)
        self.preparation.hide()
        self.notes = sentence()
        self.setAcceptDrops(True)
        self._lay_out()
        self._connect()
        self._refresh()
        if previews.shown is not None:
            self._on_ready(previews.shown)

    @property
    def picker(self) -> DataPicker:
        """The popup, made when it is first needed."""
        if self._picker is None:
            from gui.networks.panels.data_picker import DataPicker

            self._picker = DataPicker(self._pictures, self)
            self._picker.chosen.connect(self.choose)
        return self._picker

    @property
    def window_of_data(self) -> DataWindow:
        """The larger picture with its table, made when it is first needed."""
        if self._window is None:
            from gui.networks.panels.data_window import DataWindow

            self._window = DataWindow(self._previews, self)
        return self._window

    def open_picker(self) -> None:
        """Open the popup at its button."""
        self.picker.open(self.button, self._state.experiment.data.source)

    def choose(self, name: str) -> None:
        """Go to a data set of the catalogue, or ask for a file of the user's own."""
        if not name:
            ask_for_table(self, self.open_table)
        elif name != self._state.experiment.data.source:
            self._take(with_source(self._state.experiment.data, name))

    def open_table(self, path: str) -> None:
        """Read the user's CSV or Parquet off the UI thread, and use it if it can be used."""
        self._take(with_source(self._state.experiment.data, path))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Let a table be dropped."""
        if table_in(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read the table that was dropped."""
        event.acceptProposedAction()
        self.open_table(table_in(event))

    def _lay_out(self) -> None:
        self.button.setToolTip(self.tr("Choose the data, or open a table of your own"))
        self.picture.setToolTip(self.tr("Click for a larger picture, columns and rows"))
        for widget in (self.button, self.help, self.picture, self.counts):
            self.column.addWidget(widget)
        close(self.column, self.parameters, self.seed, self.columns, self.prepare, self.preparation)
        self.column.addWidget(self.notes)

    def _connect(self) -> None:
        state = self._state
        self.button.clicked.connect(self.open_picker)
        self.prepare.toggled.connect(self.preparation.setVisible)
        self.picture.opened.connect(lambda: self.window_of_data.open())
        self.parameters.changed.connect(self._on_parameter_changed)
        self.parameters.refused.connect(state.say)
        self.seed.edited.connect(lambda seed, gesture: self._change(gesture, seed=seed))
        self.seed.refused.connect(state.say)
        self.columns.target_wanted.connect(lambda name: self._retake(with_target, name))
        self.columns.task_wanted.connect(lambda task: self._retake(_with_task, task))
        self.columns.feature_wanted.connect(
            lambda name, used: self._retake(with_features, name, used)
        )
        state.changed.connect(self._on_changed)
        self._previews.ready.connect(self._on_ready)
        self._previews.refused.connect(self._on_refused)

    def _on_changed(self, old: NetworkExperiment, new: NetworkExperiment) -> None:
        if old.data != new.data:
            self._refresh()

    def _on_parameter_changed(self, name: str, value: float) -> None:
        values = {**self._state.experiment.data.parameters, name: value}
        self._change(name, parameters=values)

    def _change(self, gesture: str = "", **fields: Any) -> None:
        if not change(self._state, "data", gesture, **fields):
            self._refresh()

    def _retake(self, make: Callable[..., NetworkDataSettings], *given: Any) -> None:
        """Take other columns of the present table."""
        known = self._previews.shown
        if known is not None:
            try:
                self._take(make(known, *given))
            except ValueError as error:
                self._refuse(str(error))

    def _take(self, settings: NetworkDataSettings) -> None:
        """Change to other data once it is known that they can be used."""
        self._previews.attempt(settings, self._on_usable, self._refuse)

    def _on_usable(self, preview: DataPreview) -> None:
        attempt(self._state, partial(with_data, self._state.experiment, preview))

    def _refuse(self, reason: str) -> None:
        self._state.say(reason)
        if self._previews.shown is not None:
            self.columns.show_columns(self._previews.shown)

    def _refresh(self) -> None:
        settings = self._state.experiment.data
        entry = DATASETS.get(settings.source)
        made = isinstance(entry, Made)
        title = entry.title if entry else Path(settings.source).name
        self.button.show_entry(partial(self._picture_of, settings.source), title)
        self.button.setAccessibleName(self.tr("Data: {}").format(title))
        self.help.setText(entry.help if entry else settings.source)
        self.help.setToolTip(entry.source if isinstance(entry, Measured) else "")
        self.parameters.refresh(entry.parameters if entry else (), settings.parameters)
        self.seed.setVisible(made)
        self.seed.set_seed(settings.seed)
        self.columns.setVisible(not made)
        if not made and settings.source != self._shown_source:
            # Raw columns are what most often makes a network blow up.
            self.prepare.setChecked(True)
        self._shown_source = settings.source

    def _picture_of(self, source: str, ratio: float) -> QImage | None:
        if source in DATASETS:
            return self._pictures.of(source, ratio)
        known = self._previews.shown
        same = known is not None and known.settings.source == source
        return picture_of(known, ratio) if known is not None and same else None

    def _on_ready(self, preview: DataPreview) -> None:
        data = preview.data
        self.picture.show_data(preview)
        self.preparation.show_task(preview)
        if not isinstance(DATASETS.get(preview.settings.source), Made):
            self.columns.show_columns(preview)
        self.counts.setText(words_of(preview))
        rows = self.tr("{} rows").format(count(len(data.inputs)))
        self.heading.set_summary(f"{self.button.text()}, {rows}")
        entry = DATASETS.get(preview.settings.source)
        source = entry.source if isinstance(entry, Measured) else ""
        self._show_notes("\n".join(part for part in (source, *preview.notes) if part))
        self.button.update()

    def _on_refused(self, reason: str) -> None:
        self._state.say(reason)
        self._show_notes(reason)

    def _show_notes(self, text: str) -> None:
        self.notes.setText(text)
        self.notes.setVisible(bool(text))


def _with_task(preview: DataPreview, task: Any) -> NetworkDataSettings:
    return replace(preview.settings, task=task)
