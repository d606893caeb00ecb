"""How far each point of the paths lies from the plane they are drawn in, over the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.theme import THEME, dash
from gui.views.curve_text import step_text
from gui.views.small_curves import SmallCurve, SmallCurves

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gui.networks.views.plane_work import Followed

HEIGHT_PX = 76


class Distances(QWidget):
    """A curve per run over its kept steps; the head can be dragged.

    Signals
    -------
    stepped : (int), the step that was clicked or reached by key.
    """

    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curves = SmallCurves()
        self.curves.setAccessibleName(self.tr("Distance of the paths from the plane"))
        self.curves.stepped.connect(self._on_stepped)
        self._steps: NDArray[np.int64] = np.zeros(1, np.int64)
        self._shown: list[SmallCurve] = []
        self._scale, self._what = "linear", ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.curves)
        self.setFixedHeight(HEIGHT_PX)

    def show_followed(self, followed: Followed, head: int) -> None:
        """Show the distances of all visible runs."""
        runs = [(i, followed.trained.histories[i].kept) for i in followed.indices]
        self._steps = max((kept for _, kept in runs), key=lambda kept: int(kept[-1]))
        self._shown = []
        for index, kept in runs:
            run, gaps = followed.runs.runs[index], followed.distances[index]
            assert run is not None
            assert gaps is not None
            values = np.interp(self._steps, kept, gaps, right=np.nan)
            colour = THEME.path_colour(run.slot)
            self._shown.append(SmallCurve("", values, colour, dash(run.slot)))
        broken = any(run is not None and run.broken for run in followed.runs.runs)
        self._scale = "symlog" if broken else "linear"
        self._what = self.tr("distance from the plane · step {step}")
        if followed.is_line:
            self._what = self.tr("distance from the line · step {step}")
        self.set_head(head)

    def set_head(self, head: int) -> None:
        """Move the play head."""
        row = int(abs(self._steps - head).argmin())
        note = self._what.format(step=step_text(int(self._steps[row])))
        self.curves.show_curves(self._shown, row, scale=self._scale, note=note)

    def _on_stepped(self, row: int) -> None:
        self.stepped.emit(int(self._steps[min(row, len(self._steps) - 1)]))
