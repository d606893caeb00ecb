"""Data, model and optimizers above each other, scrolling if need be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.panels.side_column import SideColumn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from gui.editing import Editing
    from gui.panels.run_panel import RunPanel


class NetworkSidePanel(SideColumn):
    """Everything that is asked of the engine: sections, then the runs."""

    def __init__(
        self,
        state: Editing,
        sections: Sequence[QWidget],
        runs: RunPanel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(state, (*sections, runs), runs, parent)
