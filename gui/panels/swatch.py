"""A run's colour and dash, as a short stroke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from gui.theme import PATH_WIDTH, THEME, dash

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

WIDTH_PX = 24


class Swatch(QWidget):
    """The stroke that a run's path is drawn with; faint if the run is hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._slot = 0
        self._shown = True
        self.setFixedSize(QSize(WIDTH_PX, 24))
        THEME.changed.connect(self.update)

    def set_slot(self, slot: int, shown: bool) -> None:
        """Show the stroke of a slot."""
        self._slot, self._shown = slot, shown
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the stroke."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self._shown else 0.35)
        pen = QPen(THEME.path_colour(self._slot), PATH_WIDTH * 1.5)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        lengths = dash(self._slot)
        if lengths:
            # Qt counts dashes in pen widths.
            pen.setDashPattern([length / pen.widthF() for length in lengths])
        painter.setPen(pen)
        middle = self.height() / 2
        painter.drawLine(QPointF(1, middle), QPointF(self.width() - 1, middle))
