"""Parts of the kernels that colour a picture pixel by pixel: for compiled code only."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.inlining import inlined, larger, smaller

#: Lines closer than the first fade, closer than the second are left out; levels per pixel.
CROWDED, TOO_CROWDED = 0.16, 0.33
#: Opacity of lines between the major ones.
LINE_OPACITY = 0.5
#: Distance of hatching lines where nothing is finite, in pixels.
HATCH_PX = 9


@inlined
def packed(red: float, green: float, blue: float) -> Any:
    """Return 0xffRRGGBB of three colours, 0–255."""
    r, g, b = np.uint32(red + 0.5), np.uint32(green + 0.5), np.uint32(blue + 0.5)
    return np.uint32(0xFF000000) | (r << np.uint32(16)) | (g << np.uint32(8)) | b


@inlined
def line_opacity(k: float, per_pixel: float, half: float, lowest: float) -> Any:
    """Return the opacity of the nearest line at level number k; crowded lines fade."""
    nearest = float(np.rint(k))
    if not 0.0 < per_pixel < TOO_CROWDED or nearest <= lowest:
        return 0.0
    share = smaller(1.0, larger(0.0, half + 0.5 - abs(k - nearest) / per_pixel))
    return share * smaller(1.0, (TOO_CROWDED - per_pixel) / (TOO_CROWDED - CROWDED))


@inlined
def place_on_ramp(
    u: float, k: float, per_pixel: float, low: float, high: float, spacing: float
) -> float:
    """Return the place on the ramp, 0–255: flat between two lines, smooth where they crowd."""
    # Negated comparisons let NaN fall to the smooth side.
    if spacing > 0.0 and per_pixel < TOO_CROWDED:
        u = (math.floor(k) + 0.5) * spacing
    share = (u - low) / (high - low)
    return 255.0 * (0.0 if not share > 0.0 else smaller(share, 1.0))
