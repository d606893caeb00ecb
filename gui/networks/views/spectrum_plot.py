"""A picture of a spectrum: where its eigenvalues lie, the largest one, and the method's limit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.numbers import show
from gui.theme import RHYTHM, THEME
from gui.views.curve_text import small, tick_texts

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from engine.drawing.spectrum import SpectrumPicture
    from engine.networks.explanation.spectrum_at import SpectrumAt

LEFT_PX, NAMES_PX, TICKS_PX = 34, 16, 17
TICK_ROOM_PX = 40
LIMIT_DASH = (4.0, 3.0)


class SpectrumPlot(QWidget):
    """Bars of eigenvalues or, where they are too many, the curve of their density."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.seen: SpectrumAt | None = None
        self.picture: SpectrumPicture | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        THEME.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return room for bars and what stands around them."""
        return QSize(300, 130)

    def minimumSizeHint(self) -> QSize:
        """Return the least that can be read."""
        return QSize(160, 96)

    def show_spectrum(self, seen: SpectrumAt) -> None:
        """Show a spectrum."""
        from engine.drawing.spectrum import spectrum_picture

        self.seen, self.picture = seen, spectrum_picture(seen)
        told = [self.tr("λ₁ {}").format(show(seen.largest))]
        if math.isfinite(seen.limit):
            told.append(self.tr("limit {}").format(show(seen.limit)))
        self.setAccessibleName(self.tr("Spectrum: {}").format(", ".join(told)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, ticks, eigenvalues and marks."""
        painter = QPainter(self)
        painter.setFont(small(self.font()))
        plot = self._plot()
        painter.fillRect(plot, QColor(THEME.colours.base))
        if self.picture is None or self.seen is None or plot.width() < 20 or plot.height() < 20:
            return
        self._paint_ticks(painter, plot, self.picture)
        self._paint_values(painter, plot, self.picture)
        self._paint_marks(painter, plot, self.picture)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what stands under the pointer."""
        plot = self._plot()
        if self.picture is None or not plot.contains(event.position()):
            QToolTip.hideText()
            return
        place = (event.position().x() - plot.left()) / plot.width()
        low, high, count = self.picture.bar_at(place)
        text = self.tr("{count} from {low} to {high}")
        number = show(count, 3) if count >= 0.005 else "0"
        QToolTip.showText(
            event.globalPosition().toPoint(),
            text.format(count=number, low=show(low), high=show(high)), self,
        )  # fmt: skip

    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(LEFT_PX, NAMES_PX, -RHYTHM, -TICKS_PX)

    def _paint_ticks(self, painter: QPainter, plot: QRectF, picture: SpectrumPicture) -> None:
        colours = THEME.colours
        ticks = picture.ticks(max(2, int(plot.width() / TICK_ROOM_PX)))
        pairs = zip(ticks, tick_texts(ticks), strict=True)
        written: list[QRectF] = []
        # Zero first: its neighbours may stand too near.
        for tick, text in sorted(pairs, key=lambda pair: abs(pair[0].value)):
            x = plot.left() + tick.place * plot.width()
            width = painter.fontMetrics().horizontalAdvance(text) + RHYTHM
            left = min(max(x - width / 2, 0.0), self.width() - width)
            box = QRectF(left, plot.bottom() + 2, width, TICKS_PX - 2)
            if any(box.intersects(other) for other in written):
                continue
            written.append(box)
            painter.setPen(QColor(colours.contour if tick.value == 0 else colours.grid))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            painter.setPen(QColor(colours.faint))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for height, level in picture.levels:
            y = plot.bottom() - height * self._reach(plot)
            painter.setPen(QColor(colours.grid))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(colours.faint))
            painter.drawText(QRectF(0, y - 8, LEFT_PX - 5, 16), align, show(level))

    def _paint_values(self, painter: QPainter, plot: QRectF, picture: SpectrumPicture) -> None:
        assert self.seen is not None
        colour = THEME.path_colour(self.seen.run.slot)
        width, heights = plot.width() / len(picture.heights), picture.heights.tolist()
        reach = self._reach(plot)
        if self.seen.spectrum.whole:
            for row, height in enumerate(heights):
                left = plot.left() + row * width
                bar = QRectF(left + 0.5, plot.bottom() - height * reach, max(1.0, width - 1), 0)
                bar.setBottom(plot.bottom())
                painter.fillRect(bar, colour)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        points = [
            QPointF(plot.left() + (row + 0.5) * width, plot.bottom() - height * reach)
            for row, height in enumerate(heights)
        ]
        ground = [QPointF(points[-1].x(), plot.bottom()), QPointF(points[0].x(), plot.bottom())]
        painter.setPen(QPen(colour, 1.6))
        faint = QColor(colour)
        faint.setAlphaF(0.35)
        painter.setBrush(faint)
        painter.drawPolygon(QPolygonF([*points, *ground]))

    def _paint_marks(self, painter: QPainter, plot: QRectF, picture: SpectrumPicture) -> None:
        """Draw λ₁ and the limit, with their names above: side by side where both are near."""
        assert self.seen is not None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        pen = QPen(QColor(THEME.colours.text), 1)
        marks = [(picture.place(self.seen.largest), self.tr("λ₁ {}"), self.seen.largest, pen)]
        if math.isfinite(picture.limit):
            dashed = QPen(pen)
            dashed.setDashPattern(list(LIMIT_DASH))
            marks.append((picture.limit, self.tr("limit {}"), self.seen.limit, dashed))
        metrics, end = painter.fontMetrics(), float(self.width())
        for place, name, value, how in sorted(marks, key=lambda mark: -mark[0]):
            x, text = plot.left() + place * plot.width(), name.format(show(value))
            painter.setPen(how)
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            width = metrics.horizontalAdvance(text)
            left = max(0.0, min(x - width / 2, end - width))
            painter.drawText(QPointF(left, NAMES_PX - 5), text)
            end = left - RHYTHM

    def _reach(self, plot: QRectF) -> float:
        """How high the highest bar stands."""
        return plot.height() - 3
