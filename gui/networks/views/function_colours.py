"""Colours of classes and of signs: those of paths, in an order in which two neighbours differ."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QColor

from gui.theme import THEME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gui.theme import Colours

#: The first two classes are orange and blue, as signs are: below 0 and above.
ORDER = (1, 0, 2, 3, 4, 7, 5, 6)
BELOW, ABOVE = 0, 1


def class_colour(number: int) -> QColor:
    """Return the colour of a class; after eight they begin again, and names tell them apart."""
    return QColor(THEME.colours.paths[ORDER[number % len(ORDER)]])


def class_inks(count: int) -> bytes:
    """Return the colours (count, 3) of classes as bytes."""
    colours = (class_colour(k) for k in range(count))
    return bytes(part for c in colours for part in (c.red(), c.green(), c.blue()))


def sign_colour(value: float) -> QColor:
    """Return the colour of a weight or of a unit's output by its sign."""
    return class_colour(BELOW if value < 0 else ABOVE)


def over(ground: str, colour: QColor, cover: float) -> QColor:
    """Return a colour that covers part of a ground: Qt is four times slower with transparency."""
    under = QColor(ground)
    return QColor.fromRgbF(
        cover * colour.redF() + (1.0 - cover) * under.redF(),
        cover * colour.greenF() + (1.0 - cover) * under.greenF(),
        cover * colour.blueF() + (1.0 - cover) * under.blueF(),
    )


@lru_cache(maxsize=2)
def sign_ramp(colours: Colours) -> NDArray[np.uint8]:
    """Return (256, 3) from the lowest number below 0 by the plain ground to the highest above."""
    ends = [QColor(colours.paths[ORDER[k]]) for k in (BELOW, ABOVE)]
    ground = QColor(colours.base)
    anchors = np.array([[c.red(), c.green(), c.blue()] for c in (ends[0], ground, ends[1])])
    at = np.linspace(0, 2, 256)
    return np.stack([np.interp(at, range(3), anchors[:, i]) for i in range(3)], axis=1).astype(
        np.uint8
    )
