"""Everything about the selected run on a surface that is not its learning rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.experiment import start_of
from gui.panels.fields import CheckBox
from gui.panels.place import PlaceRow
from gui.panels.run_actions import RunActions
from gui.panels.run_settings import RunSettingsPanel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class WalkSettings(RunSettingsPanel):
    """The same as for any run, and where it starts."""

    def _own_parts(self) -> tuple[QWidget, ...]:
        self.own_start = CheckBox(self.tr("Own start"))
        self.place = PlaceRow(self.tr("Own start"))
        return self.own_start, self.place

    def _connect(self) -> None:
        super()._connect()
        assert isinstance(self._actions, RunActions)
        toggle = self._actions.toggle_own_start
        self.own_start.clicked.connect(lambda _: toggle())
        self.place.edited.connect(lambda x, y: self._update("own start", start=(x, y)))
        self.place.refused.connect(self._editing.say)

    def _on_changed(self, old: Any, new: Any) -> None:
        if old.runs is not new.runs or old.start != new.start:
            self._refresh()

    def _refresh(self, _: object = None) -> None:
        super()._refresh()
        run = self._actions.selected
        if run is not None:
            self.place.set_place(*start_of(self._editing.experiment, run))
            self.own_start.setChecked(run.start is not None)
            self.place.setVisible(run.start is not None)
