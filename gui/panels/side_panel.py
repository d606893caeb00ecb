"""Surface and optimizers above each other, scrolling if need be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.panels.run_panel import RunPanel
from gui.panels.side_column import SideColumn
from gui.panels.surface_panel import SurfacePanel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.panels.run_actions import RunActions
    from gui.state import State, Submit


class SidePanel(SideColumn):
    """Everything that is asked of the engine."""

    def __init__(
        self, state: State, submit: Submit, actions: RunActions, parent: QWidget | None = None
    ) -> None:
        self.surface = SurfacePanel(state, submit)
        runs = RunPanel(state, submit, actions)
        super().__init__(state, (self.surface, runs), runs, parent)

    def choose_surface(self, name: str) -> None:
        """Go to a surface of the catalogue, or to the user's own formula."""
        self.surface.choose(name)
