"""What the colours of the map mean."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import QWidget

from engine.maps.colouring import BASIN_COLOURS, VERDICT_COLOURS, ColouringSettings, Scale, colours
from engine.maps.outcomes import NO_BASIN, VERDICTS, unknown
from gui.maps.views.map_words import verdict_texts
from gui.theme import RHYTHM, THEME
from gui.views.landscape_axes import small_font

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from gui.maps.state import MapState, Shown

BAR_PX, SWATCH_PX = 14, 12
WIDTH_PX = 120
MOST_BASINS = 8


class MapLegend(QWidget):
    """A ramp or swatches with their words, beside the map."""

    def __init__(self, state: MapState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._span = (0.0, 1.0)
        self._basins = 0
        self.setFont(small_font(self.font()))
        self.setFixedWidth(WIDTH_PX)
        self.setAccessibleName(self.tr("Colours of the map"))
        state.changed.connect(lambda *_: self._describe())
        THEME.changed.connect(self.update)
        self._describe()

    def align(self, top: float, bottom: float) -> None:
        """Stand as high as the plot beside it."""
        if (top, bottom) != self._span:
            self._span = (top, bottom)
            self.update()

    def show_picture(self, shown: Shown | None) -> None:
        """Take note of how many minima there are."""
        basins = int(shown.outcomes.basin.max()) + 1 if shown is not None else 0
        if basins != self._basins:
            self._basins = basins
            self._describe()

    def entries(self) -> list[tuple[tuple[int, int, int], str]]:
        """Return colours and what they mean, where each stands for one thing."""
        names = verdict_texts()
        verdicts = [(VERDICT_COLOURS[i], names[kind]) for i, kind in enumerate(VERDICTS)]
        if self._state.experiment.colouring.by == "verdict":
            return verdicts
        minimum = self.tr("minimum {n}")
        count = min(self._basins, MOST_BASINS)
        found = [(BASIN_COLOURS[n], minimum.format(n=n + 1)) for n in range(count)]
        return [*found, ((240, 240, 240), self.tr("elsewhere")), *verdicts[1:]]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ramp, or the swatches."""
        painter = QPainter(self)
        if self._state.experiment.colouring.by == "measure":
            self._paint_ramp(painter)
        else:
            self._paint_entries(painter)

    def _describe(self) -> None:
        if self._state.experiment.colouring.by == "measure":
            text = self.tr(
                "Blue runs converge and red ones do not; the darker, the longer it took. The "
                "darkest of both stand beside the border."
            )
        else:
            text = ", ".join(words for _, words in self.entries())
        self.setAccessibleDescription(text)
        self.setToolTip(text)
        self.update()

    def _paint_ramp(self, painter: QPainter) -> None:
        top, bottom = self._span
        bar = QRectF(0.5, top, BAR_PX, bottom - top)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(bar, _ramp_image())
        painter.setPen(QPen(QColor(THEME.colours.border), 1))
        painter.drawRect(bar)
        middle = bar.center().y()
        marks = (
            (bar.top(), self.tr("diverges\nat once")), (middle, self.tr("the border")),
            (bar.bottom(), self.tr("converges\nat once")),
        )  # fmt: skip
        painter.setPen(QColor(THEME.colours.faint))
        height = 2 * QFontMetricsF(self.font()).height()
        for y, text in marks:
            place = min(max(y - height / 2, top), bottom - height)
            flags = Qt.AlignmentFlag.AlignLeft | (
                Qt.AlignmentFlag.AlignVCenter if y == middle
                else Qt.AlignmentFlag.AlignTop if y < middle
                else Qt.AlignmentFlag.AlignBottom
            )  # fmt: skip
            area = QRectF(bar.right() + RHYTHM, place, WIDTH_PX - BAR_PX - RHYTHM, height)
            painter.drawText(area, int(flags), text)

    def _paint_entries(self, painter: QPainter) -> None:
        row = QFontMetricsF(self.font()).height() + RHYTHM / 2
        top = self._span[0]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, (colour, text) in enumerate(self.entries()):
            y = top + number * row
            painter.setPen(QPen(QColor(THEME.colours.border), 1))
            painter.setBrush(QColor(*colour))
            box = QRectF(0.5, y + (row - SWATCH_PX) / 2, SWATCH_PX, SWATCH_PX)
            painter.drawRoundedRect(box, 2, 2)
            painter.setPen(QColor(THEME.colours.faint))
            area = QRectF(SWATCH_PX + RHYTHM, y, WIDTH_PX - SWATCH_PX - RHYTHM, row)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)


@lru_cache(maxsize=1)
def _ramp_image() -> QImage:
    """Return the colours of measures: of what diverges at the top, of what converges below."""
    half = 128
    sizes = np.linspace(0.0, 1.0, half)
    found = unknown(2 * half, 1)
    found.measure[:, 0] = np.concatenate([-np.maximum(sizes, 1e-9), sizes[::-1]])
    found.verdict[:] = 0
    found.basin[:] = NO_BASIN
    settings = ColouringSettings(by="measure", equalised=True)
    pixels = np.ascontiguousarray(colours(found, settings, Scale(sizes, sizes)))
    return QImage(pixels.tobytes(), 1, 2 * half, 4, QImage.Format.Format_RGBA8888).copy()
