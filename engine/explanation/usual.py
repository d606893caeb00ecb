"""What slope, curvature and loss usually are on a surface: the yardstick for "faint"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.landscape import Landscape

#: Points across the view in each direction.
ACROSS = 33


@dataclass(frozen=True, slots=True)
class Usual:
    """Upper quartiles of slope and curvature, median and lowest loss over the surface's view."""

    gradient: float
    curvature: float
    loss: float
    lowest: float


def usual_of(landscape: Landscape, sense: float) -> Usual:
    """Look at a grid of points over the view; `sense` −1 turns the surface upside down."""
    left, right, bottom, top = landscape.view
    grid = np.meshgrid(np.linspace(left, right, ACROSS), np.linspace(bottom, top, ACROSS))
    points = np.stack([axis.ravel() for axis in grid], axis=1)
    with np.errstate(all="ignore"):
        loss = sense * landscape.value(points)
        slopes = np.hypot(*landscape.gradient(points).T)
        xx, xy, _, yy = landscape.hessian(points).reshape(-1, 4).T
        bends = np.abs(0.5 * (xx + yy)) + np.hypot(0.5 * (xx - yy), xy)
        return Usual(_part(slopes, 75), _part(bends, 75), _part(loss, 50), _part(loss, 0))


def _part(values: np.ndarray, percent: float) -> float:
    values = values[np.isfinite(values)]
    return float(np.percentile(values, percent)) if len(values) else 0.0
