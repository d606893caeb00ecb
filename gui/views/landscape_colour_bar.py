"""The narrow bar beside the landscape that says which colour is which loss."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QAction, QColor, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QMenu, QWidget

from gui.numbers import show
from gui.theme import RHYTHM, THEME
from gui.views.landscape_axes import small_font
from gui.views.landscape_ground import faded_ramp

if TYPE_CHECKING:
    from PySide6.QtGui import QContextMenuEvent

    from engine.drawing.levels import Levels
    from gui.state import State

BAR_PX = 12
LABEL_DISTANCE_PX = 26.0
#: A linear scale this much narrower than its values is labelled by differences.
NARROW = 1e-4


class ColourBar(QWidget):
    """Shows the levels of a picture; the landscape's menu switches between log and linear.

    Parameters
    ----------
    state : of the landscape; None where there is nothing to switch.
    quantity : what the levels are of; the loss if nothing is said.
    """

    def __init__(
        self, state: State | None, parent: QWidget | None = None, quantity: str = ""
    ) -> None:
        super().__init__(parent)
        self._state = state
        self.quantity = quantity or self.tr("loss")
        self._levels: Levels | None = None
        self._span = (0.0, 1.0)
        self._faded = 0.0
        self.setFont(small_font(self.font()))
        metrics = QFontMetricsF(self.font())
        widest = max(
            BAR_PX + metrics.horizontalAdvance("−0e−00"), metrics.horizontalAdvance("loss + 000")
        )
        self.setFixedWidth(math.ceil(widest) + RHYTHM)
        self.setAccessibleName(self.tr("Colour bar"))
        THEME.changed.connect(self.update)

    def show_levels(self, levels: Levels | None) -> None:
        """Show these levels from now on; None shows nothing."""
        if levels != self._levels:
            self._levels = levels
            text = title(levels, self.quantity) if levels else ""
            self.setAccessibleDescription(text)
            self.setToolTip(text)
            self.update()

    def fade(self, faded: float) -> None:
        """Show the ramp as faded as the picture's is."""
        if faded != self._faded:
            self._faded = faded
            self.update()

    def align(self, top: float, bottom: float) -> None:
        """Stand as high as the plot beside it."""
        if (top, bottom) != self._span:
            self._span = (top, bottom)
            self.update()

    def labels(self) -> list[tuple[float, str]]:
        """Return (share of the bar from the bottom, text) of each label."""
        levels = self._levels
        if levels is None:
            return []
        most = max(2, int((self._span[1] - self._span[0]) / LABEL_DISTANCE_PX))
        origin, spread = offset(levels), levels.high - levels.low
        if levels.log:
            places = _round_places(levels.low, levels.high, most)
            return [((u - levels.low) / spread, show(value)) for u, value in places]
        every = next((k for k in (5, 1, 2, 10, 20) if _few(levels, k, most)), 50)
        return [((u - levels.low) / spread, show(u - origin)) for u in levels.lines(every)]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ramp, ticks at levels and their values."""
        if self._levels is None:
            return
        painter = QPainter(self)
        top, bottom = self._span
        bar = QRectF(0.5, top, BAR_PX, bottom - top)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(bar, _ramp_image(self._faded))
        painter.setPen(QPen(QColor(THEME.colours.border), 1))
        painter.drawRect(bar)
        metrics = QFontMetricsF(self.font())
        for share, text in self.labels():
            y = bottom - share * (bottom - top)
            painter.setPen(QPen(QColor(THEME.colours.contour), 1))
            painter.drawLine(QLineF(bar.left(), y, bar.right(), y))
            painter.setPen(QColor(THEME.colours.faint))
            box = QRectF(bar.right() + 4, y - metrics.height() / 2, self.width(), metrics.height())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft), text)
        painter.setPen(QColor(THEME.colours.text))
        whole = title(self._levels, self.quantity)
        text = metrics.elidedText(whole, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QRectF(0, 0, self.width(), top - 1), int(Qt.AlignmentFlag.AlignTop), text)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the two scales."""
        if (state := self._state) is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, text in (("log", self.tr("Lo&garithmic")), ("linear", self.tr("&Linear"))):
            action = QAction(text, menu, checkable=True)
            action.setChecked(state.experiment.display.colours == name)
            action.triggered.connect(lambda _=False, name=name: state.update_display(colours=name))
            menu.addAction(action)
        menu.popup(event.globalPos())


def _few(levels: Levels, every: int, most: int) -> bool:
    return levels.spacing > 0 and (levels.high - levels.low) / (levels.spacing * every) <= most


def _round_places(low: float, high: float, most: int) -> list[tuple[float, float]]:
    """Return (log10, value) of round values: decades, or 1, 2, 5 of each if those are few."""
    decades = range(math.floor(low), math.ceil(high) + 1)
    every = max(1, math.ceil((high - low) / most))
    factors = (1.0, 2.0, 5.0) if 3 * (high - low) <= min(most, 8) else (1.0,)
    places = [(d + math.log10(f), f * 10.0**d) for d in decades if d % every == 0 for f in factors]
    return [place for place in places if low <= place[0] <= high]


def offset(levels: Levels) -> float:
    """Return what the labels of a narrow linear scale are measured from."""
    if levels.log or levels.high - levels.low > NARROW * max(abs(levels.low), abs(levels.high)):
        return 0.0
    lines = levels.lines(levels.major) or levels.lines()
    return lines[len(lines) // 2] if lines else levels.low


def title(levels: Levels, quantity: str) -> str:
    """Return what the bar's numbers are: a quantity, or how far it is above something."""
    origin = levels.base if levels.log else offset(levels)
    if origin == 0.0:
        return quantity
    sign = "−" if origin > 0 else "+"
    return f"{quantity} {sign} {show(abs(origin), 3 if levels.log else 12)}"


def _ramp_image(faded: float) -> QImage:
    column = faded_ramp(THEME.colours, faded)[::-1].reshape(-1, 1, 3)
    rgb = np.ascontiguousarray(np.repeat(column, 4, axis=1))
    return QImage(rgb.data, 4, len(rgb), 12, QImage.Format.Format_RGB888).copy()
