"""A few alternatives side by side, one of them chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from gui.theme import THEME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

PADDING_PX = 8
HEIGHT_PX = 24


class _Segment(QAbstractButton):
    """One alternative; the chosen one is raised, underlined and checked for a screen reader."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # The window leaves the arrow keys to this button.
        self.setProperty("usesArrows", True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2 * PADDING_PX
        return QSize(width, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = THEME.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isChecked():
            painter.setBrush(QColor(colours.raised))
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 1))
        else:
            painter.setPen(
                QPen(QColor(colours.border), 1) if self.isChecked() else Qt.PenStyle.NoPen
            )
        painter.drawRoundedRect(area, 4, 4)
        painter.setPen(QColor(colours.text if self.isChecked() else colours.faint))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        if self.isChecked():
            painter.setPen(QPen(QColor(colours.accent), 2))
            width = self.fontMetrics().horizontalAdvance(self.text())
            left = (self.width() - width) / 2
            y = self.height() - 4
            painter.drawLine(round(left), y, round(left + width), y)


class Choice(QWidget):
    """Alternatives by key and text.

    Signals
    -------
    chosen : (str), the key, when the user has chosen; never by `set_key`.
    """

    chosen = Signal(str)

    def __init__(
        self, options: Sequence[tuple[str, str]], name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._keys = [key for key, _ in options]
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for index, (_, text) in enumerate(options):
            segment = _Segment(text, self)
            segment.setAccessibleName(f"{name}: {text}")
            self._group.addButton(segment, index)
            layout.addWidget(segment)
        self._group.idClicked.connect(self._on_clicked)
        THEME.changed.connect(self.update)

    def key(self) -> str:
        """Return the chosen key, or "" if none is."""
        index = self._group.checkedId()
        return self._keys[index] if index >= 0 else ""

    def set_key(self, key: str) -> None:
        """Choose silently."""
        if key in self._keys:
            self._group.button(self._keys.index(key)).setChecked(True)

    def _on_clicked(self, index: int) -> None:
        self.chosen.emit(self._keys[index])
