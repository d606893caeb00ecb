"""Tables of text as they look everywhere here: no grid, no box, quiet headings."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from gui.theme import THEME

PADDING_PX = 4
#: Columns are at first as wide as what is in them, up to this.
WIDEST_PX = 200


class QuietHeader(QHeaderView):
    """Faint text over a line."""

    def __init__(self, orientation: Qt.Orientation, parent: QWidget | None = None) -> None:
        super().__init__(orientation, parent)
        self.setHighlightSections(False)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        THEME.changed.connect(self.viewport().update)

    def paintSection(self, painter: QPainter, rect: QRect, index: int) -> None:
        """Draw ground, text and line."""
        colours = THEME.colours
        painter.fillRect(rect, QColor(colours.base))
        painter.setPen(QColor(colours.faint))
        area = rect.adjusted(PADDING_PX, 0, -PADDING_PX, 0)
        across, role = self.orientation(), Qt.ItemDataRole.TextAlignmentRole
        text = str(self.model().headerData(index, across))
        # Most headings stand at the left; a model may put those of numbers above its numbers.
        wished = self.model().headerData(index, across, role)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag(wished or 0)
        short = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(flags), short)
        if self.orientation() == Qt.Orientation.Horizontal:
            painter.setPen(QColor(colours.border))
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())


class Table(QTableView):
    """A table that is read and scrolled, not typed into."""

    def __init__(self, name: str, row_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setHorizontalHeader(QuietHeader(Qt.Orientation.Horizontal))
        self.setVerticalHeader(QuietHeader(Qt.Orientation.Vertical))
        self.verticalHeader().setDefaultSectionSize(row_px)
        self.verticalHeader().setMinimumSectionSize(row_px)
        self.horizontalHeader().setMinimumSectionSize(24)
        self.setCornerButtonEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)

    def fit_columns(self) -> None:
        """Make columns as wide as what is seen of them, up to a limit."""
        self.resizeColumnsToContents()
        for column in range(self.model().columnCount()):
            self.setColumnWidth(column, min(self.columnWidth(column) + PADDING_PX, WIDEST_PX))
