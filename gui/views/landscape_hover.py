"""The readout in the plot's corner: place, loss and gradient under the pointer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QWidget

from gui.numbers import show
from gui.theme import RHYTHM, THEME
from gui.views.landscape_axes import small_font

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF, QRectF

    from engine.landscape import Landscape
    from engine.trajectory import Trajectory
    from gui.views.landscape_frame import Frame

translate = QCoreApplication.translate


class Readout(QLabel):
    """A quiet label that steps aside when the pointer comes near."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.tr("Values under the pointer"))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMargin(RHYTHM // 2)
        self.setAutoFillBackground(True)
        self.setFont(small_font(self.font()))
        self.restyle()
        self.hide()

    def restyle(self) -> None:
        """Take the colours of the theme."""
        palette = QPalette(self.palette())
        ground = QColor(THEME.colours.base)
        ground.setAlphaF(0.88)
        palette.setColor(QPalette.ColorRole.Window, ground)
        palette.setColor(QPalette.ColorRole.WindowText, QColor(THEME.colours.text))
        self.setPalette(palette)

    def say(self, text: str, plot: QRectF, pointer: QPointF) -> None:
        """Show a text in the upper left corner, or below if the pointer is there."""
        self.setText(text)
        self.adjustSize()
        room = 3 * RHYTHM
        aside = pointer.x() < plot.left() + self.width() + room
        low = aside and pointer.y() < plot.top() + self.height() + room
        top = plot.bottom() - self.height() - RHYTHM if low else plot.top() + RHYTHM
        self.move(QPoint(round(plot.left()) + RHYTHM, round(top)))
        self.show()


def values_text(
    landscape: Landscape, frame: Frame, point: tuple[float, float], *, curve: bool
) -> str:
    """Return x, y, loss and gradient at a point, with as many digits as the zoom tells apart."""
    x0, x1, y0, y1 = frame.view
    text = f"x {show(point[0], digits_for(x0, x1))}"
    if not curve:
        text += f"   y {show(point[1], digits_for(y0, y1))}"
    loss = float(landscape.value(point))
    return f"{text}\n{_loss_text(loss, landscape.gradient(point).tolist(), curve=curve)}"


def _loss_text(loss: float, gradient: list[float], *, curve: bool) -> str:
    if math.isnan(loss):
        return translate("landscape", "loss NaN: the surface is not defined here")
    if math.isinf(loss):
        text = translate("landscape", "loss {value}: too large for a number")
        return text.format(value=show(loss))
    text = translate("landscape", "loss {loss}").format(loss=show(loss, 4)) + "\n"
    if curve:
        return text + translate("landscape", "slope {slope}").format(slope=show(gradient[0]))
    return text + translate("landscape", "gradient ({x}, {y}), norm {norm}").format(
        x=show(gradient[0]), y=show(gradient[1]), norm=show(math.hypot(*gradient))
    )


def step_text(trajectory: Trajectory, step: int) -> str:
    """Return run, step and loss of a point of a path."""
    return translate("landscape", "{run}, step {step}: loss {loss}").format(
        run=trajectory.label, step=step, loss=show(float(trajectory.loss[step]), 4)
    )


def digits_for(low: float, high: float) -> int:
    """Return how many significant digits tell neighbouring pixels of an axis apart."""
    size = max(abs(low), abs(high), 1e-300)
    return max(4, min(16, math.ceil(math.log10(size / max(high - low, 1e-300))) + 4))
