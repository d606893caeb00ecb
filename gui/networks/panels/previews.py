"""The data of the state's experiment in short, made anew off the UI thread when they change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.networks.data.preview import DataPreview
    from engine.networks.data.settings import NetworkDataSettings
    from engine.networks.settings import NetworkExperiment
    from gui.networks.state import NetworkState
    from gui.state import Submit


class Previews(QObject):
    """What the sections know of the data: their task, their size, some rows.

    Signals
    -------
    ready : (DataPreview), of the present settings.
    refused : (str), the sentence why the present settings give no data; the last preview stays.
    """

    ready = Signal(object)
    refused = Signal(str)

    def __init__(self, state: NetworkState, submit: Submit, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._submit = submit
        self.shown: DataPreview | None = None
        state.changed.connect(self._on_changed)
        self._ask()

    def attempt(
        self,
        settings: NetworkDataSettings,
        done: Callable[[DataPreview], None],
        failed: Callable[[str], None],
    ) -> None:
        """Look at other data first: `done` if they can be used, otherwise `failed` with the reason.

        Of several attempts in a row only the last one counts.
        """
        self._submit("network data choice", lambda: _look(settings), done, failed)

    def _on_changed(self, old: NetworkExperiment, new: NetworkExperiment) -> None:
        if old.data != new.data:
            self._ask()

    def _ask(self) -> None:
        settings = self._state.experiment.data
        self._submit("network data", lambda: _look(settings), self._on_looked, self.refused.emit)

    def _on_looked(self, preview: DataPreview) -> None:
        self.shown = preview
        self.ready.emit(preview)


def _look(settings: NetworkDataSettings) -> DataPreview:
    from engine.networks.data.preview import preview

    return preview(settings)
