"""What became of all seeds at each rate, as a strip of pixels for each curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QColor, QImage

from gui.theme import THEME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Pixels from hatch to hatch.
HATCH_PX = 7


def strip(
    xs: Sequence[float], fates: Sequence[Sequence[float]], slot: int, size: tuple[int, int],
    ratio: float,
) -> QImage:  # fmt: skip
    """Return a strip of ``size`` pixels, `ratio` of which are one on the screen's grid.

    From below: the share of seeds that train, in the run's colour; that do not, in grey; that
    break off, in the colour of divergence, hatched.

    Parameters
    ----------
    xs : where the rates stand, rising, in pixels.
    fates : the three shares at each of them.
    """
    width, height = size
    colours = (
        THEME.path_colour(slot), QColor(THEME.colours.border), QColor(THEME.colours.alert),
        QColor(THEME.colours.base),
    )  # fmt: skip
    palette = np.array([colour.rgba() for colour in colours], np.uint32)
    ends = (np.array(xs[:-1]) + np.array(xs[1:])) / 2
    nearest = np.searchsorted(ends, np.arange(width) + 0.5)
    shares = np.cumsum(np.array(fates), axis=1)[nearest].T
    up = (height - np.arange(height) - 0.5)[:, np.newaxis] / height
    kinds: NDArray[np.intp] = (up > shares[0]).astype(np.intp) + (up > shares[1] + 1e-9)
    every = max(2, round(HATCH_PX * ratio))
    across = np.arange(width) + np.arange(height)[:, np.newaxis]
    kinds[(kinds == 2) & (across % every < max(1, round(ratio)))] = 3
    pixels = np.ascontiguousarray(palette[kinds])
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32).copy()
    image.setDevicePixelRatio(ratio)
    return image
