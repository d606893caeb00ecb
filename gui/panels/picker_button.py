"""What is chosen as a button: picture, title, arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gui.panels.tiles import HEIGHT_PX, WIDTH_PX
from gui.theme import RHYTHM, THEME

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QImage, QPaintEvent

    from gui.panels.tiles import Pictures

SHARE = 0.5


class PickerButton(QAbstractButton):
    """Shows which entry is there; pressing it opens the picker."""

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: Callable[[float], QImage | None] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        pictures.ready.connect(self.update)
        THEME.changed.connect(self.update)

    def show_entry(self, picture: Callable[[float], QImage | None], title: str) -> None:
        """Show a title, and what `picture` returns for a device pixel ratio once there is one."""
        self._picture = picture
        self.setText(title)
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for half a picture and a title."""
        return QSize(200, round(HEIGHT_PX * SHARE) + RHYTHM)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, picture, title and arrow."""
        colours = THEME.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QColor(colours.accent if self.hasFocus() else colours.border))
        painter.setBrush(QColor(colours.raised if self.underMouse() else colours.base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        width, height = WIDTH_PX * SHARE, HEIGHT_PX * SHARE
        picture = QRectF(RHYTHM / 2, (self.height() - height) / 2, width, height)
        image = self._picture and self._picture(self.devicePixelRatioF())
        if image:
            painter.drawImage(picture, image)
        else:
            painter.fillRect(picture, QColor(colours.raised))
        self._paint_title(painter, round(picture.right()) + RHYTHM)

    def _paint_title(self, painter: QPainter, left: int) -> None:
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(THEME.colours.text))
        right = self.width() - 3 * RHYTHM
        text = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, right - left
        )
        painter.drawText(left, 0, right - left, self.height(), Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(QPen(QColor(THEME.colours.faint), 1.5))
        middle, x = self.height() / 2, self.width() - 2 * RHYTHM
        painter.drawPolyline(
            [QPointF(x - 4, middle - 2), QPointF(x, middle + 2), QPointF(x + 4, middle - 2)]
        )
