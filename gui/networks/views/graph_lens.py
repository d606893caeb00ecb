"""One unit of a network, large: what it computes over the inputs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui.networks.views.graph_painter import paint_line
from gui.networks.views.graph_words import range_text, slice_text, unit_name
from gui.numbers import show
from gui.theme import FAINT, RHYTHM, THEME, make_heading
from gui.views.curve_text import small

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from gui.networks.views.graph_work import Answer, Unit

SIDE_PX = 216


class UnitPicture(QWidget):
    """The unit's function over one input or two, with the ends of the axes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.unit: Unit | None = None
        self._names: tuple[str, ...] = ()
        self.setFont(small(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("What the unit computes"))

    def sizeHint(self) -> QSize:
        """Return the picture's size with a line for the axis below and above."""
        line = math.ceil(QFontMetricsF(self.font()).height())
        return QSize(SIDE_PX, SIDE_PX + 2 * line)

    def picture_size(self) -> tuple[int, int]:
        """Return width and height of the picture in device pixels."""
        side = round(SIDE_PX * self.devicePixelRatioF())
        return side, side

    def show_unit(self, unit: Unit | None, names: tuple[str, ...]) -> None:
        """Show a unit over inputs of these names."""
        self.unit, self._names = unit, names
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw picture or line, and what the axes are."""
        unit = self.unit
        if unit is None:
            return
        painter = QPainter(self)
        high = QFontMetricsF(self.font()).height()
        box = QRectF(0.5, high + 0.5, SIDE_PX - 1, SIDE_PX - 1)
        if unit.pixels is not None:
            height, width = unit.pixels.shape
            image = QImage(unit.pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
            painter.drawImage(box, image)
        elif unit.line is not None:
            painter.fillRect(box, QColor(THEME.colours.base))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            fine = np.where(np.isfinite(unit.line), unit.line, 0.0)
            size = float(np.abs(fine).max()) or 1.0
            paint_line(
                painter, box, 0.5 + 0.5 * unit.line / size, QPen(QColor(THEME.colours.text), 2)
            )
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(QPen(QColor(THEME.colours.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        self._paint_axes(painter, unit, high)

    def _paint_axes(self, painter: QPainter, unit: Unit, high: float) -> None:
        painter.setPen(QColor(THEME.colours.faint))
        texts = [
            f"{name} {show(low)} … {show(end)}"
            for name, (low, end) in zip(self._names, unit.ends, strict=False)
        ]
        below = QRectF(0, SIDE_PX + high, SIDE_PX, high)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignRight), texts[0])
        if len(texts) > 1:
            painter.drawText(QRectF(0, 0, SIDE_PX, high), int(Qt.AlignmentFlag.AlignLeft), texts[1])


class UnitLens(QWidget):
    """Heading, picture and numbers of the unit that was picked.

    Signals
    -------
    closed : it is to go.
    """

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.words, self.note = QLabel(), QLabel(), QLabel()
        self.picture = UnitPicture()
        make_heading(self.title)
        self.note.setWordWrap(True)
        self.note.setForegroundRole(FAINT)
        close = QToolButton()
        close.setText("×")
        close.setAutoRaise(True)
        close.setAccessibleName(self.tr("Close"))
        close.setToolTip(self.tr("Show no unit (Esc)"))
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(RHYTHM, 0, RHYTHM, RHYTHM)
        column.setSpacing(RHYTHM // 2)
        column.addLayout(head)
        for widget in (self.picture, self.words, self.note):
            column.addWidget(widget)
        column.addStretch(1)
        self.setFixedWidth(SIDE_PX + 2 * RHYTHM)

    def show_answer(self, answer: Answer) -> None:
        """Show the unit of an answer."""
        unit, picked = answer.unit, answer.wish.unit
        if unit is None or picked is None:
            return
        network = answer.wish.run.network
        names = network.prepared.data.feature_names
        name = unit_name(network, *picked)
        self.title.setText(name[:1].upper() + name[1:] if picked[0] else name)
        self.picture.show_unit(unit, tuple(names[axis] for axis in unit.axes))
        self.words.setText(range_text(unit))
        self.note.setText(slice_text(answer))
