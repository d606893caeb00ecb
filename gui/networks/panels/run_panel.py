"""The optimizers that train: a list of runs, and everything about the selected one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gui.panels.run_menu import RunMenu
from gui.panels.run_panel import RunPanel
from gui.panels.run_rows import RunRows

if TYPE_CHECKING:
    from gui.panels.run_settings import RunSettingsPanel


class NetworkRunPanel(RunPanel):
    """Buttons, the list, and the settings of the selected training run below it."""

    def _new_list(self) -> RunRows:
        return RunRows(self._state, self._actions)

    def _new_settings(self) -> RunSettingsPanel:
        from gui.networks.panels.run_settings import TrainingRunSettings

        return TrainingRunSettings(self._state, self._actions, self._submit)

    def _new_menu(self, run: Any) -> RunMenu:
        return RunMenu(run, self._actions, self.exports, self)
