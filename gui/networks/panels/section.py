"""A part of the side panel under a heading, which folds away to one line that says what is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from gui import session
from gui.theme import RHYTHM, THEME

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

HEIGHT_PX = 24


class Heading(QAbstractButton):
    """A heading that opens and closes what is below it; closed it says what is set there."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary = ""
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        THEME.changed.connect(self.update)

    def set_summary(self, text: str) -> None:
        """Say in a few words what is set below."""
        if text != self.summary:
            self.summary = text
            self.setAccessibleDescription(text)
            self.setToolTip(text)
            self.update()

    def sizeHint(self) -> QSize:
        """Return room for heading and arrow."""
        return QSize(
            QFontMetrics(_bold(self.font())).horizontalAdvance(self.text()) + 32, HEIGHT_PX
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw heading, summary and arrow."""
        colours = THEME.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours.faint))
        painter.setFont(_bold(self.font()))
        area = self.rect().adjusted(0, 0, -3 * RHYTHM, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self.text())
        used = painter.fontMetrics().horizontalAdvance(self.text()) + 2 * RHYTHM
        painter.setFont(self.font())
        if not self.isChecked():
            area.adjust(used, 0, 0, 0)
            short = painter.fontMetrics().elidedText(
                self.summary, Qt.TextElideMode.ElideRight, area.width()
            )
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(area, int(flags), short)
        self._paint_arrow(painter)

    def _paint_arrow(self, painter: QPainter) -> None:
        """Draw the arrow, which also shows focus and mouse: a frame would touch the heading."""
        colours = THEME.colours
        painter.setPen(QColor(colours.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised) if self.underMouse() else Qt.BrushStyle.NoBrush)
        around = QRectF(self.width() - HEIGHT_PX, 0, HEIGHT_PX, HEIGHT_PX)
        painter.drawRoundedRect(around.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(QPen(QColor(THEME.colours.faint), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.translate(self.width() - 1.5 * RHYTHM, self.height() / 2)
        painter.rotate(90 if self.isChecked() else 0)
        painter.drawPolyline([QPointF(-2, -4), QPointF(2, 0), QPointF(-2, 4)])


class Section(QWidget):
    """A heading with a column of widgets below it, remembered open or closed.

    Parameters
    ----------
    key : under which the session remembers whether it is open.
    title : the heading.
    is_open : whether it is open the first time.
    """

    def __init__(
        self, key: str, title: str, is_open: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._key = f"network/{key}_open"
        self.heading = Heading(title)
        self.body = QWidget()
        self.column = QVBoxLayout(self.body)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(RHYTHM)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(RHYTHM // 2)
        layout.addWidget(self.heading)
        layout.addWidget(self.body)
        known = session.settings().value(self._key, is_open, type=bool)
        self.heading.setChecked(bool(known))
        self.body.setVisible(bool(known))
        self.heading.toggled.connect(self._on_toggled)

    def _on_toggled(self, is_open: bool) -> None:
        self.body.setVisible(is_open)
        session.settings().setValue(self._key, is_open)


def _bold(font: QFont) -> QFont:
    result = QFont(font)
    result.setWeight(QFont.Weight.DemiBold)
    return result
