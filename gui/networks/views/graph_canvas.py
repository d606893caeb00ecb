"""The graph under the mouse: hover tells weights and biases, a click picks a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLineF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.networks.views.graph_layout import (
    LARGEST_CIRCLE_PX,
    LARGEST_PX,
    lay_out,
    least_size,
    near_edge,
)
from gui.networks.views.graph_painter import paint_graph
from gui.networks.views.graph_words import unit_text, weight_text
from gui.theme import THEME
from gui.views.curve_text import small

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

    from gui.networks.views.graph_layout import Layout
    from gui.networks.views.graph_work import Answer

WAYS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}  # fmt: skip
HOVER_PX, RING_PX = 2.0, 2.0


class GraphCanvas(QWidget):
    """Draws the newest answer into a picture of its own; what follows the pointer lies on top.

    Signals
    -------
    picked : (column, unit), or None when there is to be none.
    """

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.answer: Answer | None = None
        self.unit: tuple[int, int] | None = None
        #: What is said of the thing under the pointer.
        self.hint = ""
        self._picture = QPixmap()
        self._key: object = None
        self._edge: tuple[int, int] | None = None
        self.setFont(small(self.font()))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # The window leaves the arrow keys to this widget.
        self.setProperty("usesArrows", True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Network; arrows pick a unit"))

    def minimumSizeHint(self) -> QSize:
        """Return the size below which the graph is scrolled."""
        if self.answer is None:
            return QSize(120, 80)
        return least_size(self.answer.wiring.columns)

    def show_answer(self, answer: Answer | None) -> None:
        """Show another graph, or nothing."""
        before, self.answer = self.answer, answer
        columns = None if answer is None else [len(c.units) for c in answer.wiring.columns]
        if before is None or columns != [len(c.units) for c in before.wiring.columns]:
            self._edge = None
            self.updateGeometry()
            if answer is not None:
                self.setMinimumSize(self.minimumSizeHint())
        self.update()

    def mark_unit(self, unit: tuple[int, int] | None) -> None:
        """Mark (column, number) as the unit that is shown large."""
        self.unit = unit
        self.update()

    def layout_now(self) -> Layout:
        """Return where the units stand."""
        assert self.answer is not None
        largest = LARGEST_CIRCLE_PX if self.answer.pictures[0] is None else LARGEST_PX
        return lay_out(self.answer.wiring.columns, self.width(), self.height(), largest)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the graph, what is under the pointer and the ring around the picked unit."""
        if self.answer is None:
            return
        layout, ratio = self.layout_now(), self.devicePixelRatioF()
        key = (id(self.answer), self.size(), ratio, THEME.colours)
        if key != self._key:
            self._key = key
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(QColor(THEME.colours.window))
            inner = QPainter(self._picture)
            inner.setFont(self.font())
            paint_graph(inner, self.answer, layout, self.height())
            inner.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_edge(painter, layout)
        self._paint_ring(painter, layout)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what is under the pointer."""
        edge = None
        self.hint = ""
        if self.answer is not None:
            layout, at = self.layout_now(), event.position()
            unit = layout.at(at)
            if unit is not None:
                self.hint = unit_text(self.answer, *unit)
            else:
                edge = self._edge_at(layout, event)
                self.hint = weight_text(self.answer, *edge) if edge else ""
            self.setCursor(
                Qt.CursorShape.PointingHandCursor if unit else Qt.CursorShape.ArrowCursor
            )
        if edge != self._edge:
            self._edge = edge
            self.update()
        if self.hint:
            QToolTip.showText(event.globalPosition().toPoint(), self.hint, self)
        else:
            QToolTip.hideText()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the unit; one that is picked already, or the ground, lets go."""
        if self.answer is None or event.button() != Qt.MouseButton.LeftButton:
            return
        found = self.layout_now().at(event.position())
        unit = None if found is None else self._number(*found)
        self.picked.emit(None if unit == self.unit else unit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick neighbours with the arrows; let go with Escape."""
        way = WAYS.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self.unit is not None:
            self.picked.emit(None)
        elif way is not None and self.answer is not None:
            self.picked.emit(self._neighbour(*way))
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was under the pointer."""
        super().leaveEvent(event)
        self._edge, self.hint = None, ""
        self.update()

    def _number(self, column: int, place: int) -> tuple[int, int]:
        assert self.answer is not None
        return column, int(self.answer.wiring.columns[column].units[place])

    def _place(self) -> tuple[int, int] | None:
        """Return column and place of the picked unit, if it is among those that are shown."""
        if self.answer is None or self.unit is None:
            return None
        column, unit = self.unit
        columns = self.answer.wiring.columns
        if column >= len(columns) or unit not in columns[column].units:
            return None
        return column, columns[column].units.tolist().index(unit)

    def _neighbour(self, right: int, down: int) -> tuple[int, int]:
        assert self.answer is not None
        columns = self.answer.wiring.columns
        place = self._place()
        if place is None:
            return self._number(min(1, len(columns) - 1), 0)
        column = max(0, min(len(columns) - 1, place[0] + right))
        row = max(0, min(len(columns[column].units) - 1, place[1] + down))
        return self._number(column, row)

    def _edge_at(self, layout: Layout, event: QMouseEvent) -> tuple[int, int] | None:
        assert self.answer is not None
        x = event.position().x()
        for column, edges in enumerate(self.answer.wiring.edges):
            if layout.centres[column] <= x <= layout.centres[column + 1]:
                found = near_edge(layout.ends(column, edges), event.position())
                return None if found is None else (column, found)
        return None

    def _paint_edge(self, painter: QPainter, layout: Layout) -> None:
        assert self.answer is not None
        if self._edge is None:
            return
        column, edge = self._edge
        ends = layout.ends(column, self.answer.wiring.edges[column])
        if edge < len(ends):
            painter.setPen(QPen(QColor(THEME.colours.text), HOVER_PX))
            painter.drawLine(QLineF(*ends[edge].tolist()))

    def _paint_ring(self, painter: QPainter, layout: Layout) -> None:
        place = self._place()
        if place is not None:
            box: QRectF = layout.box(*place).adjusted(-2, -2, 2, 2)
            painter.setPen(QPen(QColor(THEME.colours.accent), RING_PX))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box)
