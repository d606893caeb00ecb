"""Qt's own input widgets with outlines that can be seen on light and dark ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QStyle, QStyleOptionButton, QWidget

from gui.theme import RHYTHM, THEME

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QWheelEvent

HEIGHT_PX = 24
RADIUS_PX = 4


def outline(widget: QWidget, area: QRectF, focused: bool | None = None) -> None:
    """Draw a field's outline on a widget: accented while it, or what it frames, has the focus."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colours = THEME.colours
    focused = widget.hasFocus() if focused is None else focused
    hovered = widget.underMouse() and widget.isEnabled()
    name = colours.accent if focused else colours.contour if hovered else colours.border
    painter.setPen(QPen(QColor(name), 1))
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX, RADIUS_PX)


def field(widget: QWidget, area: QRectF) -> None:
    """Draw a field's ground and outline on a widget."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(THEME.colours.base))
    painter.drawRoundedRect(area, RADIUS_PX, RADIUS_PX)
    painter.end()
    outline(widget, area)


class LineEdit(QLineEdit):
    """A line of text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrame(False)
        self.setMinimumHeight(HEIGHT_PX)
        self.setTextMargins(4, 0, 4, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Add the outline."""
        super().paintEvent(event)
        outline(self, QRectF(self.rect()))


class CheckBox(QCheckBox):
    """A box to tick, with its text."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw box, tick and text."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        element = QStyle.SubElement.SE_CheckBoxIndicator
        box = QRectF(self.style().subElementRect(element, option, self))
        colours = THEME.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.accent if self.hasFocus() else colours.contour), 1))
        painter.setBrush(QColor(colours.accent if self.isChecked() else colours.base))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if self.isChecked():
            painter.setPen(QPen(QColor(colours.accent_text), 2))
            x, y, side = box.x(), box.y(), box.width()
            places = ((0.25, 0.52), (0.43, 0.7), (0.76, 0.3))
            painter.drawPolyline([QPointF(x + u * side, y + v * side) for u, v in places])
        painter.setPen(QColor(colours.text if self.isEnabled() else colours.faint))
        area = self.rect().adjusted(round(box.right()) + RHYTHM, 0, 0, 0)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic
        painter.drawText(area, int(flags), self.text())


class ComboBox(QComboBox):
    """A choice from a list; a wheel over it scrolls the panel unless it has the focus."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setMinimumHeight(HEIGHT_PX)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, text and arrow."""
        colours = THEME.colours
        field(self, QRectF(self.rect()))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours.text if self.isEnabled() else colours.faint))
        area = self.rect().adjusted(RHYTHM, 0, -3 * RHYTHM, 0)
        text = self.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, area.width()
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(QPen(QColor(colours.faint), 1.5))
        middle, x = self.height() / 2, self.width() - 1.5 * RHYTHM
        painter.drawPolyline(
            [QPointF(x - 4, middle - 2), QPointF(x, middle + 2), QPointF(x + 4, middle - 2)]
        )

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Choose by wheel only when focused."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
