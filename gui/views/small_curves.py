"""A small plot of a few signed curves over the steps of one run; a click puts the head there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import RHYTHM, THEME
from gui.views.curve_text import small, step_text, tick_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent

    from engine.drawing.curve_picture import Picture

LEFT_PX, LINE_PX, GAP_PX = 44, 16, 1.25 * RHYTHM
LEAST_TICK_PX = 22


@dataclass(frozen=True, eq=False)
class SmallCurve:
    """One curve: its name, its values (n,), a colour and a dash in pixels."""

    name: str
    values: NDArray[np.float64]
    colour: QColor
    dash: tuple[float, ...] = ()
    width: float = 1.6


class SmallCurves(QWidget):
    """Curves, a zero line, the play head and at most one marked step.

    Signals
    -------
    stepped : (int), the step that was clicked, dragged to or reached by key.
    """

    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves: tuple[SmallCurve, ...] = ()
        self._scale, self._note = "symlog", ""
        self.head, self._mark, self._every = 0, -1, 1
        #: What is written as the head's step, also where no value is that far to the right.
        self._step = 0
        self._picture: Picture | None = None
        self._image = QImage()
        self._drawn: tuple[object, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def sizeHint(self) -> QSize:
        """Return room for curves and names."""
        return QSize(300, 110)

    def minimumSizeHint(self) -> QSize:
        """Return the least that can be read."""
        return QSize(160, 72)

    def show_curves(
        self,
        curves: Sequence[SmallCurve],
        head: int,
        mark: int = -1,
        scale: str = "symlog",
        note: str = "",
        every: int = 1,
    ) -> None:
        """Show curves with the head at a step; `mark` is another step to point out, or -1.

        A `note` about the curves stands where otherwise the head's step does. The curves have
        their values at `every` so many steps.
        """
        self._curves, self._scale, self._note = tuple(curves), scale, note
        self._every = every
        self.head, self._mark, self._step = min(head, self._last), mark, head
        self._draw(self._plot())
        self.update()

    def set_head(self, head: int) -> None:
        """Move the play head over the curves as they are drawn."""
        self.head, self._step = min(head, self._last), head
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw for the new size; not while painting, which may not wait for a compiler."""
        super().resizeEvent(event)
        self._draw(self._plot())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ticks, curves, head and names."""
        painter = QPainter(self)
        painter.setFont(small(self.font()))
        plot = self._plot()
        if plot.width() < 20 or plot.height() < 20:
            return
        painter.fillRect(plot, QColor(THEME.colours.base))
        if self._picture is None:
            painter.setPen(QColor(THEME.colours.faint))
            painter.drawText(plot, Qt.AlignmentFlag.AlignCenter, self.tr("Nothing finite to draw."))
            return
        self._paint_ticks(painter, plot)
        painter.drawImage(plot, self._image)
        for step, colour in ((self._mark, THEME.colours.alert), (self.head, THEME.colours.text)):
            if step >= 0:
                painter.setPen(QColor(colour))
                x = self._x(plot, step)
                painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        self._paint_names(painter, plot)
        if self.hasFocus():
            painter.setPen(QColor(THEME.colours.accent))
            painter.drawRect(plot.adjusted(0, 0, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the head where it was clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._step_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Take the head along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._step_to(event.position().x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step with the arrows."""
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        move = moves.get(Qt.Key(event.key()))
        if move is None:
            event.ignore()
            return
        there = (self.head // self._every + move) * self._every
        self.stepped.emit(max(0, min(self._last, there)))

    @property
    def _last(self) -> int:
        count = max((len(curve.values) for curve in self._curves), default=1)
        return (count - 1) * self._every

    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(LEFT_PX, LINE_PX, -RHYTHM, -4)

    def _x(self, plot: QRectF, step: int) -> float:
        return plot.left() + plot.width() * step / max(1, self._last)

    def _step_to(self, x: float) -> None:
        plot = self._plot()
        share = (x - plot.left()) / max(1.0, plot.width())
        row = round(share * self._last / self._every)
        self.stepped.emit(max(0, min(self._last, row * self._every)))

    def _draw(self, plot: QRectF) -> None:
        if not self._curves or plot.width() < 20 or plot.height() < 20:
            return
        ratio = self.devicePixelRatioF()
        size = (round(plot.width() * ratio), round(plot.height() * ratio))
        key = (self._curves, self._scale, size)
        if key == self._drawn:
            return
        self._drawn = key
        styles = [
            ((c.colour.red(), c.colour.green(), c.colour.blue()), c.width * ratio,
             tuple(length * ratio for length in c.dash))
            for c in self._curves
        ]  # fmt: skip
        from engine.drawing.small_curves import draw_signed

        arrays = [curve.values for curve in self._curves]
        self._picture = draw_signed(arrays, styles, size, self._scale)
        if self._picture is not None:
            pixels = self._picture.image
            self._image = QImage(
                pixels.data, *size, 4 * size[0], QImage.Format.Format_ARGB32_Premultiplied
            )

    def _paint_ticks(self, painter: QPainter, plot: QRectF) -> None:
        assert self._picture is not None
        ticks = self._picture.scale.ticks(max(2, int(plot.height() / LEAST_TICK_PX)))
        # Zero first: on a symmetric log axis its neighbours may stand too near.
        pairs = sorted(zip(ticks, tick_texts(ticks), strict=True), key=lambda p: abs(p[0].value))
        written: list[float] = []
        for tick, text in pairs:
            y = plot.top() + tick.place * plot.height()
            if any(abs(y - other) < LEAST_TICK_PX / 2 for other in written):
                continue
            written.append(y)
            colour = THEME.colours.contour if tick.value == 0 else THEME.colours.grid
            painter.setPen(QColor(colour))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(THEME.colours.faint))
            box = QRectF(0, y - 8, LEFT_PX - 5, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_names(self, painter: QPainter, plot: QRectF) -> None:
        """Write each curve's name in its colour, and the note or the head's step at the right."""
        metrics = painter.fontMetrics()
        note = self._note or self.tr("step {}").format(step_text(self._step))
        end = plot.right() - metrics.horizontalAdvance(note)
        names = [(c, metrics.horizontalAdvance(c.name)) for c in reversed(self._curves) if c.name]
        needed = sum(width for _, width in names) + GAP_PX * len(names)
        # Names that need it begin over the ticks.
        x = max(4.0, min(plot.left(), end - needed))
        for curve, width in names:
            if x + width > end - RHYTHM:
                break
            painter.setPen(curve.colour)
            painter.drawText(QPointF(x, LINE_PX - 5), curve.name)
            x += width + GAP_PX
        painter.setPen(QColor(THEME.colours.faint))
        painter.drawText(QPointF(end, LINE_PX - 5), note)
