"""What can be done with a run: the menu of its row, its chip and its curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from gui.panels.run_actions import RunActions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QAction

    from gui.panels.run_changes import RunChanges


class RunMenu(QMenu):
    """The menu of the selected run.

    Parameters
    ----------
    run : the selected run.
    actions : what can be done with it.
    exports : commands of the window that copy or write it.
    """

    def __init__(
        self, run: Any, actions: RunChanges, exports: Sequence[QAction], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._do(self.tr("&Hide") if run.visible else self.tr("&Show"), actions.toggle_visible)
        self._add_own(run, actions)
        self._do(self.tr("&Duplicate"), actions.duplicate_selected)
        self._do(self.tr("Decade &ladder"), actions.decade_ladder)
        self._do(self.tr("&Remove"), actions.remove_selected)
        self.addSeparator()
        self.addActions(exports)

    def _add_own(self, run: Any, actions: RunChanges) -> None:
        """Add what only runs of one half can do."""

    def _do(self, text: str, work: Callable[[], object]) -> None:
        self.addAction(text).triggered.connect(lambda _=False: work())


class WalkMenu(RunMenu):
    """The menu of the selected run on a surface."""

    def _add_own(self, run: Any, actions: RunChanges) -> None:
        assert isinstance(actions, RunActions)
        if run.recorded:
            self._do(self.tr("&Walk it here, from its start"), actions.walk_selected)
        else:
            shares = run.start is None
            own = self.tr("Own &start") if shares else self.tr("Share the &start")
            self._do(own, actions.toggle_own_start)
