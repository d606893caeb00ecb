"""The optimizers: a list of runs, and everything about the selected one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.panels import icons
from gui.panels.icons import IconButton
from gui.panels.run_list import RunList
from gui.panels.run_menu import RunMenu, WalkMenu
from gui.theme import RHYTHM, make_heading

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QAction

    from gui.editing import Editing
    from gui.panels.optimizer_picker import OptimizerPicker
    from gui.panels.run_changes import RunChanges
    from gui.panels.run_rows import RunRows
    from gui.panels.run_settings import RunSettingsPanel
    from gui.state import Submit


class RunPanel(QWidget):
    """Buttons, the list, and the settings of the selected run below it."""

    def __init__(
        self, state: Editing, submit: Submit, actions: RunChanges, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._state: Any = state
        self._submit = submit
        self._actions = actions
        self._picker: OptimizerPicker | None = None
        self._settings: RunSettingsPanel | None = None
        #: Commands of the window that the menu of a run offers, too.
        self.exports: tuple[QAction, ...] = ()
        self.add = IconButton(icons.plus, self.tr("Add an optimizer (A)"))
        self.ladder = IconButton(
            icons.ladder, self.tr("Decade ladder: η/100, η/10, η, 10η and 100η (D)")
        )
        self.duplicate = IconButton(icons.twins, self.tr("Duplicate the selected run (Ctrl+D)"))
        self.remove = IconButton(icons.minus, self.tr("Remove the selected run (Ctrl+Backspace)"))
        self.list = self._new_list()
        self.more = IconButton(icons.chevron, self.tr("More settings of the selected run"))
        self.more.setText(self.tr("More settings"))
        self.more.setCheckable(True)
        self._lay_out()
        self._connect()
        self._refresh()

    @property
    def picker(self) -> OptimizerPicker:
        """The popup, made when it is first needed."""
        if self._picker is None:
            from gui.panels.optimizer_picker import OptimizerPicker

            self._picker = OptimizerPicker(self._actions, self)
            self._picker.chosen.connect(self._actions.add_run)
        return self._picker

    @property
    def settings(self) -> RunSettingsPanel:
        """The settings of the selected run, made when they are first needed."""
        if self._settings is None:
            self._settings = self._new_settings()
            self._column.addWidget(self._settings)
        return self._settings

    def open_picker(self) -> None:
        """Open the popup with all optimizers at its button."""
        self.picker.open(self.add)

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.setSpacing(0)
        heading = QLabel(self.tr("Optimizers"))
        make_heading(heading)
        header.addWidget(heading, 1)
        for button in (self.add, self.ladder, self.duplicate, self.remove):
            header.addWidget(button)
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(RHYTHM // 2)
        layout.addLayout(header)
        layout.addWidget(self.list)
        layout.addWidget(self.more)

    def _connect(self) -> None:
        self.add.clicked.connect(self.open_picker)
        self.ladder.clicked.connect(self._actions.decade_ladder)
        self.duplicate.clicked.connect(self._actions.duplicate_selected)
        self.remove.clicked.connect(self._actions.remove_selected)
        self.more.toggled.connect(self._on_more_toggled)
        self.list.menu_wanted.connect(self.open_menu)
        self._state.changed.connect(lambda *_: self._refresh())

    def _refresh(self) -> None:
        some = bool(self._state.experiment.runs)
        for button in (self.ladder, self.duplicate, self.remove, self.more):
            button.setEnabled(some)

    def _on_more_toggled(self, shown: bool) -> None:
        if shown or self._settings is not None:
            self.settings.setVisible(shown)

    def open_menu(self, place: QPoint) -> None:
        """Open the menu of the selected run at a place on the screen."""
        run = self._actions.selected
        if run is not None:
            self._new_menu(run).popup(place)

    def _new_list(self) -> RunRows:
        return RunList(self._state, self._actions)

    def _new_settings(self) -> RunSettingsPanel:
        from gui.panels.walk_settings import WalkSettings

        return WalkSettings(self._state, self._actions, self._submit)

    def _new_menu(self, run: Any) -> RunMenu:
        return WalkMenu(run, self._actions, self.exports, self)
