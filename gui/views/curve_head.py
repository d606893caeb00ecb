"""Upright lines of a curve plot: the play head with its dots, and the step under the pointer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import pyqtgraph
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui.theme import THEME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QTransform

DOT_PX, SELECTED_DOT_PX = 3.5, 5.0
#: The foot by which the play head is held, half as wide.
FOOT_PX = 5.0


class Dot(NamedTuple):
    """A curve at the play head: its place (0 top, 1 bottom), its colour, and its size."""

    place: float
    colour: QColor
    size: float


class StepLine(pyqtgraph.InfiniteLine):  # type: ignore[misc]  # pyqtgraph has no types
    """A line at one step, one pixel wide and as high as the plot."""

    def __init__(self) -> None:
        super().__init__(angle=90, movable=False)
        self.hide()

    def dress(self, colour: str, share: float) -> None:
        """Take on a colour, mixed with the ground: opaque, it is filled without waiting."""
        self._rule = mixed(QColor(colour), QColor(THEME.colours.base), share)
        # The line itself is filled, which is quicker and sharper than any pen.
        self.setPen(QPen(QColor(colour), 1.0, Qt.PenStyle.NoPen))

    def show_at(self, step: float, within: tuple[float, float]) -> None:
        """Stand at a step; out of sight if that is not shown."""
        shown = within[0] <= step <= within[1]
        if shown:
            self.setPos(step)
        self.setVisible(shown)

    def line(self, transform: QTransform) -> QRectF:
        """Return where the line stands in pixels; its width is 0."""
        start, end = (transform.map(QPointF(at, 0)) for at in self._endPoints)
        return QRectF(start, end).normalized()

    def paint(self, p: QPainter, *rest: object) -> None:
        """Fill the line, then draw the markers."""
        own = p.transform()
        line = self.line(own)
        p.resetTransform()
        p.fillRect(QRectF(math.floor(line.x()), line.top(), 1, line.height()), self._rule)
        p.setTransform(own)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        super().paint(p, *rest)


class PlayHead(StepLine):
    """The play head: a foot to hold it by, and a dot on each curve."""

    def __init__(self) -> None:
        super().__init__()
        self._dots: Sequence[Dot] = ()
        self.addMarker("v", 1.0, 2 * FOOT_PX)

    def set_dots(self, dots: Sequence[Dot]) -> None:
        """Put dots on the line; whoever asks repaints it."""
        self._dots = dots

    def paint(self, p: QPainter, *rest: object) -> None:
        """Draw line and foot, then the dots in pixels."""
        line = self.line(p.transform())
        super().paint(p, *rest)
        p.resetTransform()
        p.setPen(QPen(QColor(THEME.colours.base), 1.0))
        for dot in self._dots:
            p.setBrush(dot.colour)
            at = QPointF(line.x(), line.top() + dot.place * line.height())
            p.drawEllipse(at, dot.size, dot.size)


def mixed(colour: QColor, ground: QColor, share: float) -> QColor:
    """Return a colour of which a share is kept over the ground, opaque."""
    above = colour.red(), colour.green(), colour.blue()
    below = ground.red(), ground.green(), ground.blue()
    return QColor(*(round(share * a + (1 - share) * b) for a, b in zip(above, below, strict=True)))
