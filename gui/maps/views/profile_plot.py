"""Performance profiles: on which share of problems each optimizer is within a factor of the best.

Source: Dolan & Moré 2002, "Benchmarking optimization software with performance profiles".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gui.maps.views.chart import Chart, stroke
from gui.maps.views.chart_scales import between
from gui.numbers import show
from gui.theme import RHYTHM, THEME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from engine.maps.tournament import Tournament

BAND_OPACITY = 0.16
#: Of more profiles than this only the one in front has its band drawn.
MOST_BANDS = 3
LINE_PX, STROKE_PX = 16, 24
#: Above the highest share, so that a line at 1 is not cut.
TOP = 1.04


class ProfilePlot(Chart):
    """Stairs with 95 % bands, and a legend, the one that ends highest first.

    Signals
    -------
    pointed_at : (str), what stands at the factor under the pointer, "" elsewhere.
    """

    pointed_at = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", "", parent)
        self.setAccessibleName(self.tr("Performance profile"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.across = self.tr("factor of the cheapest")
        self.up = self.tr("Share of problems solved, bands hold 95 %")
        self.empty = self.tr(
            "Tick optimizers and problems at the left and press Start: what share of the problems "
            "each one solves, within what factor of the cheapest, will be here."
        )
        self._found: Tournament | None = None
        self._front = ""

    def minimumSizeHint(self) -> QSize:
        """Return room for a legend of a few names."""
        return QSize(280, 160)

    def show_tournament(self, found: Tournament | None) -> None:
        """Show the profiles of what was found so far."""
        self._found = found if found is not None and found.profiles is not None else None
        if self._found is None or self._found.profiles is None:
            self.x_scale = self.y_scale = None
        else:
            last = float(self._found.profiles.ratios[-1])
            self.x_scale = between(1.0, max(1.25 * last, 2.0), log=True)
            self.y_scale = between(0.0, TOP, log=False)
        self.redraw()

    def bring_to_front(self, entry: str) -> None:
        """Draw one profile over the others; "" for the one that ends highest."""
        if entry != self._front:
            self._front = entry
            self.redraw()

    def paint_content(self, painter: QPainter, plot: QRectF) -> None:
        """Draw bands, then stairs, the one in front on top, then the legend."""
        found = self._found
        assert found is not None
        assert found.profiles is not None
        profiles = found.profiles
        ratios = profiles.ratios.tolist()
        order = self._order(found)
        for row in order if len(order) <= MOST_BANDS else order[:1]:
            low = self._stairs(ratios, profiles.low[row].tolist(), plot)
            high = self._stairs(ratios, profiles.high[row].tolist(), plot)
            colour = THEME.path_colour(row)
            colour.setAlphaF(BAND_OPACITY)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPolygon(QPolygonF([*low, *reversed(high)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for row in reversed(order):
            painter.setPen(stroke(row, 3.0 if row == order[0] else 1.8))
            painter.drawPolyline(
                QPolygonF(self._stairs(ratios, profiles.shares[row].tolist(), plot))
            )
        self._paint_legend(painter, plot, found)

    def paint_pointer(self, painter: QPainter, plot: QRectF) -> None:
        """Draw a line through the factor under the pointer."""
        if self.pointer is not None:
            painter.setPen(QPen(QColor(THEME.colours.contour), 1))
            x = self.pointer.x()
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))

    def pointed(self, at: QPointF | None) -> None:
        """Say what stands at a factor."""
        found = self._found
        if at is None or found is None or found.profiles is None:
            self.pointed_at.emit("")
            return
        factor = max(1.0, self.x_value(at.x(), self.plot()))
        profiles = found.profiles
        place = max(0, int((profiles.ratios <= factor).sum()) - 1)
        told = [
            self.tr("{entry} {share} % ({low} – {high})").format(
                entry=entry,
                share=show(100 * float(profiles.shares[row, place])),
                low=show(100 * float(profiles.low[row, place])),
                high=show(100 * float(profiles.high[row, place])),
            )
            for row, entry in enumerate(found.entries)
        ]
        words = self.tr("Solved within {factor} times the cheapest: {told}.")
        self.pointed_at.emit(words.format(factor=show(factor), told=", ".join(told)))

    def _order(self, found: Tournament) -> list[int]:
        """Return the entries, the one in front first, then those that end highest."""
        assert found.profiles is not None
        last, names = found.profiles.shares[:, -1].tolist(), found.entries
        return sorted(range(len(last)), key=lambda row: (names[row] != self._front, -last[row]))

    def _stairs(
        self, ratios: Sequence[float], shares: Sequence[float], plot: QRectF
    ) -> list[QPointF]:
        points: list[QPointF] = []
        before: float | None = None
        for ratio, share in zip(ratios, shares, strict=True):
            x, y = self.x_of(ratio, plot), self.y_of(share, plot)
            points += [QPointF(x, before)] if before is not None else []
            points.append(QPointF(x, y))
            before = y
        return [*points, QPointF(plot.right(), before if before is not None else plot.bottom())]

    def _paint_legend(self, painter: QPainter, plot: QRectF, found: Tournament) -> None:
        """Name the strokes where the stairs leave most room: in the lower right corner."""
        assert found.profiles is not None
        metrics = painter.fontMetrics()
        order = self._order(found)[: max(1, int(plot.height() / LINE_PX) - 1)]
        names = [found.entries[row] for row in order]
        width = STROKE_PX + 12 + max(metrics.horizontalAdvance(name) for name in names)
        left = plot.right() - RHYTHM - width
        top = plot.bottom() - RHYTHM - LINE_PX * len(order)
        ground = QColor(THEME.colours.base)
        ground.setAlphaF(0.8)
        painter.fillRect(QRectF(left - 4, top - 2, width + 8, LINE_PX * len(order) + 4), ground)
        for line, (row, name) in enumerate(zip(order, names, strict=True)):
            y = top + LINE_PX * (line + 0.5)
            painter.setPen(stroke(row))
            painter.drawLine(QPointF(left, y), QPointF(left + STROKE_PX, y))
            painter.setPen(QColor(THEME.colours.text))
            painter.drawText(QPointF(left + STROKE_PX + 8, y + metrics.ascent() / 2 - 1), name)
