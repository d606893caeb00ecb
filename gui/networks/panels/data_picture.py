"""The data as a plot with names and ends of its axes; a click opens it larger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.networks.panels.data_drawing import (
    MOST_MARKED,
    paint_marker,
    paint_pictures,
    paint_points,
)
from gui.networks.views.function_colours import class_colour
from gui.numbers import count, show
from gui.theme import RHYTHM, THEME, marker

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

    from engine.networks.data.preview import DataPreview

SMALL = 0.88
RADIUS_PX, SMALL_RADIUS_PX = 3.5, 2.5
SIDE_PX, SMALL_SIDE_PX = 60.0, 34.0
#: From this height on points and pictures are larger.
ROOMY_PX = 250


class DataPicture(QWidget):
    """Points on two axes with the names of the classes, or small pictures.

    Signals
    -------
    opened : clicked, or Enter pressed.
    """

    opened = Signal()

    def __init__(self, height: int, opens: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._height = height
        self.preview: DataPreview | None = None
        self.axes: tuple[int, int] | None = None
        if opens:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(height)
        THEME.changed.connect(self.update)

    def show_data(self, preview: DataPreview, axes: tuple[int, int] | None = None) -> None:
        """Show data, on the axes that tell most or on others."""
        self.preview, self.axes = preview, axes
        self.setAccessibleName(self.tr("Picture of {}").format(preview.data.name))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height that was asked for."""
        return QSize(240, self._height)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open it larger."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open it larger."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, rows, axes and classes."""
        colours = THEME.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours.accent if self.hasFocus() else colours.border))
        painter.setBrush(QColor(colours.base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setFont(_small(self.font()))
        if self.preview is None:
            painter.setPen(QColor(colours.faint))
            text = self.tr("The data will be drawn here.")
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)
            return
        if self.preview.image is not None:
            inside = QRectF(self.rect()).adjusted(RHYTHM, RHYTHM, -RHYTHM, -RHYTHM)
            side = SIDE_PX if inside.height() > ROOMY_PX else SMALL_SIDE_PX
            paint_pictures(painter, inside, self.preview, side)
            return
        self._paint_plot(painter, self.preview)

    def _paint_plot(self, painter: QPainter, preview: DataPreview) -> None:
        axes = self.axes or preview.axes
        line = painter.fontMetrics().height()
        area = QRectF(self.rect()).adjusted(RHYTHM, RHYTHM + line, -RHYTHM, -RHYTHM / 2 - line)
        radius = RADIUS_PX if area.height() > ROOMY_PX else SMALL_RADIUS_PX
        paint_points(painter, area, preview, axes, radius)
        self._paint_axes(painter, preview, axes, area)
        self._paint_classes(painter, preview, area)

    def _paint_axes(
        self, painter: QPainter, preview: DataPreview, axes: tuple[int, int], area: QRectF
    ) -> None:
        """Write the name of each axis, and the least and greatest that is drawn."""
        painter.setPen(QColor(THEME.colours.faint))
        metrics = painter.fontMetrics()
        low, high = _ends(preview, axes[0])
        below = QRectF(area.left(), area.bottom(), area.width(), metrics.height() + RHYTHM / 2)
        flags = Qt.AlignmentFlag
        painter.drawText(below, flags.AlignLeft | flags.AlignBottom, low)
        painter.drawText(below, flags.AlignRight | flags.AlignBottom, high)
        room = area.width() - metrics.horizontalAdvance(low + high) - 2 * RHYTHM
        name = metrics.elidedText(preview.name(axes[0]), Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(below, flags.AlignHCenter | flags.AlignBottom, name)
        low, high = _ends(preview, axes[1])
        above = f"{preview.name(axes[1])}  {low} … {high}"
        room = area.width() * (0.5 if preview.data.class_names else 1)
        above = metrics.elidedText(above, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(QPointF(area.left(), area.top() - RHYTHM / 2), above)

    def _paint_classes(self, painter: QPainter, preview: DataPreview, area: QRectF) -> None:
        """Write the classes with their markers at the upper right, as many as there is room for."""
        names = preview.data.class_names
        shapes = len(names) <= MOST_MARKED
        metrics, x = painter.fontMetrics(), area.right()
        y = area.top() - RHYTHM / 2
        for number in range(len(names) - 1, -1, -1):
            width = metrics.horizontalAdvance(names[number])
            if x - width - 2 * RHYTHM < area.left() + area.width() / 2:
                return
            painter.setPen(QColor(THEME.colours.text))
            painter.drawText(QPointF(x - width, y), names[number])
            painter.setPen(QPen(Qt.PenStyle.NoPen))
            painter.setBrush(class_colour(number))
            at = QPointF(x - width - RHYTHM, y - metrics.ascent() / 2 + 1)
            paint_marker(painter, at, RADIUS_PX, marker(number) if shapes else "circle")
            x -= width + 2.5 * RHYTHM


def words_of(preview: DataPreview) -> str:
    """Return in a few words how large the data are and what is asked of a network."""
    data, translate = preview.data, QCoreApplication.translate
    inputs = len(data.feature_names)
    parts = [
        translate("DataPicture", "1 input")
        if inputs == 1
        else translate("DataPicture", "{} inputs").format(count(inputs))
    ]
    if data.class_names:
        parts.append(translate("DataPicture", "{} classes").format(len(data.class_names)))
    else:
        parts.append(translate("DataPicture", "a number as target"))
    rows = translate("DataPicture", "1 row to train on")
    if preview.training != 1:
        rows = translate("DataPicture", "{} rows to train on").format(count(preview.training))
    if preview.validation:
        held = translate("DataPicture", "{} to validate (hollow)")
        if preview.image is not None:
            held = translate("DataPicture", "{} to validate")
        rows += ", " + held.format(count(preview.validation))
    return " · ".join((*parts, rows))


def _ends(preview: DataPreview, axis: int) -> tuple[str, str]:
    values = preview.along(axis)
    return show(float(values.min())), show(float(values.max()))


def _small(font: QFont) -> QFont:
    result = QFont(font)
    result.setPointSizeF(font.pointSizeF() * SMALL)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result
