"""Lays the basins under the contour lines: hue for the minimum, shade for the steps to it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from gui.numbers import show
from gui.theme import THEME
from gui.views.landscape_basins_work import DIVERGED, HATCH, HUES, SHADES
from gui.views.landscape_viewpoint import is_same_surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.experiment import DisplaySettings
    from gui.theme import Colours
    from gui.views.landscape_basins_work import DrawnBasins
    from gui.views.landscape_frame import Frame
    from gui.views.landscape_ground import GroundLayer

#: How much of a hue the first and the last shade have: slow is dark.
LIGHT_SHARES, DARK_SHARES = (0.30, 0.95), (0.80, 0.30)
#: How opaque the first and the last shade of divergence are, and the lines over them.
ALERT_SHARES, HATCH_SHARE = (0.62, 0.38), 0.95
#: The ground's own colours step back this much faster than basins come forward.
FADING = 1.2

translate = QCoreApplication.translate


class BasinLayer:
    """The newest basins, and ground and basins as one image, made anew only when one changes."""

    def __init__(self) -> None:
        self.drawn: DrawnBasins | None = None
        #: 0 to 1; None while basins are not wished for.
        self.strength: float | None = None
        self._image = QImage()
        self._key: object = None

    def shown(self, ground: GroundLayer) -> DrawnBasins | None:
        """Return the basins that belong over a ground, if they are wished for and there."""
        if self.drawn is None or self.strength is None or ground.drawn is None:
            return None
        same = is_same_surface(self.drawn.wish.experiment.surface, ground.drawn.wish.surface)
        return self.drawn if same else None

    def paint(self, painter: QPainter, frame: Frame, ground: GroundLayer, ratio: float) -> None:
        """Draw the ground, coloured by its basins."""
        drawn = self.shown(ground)
        if drawn is None:
            self._key = None
            ground.paint(painter, frame)
            return
        key = (id(drawn), id(ground.drawn), frame, ratio, self.strength, THEME.colours)
        if key != self._key:
            self._key = key
            self._compose(drawn, frame, ground, ratio)
        painter.drawImage(frame.plot.topLeft(), self._image)

    def hue(self, minimum: int) -> QColor:
        """Return the colour of a minimum's basin."""
        return QColor(THEME.colours.paths[minimum % HUES])

    def _compose(self, drawn: DrawnBasins, frame: Frame, ground: GroundLayer, ratio: float) -> None:
        size = (frame.plot.size() * ratio).toSize()
        if self._image.size() != size:
            self._image = QImage(size, QImage.Format.Format_RGB32)
        self._image.setDevicePixelRatio(ratio)
        self._image.fill(QColor(THEME.colours.base))
        painter = QPainter(self._image)
        painter.translate(-frame.plot.topLeft())
        ground.paint(painter, frame)
        assert self.strength is not None
        place, mode = self._place(drawn, frame), QPainter.CompositionMode
        if drawn.diverges:
            painter.drawImage(place, _image(alert_table(THEME.colours, self.strength)[drawn.codes]))
        # Either keeps the contour lines: they are darker, or lighter, than what is around them.
        painter.setCompositionMode(
            mode.CompositionMode_Screen if THEME.is_dark else mode.CompositionMode_Multiply
        )
        painter.drawImage(place, _image(colour_table(THEME.colours, self.strength)[drawn.codes]))
        painter.end()

    @staticmethod
    def _place(drawn: DrawnBasins, frame: Frame) -> QRectF:
        x0, x1, y0, y1 = drawn.wish.view
        place = QRectF(frame.pixel(x0, y1), frame.pixel(x1, y0))
        if drawn.wish.size[1] == 1:
            # Of one variable: the same at all heights of its graph.
            place = QRectF(
                QPointF(place.left(), frame.plot.top()), QPointF(place.right(), frame.plot.bottom())
            )
        return place


def faded(display: DisplaySettings) -> float:
    """Return by which share the ground's colours are faded under basins."""
    return min(1.0, FADING * display.basins_strength) if display.basins else 0.0


def _image(pixels: NDArray[np.uint32]) -> QImage:
    height, width = pixels.shape
    form = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(pixels.data, width, height, 4 * width, form)


@lru_cache(maxsize=64)
def colour_table(c: Colours, strength: float) -> NDArray[np.uint32]:
    """Return the opaque colour by which each byte of a picture tints the ground."""
    nothing, shares = (0.0, DARK_SHARES) if THEME.is_dark else (1.0, LIGHT_SHARES)
    hues = np.array([_rgb(name) for name in (*c.paths[:HUES], c.faint)])
    share = np.linspace(*shares, SHADES)[None, :, None]
    tints = np.full((256, 3), nothing)
    tinted = (nothing + share * (hues[:, None] - nothing)).reshape(-1, 3)
    tints[: len(tinted)] = nothing + strength * (tinted - nothing)
    return _packed(tints, np.ones((256, 1)))


@lru_cache(maxsize=64)
def alert_table(c: Colours, strength: float) -> NDArray[np.uint32]:
    """Return what lies over the ground where runs diverge; nothing elsewhere."""
    opacity = np.zeros((256, 1))
    first = DIVERGED * SHADES
    opacity[first : first + SHADES, 0] = strength * np.linspace(*ALERT_SHARES, SHADES)
    opacity[HATCH] = strength * HATCH_SHARE
    return _packed(np.array([_rgb(c.alert)]) * opacity, opacity)


def _packed(colours: NDArray[np.float64], opacity: NDArray[np.float64]) -> NDArray[np.uint32]:
    """Return 0xAARRGGBB of premultiplied colours (n, 3) and opacity (n, 1), 0 to 1."""
    red, green, blue, alpha = np.rint(255 * np.hstack([colours, opacity])).astype(np.uint32).T
    return np.asarray(alpha << 24 | red << 16 | green << 8 | blue, np.uint32)


def _rgb(name: str) -> tuple[float, float, float]:
    colour = QColor(name)
    return colour.redF(), colour.greenF(), colour.blueF()


def outcome_text(drawn: DrawnBasins, point: tuple[float, float]) -> str:
    """Return what becomes of the run if it starts at a point; "" where that is not known."""
    x0, x1, y0, y1 = drawn.wish.view
    height, width = drawn.verdicts.shape
    column, row = (point[0] - x0) / (x1 - x0) * width, (point[1] - y0) / (y1 - y0) * height
    if height == 1:
        row = 0.0
    if not (0 <= column < width and 0 <= row < height):
        return ""
    at = int(row), int(column)
    return _sentence(drawn, int(drawn.verdicts[at]), int(drawn.steps[at]), int(drawn.basins[at]))


def _sentence(drawn: DrawnBasins, verdict: int, steps: int, basin: int) -> str:
    from engine.maps.outcomes import VERDICTS

    if verdict >= len(VERDICTS):
        return ""
    kind = VERDICTS[verdict]
    if kind == "converged" and 0 <= basin < len(drawn.minima):
        x, y = (show(float(v)) for v in drawn.minima[basin, :2])
        text = translate("landscape", "from here to the minimum at ({x}, {y}) in {steps} steps")
        return text.format(x=x, y=y, steps=steps)
    texts = {
        "converged": translate("landscape", "from here to rest in {steps} steps"),
        "moving": translate("landscape", "from here still moving after {steps} steps"),
        "oscillating": translate("landscape", "from here oscillating after {steps} steps"),
        "diverged": translate("landscape", "from here diverged within {steps} steps"),
        "nan": translate("landscape", "from here NaN after {steps} steps"),
        "still": translate("landscape", "from here nothing moves"),
    }
    return texts[kind].format(steps=steps)
